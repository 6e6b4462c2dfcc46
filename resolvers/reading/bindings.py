"""How a field of the schema is read: by a kind of the engine's, or by Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from persistence.reading.question import Expression, Kind, Test

ON = "on"
"""The argument that moves the day of the facts under a field, never that of rights."""
BY = "by"
"""The argument that names one row in one of several ways."""
ANY = "*"
"""Stands for the record of whatever an id names."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A leaf that Python completes, from expressions over the row that it needs.

    `rows` is how many other rows these read: they count in the cost of a page.
    `opens`: it is given the `vault` too, for what is sealed.
    """

    needs: Mapping[str, Expression]
    compute: Callable[..., Any]
    rows: int = 0
    opens: bool = False


@dataclass(frozen=True, slots=True)
class FilterArgument:
    """An argument of a connection.

    An `anchor` narrows the list enough to start from. A `person` is a name, never a
    number. `of` is the record whose row the value names: the caller must be able to
    read it. `ANY` where the id itself says which record. One with a `default` always
    applies.
    """

    type: Any
    test: Test
    description: str
    is_anchor: bool = False
    person: bool = False
    of: str | None = None
    is_required: bool = False
    default: Any = None

    def as_argument(self, no_default: Any) -> tuple[Any, str, Any]:  # noqa: ANN401
        """Its type in the graph, its description, its default."""
        if self.is_required:
            return self.type, self.description, no_default
        if self.default is not None:
            return self.type, self.description, self.default
        return self.type | None, self.description, None


@dataclass(frozen=True, slots=True)
class ViewerCanField:
    """A leaf of a `Permission`, at its response key."""


class PayloadObject(NamedTuple):
    """An object of a payload, read in the act's transaction, at its response key."""


Binding: TypeAlias = Kind | Computed | ViewerCanField | PayloadObject


class Types(NamedTuple):
    """The schema's types by the prefix of their ids, and each type's record."""

    schema: GraphQLSchema
    by_prefix: Mapping[str, GraphQLObjectType]
    records: Mapping[str, str]

    @property
    def prefixes(self) -> frozenset[str]:
        return frozenset(self.by_prefix)

    def prefix_of(self, kind: GraphQLObjectType) -> str:
        """The prefix of the ids of this type."""
        return next(prefix for prefix, each in self.by_prefix.items() if each is kind)


def bound(definition: GraphQLField) -> Binding | None:
    """The binding of a field; None for a plain field of Python's."""
    strawberry = (definition.extensions or {}).get("strawberry-definition")
    return strawberry.metadata.get("binding") if strawberry is not None else None
