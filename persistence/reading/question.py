"""The tree of a question: what is selected, free of GraphQL and not yet SQL.

A node is a `Selected` field: its kind says how its rows or its value are found, `below` what is selected under it,
`values` what its kind is given. The kinds are also what a schema declares its fields with.

`Value` is what a statement is given at run time: a constant of the document, or the place of a
variable's leaf. Links, tests and expressions are functions from table aliases to SQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause

if TYPE_CHECKING:
    from .compiler import SqlContext

Table: TypeAlias = FromClause
SqlTest: TypeAlias = ColumnElement[bool]
Expression: TypeAlias = Callable[[Table, "SqlContext"], ColumnElement[Any]]
Join: TypeAlias = Callable[[Table, Table, "SqlContext"], ColumnElement[bool]]
"""(child, parent, terms) → which children."""
Test: TypeAlias = Callable[[Table, "SqlContext", "Value"], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Var:
    """The place of a value among the coerced variables."""

    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What is read out of a value at each run, as `binds.READ` names it: the day that an id carries."""

    what: str
    value: "Value"


Value: TypeAlias = Var | Read | str | int | bool | date | tuple["Value", ...] | None


@dataclass(frozen=True, slots=True)
class Order:
    """NOT NULL columns that order a list, all in one direction, ended by the id; `index` serves it.

    `beside` is the table of the columns and of the index, when it is not the record's own: a row that has no value
    there yet is not in the list.
    """

    columns: tuple[str, ...]
    index: str
    descending: bool = False
    beside: str = ""


# the kinds of a field


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value: an expression over the row."""

    sql: Expression


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object without a row of its own (the viewer): its fields read the row it stands in."""


@dataclass(frozen=True, slots=True)
class ToOne:
    """The row at the end of a join: null where there is none, or none that may be seen."""

    link: Join


@dataclass(frozen=True, slots=True)
class ToMany:
    """All the rows at the end of a join: a list that is short by nature (the roles of a bulletin)."""

    link: Join
    order: Order


class Filter(Protocol):
    """An argument of a page: its test, and whether it alone narrows a list enough to start from."""

    @property
    def test(self) -> Test: ...
    @property
    def anchor(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the rows at the end of a join, or of a whole record; its orders and its filters by name.

    Its values: `order`, the name of one; `first` and `after`, or `last` and `before`; and those of its filters.
    """

    link: Join | None
    orders: Mapping[str, Order]
    filters: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Find:
    """One row, by the tests whose values are given: one of several, or `every` one of them."""

    tests: Mapping[str, Test]
    every: bool = False


@dataclass(frozen=True, slots=True)
class ById:
    """The row of the value `id`."""


@dataclass(frozen=True, slots=True)
class ByIds:
    """The rows of the value `ids`, in their order, null where nothing may be seen.

    Below is one `ById` for each prefix, under its own key, and for each day that the ids carry.
    """


@dataclass(frozen=True, slots=True)
class ViewerCan:
    """A fixed list of objects over one row, `Embedded` below: constants, and leaves that share their expressions."""


class Part(Enum):
    """A field of a page, of its edges, or of what is told of the page itself."""

    EDGES = auto()
    NODES = auto()
    NODE = auto()
    CURSOR = auto()
    TOTAL_COUNT = auto()
    TOTAL_COUNT_CAPPED = auto()
    PAGE_INFO = auto()
    HAS_NEXT_PAGE = auto()
    HAS_PREVIOUS_PAGE = auto()
    START_CURSOR = auto()
    END_CURSOR = auto()


Kind: TypeAlias = (
    Leaf | Embedded | ToOne | ToMany | Paged | Find | ById | ByIds | ViewerCan | Part
)

# the tree


@dataclass(frozen=True, slots=True)
class Object:
    """The fields of one record's row; `record` is None where there is no row: the root, the viewer, a page."""

    record: str | None
    fields: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is known when the question is compiled."""

    key: str
    value: str | bool | None


@dataclass(frozen=True, slots=True)
class Selected:
    """A field of the answer, under its key."""

    key: str
    kind: Kind
    below: Object = Object(None, ())
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AsOf:
    """A field whose facts, and those under it, are told as of a day; the rights of the caller stay today's."""

    day: Value
    field: "Node"

    @property
    def key(self) -> str:
        return self.field.key


Node: TypeAlias = Constant | Selected | AsOf


@dataclass(frozen=True, slots=True)
class Reference:
    """A row that a filter names: where it may not be seen, nothing is answered."""

    record: str
    id: Value
