"""The rows of a list chosen for an act: those ticked, or all of a filter."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from .answering import Console
from .lists import every_page, read_question
from .lots import Item
from .masking import Mask
from .page import Page, row_title
from .page_errors import PageError
from .paths import nodes, path
from .ports import Session
from .requests import last_text

MOST_ROWS = 1000
ROWS_PER_QUESTION = 100
UNREADABLE = "ligne illisible"
Form = dict[str, list[str]]


async def chosen_items(
    console: Console, session: Session, page: Page, form: Form
) -> list[Item]:
    """The rows that were ticked, or all those of the filter as they are now."""
    if last_text(form, "_tous") == "1":
        return await _filtered(console, session, page, last_text(form, "_filtre"))
    ids = list(dict.fromkeys(form.get("ids", ())))
    return await _ticked(console, session, page, _bounded(ids))


async def _filtered(
    console: Console, session: Session, page: Page, query: str
) -> list[Item]:
    assert page.listing is not None
    question = read_question(console, session, page, parse_qsl(query))
    question.require_whole()
    variables = question.variables
    items = []
    async for data in every_page(console, session, page, variables, MOST_ROWS):
        for row in nodes(path(data, page.listing.root)):
            row_id = str(path(row, page.listing.bulk_id))
            items.append(Item(row_id, row_title(page, row)))
    return _bounded(items)


async def _ticked(
    console: Console, session: Session, page: Page, ids: Sequence[str]
) -> list[Item]:
    """These rows, as the server calls them.

    The act refuses a row that is not readable, as it does any other.
    """
    document = console.library.queries["lot"]
    rows: dict[str, Mask] = {}
    for start in range(0, len(ids), ROWS_PER_QUESTION):
        some = list(ids[start : start + ROWS_PER_QUESTION])
        data = await console.ask(session, document, {"ids": some})
        rows |= {row.id: row for row in data.nodes if row is not None}
    if not rows:
        raise PageError(404)
    titles = {row_id: row_title(page, row) for row_id, row in rows.items()}
    return [Item(row_id, titles.get(row_id, UNREADABLE)) for row_id in ids]


def _bounded(chosen: list[Any]) -> list[Any]:
    if not chosen or len(chosen) > MOST_ROWS:
        raise PageError(400, f"Choisissez de une à {MOST_ROWS} lignes.")
    return chosen
