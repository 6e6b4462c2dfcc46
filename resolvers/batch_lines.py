"""The lines of a batch, read past graphql-core where they are plain texts.

graphql-core reads a thousand lines cell by cell, in Python, several times: it costs as
much as their deposit. A line whose keys are known and whose cells are texts needs none
of it. Anything else stays among the variables, so that its error is what it would be.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    type_from_ast,
)

from .declaration_lines import FIELDS, NUMBERS

LINES = "lines"
Line: TypeAlias = dict[str, str | None]
Variables: TypeAlias = Mapping[str, Any]


def without_lines(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Variables
) -> tuple[Variables, list[Line] | None]:
    """The variables without the lines of the one batch, and the lines for its act.

    None: there is no batch, or something of its lines is for graphql-core to judge.
    """
    name = _only_input(operation)
    value = variables.get(name) if name is not None else None
    if name is None or not isinstance(value, dict):
        return variables, None
    fields = _fields_of_lines(schema, operation, name)
    lines = _plain_lines(value.get(LINES), fields) if fields is not None else None
    if lines is None:
        return variables, None
    return {**variables, name: {**value, LINES: []}}, lines


def _only_input(operation: OperationDefinitionNode) -> str | None:
    """The variable that is the one argument of the one field of the operation."""
    definitions, selections = (
        operation.variable_definitions or (),
        operation.selection_set.selections,
    )
    if len(definitions) != 1 or len(selections) != 1:
        return None
    (field,) = selections
    arguments = field.arguments or () if isinstance(field, FieldNode) else ()
    values = [argument.value for argument in arguments]
    if len(values) != 1 or not isinstance(values[0], VariableNode):
        return None
    return values[0].name.value


def _fields_of_lines(
    schema: GraphQLSchema, operation: OperationDefinitionNode, name: str
) -> Mapping[str, str] | None:
    """The Python names of the fields of a line, if the variable is a batch."""
    (definition,) = operation.variable_definitions or ()
    if definition.variable.name.value != name:
        return None
    kind = get_named_type(type_from_ast(schema, definition.type))
    if not isinstance(kind, GraphQLInputObjectType) or LINES not in kind.fields:
        return None
    lines = kind.fields[LINES].type
    if not is_list_type(get_nullable_type(lines)):
        return None
    return FIELDS.get(get_named_type(lines).name)


def _plain_lines(lines: object, fields: Mapping[str, str]) -> list[Line] | None:
    """The lines under the names of Python; None unless each cell is a text, or none."""
    if not isinstance(lines, list):
        return None
    blank = dict.fromkeys(fields.values())
    plain: list[Line] = []
    for line in lines:
        if not isinstance(line, dict) or not line.keys() <= fields.keys():
            return None
        for name, cell in line.items():
            is_text = type(cell) is str and fields[name] not in NUMBERS
            if cell is not None and not is_text:
                return None
        plain.append(blank | {fields[name]: cell for name, cell in line.items()})
    return plain
