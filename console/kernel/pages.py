"""Every page that is a document: read, shown, and for a list filtered and paged."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import lists
from .answering import LARGEST_POST, Console, required
from .entrance import signed_in
from .exporting import export
from .filters import WORDS, filters
from .masking import Mask
from .page import Page
from .page_errors import PageError, require_searchable
from .paths import path
from .ports import Session
from .requests import pairs, texts, typed
from .sizes import of_size, save_size, with_size

SAVED = (
    "Votre saisie est gardée : retrouvez-la sous « Mes actions », "
    "jusqu’à un jour après votre session."
)
DRAFT_NOTICES = {
    "oui": ("success", SAVED),
    "non": ("error", "Votre saisie est trop longue pour être gardée."),
}
LONGEST_WORDS = 200
"""In characters: sealed, the words of a search still fit in an address."""
NOT_THE_FILTER = {"after", "before", "rang", "fait", "saisie"}
"""Parameters of a list that are not those of its filter."""


class DocumentPages:
    """The pages of the site."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def routes(self) -> list[Route]:
        return [self._route(page) for page in self.console.site.pages]

    def _route(self, page: Page) -> Route:
        async def endpoint(request: Request, session: Session) -> Response:
            if request.method == "POST":
                return await self._post(request, session, page)
            return await self.show(request, session, page)

        return Route(
            page.path,
            signed_in(self.console, endpoint),
            methods=["GET", "POST"],
            name=page.document,
            max_body_size=LARGEST_POST,
        )

    async def show(
        self, request: Request, session: Session, page: Page, *, opened: bool = False
    ) -> Response:
        listing = page.listing
        if listing is not None and "saisie" in request.query_params:
            # A search that was sent after the session had ended.
            draft = await self.console.take_draft(request, session)
            if draft:
                return self._narrow(request, session, page, texts(draft))

        question = lists.read_question(self.console, session, page, pairs(request))
        variables = question.variables
        if listing is not None:
            variables = with_size(request, variables)
        elif page.rows:
            variables = of_size(page.size, variables)
        document = self.console.library.queries[page.document]
        data = await self.console.ask(session, document, variables)
        if data.viewer.user is None:
            names = ["unknown.html"]
            return self.console.render(request, session, names, 403, {"data": data})
        if page.root:
            required(data, page.root)

        warnings = [("warning", sentence) for sentence in question.warnings]
        context = {
            "page": page,
            "section": page.section or page.path,
            "title": page.title,
            "data": data,
            "document": document,
            "variables": {k: v for k, v in variables.items() if v is not None},
            "opened": opened,
            "notices": [*warnings, *self._notices(request)],
        }
        if "requete" in request.query_params:
            return self.console.render(request, session, ["request.html"], 200, context)
        if listing is not None:
            context |= self._list_context(request, session, page, question, data)
        more = await self._more_context(request, session, page, variables, data)
        context["notices"] += more.pop("notices", [])
        context |= more
        default = "list.html" if listing is not None else "default.html"
        names = [f"{page.document}.html", default]
        response = self.console.render(request, session, names, 200, context)
        save_size(request, response)
        return response

    async def _more_context(
        self,
        request: Request,
        session: Session,
        page: Page,
        variables: Mapping[str, Any],
        data: Mask,
    ) -> dict[str, Any]:
        """What the templates of some pages need besides; `notices` are to be added."""
        context: dict[str, Any] = {}
        if page.rows:
            connection = path(data, page.rows)
            seal = partial(lists.seal, self.console, session, page)
            context["position"] = connection and lists.position(
                request, connection, variables, seal
            )
        if page.more is not None:
            context |= await page.more(self.console, request, session, data)
        if page.document == "worklist":
            context["drafts"] = await self._drafts(session)
        if page.besides is not None:
            parts = dict(pairs(request))
            context |= await page.besides(self.console, session, parts)
        return context

    def _list_context(
        self,
        request: Request,
        session: Session,
        page: Page,
        question: lists.Question,
        data: Mask,
    ) -> dict[str, Any]:
        """What the template of a list needs besides."""
        listing = page.listing
        assert listing is not None
        console = self.console
        document = console.library.queries[page.document]
        variables = with_size(request, question.variables)
        connection = required(data, listing.root)
        left_out = NOT_THE_FILTER
        if question.is_forgotten:
            connection = lists.empty(connection)
            left_out = left_out | {"s"}
        seal = partial(lists.seal, console, session, page)
        filter_parameters = {
            name: value
            for name, value in request.query_params.items()
            if name not in left_out
        }
        return {
            "listing": listing,
            "connection": connection,
            "forgotten": lists.FORGOTTEN if question.is_forgotten else "",
            "filters": filters(console, listing, document, variables, data),
            "unread": not lists.is_readable(listing, data),
            "position": lists.position(request, connection, variables, seal),
            "cell": partial(lists.cell, console),
            "kept": filter_parameters,
            "path_values": request.path_params,
        }

    async def _drafts(self, session: Session) -> list[tuple[str, str]]:
        """The forms that were saved: the address and the title of each."""
        drafts = []
        for saved in await self.console.ports.sessions.draft_paths(session):
            name = saved.partition("?")[0].removeprefix("/actes/")
            act = self.console.site.acts.get(name)
            if act is not None:
                drafts.append((saved, act.title))
        return drafts

    def _notices(self, request: Request) -> list[tuple[str, str]]:
        """What has just been done: the address of this page says so."""
        notices = []
        act = self.console.site.acts.get(request.query_params.get("fait", ""))
        if act is not None:
            notices.append(("success", act.done))
        draft = request.query_params.get("garde", "")
        if draft in DRAFT_NOTICES:
            notices.append(DRAFT_NOTICES[draft])
        return notices

    async def _post(self, request: Request, session: Session, page: Page) -> Response:
        form = await request.form()
        if page.opening:
            await self._open(request, session, page)
            return await self.show(request, session, page, opened=True)
        if page.post is not None:
            response: Response = await page.post(self.console, request, session, form)
            return response
        if page.listing is None:
            raise PageError(404)
        if form.get("_faire") == "export":
            kind = str(form.get("format", "csv"))
            return await export(self.console, session, page, pairs(request), kind)
        return self._narrow(request, session, page, texts(typed(form)))

    async def _open(self, request: Request, session: Session, page: Page) -> None:
        """Do the act of a page that is opened. Raises `PageError` if it is refused."""
        mutation = self.console.library.mutations[page.opening]
        values = {page.opening_id: str(request.path_params["id"])}
        answer = await self.console.ask(session, mutation, {"input": values})
        errors = answer[page.opening].errors
        if errors:
            raise PageError(404, errors[0].message)

    def _narrow(
        self,
        request: Request,
        session: Session,
        page: Page,
        values: Mapping[str, list[str]],
    ) -> Response:
        """The list that a filter asks for.

        Its words are sealed, for an address holds no name.
        """
        parameters = {}
        for name, (*_, value) in values.items():
            if value.strip() and not name.startswith("_"):
                parameters[name] = value
        words = parameters.pop(WORDS, "").strip()
        require_searchable(words)
        if len(words) > LONGEST_WORDS:
            sentence = f"Une recherche compte au plus {LONGEST_WORDS} caractères."
            raise PageError(400, sentence)
        if words:
            parameters["s"] = lists.seal(self.console, session, page, WORDS, words)
        query = f"?{urlencode(parameters)}" if parameters else ""
        return RedirectResponse(request.url.path + query, 303)
