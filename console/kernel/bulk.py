"""One act on several rows: which ones, a preview of each, then what the server did of each.

A lot is kept on the server, for whoever began it. Each row is done under a key of its own: begun again after a
cut, a row that was done is not done twice, and the report says what came of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from graphql import GraphQLInputObjectType, get_named_type
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .act_form import ActForm
from .answering import SERVER, Console, PageError, local, texts, typed
from .documents import ConsoleDocument
from .files import MEDIA, as_csv
from .forms import FormField, FormOverrides, fields, missing, place, read, told
from .lists import asked, every
from .masking import Mask
from .page import Page, called
from .ports import Session
from .rendering import nodes, path

MOST = 1000
TOGETHER = 100
"""Rows whose names are asked in one question."""
SAVE_EVERY = 25
CHOOSE, PREVIEW, REPORT = "choose", "preview", "report"
WORDS = {"DONE": "Fait", "REFUSED": "Refusé", "READY": "Issue inconnue"}


@dataclass(slots=True)
class Item:
    """A row: how it is called, and what came of it: `READY` to be done, `DONE`, `REFUSED`, or nothing yet."""

    id: str
    title: str
    outcome: str = ""
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Lot:
    """What is kept of a lot: where it comes from, what was typed, its rows, and how far it is."""

    page: str
    back: str
    items: list[Item]
    pairs: list[tuple[str, str]] = field(default_factory=list)
    stage: str = CHOOSE


class OpenLot(NamedTuple):
    """A lot under the hand of somebody."""

    id: str
    lot: Lot
    act: ActForm
    document: ConsoleDocument
    input_type: GraphQLInputObjectType

    @property
    def id_field(self) -> str:
        return next(str(name) for name in self.input_type.fields if name.endswith("Id"))

    @property
    def address(self) -> str:
        return f"/lots/{self.act.name}/{self.id}"


class BulkPages:
    """`POST /lots/{act}` keeps the rows that were chosen in a list; the lot then has an address of its own."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.pages = {page.document: page for page in console.site.pages}

    async def choose(self, request: Request, session: Session) -> Response:
        return await self._begin(request, session, texts(typed(await request.form())))

    async def resume(self, request: Request, session: Session) -> Response:
        """The rows that were chosen before signing in again."""
        kept = await self.console.kept(request, session)
        if kept is None:
            raise PageError(404)
        return await self._begin(request, session, texts(kept))

    async def show(self, request: Request, session: Session) -> Response:
        work = await self._work(request, session)
        kept = await self.console.kept(request, session)
        if kept and work.lot.stage == CHOOSE:
            work.lot.pairs = _typed_in(kept)
        return await self._page(request, session, work, work.lot.stage)

    async def receive(self, request: Request, session: Session) -> Response:
        form = texts(typed(await request.form()))
        work = await self._work(request, session)
        step = form.get("_etape", [""])[-1]
        match step, work.lot.stage:
            case "rapport", "report":
                return _report(work)
            case "verifier", "choose" | "preview":
                return await self._verify(request, session, work, form)
            case "faire", "preview" | "report":
                return await self._do(request, session, work)
            case "recommencer", "report":
                return await self._again(session, work)
        return RedirectResponse(work.address, 303)

    # the steps

    async def _begin(self, request: Request, session: Session, form: Mapping[str, Sequence[str]]) -> Response:
        act, page = self._known(request.path_params["act"], form.get("_page", [""])[-1])
        items = await self._items(session, page, form)
        lot = Lot(page.document, local(form.get("_retour", [""])[-1], page.path), items)
        return await self._keep(session, act, lot)

    async def _keep(self, session: Session, act: ActForm, lot: Lot) -> Response:
        entry_id = await self.console.ports.entries.begin(session, asdict(lot))
        return RedirectResponse(f"/lots/{act.name}/{entry_id}", 303)

    async def _verify(
        self, request: Request, session: Session, work: OpenLot, form: Mapping[str, Sequence[str]]
    ) -> Response:
        """Each row is tried, and none is done."""
        lot = work.lot
        lot.pairs = _typed_in((name, value) for name, values in form.items() for value in values)
        if self._wrong(work):
            return await self._page(request, session, work, CHOOSE, 422)
        for item in lot.items:
            await self._try(session, work, item, "READY", dryRun=True)
        lot.stage = PREVIEW
        await self._save(session, work)
        return RedirectResponse(work.address, 303)

    async def _do(self, request: Request, session: Session, work: OpenLot) -> Response:
        """Each row that is not settled yet, under its own key: the same at every attempt."""
        if work.act.sensitive and not session.is_fresh:
            return await self.console.confirm_identity(request)
        work.lot.stage = REPORT
        await self._save(session, work)
        ready = [item for item in work.lot.items if item.outcome == "READY"]
        for count, item in enumerate(ready, start=1):
            await self._try(session, work, item, "DONE", idempotencyKey=f"{work.id}:{item.id}")
            if count % SAVE_EVERY == 0:
                await self._save(session, work)
        await self._save(session, work)
        return RedirectResponse(work.address, 303)

    async def _again(self, session: Session, work: OpenLot) -> Response:
        """A new lot of what was refused, with the same words: previewed anew."""
        lot = work.lot
        refused = [Item(item.id, item.title) for item in lot.items if item.outcome == "REFUSED"]
        if not refused:
            return RedirectResponse(work.address, 303)
        return await self._keep(session, work.act, Lot(lot.page, lot.back, refused, lot.pairs))

    async def _try(self, session: Session, work: OpenLot, item: Item, outcome: str, **also: Any) -> None:  # noqa: ANN401 plumbing of the input
        """Ask the act for this row. What the server did not settle stays to be done."""
        given = self._given(work, {})
        asked_for = {"input": {work.id_field: item.id, **given, **also}}
        try:
            payload = (await self.console.ask(session, work.document, asked_for))[work.act.name]
        except PageError as failed:
            item.reasons = [failed.sentence]
            if failed.status < SERVER:
                item.outcome = "REFUSED"
            return
        item.outcome = "REFUSED" if payload.errors else outcome
        item.reasons = [notice.message for notice in payload.errors or payload.warnings]

    # what is kept

    async def _work(self, request: Request, session: Session) -> OpenLot:
        entry_id = request.path_params["id"]
        content = await self.console.ports.entries.read(session, entry_id)
        if content is None:
            raise PageError(404)
        act, _ = self._known(request.path_params["act"], content["page"])
        items = [Item(**item) for item in content.pop("items")]
        lot = Lot(items=items, **content)
        document = self.console.library.mutations[act.name]
        kind = get_named_type(document.variables["input"])
        assert isinstance(kind, GraphQLInputObjectType)
        return OpenLot(entry_id, lot, act, document, kind)

    async def _save(self, session: Session, work: OpenLot) -> None:
        await self.console.ports.entries.write(session, work.id, asdict(work.lot))

    def _known(self, act_name: str, document: str) -> tuple[ActForm, Page]:
        act, page = self.console.site.acts.get(act_name), self.pages.get(document)
        if act is None or page is None or page.listing is None or act.name not in page.listing.bulk:
            raise PageError(404)
        return act, page

    async def _items(self, session: Session, page: Page, form: Mapping[str, Sequence[str]]) -> list[Item]:
        """The rows that were ticked; or all those of the filter, read anew and frozen from then on."""
        assert page.listing is not None
        if form.get("_tous", [""])[-1] == "1":
            question = asked(self.console, session, page, parse_qsl(form.get("_filtre", [""])[-1]))
            rows = [
                row
                async for data in every(self.console, session, page, question.require_whole(), MOST)
                for row in nodes(path(data, page.listing.root))
            ]
            return _bounded([Item(str(path(row, page.listing.bulk_id)), called(page, row)) for row in rows])
        return await self._ticked(session, page, _bounded(list(dict.fromkeys(form.get("ids", ())))))

    async def _ticked(self, session: Session, page: Page, ids: Sequence[str]) -> list[Item]:
        """These rows as the server calls them; one that is not read is refused by the act, as any other."""
        document, rows = self.console.library.queries["lot"], dict[str, Mask]()
        for start in range(0, len(ids), TOGETHER):
            data = await self.console.ask(session, document, {"ids": list(ids[start : start + TOGETHER])})
            rows |= {row.id: row for row in data.nodes if row is not None}
        if not rows:
            raise PageError(404)
        return [Item(name, called(page, rows[name]) if name in rows else "ligne illisible") for name in ids]

    # the form

    def _fields(self, work: OpenLot) -> list[FormField]:
        form = work.act.begun(self.console.ports.today()) | texts(work.lot.pairs)
        return fields(work.input_type, form, FormOverrides(omit=frozenset({work.id_field}), labels=work.act.labels))

    def _given(self, work: OpenLot, wrong: dict[str, str]) -> dict[str, Any]:
        form = work.act.begun(self.console.ports.today()) | texts(work.lot.pairs)
        return read(work.input_type, [top.name for top in self._fields(work)], form, wrong)

    def _wrong(self, work: OpenLot) -> dict[str, str]:
        """What is missing or does not fit, by field."""
        wrong = missing(self._fields(work))
        self._given(work, wrong)
        return wrong

    async def _page(self, request: Request, session: Session, work: OpenLot, stage: str, status: int = 200) -> Response:
        form, errors = self._fields(work), told(self._wrong(work)) if status != 200 else []  # noqa: PLR2004 OK
        place(form, errors)
        context: dict[str, Any] = {
            "act": work.act,
            "fields": form,
            "items": work.lot.items,
            "back": work.lot.back,
            "errors": errors,
            "section": work.act.section,
            "title": work.act.title,
            "data": await self.console.ask(session, self.console.library.queries["frame"], {}),
        }
        return self.console.render(request, session, [f"bulk.{stage}.html"], status, context)


def _bounded(chosen: list[Any]) -> list[Any]:
    if not chosen or len(chosen) > MOST:
        raise PageError(400, f"Choisissez de une à {MOST} lignes.")
    return chosen


def _typed_in(pairs: Any) -> list[tuple[str, str]]:  # noqa: ANN401 pairs
    """The fields of the act among what a form sent."""
    return [(name, value) for name, value in pairs if name[:1] != "_"]


def _report(work: OpenLot) -> Response:
    """The report of a lot as a file: what the server did, line by line."""
    rows = [(i.id, i.title, WORDS.get(i.outcome, ""), " ".join(i.reasons)) for i in work.lot.items]
    body = as_csv(("Identifiant", "Ligne", "Résultat", "Motifs"), rows)
    file = f'attachment; filename="rapport-{work.act.document}.csv"'
    return Response(body, 200, {"Content-Disposition": file, "Cache-Control": "no-store"}, MEDIA["csv"])
