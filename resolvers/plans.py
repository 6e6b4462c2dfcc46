"""What a plan is, what it may cost, and what of a request chooses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from graphql import GraphQLError

from persistence.binds import resolved, varies
from persistence.question import Part, Value, Var
from persistence.reader import Statement
from persistence.records.identifiers import is_written_as_nir

from .arguments import ArgumentText
from .blanks import is_blank
from .permitted import are_acts
from .sizes import FIRST_YEAR, LAST_YEAR

PAGE, DEFAULT_PAGE = 100, 20
IDS = 100
MOST_OBJECTS = 80
"""Objects of a plan: each costs milliseconds to compile, on the event loop."""
ROWS, CELLS = 20_000, 200_000
"""What an operation may ask for at most: rows, the product of its page sizes, and fields of rows."""
LISTED_COST = 5
BLANK = "blank"
"""The shape of a blank text, which counts as absent: equal to no prefix of an id."""
NUMBER = "Une personne se cherche par son nom : un numéro de sécurité sociale ne s'écrit pas ici."


def refuse(code: str, message: str) -> GraphQLError:
    """A request error with a stable code and a French sentence."""
    return GraphQLError(message, extensions={"code": code})


class Cost(NamedTuple):
    rows: int
    cells: int


class Sized(NamedTuple):
    """A page of the plan: its size, the fields of a row, the pages under it; sizes are known at each run."""

    size: Value
    width: int
    pages: tuple["Sized", ...]

    @property
    def varies(self) -> bool:
        return varies(self.size) or any(page.varies for page in self.pages)

    def cost(self, variables: Mapping[str, Any]) -> Cost:
        size, below = _size(resolved(self.size, variables)), [page.cost(variables) for page in self.pages]
        return Cost(size * (1 + sum(c.rows for c in below)), size * (self.width + sum(c.cells for c in below)))


def _size(size: Any) -> int:  # noqa: ANN401 a coerced value
    if not 0 <= size <= PAGE:
        raise refuse("PAGE_SIZE", f"Une page compte de 0 à {PAGE} objets.")
    return int(size)


class Walk(NamedTuple):
    """How a page is asked: so many objects after a cursor, or before it."""

    size: Value
    cursor: Value
    backward: bool

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "Walk":
        """The walk that a list's arguments, marked, ask for."""
        backward = arguments.get("last") is not None or arguments.get("before") is not None
        if backward and (arguments.get("first") is not None or arguments.get("after") is not None):
            raise refuse("ARGUMENTS", "Une page va en avant (`first`, `after`) ou en arrière (`last`, `before`).")
        size, cursor = (arguments.get(name) for name in (("last", "before") if backward else ("first", "after")))
        return cls(DEFAULT_PAGE if size is None else size, cursor, backward)


@dataclass(frozen=True)
class Plan:
    """A compiled question; `completed` when some leaf is Python's, so that graphql-core finishes the answer."""

    statement: Statement | None
    pages: tuple[Sized, ...]
    completed: bool
    ids: Sequence[Value] = ()
    days: Sequence[Value] = ()
    names: Sequence[Value] = ()
    texts: Sequence[ArgumentText] = ()

    @cached_property
    def varies(self) -> bool:
        """Whether its cost depends on the variables: if not, it was checked when it was made."""
        values = (*self.ids, *self.days, *self.names, *(text.value for text in self.texts))
        return any(page.varies for page in self.pages) or any(map(varies, values))

    def check(self, variables: Mapping[str, Any]) -> None:
        """Refuse a text, a page or a day out of bounds, a number for a name, or an operation that asks too much."""
        for text in self.texts:
            text.check(variables)
        if any(is_written_as_nir(resolved(name, variables)) for name in self.names):
            raise refuse("NIR_IN_TEXT", NUMBER)
        for day in self.days:
            if not FIRST_YEAR <= resolved(day, variables).year <= LAST_YEAR:
                raise refuse("DAY", f"`on` est un jour d'une année de {FIRST_YEAR} à {LAST_YEAR}.")
        for ids in self.ids:
            if len(resolved(ids, variables)) > IDS:
                raise refuse("TOO_MANY_IDS", f"`nodes` prend au plus {IDS} identifiants.")
        costs = [page.cost(variables) for page in self.pages]
        rows, cells = sum(cost.rows for cost in costs), sum(cost.cells for cost in costs)
        if rows > ROWS or cells > CELLS:
            limit = f"la limite est {ROWS} lignes et {CELLS} champs"
            raise refuse("TOO_COSTLY", f"La requête demande jusqu'à {rows} lignes et {cells} champs, {limit}.")


def shape(value: Any, prefixes: frozenset[str], *, is_id: bool) -> Any:  # noqa: ANN401 a coerced value
    """What of a variable chooses the plan: presence, null, booleans, enums, keys, acts, the prefix of an id."""
    match value:
        case None | bool() | Enum():
            return value
        case str() if is_blank(value):
            return BLANK
        case str() if is_id:
            return prefix_of(value, prefixes)
        case list() if is_id:
            return tuple(sorted({prefix_of(v, prefixes) for v in value if isinstance(v, str)}))
        case list() if are_acts(value):
            return tuple(value)
        case dict():
            return tuple((k, shape(v, prefixes, is_id=False)) for k, v in sorted(value.items()))
    return ...


def prefix_of(value: str, prefixes: frozenset[str]) -> str:
    """The type prefix of an id; all unknown ones are one, or a client could fill the cache."""
    prefix = value.partition("_")[0]
    return prefix if prefix in prefixes else ""


def marked(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 a coerced value
    """The value with its leaves replaced by their places; null, booleans, enums and keys stay."""
    match value:
        case None | bool() | Enum():
            return value
        case dict():
            return {k: marked(v, (*path, k)) for k, v in value.items()}
    return Var(path)


def plain(value: Any) -> Value:  # noqa: ANN401 a marked value
    """Enums are stored under their names; a list written in the document is one constant."""
    match value:
        case Enum():
            return str(value.value)
        case list():
            return tuple(plain(v) for v in value)
    return value  # type: ignore[no-any-return]


def width(parts: tuple[Part, ...]) -> int:
    """How many fields a row of the page is asked for."""
    return sum(len(part.target.fields) if part.target is not None else width(part.parts) for part in parts)
