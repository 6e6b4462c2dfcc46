"""The rows that an answer is about: those ticked, or all of a filter as it was read."""

from datetime import datetime
from urllib.parse import parse_qsl

from console.kernel.answering import Console
from console.kernel.lists import every_page, read_question
from console.kernel.masking import Mask
from console.kernel.page import Page, row_title
from console.kernel.page_errors import PageError
from console.kernel.paths import nodes, path
from console.kernel.ports import Session
from console.kernel.requests import last_text

from .answer import QueueAnswer
from .queues import Queue

MOST_ROWS = 1_000
"""Those that one act answers."""
ROWS_PER_QUESTION = 100
UNREADABLE = "ligne illisible"
Form = dict[str, list[str]]


async def rows_chosen(
    console: Console, session: Session, queue: Queue, answer: QueueAnswer, form: Form
) -> None:
    """Write the rows and their establishments in the answer.

    What has come since the list was read is not of the filter: nobody has seen it.
    """
    page = _page_of(console, queue)
    if answer.is_whole:
        await _add_filtered(console, session, page, answer, last_text(form, "_filtre"))
        return
    ids = list(dict.fromkeys(form.get("ids", ())))
    if len(ids) > MOST_ROWS:
        raise PageError(400, f"Choisissez au plus {MOST_ROWS} lignes.")
    await _add_ticked(console, session, page, answer, ids)


def _page_of(console: Console, queue: Queue) -> Page:
    pages = console.site.pages
    return next(page for page in pages if page.document == queue.document)


async def _add_filtered(
    console: Console, session: Session, page: Page, answer: QueueAnswer, query: str
) -> None:
    """The first thousand rows that the filter showed at the instant of the list."""
    assert page.listing is not None
    question = read_question(console, session, page, parse_qsl(query))
    question.require_whole()
    variables = question.variables | {"asOf": _instant(answer.seen_at)}
    async for data in every_page(console, session, page, variables, MOST_ROWS * 2):
        for row in nodes(path(data, page.listing.root)):
            if len(answer.rows) < MOST_ROWS:
                _add(answer, page, row)
        if len(answer.rows) == MOST_ROWS:
            return


def _instant(text: str) -> str:
    """The instant that the page carried. Raises `PageError` for anything else."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise PageError(400) from None
    if instant.tzinfo is None:
        raise PageError(400)
    return instant.isoformat()


async def _add_ticked(
    console: Console, session: Session, page: Page, answer: QueueAnswer, ids: list[str]
) -> None:
    """Each row that was ticked; the act refuses one that is not readable."""
    document = console.library.queries["answer_rows"]
    rows: dict[str, Mask] = {}
    for start in range(0, len(ids), ROWS_PER_QUESTION):
        some = ids[start : start + ROWS_PER_QUESTION]
        data = await console.ask(session, document, {"ids": some})
        rows |= {str(row.id): row for row in data.nodes if row is not None}
    for row_id in ids:
        if row_id in rows:
            _add(answer, page, rows[row_id])
        else:
            answer.rows[row_id] = UNREADABLE


def _add(answer: QueueAnswer, page: Page, row: Mask) -> None:
    answer.rows[str(row.id)] = row_title(page, row)
    place = str(row.establishmentName)
    answer.places[place] = answer.places.get(place, 0) + 1
