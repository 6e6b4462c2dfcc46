"""How a field of the schema is read: by a kind of the engine's, or by Python; its arguments, and its types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from persistence.reading.question import Expression, Kind, Test

ON = "on"
"""The argument that moves the day of the facts under a field, and never the caller's rights."""
BY = "by"
"""The argument that names one row in one of several ways."""
ANY = "*"
"""Stands for the record of whatever an id names."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A leaf that Python completes, from expressions over the row that it needs."""

    needs: Mapping[str, Expression]
    compute: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class FilterArgument:
    """An argument of a connection; an anchor narrows it enough to start from; `person`: a name, never a number.

    `of`: the record whose row it names, which must be there and be seen; `ANY` where the id itself says which.
    """

    type: Any
    test: Test
    description: str
    is_anchor: bool = False
    person: bool = False
    of: str | None = None


@dataclass(frozen=True, slots=True)
class ViewerCanField:
    """A leaf of what is judged, found by response key."""


class PayloadObject(NamedTuple):
    """A payload's object: read in the act's transaction, found by response key."""


Binding: TypeAlias = Kind | Computed | ViewerCanField | PayloadObject


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
