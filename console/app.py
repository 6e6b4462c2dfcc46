"""The desk as an application: its addresses, and nothing that its pages do not need."""

import gzip
from collections.abc import Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import files, lists
from .acting import Acting
from .acts import ACTS
from .bulk import Bulk
from .casting import whole
from .kernel import Desk, Failed, found, local, refuse_personal_number, texts, typed
from .masking import Mask
from .page import Page
from .ports import Ports, Session
from .rendering import STATIC, asset, nodes, path, static_files
from .site import PAGES
from .uploading import upload

SIGN_IN_REASONS = {
    "expiree": "Votre session a pris fin. Ce que vous aviez saisi est gardé : reconnectez-vous pour le retrouver.",
    "deconnecte": "Vous êtes déconnecté.",
}
KEPT = {
    "oui": (
        "success",
        "Votre saisie est gardée : retrouvez-la sous « Mes actions », jusqu’à un jour après votre session.",
    ),
    "non": ("error", "Votre saisie est trop longue pour être gardée."),
}
LARGEST_FORM = 22_000_000
"""With a scan, or an extraction."""
LARGEST_POST = 1_000_000
LONGEST_SEARCH = 200
YEAR = 31_536_000
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


class Pages:
    """Every page that is a document: read, shown, and for a list filtered, paged and given as a file."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        return [
            Route(
                page.path,
                self.desk.signed_in(self._endpoint(page)),
                methods=["GET", "POST"],
                name=page.document,
                max_body_size=LARGEST_POST,
            )
            for page in PAGES
        ]

    def _endpoint(self, page: Page) -> Any:  # noqa: ANN401 a handler
        async def endpoint(request: Request, session: Session) -> Response:
            if request.method == "POST":
                return await self._posted(request, session, page)
            return await self.show(request, session, page)

        return endpoint

    async def show(self, request: Request, session: Session, page: Page) -> Response:
        document = self.desk.library.queries[page.document]
        if page.listing is not None and "saisie" in request.query_params:
            draft = await self.desk.kept(request, session)
            if draft:  # a search that was sent after the session had ended
                return self._narrow(request, session, page, texts(draft))
        question = lists.asked(self.desk, session, page, _pairs(request))
        variables = question.variables
        if page.listing is not None:
            variables = lists.paged(request, variables)
        data = await self.desk.ask(session, document, variables)
        if data.viewer.user is None:
            return self.desk.render(request, session, ["unknown.html"], 403, {"data": data})
        if page.root:
            found(data, page.root)
        context = {
            "page": page,
            "section": page.section or page.path,
            "title": page.title,
            "data": data,
            "document": document,
            "variables": {k: v for k, v in variables.items() if v is not None},
            "notices": [*[("warning", text) for text in question.dropped], *_done(request)],
        }
        if "requete" in request.query_params:
            return self.desk.render(request, session, ["request.html"], 200, context)
        if page.listing is not None:
            context |= self._listed(request, session, page, question, data)
        if page.document == "worklist":
            context["drafts"] = await self._drafts(session)
        names = [f"{page.document}.html", "list.html" if page.listing else "default.html"]
        response = self.desk.render(request, session, names, 200, context)
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
        listing, document = page.listing, self.desk.library.queries[page.document]
        assert listing is not None
        variables, connection = lists.paged(request, question.variables), found(data, listing.root)
        aside = {"after", "before", "rang", "fait", "saisie"}
        if question.is_forgotten:
            connection = lists.empty(connection)
            aside |= {"s"}
        seal = partial(lists.seal, self.desk, session, page)
        return {
            "listing": listing,
            "connection": connection,
            "forgotten": lists.FORGOTTEN if question.is_forgotten else "",
            "filters": lists.filters(self.desk, listing, document, variables, data),
            "unread": not lists.is_read(listing, data),
            "position": lists.position(request, connection, variables, seal),
            "cell": partial(lists.cell, self.desk),
            "kept": {k: v for k, v in request.query_params.items() if k not in aside},
        }

    async def _drafts(self, session: Session) -> list[tuple[str, str]]:
        """The forms that were kept: their address, and their act."""
        paths = await self.desk.ports.sessions.kept_paths(session)
        named = ((kept, ACTS.get(kept.partition("?")[0].removeprefix("/actes/"))) for kept in paths)
        return [(kept, act.title) for kept, act in named if act]

    # what a list is asked besides

    async def _posted(self, request: Request, session: Session, page: Page) -> Response:
        form = await request.form()
        if page.listing is None:
            raise Failed(404)
        if form.get("_faire") == "export":
            return await self._file(request, session, page, str(form.get("format", "csv")))
        return self._narrow(request, session, page, texts(typed(form)))

    def _narrow(self, request: Request, session: Session, page: Page, pairs: Mapping[str, list[str]]) -> Response:
        """The list that a filter asks for; its words are sealed, for an address holds no name."""
        filter_ = {k: v[-1] for k, v in pairs.items() if v[-1].strip() and k[0] != "_"}
        words = filter_.pop(lists.WORDS, "").strip()
        refuse_personal_number(words)
        if len(words) > LONGEST_SEARCH:
            raise Failed(400, f"Une recherche compte au plus {LONGEST_SEARCH} caractères.")
        if words:
            filter_["s"] = lists.seal(self.desk, session, page, lists.WORDS, words)
        return RedirectResponse(request.url.path + ("?" + urlencode(filter_) if filter_ else ""), 303)

    async def _file(self, request: Request, session: Session, page: Page, kind: str) -> Response:
        """The whole list that the filter shows, once the graph has judged and journaled it."""
        listing, document = page.listing, self.desk.library.queries[page.document]
        if listing is None or not listing.export or kind not in files.MEDIA:
            raise Failed(404)
        variables = lists.asked(self.desk, session, page, _pairs(request)).require_whole()
        said: list[tuple[str, str]] = []
        rows = []
        async for data in lists.every(self.desk, session, page, variables):
            said = said or lists.summary(lists.filters(self.desk, listing, document, variables, data))
            rows += [lists.cells(self.desk, listing.columns, row) for row in nodes(path(data, listing.root))]
        given = {"list": listing.export, "rows": len(rows), "filter": " ; ".join(f"{k} : {v}" for k, v in said) or None}
        answer = await self.desk.ask(session, self.desk.library.mutations["listExport"], {"input": given})
        if answer.listExport.errors:
            raise Failed(400, answer.listExport.errors[0].message)
        titles = [column.title for column in listing.columns]
        body = files.as_csv(titles, rows) if kind == "csv" else files.as_xlsx(titles, rows, said)
        named = f'attachment; filename="{page.document}-{self.desk.ports.today():%Y-%m-%d}.{kind}"'
        return Response(body, 200, {**self.desk.headers(), "Content-Disposition": named}, files.MEDIA[kind])


def routes(ports: Ports) -> list[Route]:
    """Every address of the desk. Raises `DocumentError` when a page asks what the schema does not offer."""
    desk = Desk(ports)
    acting, pages = Acting(desk), Pages(desk)
    bulk = Bulk(desk, {page.document: page for page in PAGES})

    async def sign_in(request: Request) -> Response:
        session = await ports.sessions.of(request)
        back = local(request.query_params.get("retour", ""))
        if session is not None and not request.query_params.get("motif"):
            return RedirectResponse(back, 303)
        reason = request.query_params.get("motif", "")
        context = {"back": back, "reason": SIGN_IN_REASONS.get(reason, ""), "fault": reason}
        return desk.render(request, None, ["sign_in.html"], 200, context)

    async def sessions(request: Request, session: Session) -> Response:
        ended = await ports.sessions.end_others(session) if request.method == "POST" else None
        data = await desk.ask(session, desk.library.queries["frame"], {})
        mine = await ports.sessions.mine(session)
        return desk.render(request, session, ["sessions.html"], 200, {"mine": mine, "ended": ended, "data": data})

    async def theme(request: Request, session: Session) -> Response:  # noqa: ARG001 any one who is signed in
        form = await request.form()
        response = RedirectResponse(local(str(form.get("retour", ""))), 303)
        chosen = str(form.get("theme", ""))
        kept = chosen if chosen in {"light", "dark"} else ""
        response.set_cookie("theme", kept, max_age=YEAR, secure=True, httponly=True, samesite="lax")
        return response

    async def stay(request: Request, session: Session) -> Response:  # noqa: ARG001 reading the session prolongs it
        return Response(status_code=204, headers=desk.headers())

    async def receive(request: Request, session: Session) -> Response:
        return await upload(desk, request, session)

    async def unavailable(request: Request) -> Response:
        return desk.unavailable(request)

    async def broken(request: Request) -> Response:
        return desk.broken(request)

    async def missing(request: Request, session: Session) -> Response:  # noqa: ARG001 whoever is signed in
        raise Failed(404)

    signed_in, static = desk.signed_in, _static()
    return [
        Route("/connexion", sign_in),
        Route("/introuvable", signed_in(missing), name="missing"),
        Route("/indisponible", unavailable, name="unavailable"),
        Route("/erreur", broken, name="broken"),
        Route("/sessions", signed_in(sessions), methods=["GET", "POST"], max_body_size=LARGEST_POST),
        Route("/preferences", signed_in(theme), methods=["POST"], max_body_size=LARGEST_POST),
        Route("/rester", signed_in(stay), methods=["POST"], max_body_size=LARGEST_POST),
        Route("/actes/{act}", signed_in(acting.show)),
        Route("/actes/{act}", signed_in(acting.receive), methods=["POST"], max_body_size=LARGEST_FORM),
        Route("/lots/{act}", signed_in(bulk.resume)),
        Route("/lots/{act}", signed_in(bulk.choose), methods=["POST"], max_body_size=LARGEST_POST),
        Route("/lots/{act}/{id}", signed_in(bulk.show)),
        Route("/lots/{act}/{id}", signed_in(bulk.receive), methods=["POST"], max_body_size=LARGEST_POST),
        Route("/imports/{id}/fichier", signed_in(receive), methods=["POST"], max_body_size=LARGEST_FORM),
        *pages.routes(),
        *(Route(place, static) for place in ("/favicon.ico", "/static/{digest}/{name:path}", "/static/{name:path}")),
    ]


def _static() -> Any:  # noqa: ANN401 a handler
    """Files with the digest of their content in their address: they are kept for ever, and sent compressed."""
    known = {str(file.relative_to(STATIC)): file.read_bytes() for file in static_files()}
    packed = {name: gzip.compress(content, mtime=0) for name, content in known.items()}

    async def endpoint(request: Request) -> Response:
        name = request.path_params.get("name", "icon.svg")
        if name not in known:
            return Response("Il n'y a rien à cette adresse.", 404, media_type="text/plain; charset=utf-8")
        kept = "public, max-age=31536000, immutable" if request.url.path == asset(name) else "no-cache"
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
        body = known[name]
        if "gzip" in request.headers.get("accept-encoding", "") and len(packed[name]) < len(body):
            body, headers["Content-Encoding"] = packed[name], "gzip"
        media = TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
        return Response(body, 200, headers, f"{media}; charset=utf-8")

    return endpoint


def _pairs(request: Request) -> list[tuple[str, str]]:
    """What an address says: its parameters, then the parts of its path."""
    return [*request.query_params.multi_items(), *((k, str(v)) for k, v in request.path_params.items())]


def _done(request: Request) -> list[tuple[str, str]]:
    """What has just been done, told until the next page."""
    act = ACTS.get(request.query_params.get("fait", ""))
    kept = KEPT.get(request.query_params.get("garde", ""))
    return [*([("success", act.done)] if act else []), *([kept] if kept else [])]
