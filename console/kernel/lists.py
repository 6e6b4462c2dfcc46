"""Lists: filters in the address, pages by cursor, and files of exactly what the filter shows."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from graphql import GraphQLEnumType, GraphQLInputType, get_named_type
from starlette.requests import Request

from .answering import PLUMBED, Console, PageError, texts
from .casting import whole
from .documents import ConsoleDocument
from .forms import Option
from .masking import Mask
from .options import choices
from .page import ListColumn, Listing, Page
from .ports import Session
from .rendering import last_day, nodes, path, values
from .wording import EnumWord, words

SIZES = (25, 50, 100)
LARGEST = 100
FILE_LIMIT = 20_000
SOON = timedelta(days=30)
"""How long before its end a right is worth a look."""
WORDS = "search"
"""The filter that takes words: it may be a name, so it is posted, and stands sealed in addresses."""
CURSORS = ("after", "before")
UNSAID = "une recherche, dont les mots ne sont pas gardés"
FORGOTTEN = "Cette recherche n’est plus connue : refaites-la."
SOURCES = {"API": "interface", "CONSOLE": "bureau", "IMPORT": "import", "CLI": "ligne de commande"}


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter of a list, as its field stands in the page."""

    name: str
    label: str
    kind: str
    value: str
    options: Sequence[Option]
    shown: bool
    private: bool

    @property
    def said(self) -> str:
        """Its value in words."""
        known = {option.value: option.label for option in self.options}
        return known.get(self.value, self.value)


class Question(NamedTuple):
    """What an address asks of a page."""

    variables: dict[str, Any]
    dropped: list[str]
    """The sentences of what does not fit: it is left out."""
    is_forgotten: bool
    """Whether a sealed part does not open: the list then holds nothing, and says why."""

    def require_whole(self) -> dict[str, Any]:
        """The variables, for what acts on the whole list. Raises `PageError` where a part of the filter is lost."""
        if self.is_forgotten:
            raise PageError(400, FORGOTTEN)
        return self.variables


def asked(console: Console, session: Session, page: Page, pairs: Sequence[tuple[str, str]]) -> Question:
    """What an address asks of a page, its sealed parts opened."""
    document = console.library.queries[page.document]
    plain = list(pairs)
    ciphers: dict[str, str] = {}
    if page.listing is not None:
        plain = [pair for pair in pairs if pair[0] not in {WORDS, *CURSORS}]
        fields = {"s": WORDS} | {name: name for name in CURSORS}
        usable = {name for name, field in fields.items() if field in document.variables}
        ciphers = {fields[name]: text for name, text in pairs if name in usable and text}
    if "soon" in document.variables:
        plain.append(("soon", (console.ports.today() + SOON).isoformat()))
    variables, dropped = console.variables(document, texts(plain))
    words = {name: unseal(console, session, page, name, text) for name, text in ciphers.items()}
    variables |= {name: text for name, text in words.items() if text is not None}
    return Question(variables, dropped, None in words.values())


def seal(console: Console, session: Session, page: Page, name: str, text: str) -> str:
    """A text for an address of this page: names are read neither in searches nor in cursors."""
    return console.ports.sessions.seal(session, f"{page.document} {name} {text}")


def unseal(console: Console, session: Session, page: Page, name: str, cipher: str) -> str | None:
    """None for what this page did not seal under this name, for this person."""
    text = console.ports.sessions.unseal(session, cipher)
    head = f"{page.document} {name} "
    return text.removeprefix(head) if text is not None and text.startswith(head) else None


def paged(request: Request, variables: dict[str, Any]) -> dict[str, Any]:
    """The variables of one page: forward unless the address goes back from a cursor."""
    asked = whole(request.query_params.get("taille") or request.cookies.get("taille", ""))
    size = asked if asked in SIZES else SIZES[0]
    back = "before" in variables
    return variables | {"first": None if back else size, "last": size if back else None}


def filters(
    console: Console, listing: Listing, document: ConsoleDocument, variables: Mapping[str, Any], data: Mask
) -> list[FilterField]:
    """The fields of a list's filter; what the address itself names is none."""
    made = []
    for name, type_ in document.variables.items():
        if name in {*PLUMBED, "id"}:
            continue
        title = listing.labels.get(name) or console.title(document, name)
        options = _options(console, listing, name, type_, data)
        value = variables.get(name)
        text = {True: "true", False: "false", None: ""}.get(value, str(value)) if not isinstance(value, str) else value
        kind = "select" if options else {"Date": "date"}.get(get_named_type(type_).name, "search")
        shown = name in listing.shown or (not listing.shown and name == "search")
        made.append(FilterField(name, title, kind, text, options, shown, name == WORDS))
    return made


def _options(console: Console, listing: Listing, name: str, type_: GraphQLInputType, data: Mask) -> list[Option]:
    if name == "act":
        return sorted((Option(*pair) for pair in console.acts.items()), key=lambda option: option.label)
    if name in listing.choices:
        return list(choices(data, listing.choices[name]))
    match get_named_type(type_):
        case GraphQLEnumType() as kind:
            return [Option(*pair) for pair in words(kind).items()]
        case kind if kind.name == "Boolean":
            return [Option("true", "oui"), Option("false", "non")]
    return []


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page stands in its list: « 26 à 50 sur 1 234 », and the addresses beside it."""

    start: int
    end: int
    total: int
    capped: bool
    before: str | None
    after: str | None
    size: int


def is_read(listing: Listing, data: Mask) -> bool:
    """Whether an empty list means that there is nothing: at a partner, or where the person reads."""
    if listing.root.startswith("partner."):
        return listing.needs.removesuffix("_READ") in data.partner.reads
    return not listing.needs or listing.needs in data.viewer.may


def empty(connection: Mask) -> Mask:
    """The same list without a row."""
    page = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    none = {"totalCount": 0, "totalCountCapped": False, "pageInfo": page, "nodes": []}
    return Mask(none, connection.selection_)


def position(
    request: Request, connection: Mask, variables: Mapping[str, Any], seal: Callable[[str, str], str]
) -> Position:
    """`seal` takes the name of a cursor and the cursor."""
    found, info = len(nodes(connection)), connection.pageInfo
    asked = request.query_params.get("rang", "")
    start = whole(asked) or 1
    if "after" not in variables and "before" not in variables:
        start = 1
    size = variables["first"] or variables["last"]
    return Position(
        start if found else 0,
        start + found - 1 if found else 0,
        connection.totalCount,
        bool(connection.totalCountCapped),
        seal("before", info.startCursor) if info.hasPreviousPage else None,
        seal("after", info.endCursor) if info.hasNextPage else None,
        size,
    )


async def every(
    console: Console, session: Session, page: Page, variables: Mapping[str, Any], limit: int = FILE_LIMIT
) -> AsyncIterator[Mask]:
    """All that a filter shows, a hundred rows at a time. Raises `PageError` beyond `limit` rows."""
    assert page.listing is not None
    document, after, count = console.library.queries[page.document], None, 0
    while True:
        asked = dict(variables) | {"first": LARGEST, "last": None, "after": after}
        asked.pop("before", None)
        data = await console.ask(session, document, asked)
        yield data
        count += LARGEST
        info = path(data, page.listing.root).pageInfo
        if not info.hasNextPage:
            return
        if count >= limit:
            raise PageError(400, f"Choisissez au plus {limit} lignes : resserrez le filtre.")
        after = info.endCursor


def cells(console: Console, columns: Sequence[ListColumn], row: Mask) -> list[Any]:
    return [cell(console, column, row) for column in columns]


def cell(console: Console, column: ListColumn, row: Mask) -> Any:  # noqa: ANN401 a value of the answer
    """A value, or several one after the other where the path goes through a list."""
    found = list(values(row, column.path.split(".")))
    match column.kind:
        case "act":
            found = [EnumWord(name, console.acts.get(name, name)) for name in found]
        case "source":
            found = [EnumWord(name, SOURCES.get(name, name)) for name in found]
        case "last_day":
            found = [last_day(value) for value in found]
    return found[0] if len(found) == 1 else found or None


def summary(made: Sequence[FilterField]) -> list[tuple[str, str]]:
    """The filters in words, for the head of a file and for the journal; of a private one, only that there was one."""
    return [(f.label, UNSAID if f.private else f.said) for f in made if f.value]
