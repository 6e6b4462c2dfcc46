"""How a field of the schema is read: the vocabulary that the schema binds with and the planner reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from persistence.reading.question import Expression, Join, Order, Test

ON = "on"
"""The argument that moves the day of the facts under a field, and never the caller's rights."""
BY = "by"
"""The argument that names one row in one of several ways."""
ANY = "*"
"""Stands for the record of whatever an id names."""


@dataclass(frozen=True, slots=True)
class Column:
    """A leaf: an expression over the row."""

    sql: Expression


@dataclass(frozen=True, slots=True)
class Computed:
    """A leaf that Python completes, from expressions over the row that it needs."""

    needs: Mapping[str, Expression]
    compute: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ToOne:
    """A to-one edge."""

    link: Join


@dataclass(frozen=True, slots=True)
class ToMany:
    """A whole list, bounded by nature."""

    link: Join
    order: Order


@dataclass(frozen=True, slots=True)
class FilterArgument:
    """An argument of a connection; an anchor narrows it enough to start from; `person`: a name, never a number.

    `of`: the record whose row it names, which must be there and be seen; `ANY` where the id itself says which.
    """

    type: Any
    test: Test
    description: str
    anchor: bool = False
    person: bool = False
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Paged:
    """A connection: how it hangs from its parent, its orders by name, its filters by argument."""

    link: Join | None
    orders: Mapping[str, Order]
    filters: Mapping[str, FilterArgument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Find:
    """A root search: the argument `BY` names the row in one of these ways, or `every` one has its argument."""

    tests: Mapping[str, Test]
    every: bool = False


@dataclass(frozen=True, slots=True)
class ById:
    """`node(id:)`: the prefix chooses the type."""


@dataclass(frozen=True, slots=True)
class ByIds:
    """`nodes(ids:)`, in the order of the ids."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object without a row of its own (the viewer)."""


@dataclass(frozen=True, slots=True)
class ViewerCan:
    """`viewerCan`: a row's acts, each with what its caller may, by the rights of today."""


@dataclass(frozen=True, slots=True)
class ViewerCanField:
    """A leaf of what is judged, found by response key."""


class PayloadObject(NamedTuple):
    """A payload's object: read in the act's transaction, found by response key."""


Binding: TypeAlias = (
    Column
    | Computed
    | ToOne
    | ToMany
    | Paged
    | Find
    | ById
    | ByIds
    | Embedded
    | ViewerCan
    | ViewerCanField
    | PayloadObject
)


class Types(NamedTuple):
    """The schema's types by the prefix of their ids, and each type's record."""

    schema: GraphQLSchema
    by_prefix: Mapping[str, GraphQLObjectType]
    records: Mapping[str, str]

    @property
    def prefixes(self) -> frozenset[str]:
        return frozenset(self.by_prefix)


def bound(definition: GraphQLField) -> Binding | None:
    """The binding of a field; None for a plain field of Python's."""
    strawberry = (definition.extensions or {}).get("strawberry-definition")
    return strawberry.metadata.get("binding") if strawberry is not None else None
