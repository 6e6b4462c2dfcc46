"""A list as a file: the graph judges and journals it first."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from . import files, lists
from .answering import Console
from .filters import filters, summary
from .page import Page
from .page_errors import PageError
from .paths import nodes, path
from .ports import Session


async def export(
    console: Console,
    session: Session,
    page: Page,
    pairs: Sequence[tuple[str, str]],
    kind: str,
) -> Response:
    """The whole list that the filter of an address shows, as `csv` or `xlsx`.

    Raises `PageError` for a list that is not exported, or that the graph refuses.
    """
    listing = page.listing
    if listing is None or not listing.export or kind not in files.MEDIA:
        raise PageError(404)
    question = lists.read_question(console, session, page, pairs)
    question.require_whole()
    variables = question.variables
    document = console.library.queries[page.document]
    lines: list[tuple[str, str]] = []
    rows: list[list[Any]] = []
    async for data in lists.every_page(console, session, page, variables):
        if not lines:
            fields = filters(console, listing, document, variables, data)
            lines = summary(fields)
        some = nodes(path(data, listing.root))
        rows += [lists.cells(console, listing.columns, row) for row in some]

    in_words = " ; ".join(f"{name} : {text}" for name, text in lines)
    values = {"list": listing.export, "rows": len(rows), "filter": in_words or None}
    mutation = console.library.mutations["listExport"]
    answer = await console.ask(session, mutation, {"input": values})
    errors = answer.listExport.errors
    if errors:
        raise PageError(400, errors[0].message)

    titles = [column.title for column in listing.columns]
    body = (
        files.as_csv(titles, rows)
        if kind == "csv"
        else files.as_xlsx(titles, rows, lines)
    )
    name = f"{page.document}-{console.ports.today():%Y-%m-%d}.{kind}"
    disposition = f'attachment; filename="{name}"'
    headers = {**console.headers(), "Content-Disposition": disposition}
    return Response(body, 200, headers, files.MEDIA[kind])
