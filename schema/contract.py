"""The contract, built: the schema, and which record each type mirrors."""

from functools import cache

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from resolvers.bindings import Types
from resolvers.completion import prepare

from . import enums as _described  # noqa: F401 the enums are described by being imported
from .mutation import Mutation
from .query import Query
from .scalars import SCALARS


@cache
def contract() -> strawberry.Schema:
    return strawberry.Schema(
        Query, Mutation, config=StrawberryConfig(scalar_map={**SCALARS}, disable_field_suggestions=True)
    )


def types() -> Types:
    """The built schema, ready to complete answers, with its records by type and by prefix."""
    schema: GraphQLSchema = contract()._schema  # noqa: SLF001 graphql-core's schema under Strawberry's
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
