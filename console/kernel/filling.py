"""From a form to an act: typed, verified, done; and nothing typed is ever lost."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .act_form import ActForm
from .answering import Console, required
from .casting import whole
from .entrance import confirm_identity
from .form_state import FormState
from .masking import Mask
from .page_errors import PageError
from .ports import Session
from .requests import last_text, local_path, texts, typed, with_query
from .scans import digests

MEMORY = "before "
"""What a sealed memory begins with, so that no other sealed text is taken for one."""
RESUMED = "Votre saisie a été gardée : vérifiez-la, puis continuez."
OK = 200
CONFLICT = 409
NOT_VALID = 422


class ActPages:
    """One address an act: `GET` shows its form; `POST` verifies it, then does it."""

    def __init__(self, console: Console) -> None:
        self.console = console

    async def show(self, request: Request, session: Session) -> Response:
        state = await self._begin(request, session)
        if "requete" in request.query_params:
            return self._document_page(request, session, state)
        draft = await self.console.take_draft(request, session)
        if draft is not None:
            self._resume(session, state, texts(draft))
            notices = [("info", RESUMED)]
            return self._form(request, session, state, notices=notices)
        state.fill_first_values(self.console.ports.today())
        return self._form(request, session, state)

    async def receive(self, request: Request, session: Session) -> Response:
        form = await request.form()
        state = await self._begin(request, session)
        self._resume(session, state, texts(typed(form)) | await digests(form))
        step = str(form.get("_etape", ""))
        if step == "modifier":
            return self._form(request, session, state)
        if step == "garder":
            saved = await self.console.save_draft(request)
            back = with_query(state.back, garde="oui" if saved else "non")
            return RedirectResponse(back, 303)
        if step == "reprendre":
            state.resolve()
            return self._form(request, session, state)
        if state.act.sensitive and not session.is_fresh:
            return await confirm_identity(self.console, request)

        values = state.read_input()
        if state.errors:
            return self._form(request, session, state)
        if step == "faire" or not state.act.review:
            return await self._do(request, session, state, values)
        return await self._verify(request, session, state, values)

    # the form

    async def _begin(self, request: Request, session: Session) -> FormState:
        act = self.console.site.acts.get(request.path_params["act"])
        if act is None:
            raise PageError(404)
        query = self.console.library.forms[act.name]
        parameters = texts(request.query_params.multi_items())
        variables, _ = self.console.variables(query, parameters)
        data = await self.console.ask(session, query, variables)
        if act.root:
            required(data, act.root)
        self._require_right(act, data)

        if request.method != "GET":
            parameters = {
                name: values for name, values in parameters.items() if name in variables
            }
        back = local_path(request.query_params.get("retour", ""), "")
        state = FormState(
            act=act,
            data=data,
            variables=variables,
            document=self.console.library.mutations[act.name],
            typed=parameters,
            back=back or act.address_once_done(data, variables),
            key=str(uuid4()),
            version="",
        )
        state.version = state.current_version
        state.before = state.now
        return state

    def _require_right(self, act: ActForm, data: Mask) -> None:
        """Raise `PageError` for an act that today's rights allow nowhere."""
        actions = self.console.ports.needs(act.name)
        if actions and actions.isdisjoint(data.viewer.may):
            sentence = "Vos droits d’aujourd’hui ne comportent pas cet acte."
            raise PageError(403, sentence, data)

    def _resume(
        self, session: Session, state: FormState, values: dict[str, list[str]]
    ) -> None:
        """Go on with what was typed, and with what the page carried."""
        state.typed |= values
        state.key = last_text(values, "_cle", state.key)
        state.version = last_text(values, "_version", state.version)
        state.before = self._before(session, last_text(values, "_avant"))
        state.build_fields()

    def _before(self, session: Session, sealed: str) -> Mapping[str, str]:
        """What the object said when the form was opened.

        It is sealed, for a page holds no value that it does not show.
        """
        if not sealed:
            return {}
        memory = self.console.ports.sessions.unseal(session, sealed)
        if memory is None or not memory.startswith(MEMORY):
            return {}
        before: dict[str, str] = json.loads(memory.removeprefix(MEMORY))
        return before

    def _document_page(
        self, request: Request, session: Session, state: FormState
    ) -> Response:
        """The act as a document, with an input that has the fields of the form."""
        state.fill_first_values(self.console.ports.today())
        leaves = [leaf for top in state.fields for leaf in top.leaves()]
        values = {leaf.name: leaf.value for leaf in leaves}
        context = {
            "document": state.document,
            "variables": {"input": values},
            "data": state.data,
            "title": state.act.title,
            "section": state.act.section,
        }
        return self.console.render(request, session, ["request.html"], OK, context)

    # the act

    async def _run(
        self,
        session: Session,
        state: FormState,
        values: Mapping[str, Any],
        **plumbing: Any,  # noqa: ANN401 fields of the input that nobody types
    ) -> None:
        version = whole(state.version)
        if version is not None and "expectedVersion" in state.input_type.fields:
            plumbing["expectedVersion"] = version
        variables = {"input": {**values, **plumbing}}
        answer = await self.console.ask(session, state.document, variables)
        payload = answer[state.act.name]
        state.payload = payload
        state.errors = [error.plain_ for error in payload.errors]
        state.warnings = [warning.plain_ for warning in payload.warnings]

    async def _verify(
        self,
        request: Request,
        session: Session,
        state: FormState,
        values: Mapping[str, Any],
    ) -> Response:
        """What the act would do, for somebody to confirm."""
        if state.has_preview:
            await self._run(session, state, values, dryRun=True)
            if state.errors:
                return self._refused(request, session, state)
        return self._page(request, session, "review", state)

    async def _do(
        self,
        request: Request,
        session: Session,
        state: FormState,
        values: Mapping[str, Any],
    ) -> Response:
        await self._run(session, state, values, idempotencyKey=state.key)
        if state.errors:
            state.renew_key()
            return self._refused(request, session, state)
        if state.warnings or state.act.tells:
            return self._page(request, session, "done", state)
        return RedirectResponse(with_query(state.back, fait=state.act.name), 303)

    def _refused(
        self, request: Request, session: Session, state: FormState
    ) -> Response:
        codes = {error["code"] for error in state.errors}
        if "VERSION_CONFLICT" in codes:
            return self._page(request, session, "conflict", state, CONFLICT)
        return self._form(request, session, state)

    def _form(
        self,
        request: Request,
        session: Session,
        state: FormState,
        **context: Any,  # noqa: ANN401 a template's
    ) -> Response:
        state.place_errors()
        status = NOT_VALID if state.errors else OK
        return self._page(request, session, "form", state, status, **context)

    def _page(
        self,
        request: Request,
        session: Session,
        kind: str,
        state: FormState,
        status: int = OK,
        **context: Any,  # noqa: ANN401 a template's
    ) -> Response:
        """A page of the act: of its own template, or of the common one."""
        act = state.act
        memory = MEMORY + json.dumps(state.before)
        state.memory = self.console.ports.sessions.seal(session, memory)
        has_errors = kind == "form" and state.errors
        shared = {
            "act": act,
            "filling": state,
            "data": state.data,
            "document": state.document,
            "variables": {"input": {}},
            "title": f"Erreur : {act.title}" if has_errors else act.title,
            "section": act.section,
        }
        names = [f"{act.file}.{kind}.html", f"act.{kind}.html"]
        return self.console.render(request, session, names, status, shared | context)
