"""One act on several rows: which ones, a preview of each, then what was done of each.

Each row is done under a key of its own. A lot that was cut short may be sent again: a
row that was done is not done twice, and the report says what came of it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .act_form import ActForm
from .answering import SERVER, Console
from .entrance import confirm_identity
from .files import MEDIA
from .form_values import as_errors, place_errors
from .lot_rows import ROWS_PER_QUESTION, Form, chosen_items
from .lots import (
    CHOOSE,
    PREVIEW,
    REPORT,
    Item,
    Lot,
    OpenLot,
    fields_of_the_act,
    report,
)
from .masking import Mask
from .page import Page
from .page_errors import PageError
from .ports import Session
from .requests import last_text, local_path, texts, typed

SAVE_EVERY = 25
"""Rows done between two savings of a lot."""
OK = 200
NOT_VALID = 422


class BulkPages:
    """`POST /lots/{act}` saves the chosen rows; the lot then has its own address."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.pages = {page.document: page for page in console.site.pages}

    async def choose(self, request: Request, session: Session) -> Response:
        form = texts(typed(await request.form()))
        return await self._begin(request, session, form)

    async def resume(self, request: Request, session: Session) -> Response:
        """The rows that were chosen before signing in again."""
        draft = await self.console.take_draft(request, session)
        if draft is None:
            raise PageError(404)
        return await self._begin(request, session, texts(draft))

    async def show(self, request: Request, session: Session) -> Response:
        open_lot = await self._open(request, session)
        lot = open_lot.lot
        draft = await self.console.take_draft(request, session)
        if draft and lot.stage == CHOOSE:
            lot.pairs = fields_of_the_act(draft)
        return await self._page(request, session, open_lot, lot.stage)

    async def receive(self, request: Request, session: Session) -> Response:
        form = texts(typed(await request.form()))
        open_lot = await self._open(request, session)
        step = last_text(form, "_etape")
        match step, open_lot.lot.stage:
            case "rapport", "report":
                return _report_file(open_lot)
            case "verifier", "choose" | "preview":
                return await self._verify(request, session, open_lot, form)
            case "faire", "preview" | "report":
                return await self._do(request, session, open_lot)
            case "recommencer", "report":
                return await self._again(session, open_lot)
        return RedirectResponse(open_lot.address, 303)

    # the steps

    async def _begin(self, request: Request, session: Session, form: Form) -> Response:
        document = last_text(form, "_page")
        act, page = self._act_and_page(request.path_params["act"], document)
        items = await chosen_items(self.console, session, page, form)
        back = local_path(last_text(form, "_retour"), page.path)
        assert page.listing is not None
        values = {name: last_text(form, name) for name in page.listing.bulk_values}
        lot = Lot(page.document, back, items, list(values.items()))
        if not values:
            return await self._save_new(session, act, lot)
        return await self._try_all(session, await self._new(session, act, lot))

    async def _save_new(self, session: Session, act: ActForm, lot: Lot) -> Response:
        open_lot = await self._new(session, act, lot)
        return RedirectResponse(open_lot.address, 303)

    async def _new(self, session: Session, act: ActForm, lot: Lot) -> OpenLot:
        entry_id = await self.console.ports.entries.begin(session, asdict(lot))
        document = self.console.library.mutations[act.name]
        return OpenLot(entry_id, lot, act, document)

    async def _verify(
        self, request: Request, session: Session, open_lot: OpenLot, form: Form
    ) -> Response:
        """Each row is tried, and none is done."""
        lot = open_lot.lot
        pairs = [(name, value) for name, values in form.items() for value in values]
        lot.pairs = fields_of_the_act(pairs)
        if open_lot.faults(self.console.ports.today()):
            return await self._page(request, session, open_lot, CHOOSE, NOT_VALID)
        return await self._try_all(session, open_lot)

    async def _try_all(self, session: Session, open_lot: OpenLot) -> Response:
        for item in open_lot.lot.items:
            await self._try(session, open_lot, item, "READY", dryRun=True)
        open_lot.lot.stage = PREVIEW
        await self._save(session, open_lot)
        return RedirectResponse(open_lot.address, 303)

    async def _do(
        self, request: Request, session: Session, open_lot: OpenLot
    ) -> Response:
        """Do each row that is not settled yet, under the same key at every attempt."""
        if open_lot.act.sensitive and not session.is_fresh:
            return await confirm_identity(self.console, request)
        open_lot.lot.stage = REPORT
        await self._save(session, open_lot)
        ready = open_lot.lot.items_with("READY")
        for count, item in enumerate(ready, start=1):
            key = f"{open_lot.id}:{item.id}"
            await self._try(session, open_lot, item, "DONE", idempotencyKey=key)
            if count % SAVE_EVERY == 0:
                await self._save(session, open_lot)
        await self._save(session, open_lot)
        return RedirectResponse(open_lot.address, 303)

    async def _again(self, session: Session, open_lot: OpenLot) -> Response:
        """A new lot of the rows that were refused, with the same words."""
        lot = open_lot.lot
        refused = [Item(item.id, item.title) for item in lot.items_with("REFUSED")]
        if not refused:
            return RedirectResponse(open_lot.address, 303)
        new = Lot(lot.page, lot.back, refused, lot.pairs)
        return await self._save_new(session, open_lot.act, new)

    async def _try(
        self,
        session: Session,
        open_lot: OpenLot,
        item: Item,
        outcome: str,
        **plumbing: Any,  # noqa: ANN401 fields of the input that nobody types
    ) -> None:
        """Ask the act for this row. What the server did not settle stays to be done."""
        values = open_lot.read_input(self.console.ports.today(), {})
        variables = {"input": {open_lot.id_field: item.id, **values, **plumbing}}
        try:
            answer = await self.console.ask(session, open_lot.document, variables)
        except PageError as error:
            item.reasons = [error.sentence]
            if error.status < SERVER:
                item.outcome = "REFUSED"
            return
        payload = answer[open_lot.act.name]
        item.outcome = "REFUSED" if payload.errors else outcome
        notices = payload.errors or payload.warnings
        item.reasons = [notice.message for notice in notices]

    # what is saved

    async def _open(self, request: Request, session: Session) -> OpenLot:
        entry_id = request.path_params["id"]
        content = await self.console.ports.entries.read(session, entry_id)
        if content is None:
            raise PageError(404)
        act, _ = self._act_and_page(request.path_params["act"], content["page"])
        document = self.console.library.mutations[act.name]
        return OpenLot(entry_id, Lot.from_content(content), act, document)

    async def _save(self, session: Session, open_lot: OpenLot) -> None:
        content = asdict(open_lot.lot)
        await self.console.ports.entries.write(session, open_lot.id, content)

    def _act_and_page(self, act_name: str, document: str) -> tuple[ActForm, Page]:
        """An act, and a list that offers it. Raises `PageError`."""
        act = self.console.site.acts.get(act_name)
        page = self.pages.get(document)
        if act is None or page is None or page.listing is None:
            raise PageError(404)
        if act.name not in page.listing.bulk:
            raise PageError(404)
        return act, page

    # the form

    async def _page(
        self,
        request: Request,
        session: Session,
        open_lot: OpenLot,
        stage: str,
        status: int = OK,
    ) -> Response:
        today = self.console.ports.today()
        form = open_lot.fields(today)
        errors: list[Mapping[str, Any]] = []
        if status != OK:
            errors = as_errors(open_lot.faults(today))
        place_errors(form, errors)
        frame = self.console.library.queries["frame"]
        context = {
            "act": open_lot.act,
            "fields": form,
            "items": open_lot.lot.items,
            "back": open_lot.lot.back,
            "errors": errors,
            "section": open_lot.act.section,
            "title": open_lot.act.title,
            "data": await self.console.ask(session, frame, {}),
        }
        if stage == REPORT:
            context["objects"] = await self._objects(session, open_lot)
        names = [f"{open_lot.act.file}.{stage}.html", f"bulk.{stage}.html"]
        return self.console.render(request, session, names, status, context)

    async def _objects(self, session: Session, open_lot: OpenLot) -> list[Mask]:
        """The rows that were done, by the document of the act's report, if any."""
        document = self.console.library.queries.get(f"{open_lot.act.file}.report")
        if document is None:
            return []
        ids = [item.id for item in open_lot.lot.items_with("DONE")]
        objects: list[Mask] = []
        for start in range(0, len(ids), ROWS_PER_QUESTION):
            some = ids[start : start + ROWS_PER_QUESTION]
            data = await self.console.ask(session, document, {"ids": some})
            objects += [each for each in data.nodes if each is not None]
        return objects


def _report_file(open_lot: OpenLot) -> Response:
    file = f'attachment; filename="rapport-{open_lot.act.file}.csv"'
    headers = {"Content-Disposition": file, "Cache-Control": "no-store"}
    return Response(report(open_lot.lot), 200, headers, MEDIA["csv"])
