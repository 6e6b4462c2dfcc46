"""From a request to a page: a question to the graph, then a template.

A page asks one question, with the rights of whoever is signed in, and shows what
the answer holds.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from jinja2 import Template, TemplateNotFound
from starlette.requests import Request
from starlette.responses import Response

from .casting import InvalidValue, Texts, cast
from .documents import ConsoleDocument
from .masking import Mask
from .page_errors import PageError, page_error, require_searchable
from .paths import path
from .ports import Ports, Session, Typed
from .rendering import environment
from .requests import address, draft_address, typed
from .site import Site
from .template_functions import add_functions
from .wording import act_titles, label

PAGING = ("first", "last", "after", "before")
REGISTER_AWAY = (
    "Le registre ne répond pas : rien n’a été fait. Recommencez dans un instant."
)
AWAY = 503
SERVER = 500
RETRY_SECONDS = "10"
LARGEST_FORM = 22_000_000
"""In bytes: a form with a scan, or with the file of an import."""
LARGEST_POST = 1_000_000
YEAR = 31_536_000
"""In seconds."""
NO_CONTEXT: Mapping[str, Any] = {}
logger = logging.getLogger(__name__)


class Console:
    """What every page shares: the ports, the documents, the templates."""

    def __init__(self, ports: Ports, site: Site) -> None:
        self.ports = ports
        self.site = site
        self.library = site.library(ports.schema)
        self.act_titles = act_titles(ports.schema)
        self.templates = environment()
        add_functions(self.templates, site)

    # questions

    async def ask(
        self,
        session: Session,
        document: ConsoleDocument,
        variables: Mapping[str, Any],
    ) -> Mask:
        """The answer to a document, behind its mask.

        Raises `PageError` with the sentence of the graph when the document did not run.
        """
        answer = await self.ports.ask(session, document.text, variables)
        data = answer.get("data")
        errors = answer.get("errors") or ()
        if data is None or errors:
            raise page_error(errors)
        return Mask(data, document.selection)

    def variables(
        self,
        document: ConsoleDocument,
        texts: Texts,
        filled: Mapping[str, Any] = NO_CONTEXT,
    ) -> tuple[dict[str, Any], list[str]]:
        """The variables that an address gives to a document.

        A value that does not fit is left out: the list holds a sentence for each.
        `filled` are variables that the page gives. Raises `PageError` when a variable
        that the document needs is missing.
        """
        values: dict[str, Any] = dict(filled)
        warnings = []
        for name, type_ in document.variables.items():
            if name in filled:
                continue
            try:
                value = cast(type_, texts, name)
            except InvalidValue as invalid:
                title = self.title(document, name)
                warnings.append(
                    f"« {title} » n’a pas été pris en compte. {invalid.sentence}"
                )
                if name in document.needed:
                    raise PageError(404) from invalid
                continue
            if name == "search":
                require_searchable(str(value or ""))
            if value is not None and value != []:
                values[name] = value
            elif name in document.needed:
                raise PageError(404)
        return values, warnings

    def title(self, document: ConsoleDocument, variable: str) -> str:
        """The title of a variable: that of the argument it is given to."""
        argument = document.arguments.get(variable)
        if argument is None or not argument.description:
            return variable
        return label(argument.description)

    # answers

    def render(
        self,
        request: Request,
        session: Session | None,
        names: Sequence[str],
        status: int = 200,
        context: Mapping[str, Any] = NO_CONTEXT,
    ) -> Response:
        """A page, from the first of these templates that exists."""
        defaults: dict[str, Any] = {
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
        body = self._template(names).render(defaults | dict(context))
        return Response(body, status, self.headers(), "text/html; charset=utf-8")

    def _template(self, names: Sequence[str]) -> Template:
        for name in names:
            with suppress(TemplateNotFound):
                return self.templates.get_template(name)
        raise TemplateNotFound(", ".join(names))

    def headers(self) -> dict[str, str]:
        """What a page may run; the process adds the headers of all its answers."""
        targets = ("'self'", *self.ports.form_origins())
        policy = (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action {' '.join(targets)}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
        return {"Content-Security-Policy": "; ".join(policy)}

    async def error_page(
        self, request: Request, session: Session, error: PageError
    ) -> Response:
        """The page of an error, in its usual frame when that can be read."""
        number = self.ports.request_id()
        logger.info("page refused with %d, number %s", error.status, number)
        data = error.frame
        if data is None and error.status < SERVER:
            with suppress(PageError):
                data = await self.ask(session, self.library.queries["frame"], {})
        context = {
            "failed": error,
            "number": number,
            "data": data,
            "address": request.url.path,
        }
        names = ["failed.html"]
        response = self.render(request, session, names, error.status, context)
        if error.status == AWAY:
            response.headers["Retry-After"] = RETRY_SECONDS
        return response

    def unavailable(self, request: Request) -> Response:
        """The page shown while the register does not answer.

        The process adds the header that says when to come back.
        """
        return self._error_page_alone(request, PageError(AWAY, REGISTER_AWAY))

    def broken(self, request: Request) -> Response:
        """The page of an error that nobody foresaw: nothing more is read for it."""
        return self._error_page_alone(request, PageError(SERVER))

    def _error_page_alone(self, request: Request, error: PageError) -> Response:
        """The page of an error without its frame, since nobody is known."""
        context = {
            "failed": error,
            "number": self.ports.request_id(),
            "address": request.url.path,
        }
        return self.render(request, None, ["failed.html"], error.status, context)

    # drafts

    async def save_draft(self, request: Request) -> bool:
        """Save what was typed, under the address of its form; false if too long."""
        pairs = typed(await request.form())
        return await self.ports.sessions.keep(request, draft_address(request), pairs)

    async def take_draft(self, request: Request, session: Session) -> Typed | None:
        """What was saved for this address; it is then forgotten."""
        return await self.ports.sessions.take_draft(session, draft_address(request))


def required(data: Mask, root: str) -> Any:  # noqa: ANN401 what the answer has there
    """What a page is about. Raises `PageError` when the graph does not show it."""
    value = path(data, root)
    if value is None:
        raise PageError(404, frame=data)
    return value
