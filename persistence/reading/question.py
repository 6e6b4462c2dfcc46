"""The neutral tree of a question: what is asked, freed from GraphQL, not yet SQL.

`Value` is what a statement is given at run time: a constant of the document, or the place of a
variable's leaf. Links, tests and expressions are functions from table aliases to SQL.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause

if TYPE_CHECKING:
    from .compiler import SqlContext

Table: TypeAlias = FromClause
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


@dataclass(frozen=True, slots=True)
class Constant:
    key: str
    value: str | bool | None


@dataclass(frozen=True, slots=True)
class Leaf:
    key: str
    sql: Expression


@dataclass(frozen=True, slots=True)
class Object:
    """The fields of one record's row; `record` is None for the root and the viewer, which have no row."""

    record: str | None
    fields: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class One:
    """A to-one edge, or a root search: null where there is no row, or none that may be seen."""

    key: str
    link: Join | None
    target: Object
    tests: tuple[tuple[Test, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Many:
    """A whole list, bounded by nature (the roles of a bulletin)."""

    key: str
    link: Join
    target: Object
    order: Order


@dataclass(frozen=True, slots=True)
class OfPrefix:
    """What is asked of the ids of a prefix: those that carry this day, or those that carry none."""

    prefix: str
    target: Object
    day: Value = None


@dataclass(frozen=True, slots=True)
class Nodes:
    """`nodes(ids:)`: in the order of the ids, null where nothing may be seen; one object per prefix and day."""

    key: str
    ids: Value
    targets: tuple[OfPrefix, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a connection, of its edges or of its pageInfo; `name` is the schema's, `key` the answer's."""

    key: str
    name: str
    type_name: str
    record: str
    parts: tuple["Part", ...] = ()
    target: Object | None = None


@dataclass(frozen=True, slots=True)
class Page:
    key: str
    link: Join | None
    record: str
    tests: tuple[tuple[Test, Value], ...]
    anchored: bool
    order: Order
    size: Value
    cursor: Value
    backward: bool
    parts: tuple[Part, ...]
    filters: tuple[str, ...] = ()
    """The names of the arguments that gave the tests."""


@dataclass(frozen=True, slots=True)
class Inner:
    """An object without a row of its own (the viewer), under its key."""

    key: str
    target: Object


@dataclass(frozen=True, slots=True)
class Several:
    """A fixed list of objects over one row (what its caller may do of it), of fixed fields and leaves."""

    key: str
    targets: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A row that a filter names: where it may not be seen, nothing is answered."""

    record: str
    id: Value


@dataclass(frozen=True, slots=True)
class AsOf:
    """A field whose facts, and those under it, are told as of a day; the rights of the caller stay today's."""

    day: Value
    field: "Node"

    @property
    def key(self) -> str:
        return self.field.key


Node: TypeAlias = Constant | Leaf | One | Many | Nodes | Page | Inner | Several | AsOf
