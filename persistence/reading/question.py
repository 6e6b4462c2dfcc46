"""The tree of a question: what is selected, without GraphQL and not yet SQL.

A node is a `Selected` field. Its kind says how its rows or its value are found, `below`
is what is selected under it, and `values` are the values that its kind uses. The kinds
are also what a schema declares its fields with.

Joins, tests and expressions are functions from table aliases to SQL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause

from .context import SqlContext
from .values import Value

Table: TypeAlias = FromClause
SqlTest: TypeAlias = ColumnElement[bool]
Expression: TypeAlias = Callable[[Table, SqlContext], ColumnElement[Any]]
Join: TypeAlias = Callable[[Table, Table, SqlContext], ColumnElement[bool]]
"""(child, parent, context) → which children."""
Test: TypeAlias = Callable[[Table, SqlContext, Value], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Order:
    """NOT NULL columns that order a list, all in one direction, ended by the id.

    `index` is the index that serves it. `beside` is the table of the columns and of the
    index, when it is not the record's own: a row that has no value there yet is not in
    the list.
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
    """An object without a row of its own (the viewer).

    Its fields read the row around it.
    """


@dataclass(frozen=True, slots=True)
class ToOne:
    """The row at the end of a join.

    Null where there is none that the caller may see.
    """

    link: Join


@dataclass(frozen=True, slots=True)
class ToMany:
    """All the rows at the end of a join.

    A list that is short by nature (the roles of a bulletin).
    """

    link: Join
    order: Order


class Filter(Protocol):
    """An argument of a page.

    An anchor alone narrows a list enough to start from.
    """

    @property
    def test(self) -> Test: ...
    @property
    def is_anchor(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the rows at the end of a join, or of a whole record.

    Its orders and its filters have names. Its values are `order`, the name of one;
    `first` and `after`, or `last` and `before`; and those of its filters.
    """

    link: Join | None
    orders: Mapping[str, Order]
    filters: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Find:
    """One row, by the tests that have a value.

    One of several, or `every` one of them. `link` joins it to the row around, if any.
    """

    tests: Mapping[str, Test]
    every: bool = False
    link: Join | None = None


@dataclass(frozen=True, slots=True)
class ById:
    """The row of the value `id`."""


@dataclass(frozen=True, slots=True)
class ByIds:
    """The rows of the value `ids`, in their order, null where nothing may be seen.

    Below is one `ById` for each prefix, under its own key, and for each day that the
    ids carry.
    """


@dataclass(frozen=True, slots=True)
class ViewerCan:
    """A fixed list of objects over one row, `Embedded` below.

    Their fields are constants, and leaves that share their expressions.
    """


class PagePart(Enum):
    """A field of a page, of its edges, or of its page info."""

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
    Leaf
    | Embedded
    | ToOne
    | ToMany
    | Paged
    | Find
    | ById
    | ByIds
    | ViewerCan
    | PagePart
)

# the tree


@dataclass(frozen=True, slots=True)
class Object:
    """The fields of one record's row.

    `record` is None where there is no row: the root, the viewer, a page.
    """

    record: str | None
    fields: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the document itself gives."""

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
    """A field whose facts, and those under it, are those of a day.

    The rights of the caller stay today's.
    """

    day: Value
    field: "Node"

    @property
    def key(self) -> str:
        return self.field.key


Node: TypeAlias = Constant | Selected | AsOf


@dataclass(frozen=True, slots=True)
class RowReference:
    """A row that a filter names: where it may not be seen, nothing is answered."""

    record: str
    id: Value
