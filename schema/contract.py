"""The contract, built: the schema, and which record each type mirrors."""

from functools import cache

import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from resolvers.reading.bindings import Types
from resolvers.reading.completion import prepare

from . import draft_enums as _draft_enums  # noqa: F401 importing them describes them
from . import enums as _enums  # noqa: F401 importing them describes them
from . import roster_enums as _roster_enums  # noqa: F401 the same
from .mutation import Mutation
from .query import Query
from .scalars import SCALARS


@cache
def contract() -> strawberry.Schema:
    schema = strawberry.Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map={**SCALARS}, disable_field_suggestions=True),
    )
    for kind in _graphql(schema).type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            definition = kind.extensions.get("strawberry-definition")
            # graphql-core then refuses no member, or several, as other values
            kind.is_one_of = getattr(definition, "is_one_of", False) or kind.is_one_of
    return schema


def types() -> Types:
    """The built schema, ready to complete answers, and the record of each type."""
    schema = _graphql(contract())
    prepare(schema)
    records, by_prefix = {}, {}
    for name, kind in schema.type_map.items():
        definition = (kind.extensions or {}).get("strawberry-definition")
        record = getattr(getattr(definition, "origin", None), "__record__", None)
        if isinstance(kind, GraphQLObjectType) and record is not None:
            records[name] = record.__tablename__
            if hasattr(record, "prefix"):
                by_prefix[record.prefix] = kind
    return Types(schema, by_prefix, records)


def _graphql(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema, under Strawberry's."""
    return schema._schema  # noqa: SLF001 it has no public name
