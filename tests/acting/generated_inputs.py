"""An input for any act, made from the schema: well formed, and naming nothing that exists."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)

from schema.contract import types

TYPES = types()
LEAVES: dict[str, Any] = {
    "ID": "xyz_0", "String": "x", "Int": 1, "Boolean": True, "Date": "2026-12-10", "Cell": "x",
    "Money": "1.00", "Percent": "1.00", "DateTime": "2026-12-10T08:00:00Z",
}  # fmt: skip


def acts() -> list[str]:
    """Every act of the schema."""
    mutation = TYPES.schema.mutation_type
    assert mutation is not None
    return list(mutation.fields)


def input_of(act: str) -> GraphQLInputObjectType:
    mutation = TYPES.schema.mutation_type
    assert mutation is not None
    kind = get_named_type(mutation.fields[act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


def least(kind: GraphQLInputObjectType) -> dict[str, Any]:
    """What the input requires, and nothing else; of the ways of a `@oneOf`, the first."""
    if kind.is_one_of:
        name, field = next(iter(kind.fields.items()))
        return {name: _value(field.type)}
    needed = {
        name: field
        for name, field in kind.fields.items()
        if get_nullable_type(field.type) is not field.type
    }
    return {name: _value(field.type) for name, field in needed.items()}


def _value(kind: Any) -> Any:  # noqa: ANN401 a JSON value
    match get_nullable_type(kind):
        case GraphQLInputObjectType() as inner:
            return least(inner)
        case GraphQLList():
            return []
        case GraphQLEnumType() as enum:
            return next(iter(enum.values))
        case leaf:
            return LEAVES[leaf.name]
