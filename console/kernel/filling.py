"""From a form to an act: typed, verified, confirmed, done; and nothing typed is ever lost on the way."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from graphql import GraphQLInputObjectType, get_named_type
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .act_form import ActForm
from .answering import Console, PageError, files, found, local, marked, texts, typed
from .casting import whole
from .documents import ConsoleDocument
from .forms import FormField, FormOverrides, fields, missing, place, read, told
from .masking import Mask
from .options import texts_of
from .ports import Session
from .rendering import path, printed
from .wording import label

LARGEST_SCAN = 20_000_000
MEMORY = "before "


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a conflict; `name` is its field, if it has one."""

    title: str
    name: str
    before: str
    now: str
    mine: str


@dataclass
class FormState:
    """A form being filled in: its act, the page it stands on, and what was typed."""

    act: ActForm
    data: Mask
    variables: Mapping[str, Any]
    document: ConsoleDocument
    typed: dict[str, list[str]]
    back: str
    key: str
    version: str
    before: Mapping[str, str]
    fields: list[FormField] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    warnings: list[Mapping[str, Any]] = field(default_factory=list)
    payload: Mask | None = None
    memory: str = ""
    """`before`, sealed for the page to carry."""

    @property
    def input_type(self) -> GraphQLInputObjectType:
        kind = get_named_type(self.document.variables["input"])
        assert isinstance(kind, GraphQLInputObjectType)
        return kind

    @property
    def root(self) -> Mask | None:
        found = path(self.data, self.act.root) if self.act.root else None
        return found if isinstance(found, Mask) else None

    def has_field(self, error: Mapping[str, Any]) -> bool:
        """Whether the error stands beside a field already."""
        leaves = (leaf for top in self.fields for leaf in (top, *top.leaves()))
        return any(str(error["message"]) in leaf.errors for leaf in leaves)

    def conflicts(self) -> list[Difference]:
        """Each fact of the object: what it was when the form was opened, what it is, what was typed."""
        titles = {leaf.name: leaf for top in self.fields for leaf in top.leaves()}
        now, root = self.now, self.root
        named = {s.key: label(s.field.description) for s, _ in root} if root else {}
        rows = []
        for key, value in now.items():
            typed = titles.get(key)
            title = typed.label if typed else named.get(key, key)
            rows.append(
                Difference(title, key if typed else "", self.before.get(key, ""), value, typed.said if typed else "")
            )
        return [row for row in rows if row.before != row.now or (row.name and row.mine != row.now)] or rows

    @property
    def previews(self) -> bool:
        return "dryRun" in self.input_type.fields

    @property
    def now(self) -> dict[str, str]:
        """What the object says, in words, to be set against what it says later; by the field's name if it has one."""
        if self.root is None:
            return {}
        prefill = self.act.prefill
        typed = {where.rpartition(".")[2] for where in prefill.values()}
        plain = ((s, v) for s, v in self.root if s.below is None and s.key not in {"id", "version"} | typed)
        found = {s.key: str(printed(v)) for s, v in plain}
        return found | {name: ", ".join(texts_of(path(self.data, where))) for name, where in prefill.items()}


class ActPages:
    """`GET` shows the form; `POST` verifies it, then does it. One address for each act."""

    def __init__(self, console: Console) -> None:
        self.console = console

    async def show(self, request: Request, session: Session) -> Response:
        filling = await self._begin(request, session)
        if "requete" in request.query_params:
            return self._request(request, session, filling)
        kept = await self.console.kept(request, session)
        if kept is not None:
            self._resume(session, filling, texts(kept))
            notice = "Votre saisie a été gardée : vérifiez-la, puis continuez."
            return self._form(request, session, filling, notices=[("info", notice)])
        self._fill(filling)
        return self._form(request, session, filling)

    async def receive(self, request: Request, session: Session) -> Response:
        form = await request.form()
        filling = await self._begin(request, session)
        self._resume(session, filling, texts(typed(form)) | await _digests(form))
        step = str(form.get("_etape", ""))
        if step == "modifier":
            return self._form(request, session, filling)
        if step == "garder":
            kept = await self.console.keep(request)
            return RedirectResponse(marked(filling.back, garde="oui" if kept else "non"), 303)
        if step == "reprendre":
            self._resolve(filling)
            return self._form(request, session, filling)
        if filling.act.sensitive and not session.is_fresh:
            return await self.console.confirm_identity(request)
        given = self._given(filling)
        if filling.errors:
            return self._form(request, session, filling)
        if step == "faire" or not filling.act.review:
            return await self._do(request, session, filling, given)
        return await self._verify(request, session, filling, given)

    # the form

    async def _begin(self, request: Request, session: Session) -> FormState:
        act = self.console.site.acts.get(request.path_params["act"])
        if act is None or act.name not in self.console.library.mutations:
            raise PageError(404)
        asked = texts(request.query_params.multi_items())
        query = self.console.library.forms[act.name]
        variables, _ = self.console.variables(query, asked)
        data = await self.console.ask(session, query, variables)
        if act.root:
            found(data, act.root)
        self._require_right(act, data)
        back = local(request.query_params.get("retour", ""), "") or act.address(data, variables)
        given = {name: texts for name, texts in asked.items() if request.method == "GET" or name in variables}
        version = path(data, act.version) if act.version else None
        document = self.console.library.mutations[act.name]
        made = FormState(act, data, variables, document, given, back, str(uuid4()), str(version or ""), {})
        made.before = made.now
        return made

    def _require_right(self, act: ActForm, data: Mask) -> None:
        """No form is offered for an act that the rights of today allow nowhere. Raises `PageError`."""
        needs = self.console.ports.needs(act.name)
        if needs and needs.isdisjoint(data.viewer.may):
            raise PageError(403, "Vos droits d’aujourd’hui ne comportent pas cet acte.", data)

    def _fill(self, filling: FormState) -> None:
        """The values that a form begins with: those of the address, of the object, and of the act."""
        for name, where in filling.act.prefill.items():
            filling.typed.setdefault(name, texts_of(path(filling.data, where)))
        for name, values in filling.act.begun(self.console.ports.today()).items():
            filling.typed.setdefault(name, values)
        filling.fields = fields(filling.input_type, filling.typed, self._shape(filling))

    def _resume(self, session: Session, filling: FormState, found: Mapping[str, list[str]]) -> None:
        filling.typed |= found
        filling.key = found.get("_cle", [filling.key])[-1]
        filling.version = found.get("_version", [filling.version])[-1]
        filling.before = self._remembered(session, found.get("_avant", [""])[-1])
        filling.fields = fields(filling.input_type, filling.typed, self._shape(filling))

    def _remembered(self, session: Session, cipher: str) -> Mapping[str, str]:
        """What the object was when the form was opened: sealed, for a page holds no value that it does not show."""
        memory = self.console.ports.sessions.unseal(session, cipher) if cipher else None
        return json.loads(memory.removeprefix(MEMORY)) if memory is not None and memory.startswith(MEMORY) else {}

    def _resolve(self, filling: FormState) -> None:
        """After a conflict: the current version is taken for base, and field by field the choice that was made."""
        for name, where in filling.act.prefill.items():
            if filling.typed.get(f"_choix.{name}", [""])[-1] == "actuelle":
                filling.typed[name] = texts_of(path(filling.data, where))
        filling.version = str(path(filling.data, filling.act.version) or "") if filling.act.version else ""
        filling.before, filling.key = filling.now, str(uuid4())
        filling.fields = fields(filling.input_type, filling.typed, self._shape(filling))

    def _shape(self, filling: FormState) -> FormOverrides:
        asked = frozenset(name for name in filling.variables if name in filling.input_type.fields)
        return filling.act.shape(filling.data, asked)

    def _given(self, filling: FormState) -> dict[str, Any]:
        """The input as the graph takes it; the fields that do not fit are told beside them."""
        wrong = missing(filling.fields)
        usable = {k: v for k, v in filling.typed.items() if not k.startswith("_") and k not in wrong}
        found = read(filling.input_type, filling.input_type.fields.keys() - filling.act.omit, usable, wrong)
        filling.errors = told(wrong)
        return found

    def _request(self, request: Request, session: Session, filling: FormState) -> Response:
        """The act as a document, its input shaped by what the form holds."""
        self._fill(filling)
        given = {leaf.name: leaf.value for top in filling.fields for leaf in top.leaves()}
        context = {"document": filling.document, "variables": {"input": given}, "data": filling.data}
        shared = {"title": filling.act.title, "section": filling.act.section}
        return self.console.render(request, session, ["request.html"], 200, context | shared)

    # the act

    async def _run(self, session: Session, filling: FormState, given: Mapping[str, Any], **also: Any) -> None:  # noqa: ANN401 plumbing of the input
        version = whole(filling.version)
        if version is not None and "expectedVersion" in filling.input_type.fields:
            also["expectedVersion"] = version
        answer = await self.console.ask(session, filling.document, {"input": {**given, **also}})
        payload = answer[filling.act.name]
        filling.payload = payload
        filling.errors = [error.plain_ for error in payload.errors]
        filling.warnings = [warning.plain_ for warning in payload.warnings]

    async def _verify(
        self, request: Request, session: Session, filling: FormState, given: Mapping[str, Any]
    ) -> Response:
        if filling.previews:
            await self._run(session, filling, given, dryRun=True)
            if filling.errors:
                return self._refused(request, session, filling)
        return self._page(request, session, "review", filling)

    async def _do(self, request: Request, session: Session, filling: FormState, given: Mapping[str, Any]) -> Response:
        await self._run(session, filling, given, idempotencyKey=filling.key)
        if filling.errors:
            filling.key = str(uuid4())
            return self._refused(request, session, filling)
        if filling.warnings or filling.act.tells:
            return self._page(request, session, "done", filling)
        return RedirectResponse(marked(filling.back, fait=filling.act.name), 303)

    def _refused(self, request: Request, session: Session, filling: FormState) -> Response:
        if any(error["code"] == "VERSION_CONFLICT" for error in filling.errors):
            return self._page(request, session, "conflict", filling, 409)
        return self._form(request, session, filling)

    def _form(self, request: Request, session: Session, filling: FormState, **context: Any) -> Response:  # noqa: ANN401 a template's
        place(filling.fields, filling.errors)
        return self._page(request, session, "form", filling, 422 if filling.errors else 200, **context)

    def _page(
        self,
        request: Request,
        session: Session,
        kind: str,
        filling: FormState,
        status: int = 200,
        **context: Any,  # noqa: ANN401 a template's
    ) -> Response:
        filling.memory = self.console.ports.sessions.seal(session, MEMORY + json.dumps(filling.before))
        names = [f"{filling.act.document}.{kind}.html", f"act.{kind}.html"]
        title = f"Erreur : {filling.act.title}" if kind == "form" and filling.errors else filling.act.title
        shared = {
            "act": filling.act,
            "filling": filling,
            "data": filling.data,
            "document": filling.document,
            "variables": {"input": {}},
            "title": title,
            "section": filling.act.section,
        }
        return self.console.render(request, session, names, status, shared | context)


async def _digests(form: FormData) -> dict[str, list[str]]:
    """A scan is never kept: the register holds its digest, made here from the file that is chosen."""
    found = {}
    for name, file in files(form).items():
        digest = hashlib.sha256()
        size = 0
        while chunk := await file.read(1 << 16):
            size += len(chunk)
            digest.update(chunk)
            if size > LARGEST_SCAN:
                raise PageError(400, "Un document numérisé compte au plus 20 Mo.")
        found[name] = [digest.hexdigest()]
    return found
