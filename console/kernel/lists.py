"""Lists: what an address asks of one, its pages by cursor, its cells."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from starlette.requests import Request

from .answering import Console
from .casting import whole
from .filters import WORDS
from .masking import Mask
from .page import ListColumn, Listing, Page
from .page_errors import PageError
from .paths import nodes, path, values
from .ports import Session
from .rendering import last_day
from .requests import texts
from .typography import paris_day
from .wording import EnumWord

LARGEST = 100
FILE_LIMIT = 20_000
SOON = timedelta(days=30)
"""How long before its end a right is worth a look."""
CURSORS = ("after", "before")
SEALED = {"s": WORDS, "after": "after", "before": "before"}
"""Parameters of an address that are sealed, with the variables they give."""
FORGOTTEN = "Cette recherche n’est plus connue : refaites-la."
SOURCES = {
    "API": "interface",
    "CONSOLE": "bureau",
    "IMPORT": "import",
    "CLI": "ligne de commande",
}


class Question(NamedTuple):
    """What an address asks of a page.

    `warnings` are the sentences of what does not fit, and is left out. When a sealed
    part does not open, the list holds nothing and says why: `is_forgotten`.
    """

    variables: dict[str, Any]
    warnings: list[str]
    is_forgotten: bool

    def require_whole(self) -> None:
        """Raise `PageError` where a part of the filter is lost.

        An act on the whole list must not take more rows than the person filtered.
        """
        if self.is_forgotten:
            raise PageError(400, FORGOTTEN)


def read_question(
    console: Console,
    session: Session,
    page: Page,
    pairs: Sequence[tuple[str, str]],
) -> Question:
    """What an address asks of a page, its sealed parts opened."""
    document = console.library.queries[page.document]
    plain = list(pairs)
    opened: dict[str, str | None] = {}
    if page.listing is not None or page.rows:
        plain = [pair for pair in pairs if pair[0] not in {WORDS, *CURSORS}]
        for parameter, text in pairs:
            variable = SEALED.get(parameter)
            if text and variable is not None and variable in document.variables:
                opened[variable] = unseal(console, session, page, variable, text)
    if "soon" in document.variables:
        plain.append(("soon", (console.ports.today() + SOON).isoformat()))
    filled = page.fill(console, dict(pairs)) if page.fill else {}
    variables, warnings = console.variables(document, texts(plain), filled)
    for variable, words in opened.items():
        if words is not None:
            variables[variable] = words
    return Question(variables, warnings, None in opened.values())


def seal(console: Console, session: Session, page: Page, name: str, text: str) -> str:
    """A text for an address of this page.

    Names are read neither in searches nor in cursors.
    """
    return console.ports.sessions.seal(session, f"{page.document} {name} {text}")


def unseal(
    console: Console, session: Session, page: Page, name: str, sealed: str
) -> str | None:
    """None for what this page did not seal under this name, for this person."""
    text = console.ports.sessions.unseal(session, sealed)
    head = f"{page.document} {name} "
    if text is None or not text.startswith(head):
        return None
    return text.removeprefix(head)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page stands in its list: « 26 à 50 sur 1 234 ».

    `before` and `after` are the sealed cursors of the pages beside it.
    """

    start: int
    end: int
    total: int
    capped: bool
    before: str | None
    after: str | None
    size: int


def position(
    request: Request,
    connection: Mask,
    variables: Mapping[str, Any],
    seal: Callable[[str, str], str],
) -> Position:
    """`seal` takes the name of a cursor and the cursor."""
    count = len(nodes(connection))
    info = connection.pageInfo
    is_first = "after" not in variables and "before" not in variables
    rank = None if is_first else whole(request.query_params.get("rang", ""))
    start = rank or 1
    return Position(
        start=start if count else 0,
        end=start + count - 1 if count else 0,
        total=connection.totalCount,
        capped=bool(connection.totalCountCapped),
        before=seal("before", info.startCursor) if info.hasPreviousPage else None,
        after=seal("after", info.endCursor) if info.hasNextPage else None,
        size=variables["first"] or variables["last"],
    )


def is_readable(listing: Listing, data: Mask) -> bool:
    """Whether an empty list means that there is nothing.

    Otherwise it may mean that the person does not read such things, at this partner
    or anywhere.
    """
    if listing.root.startswith("partner."):
        return listing.needs.removesuffix("_READ") in data.partner.reads
    return not listing.needs or listing.needs in data.viewer.may


def empty(connection: Mask) -> Mask:
    """The same list without a row."""
    info = {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }
    nothing = {
        "totalCount": 0,
        "totalCountCapped": False,
        "nodes": [],
        "pageInfo": info,
    }
    return Mask(nothing, connection.selection_)


async def every_page(
    console: Console,
    session: Session,
    page: Page,
    variables: Mapping[str, Any],
    limit: int = FILE_LIMIT,
) -> AsyncIterator[Mask]:
    """All that a filter shows, a hundred rows at a time.

    Raises `PageError` beyond `limit` rows.
    """
    assert page.listing is not None
    document = console.library.queries[page.document]
    all_variables = {**variables, "first": LARGEST, "last": None, "after": None}
    all_variables.pop("before", None)
    count = 0
    while True:
        data = await console.ask(session, document, all_variables)
        yield data
        count += LARGEST
        info = path(data, page.listing.root).pageInfo
        if not info.hasNextPage:
            return
        if count >= limit:
            sentence = f"Choisissez au plus {limit} lignes : resserrez le filtre."
            raise PageError(400, sentence)
        all_variables = {**all_variables, "after": info.endCursor}


def cells(console: Console, columns: Sequence[ListColumn], row: Mask) -> list[Any]:
    return [cell(console, column, row) for column in columns]


def cell(console: Console, column: ListColumn, row: Mask) -> Any:  # noqa: ANN401
    """A value; or several, where the path goes through a list; or None."""
    items = [
        _read_as(console, column.kind, value)
        for value in values(row, column.path.split("."))
    ]
    return items[0] if len(items) == 1 else items or None


def _read_as(console: Console, kind: str, value: Any) -> Any:  # noqa: ANN401
    match kind:
        case "act":
            return EnumWord(value, console.act_titles.get(value, value))
        case "source":
            return EnumWord(value, SOURCES.get(value, value))
        case "last_day":
            return last_day(value)
        case "day":
            return paris_day(value)
    return value
