"""The contract, built: the schema, and which record each type mirrors."""

from functools import cache

import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from resolvers.reading.bindings import Types
from resolvers.reading.completion import prepare

from . import enums as _described  # noqa: F401 the enums are described by being imported
from .mutation import Mutation
from .query import Query
from .scalars import SCALARS


@cache
def contract() -> strawberry.Schema:
    made = strawberry.Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map={**SCALARS}, disable_field_suggestions=True),
    )
    for kind in made._schema.type_map.values():  # noqa: SLF001 graphql-core's schema under Strawberry's
        definition = kind.extensions.get("strawberry-definition")
        if isinstance(kind, GraphQLInputObjectType) and getattr(
            definition, "is_one_of", False
        ):
            kind.is_one_of = True  # graphql-core then refuses two members, or none, where it refuses other values
    return made


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
