"""The variables of an operation: their values, and what of them chooses the plan."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_variable_values,
    type_from_ast,
)

from .reading.bindings import Types
from .reading.shapes import shape

ABSENT = "absent"
"""The shape of an absent variable: it equals no other, as 0 would equal false."""

VariablesShape: TypeAlias = tuple[tuple[str, Any], ...]
"""What of each variable chooses the plan, by name."""


class Invalid(Exception):
    """Variables that do not fit their types."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("variables")
        self.errors = errors


def variables_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The values of the variables; raises Invalid."""
    definitions = operation.variable_definitions or ()
    values = get_variable_values(schema, definitions, dict(raw), max_errors=5)
    if isinstance(values, list):
        raise Invalid(values)
    return values.coerced


def shape_of(
    types: Types, operation: OperationDefinitionNode, values: Mapping[str, Any]
) -> VariablesShape:
    shapes: list[tuple[str, Any]] = []
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name in values:
            kind = type_from_ast(types.schema, definition.type)
            shapes.append((name, shape(values[name], kind, types.prefixes)))
        else:
            shapes.append((name, ABSENT))
    return tuple(shapes)
