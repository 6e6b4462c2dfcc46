"""One console: its documents, its templates, and the way from a request to a page.

A page asks one question, with the rights of whoever is signed in, and shows what the answer holds.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import TemplateNotFound
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .casting import LONGEST_SEARCH, InvalidValue, Texts, cast, is_personal_number
from .documents import ConsoleDocument
from .masking import Mask
from .menu import page_context
from .ports import Ports, Session, Typed
from .rendering import environment, path
from .site import Site
from .wording import act_names, label

PLUMBED = ("first", "last", "after", "before")
SENTENCES = {
    404: "Il n’y a rien à cette adresse, ou rien que vos droits permettent de lire.",
    400: "Cette adresse ne convient pas : reprenez depuis la liste.",
    403: "Cette demande ne vient pas de cette page : rechargez-la, puis recommencez.",
    503: "Le service est très sollicité : recommencez dans un instant.",
    500: "Une erreur inattendue s’est produite.",
}
STATUS = {"BUSY": 503, "INTERNAL": 500, "KEYS_UNAVAILABLE": 503, "OUTCOME_UNKNOWN": 503, "UNAVAILABLE": 503}
LARGEST_FORM = 22_000_000
"""With a scan, or an extraction."""
LARGEST_POST = 1_000_000
YEAR = 31_536_000
AWAY = 503
SERVER = 500
EMPTY: Mapping[str, Any] = {}
Handler = Callable[[Request, Any], Awaitable[Response]]
logger = logging.getLogger(__name__)


class PageError(Exception):
    """A page that cannot be: its status, a sentence of ours or of the graph, the frame if it was asked already."""

    def __init__(self, status: int, sentence: str = "", frame: Mask | None = None) -> None:
        super().__init__(status)
        self.status, self.sentence, self.frame = status, sentence or SENTENCES[status], frame


class Console:
    def __init__(self, ports: Ports, site: Site) -> None:
        self.ports, self.site = ports, site
        self.library = site.library(ports.schema)
        self.acts = act_names(ports.schema)
        self.templates = environment()
        page_context(self.templates, site)

    # asking

    async def ask(self, session: Session, document: ConsoleDocument, variables: Mapping[str, Any]) -> Mask:
        """The answer, behind its mask. Raises `PageError` with what the graph says of a document that did not run."""
        answer = await self.ports.ask(session, document.text, variables)
        data, errors = answer.get("data"), answer.get("errors") or ()
        if data is None or errors:
            raise _failed(errors)
        return Mask(data, document.selection)

    def variables(self, document: ConsoleDocument, texts: Texts) -> tuple[dict[str, Any], list[str]]:
        """The variables that an address gives, and the sentences of what it says that does not fit: it is left out."""
        found, dropped = {}, []
        for name, type_ in document.variables.items():
            try:
                value = cast(type_, texts, name)
            except InvalidValue as uncast:
                dropped.append(f"« {self.title(document, name)} » n’a pas été pris en compte. {uncast.sentence}")
                continue
            if name == "search":
                refuse_personal_number(str(value or ""))
            if value is not None and value != []:
                found[name] = value
            elif name in document.needed:
                raise PageError(404)
        return found, dropped

    def title(self, document: ConsoleDocument, variable: str) -> str:
        argument = document.arguments.get(variable)
        return label(argument.description) if argument and argument.description else variable

    # answering

    def render(
        self,
        request: Request,
        session: Session | None,
        names: Sequence[str],
        status: int = 200,
        context: Mapping[str, Any] = EMPTY,
    ) -> Response:
        """The first of these templates that there is."""
        for name in names:
            try:
                template = self.templates.get_template(name)
            except TemplateNotFound:
                continue
            break
        else:
            raise TemplateNotFound(", ".join(names))
        given: dict[str, Any] = {
            "session": session,
            "path": request.url.path,
            "address": address(request),
            "params": request.query_params,
            "today": self.ports.today(),
            "demo": self.ports.demo,
            "theme": request.cookies.get("theme", ""),
            "data": None,
            "document": None,
            "variables": {},
            "notices": [],
            "section": "",
        }
        body = template.render(given | dict(context))
        return Response(body, status, self.headers(), "text/html; charset=utf-8")

    def headers(self) -> dict[str, str]:
        """What a page may run; the process says the rest, of each of its answers."""
        forms = " ".join(("'self'", *self.ports.form_origins()))
        return {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
                f"connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
            ),
        }

    async def _failed(self, request: Request, session: Session, failed: PageError) -> Response:
        """The page of a failure, in its usual frame when that can be asked for."""
        number, data = self.ports.request_id(), failed.frame
        logger.info("page refused with %d, number %s", failed.status, number)
        if data is None and failed.status < SERVER:
            with suppress(PageError):
                data = await self.ask(session, self.library.queries["frame"], {})
        context = {"failed": failed, "number": number, "data": data, "address": request.url.path}
        response = self.render(request, session, ["failed.html"], failed.status, context)
        if failed.status == AWAY:
            response.headers["Retry-After"] = "10"
        return response

    def unavailable(self, request: Request) -> Response:
        """The page of a register that does not say who is signed in; whoever composes us says when to come back."""
        return self._alone(request, AWAY, "Le registre ne répond pas : rien n’a été fait. Recommencez dans un instant.")

    def broken(self, request: Request) -> Response:
        """The page of a failure that nobody foresaw: nothing more is asked for it."""
        return self._alone(request, SERVER, "")

    def _alone(self, request: Request, status: int, sentence: str) -> Response:
        """The page of a failure without its frame, since nobody says who is signed in."""
        failed = PageError(status, sentence)
        context = {"failed": failed, "number": self.ports.request_id(), "address": request.url.path}
        return self.render(request, None, ["failed.html"], status, context)

    # what was typed

    async def keep(self, request: Request) -> bool:
        """Keep a form for its own address; whether it could be."""
        return await self.ports.sessions.keep(request, draft_of(request), typed(await request.form()))

    async def kept(self, request: Request, session: Session) -> Typed | None:
        """What was kept for this address, once."""
        return await self.ports.sessions.take_draft(session, draft_of(request))

    # who asks

    def signed_in(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A page for somebody who is signed in; a form that arrives without a session is kept for after."""

        async def endpoint(request: Request) -> Response:
            session = await self.ports.sessions.of(request)
            if session is None:
                return await self._to_sign_in(request)
            try:
                if request.method != "GET" and not await self._own_form(request, session):
                    return await self._again(request)
                return await handler(request, session)
            except PageError as failed:
                return await self._failed(request, session, failed)

        return endpoint

    async def _own_form(self, request: Request, session: Session) -> bool:
        """Whether the form is of this session, or of an earlier one. Raises `PageError` for a form of elsewhere."""
        if not self.ports.same_origin(request):
            raise PageError(403)
        form = await request.form(max_part_size=2_000_000)
        return session.accepts(str(form.get("_jeton", "")))

    async def _again(self, request: Request) -> Response:
        """A form left open while its session changed: nothing is done, and what was typed comes back to be sent."""
        await self.keep(request)
        return RedirectResponse(marked(address(request), saisie="1"), 303)

    async def _to_sign_in(self, request: Request) -> Response:
        expired = await self.ports.sessions.expired(request)
        back = address(request)
        if request.method != "GET" and expired and self.ports.same_origin(request):
            await self.keep(request)
            back = marked(back, saisie="1")
        asked = {"retour": back} | ({"motif": "expiree"} if expired else {})
        return RedirectResponse("/connexion?" + urlencode(asked), 303)

    async def confirm_identity(self, request: Request) -> Response:
        """A sensitive act, signed in for too long: what was typed is kept, and given back after."""
        await self.keep(request)
        back = marked(address(request), saisie="1")
        return RedirectResponse("/connexion/aller?" + urlencode({"force": "1", "retour": back}), 303)


def found(data: Mask, root: str) -> Any:  # noqa: ANN401 what the answer has there
    """What a page is about. Raises `PageError` where the graph tells nothing of it, whyever that is."""
    about = path(data, root)
    if about is None:
        raise PageError(404, frame=data)
    return about


def _failed(errors: Sequence[Mapping[str, Any]]) -> PageError:
    error = errors[0] if errors else {}
    code = (error.get("extensions") or {}).get("code", "INTERNAL")
    if code == "NOT_FOUND":
        return PageError(404)
    return PageError(STATUS.get(code, 400), str(error.get("message", "")))


def address(request: Request) -> str:
    """The path and query of a request: where to come back to."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def draft_of(request: Request) -> str:
    """The address of a form, without what only says how one came to it."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in {"saisie", "requete", "fait", "retour"}]
    return request.url.path + (f"?{urlencode(sorted(pairs))}" if pairs else "")


def marked(back: str, **words: str) -> str:
    return back + ("&" if "?" in back else "?") + urlencode(words)


def refuse_personal_number(text: str) -> None:
    """A person is searched by name, never by number: it would stay in addresses. Raises `PageError`."""
    if len(text) > LONGEST_SEARCH:
        raise PageError(400, f"Une recherche compte au plus {LONGEST_SEARCH} caractères.")
    if is_personal_number(text):
        raise PageError(400, "Un numéro de sécurité sociale ne se cherche pas ici : cherchez par nom ou par courriel.")


def local(path: str, default: str = "/") -> str:
    """A path of ours, and of nobody else: what an address gives is not believed."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and "\\" not in path
    return path if ours and path.isprintable() else default


def typed(form: FormData) -> Typed:
    return [(k, v) for k, v in form.multi_items() if isinstance(v, str) and k != "_jeton"]


def texts(pairs: Typed) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def files(form: FormData) -> dict[str, UploadFile]:
    return {k: v for k, v in form.multi_items() if isinstance(v, UploadFile) and v.filename}
