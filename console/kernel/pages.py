"""Every page that is a document: read, shown, and for a list filtered, paged and given as a file."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import files, lists
from .answering import LARGEST_POST, YEAR, Console, PageError, found, refuse_personal_number, texts, typed
from .casting import whole
from .masking import Mask
from .page import Page
from .ports import Session
from .rendering import nodes, path
from .site import Site

KEPT = {
    "oui": (
        "success",
        "Votre saisie est gardée : retrouvez-la sous « Mes actions », jusqu’à un jour après votre session.",
    ),
    "non": ("error", "Votre saisie est trop longue pour être gardée."),
}
LONGEST_SEARCH = 200


class DocumentPages:
    """Every page that is a document: read, shown, and for a list filtered, paged and given as a file."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def routes(self) -> list[Route]:
        return [
            Route(
                page.path,
                self.console.signed_in(self._endpoint(page)),
                methods=["GET", "POST"],
                name=page.document,
                max_body_size=LARGEST_POST,
            )
            for page in self.console.site.pages
        ]

    def _endpoint(self, page: Page) -> Any:  # noqa: ANN401 a handler
        async def endpoint(request: Request, session: Session) -> Response:
            if request.method == "POST":
                return await self._posted(request, session, page)
            return await self.show(request, session, page)

        return endpoint

    async def show(self, request: Request, session: Session, page: Page) -> Response:
        document = self.console.library.queries[page.document]
        if page.listing is not None and "saisie" in request.query_params:
            draft = await self.console.kept(request, session)
            if draft:  # a search that was sent after the session had ended
                return self._narrow(request, session, page, texts(draft))
        question = lists.asked(self.console, session, page, _pairs(request))
        variables = question.variables
        if page.listing is not None:
            variables = lists.paged(request, variables)
        data = await self.console.ask(session, document, variables)
        if data.viewer.user is None:
            return self.console.render(request, session, ["unknown.html"], 403, {"data": data})
        if page.root:
            found(data, page.root)
        context = {
            "page": page,
            "section": page.section or page.path,
            "title": page.title,
            "data": data,
            "document": document,
            "variables": {k: v for k, v in variables.items() if v is not None},
            "notices": [*[("warning", text) for text in question.dropped], *_done(self.console.site, request)],
        }
        if "requete" in request.query_params:
            return self.console.render(request, session, ["request.html"], 200, context)
        if page.listing is not None:
            context |= self._listed(request, session, page, question, data)
        if page.document == "worklist":
            context["drafts"] = await self._drafts(session)
        names = [f"{page.document}.html", "list.html" if page.listing else "default.html"]
        response = self.console.render(request, session, names, 200, context)
        if (size := whole(request.query_params.get("taille", ""))) is not None:
            response.set_cookie("taille", str(size), max_age=YEAR, secure=True, httponly=True, samesite="lax")
        return response

    def _listed(
        self,
        request: Request,
        session: Session,
        page: Page,
        question: lists.Question,
        data: Mask,
    ) -> dict[str, Any]:
        listing, document = page.listing, self.console.library.queries[page.document]
        assert listing is not None
        variables, connection = lists.paged(request, question.variables), found(data, listing.root)
        aside = {"after", "before", "rang", "fait", "saisie"}
        if question.is_forgotten:
            connection = lists.empty(connection)
            aside |= {"s"}
        seal = partial(lists.seal, self.console, session, page)
        return {
            "listing": listing,
            "connection": connection,
            "forgotten": lists.FORGOTTEN if question.is_forgotten else "",
            "filters": lists.filters(self.console, listing, document, variables, data),
            "unread": not lists.is_read(listing, data),
            "position": lists.position(request, connection, variables, seal),
            "cell": partial(lists.cell, self.console),
            "kept": {k: v for k, v in request.query_params.items() if k not in aside},
        }

    async def _drafts(self, session: Session) -> list[tuple[str, str]]:
        """The forms that were kept: their address, and their act."""
        paths = await self.console.ports.sessions.draft_paths(session)
        named = ((kept, self.console.site.acts.get(kept.partition("?")[0].removeprefix("/actes/"))) for kept in paths)
        return [(kept, act.title) for kept, act in named if act]

    # what a list is asked besides

    async def _posted(self, request: Request, session: Session, page: Page) -> Response:
        form = await request.form()
        if page.listing is None:
            raise PageError(404)
        if form.get("_faire") == "export":
            return await self._file(request, session, page, str(form.get("format", "csv")))
        return self._narrow(request, session, page, texts(typed(form)))

    def _narrow(self, request: Request, session: Session, page: Page, pairs: Mapping[str, list[str]]) -> Response:
        """The list that a filter asks for; its words are sealed, for an address holds no name."""
        filter_ = {k: v[-1] for k, v in pairs.items() if v[-1].strip() and k[0] != "_"}
        words = filter_.pop(lists.WORDS, "").strip()
        refuse_personal_number(words)
        if len(words) > LONGEST_SEARCH:
            raise PageError(400, f"Une recherche compte au plus {LONGEST_SEARCH} caractères.")
        if words:
            filter_["s"] = lists.seal(self.console, session, page, lists.WORDS, words)
        return RedirectResponse(request.url.path + ("?" + urlencode(filter_) if filter_ else ""), 303)

    async def _file(self, request: Request, session: Session, page: Page, kind: str) -> Response:
        """The whole list that the filter shows, once the graph has judged and journaled it."""
        listing, document = page.listing, self.console.library.queries[page.document]
        if listing is None or not listing.export or kind not in files.MEDIA:
            raise PageError(404)
        variables = lists.asked(self.console, session, page, _pairs(request)).require_whole()
        said: list[tuple[str, str]] = []
        rows = []
        async for data in lists.every(self.console, session, page, variables):
            said = said or lists.summary(lists.filters(self.console, listing, document, variables, data))
            rows += [lists.cells(self.console, listing.columns, row) for row in nodes(path(data, listing.root))]
        given = {"list": listing.export, "rows": len(rows), "filter": " ; ".join(f"{k} : {v}" for k, v in said) or None}
        answer = await self.console.ask(session, self.console.library.mutations["listExport"], {"input": given})
        if answer.listExport.errors:
            raise PageError(400, answer.listExport.errors[0].message)
        titles = [column.title for column in listing.columns]
        body = files.as_csv(titles, rows) if kind == "csv" else files.as_xlsx(titles, rows, said)
        named = f'attachment; filename="{page.document}-{self.console.ports.today():%Y-%m-%d}.{kind}"'
        return Response(body, 200, {**self.console.headers(), "Content-Disposition": named}, files.MEDIA[kind])


def _pairs(request: Request) -> list[tuple[str, str]]:
    """What an address says: its parameters, then the parts of its path."""
    return [*request.query_params.multi_items(), *((k, str(v)) for k, v in request.path_params.items())]


def _done(site: Site, request: Request) -> list[tuple[str, str]]:
    """What has just been done, told until the next page."""
    act = site.acts.get(request.query_params.get("fait", ""))
    kept = KEPT.get(request.query_params.get("garde", ""))
    return [*([("success", act.done)] if act else []), *([kept] if kept else [])]
