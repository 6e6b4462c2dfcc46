"""One act on several rows: which ones, a preview of each, then a report of each. Nothing is done that was not shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from graphql import GraphQLInputObjectType, get_named_type
from starlette.requests import Request
from starlette.responses import Response

from .acts import ACTS, Act
from .documents import Document
from .files import MEDIA, as_csv
from .forms import Shape, fields, missing, place, read, told
from .kernel import Desk, Failed, local, texts, typed
from .lists import asked, every
from .page import Page, called
from .ports import Session
from .rendering import nodes, path

MOST = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the selection: its identifier, how it is called, and what the act says of it."""

    id: str
    title: str
    outcome: str = ""
    reasons: tuple[str, ...] = ()


class Bulk:
    """`POST /lots/{act}`: choose (from a list), then `verifier`, then `faire`; `rapport` gives the report as a file."""

    def __init__(self, desk: Desk, pages: Mapping[str, Page]) -> None:
        self.desk, self.pages = desk, pages

    async def receive(self, request: Request, session: Session) -> Response:
        return await self._answer(request, session, texts(typed(await request.form())))

    async def show(self, request: Request, session: Session) -> Response:
        """What was typed before signing in again."""
        kept = await self.desk.kept(request, session)
        if kept is None:
            raise Failed(404)
        return await self._answer(request, session, texts([*kept, ("_etape", "choisir"), ("_tous", "")]))

    async def _answer(self, request: Request, session: Session, form: dict[str, list[str]]) -> Response:
        act, page = self._known(request, form)
        form.setdefault("_retour", [page.path])
        items = await self._items(session, page, form)
        step = form.get("_etape", ["choisir"])[-1]
        if step == "rapport":
            return _report(act, form)
        document = self.desk.library.mutations[act.document]
        kind = get_named_type(document.variables["input"])
        assert isinstance(kind, GraphQLInputObjectType)
        id_field = next(name for name in kind.fields if name.endswith("Id"))
        form = act.begun(self.desk.ports.today()) | form
        made = fields(kind, form, Shape(omit=frozenset({id_field}), labels=act.labels))
        context = {"act": act, "fields": made, "items": items, "form": form, "back": local(form["_retour"][-1])}
        wrong = missing(made) if step != "choisir" else {}
        given = read(kind, [top.name for top in made], form, wrong)
        if step == "choisir" or wrong:
            errors = told(wrong)
            place(made, errors)
            return await self._page(request, session, "choose", context | {"errors": errors}, 422 if wrong else 200)
        if act.sensitive and not session.is_fresh:
            return await self.desk.confirm_identity(request)
        applied = step == "faire"
        done = [await self._one(session, document, act, id_field, item, given, applied=applied) for item in items]
        context["items"] = done
        return await self._page(request, session, "report" if applied else "preview", context)

    def _known(self, request: Request, form: Mapping[str, Sequence[str]]) -> tuple[Act, Page]:
        act, page = ACTS.get(request.path_params["act"]), self.pages.get(form.get("_page", [""])[-1])
        if act is None or page is None or page.listing is None or act.name not in page.listing.bulk:
            raise Failed(404)
        return act, page

    async def _items(self, session: Session, page: Page, form: Mapping[str, Sequence[str]]) -> list[Item]:
        """The rows that were ticked; or all those of the filter, read anew and frozen from then on."""
        assert page.listing is not None
        if form.get("_tous", [""])[-1] != "1" or form.get("_etape", ["choisir"])[-1] != "choisir":
            said = [text.partition("|") for text in form.get("ids", ()) if "|" in text]
            chosen = [Item(identifier, title) for identifier, _, title in said]
        else:
            question = asked(self.desk, session, page, parse_qsl(form.get("_filtre", [""])[-1]))
            variables = question.require_whole()
            chosen = [
                Item(str(path(row, page.listing.bulk_id)), called(page, row))
                async for data in every(self.desk, session, page, variables, MOST)
                for row in nodes(path(data, page.listing.root))
            ]
        if not chosen or len(chosen) > MOST:
            raise Failed(400, f"Choisissez de une à {MOST} lignes.")
        return chosen

    async def _one(
        self,
        session: Session,
        document: Document,
        act: Act,
        id_field: str,
        item: Item,
        given: Mapping[str, Any],
        *,
        applied: bool,
    ) -> Item:
        also: dict[str, Any] = {} if applied else {"dryRun": True}
        try:
            data = await self.desk.ask(session, document, {"input": {id_field: item.id, **given, **also}})
        except Failed as failed:
            return Item(item.id, item.title, "REFUSED", (failed.sentence,))
        payload = data[act.name]
        if payload.errors:
            return Item(item.id, item.title, "REFUSED", tuple(error.message for error in payload.errors))
        return Item(item.id, item.title, "DONE", tuple(warning.message for warning in payload.warnings))

    async def _page(
        self, request: Request, session: Session, kind: str, context: Mapping[str, Any], status: int = 200
    ) -> Response:
        shared: dict[str, Any] = {"section": context["act"].section, "title": context["act"].title}
        shared["data"] = await self.desk.ask(session, self.desk.library.queries["frame"], {})
        return self.desk.render(request, session, [f"bulk.{kind}.html"], status, shared | dict(context))


def _report(act: Act, form: Mapping[str, Sequence[str]]) -> Response:
    """The report of a lot as a file, line by line as it was shown."""
    words = {"DONE": "Fait", "REFUSED": "Refusé"}
    rows = [text.split("|", 3) for text in form.get("lignes", ()) if text.count("|") > 2]  # noqa: PLR2004 four parts
    made = [(identifier, title, words.get(outcome, ""), why) for identifier, title, outcome, why in rows]
    body = as_csv(("Identifiant", "Ligne", "Résultat", "Motifs"), made)
    named = f'attachment; filename="rapport-{act.document}.csv"'
    return Response(body, 200, {"Content-Disposition": named, "Cache-Control": "no-store"}, MEDIA["csv"])
