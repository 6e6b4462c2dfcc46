"""The arguments of a field, marked, and their texts, bounded before use."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    Node,
    get_argument_values,
    is_required_argument,
)
from graphql.execution.values import VariableValues

from persistence.reading.binds import resolved
from persistence.reading.values import Value, Var
from resolvers.blanks import is_blank
from resolvers.limits import LONGEST, LONGEST_CURSOR

CURSORS = ("after", "before")


def arguments_of(
    definition: GraphQLField,
    node: FieldNode,
    marks: VariableValues,
    variables: Mapping[str, Any],
) -> dict[str, Any]:
    """The arguments of a field, marked; an optional blank text counts as absent."""

    def says(name: str, value: Any) -> bool:  # noqa: ANN401 a marked value
        text = resolved(value, variables) if isinstance(value, str | Var) else None
        return is_required_argument(definition.args[name]) or not is_blank(text)

    values = get_argument_values(definition, node, marks).items()
    return {name: value for name, value in values if says(name, value)}


class ArgumentText(NamedTuple):
    """A text that the request gives to an argument, and its place in the document.

    One that is too long is refused before anything reads it.
    """

    name: str
    value: Value
    path: tuple[str, ...]
    node: Node | None

    def check(self, variables: Mapping[str, Any]) -> None:
        """Refuse a text that is too long for its kind. TOO_LONG."""
        longest = LONGEST_CURSOR if self.name in CURSORS else LONGEST
        if is_longer(resolved(self.value, variables), longest):
            message = f"`{self.name}` compte au plus {longest} caractères."
            raise GraphQLError(
                message, self.node, path=self.path, extensions={"code": "TOO_LONG"}
            )


def is_longer(value: Any, longest: int) -> bool:  # noqa: ANN401 a coerced value
    """Whether a text of the value counts more characters than that."""
    match value:
        case str():
            return len(value) > longest
        case list() | tuple():
            return any(is_longer(one, longest) for one in value)
        case dict():
            return any(is_longer(one, longest) for one in value.values())
    return False


def argument_texts(
    values: Mapping[str, Any], node: FieldNode, path: Sequence[str]
) -> list[ArgumentText]:
    """The texts among the marked arguments of a field."""
    places = {argument.name.value: argument for argument in node.arguments or ()}
    return [
        ArgumentText(name, leaf, tuple(path), places.get(name))
        for name, value in values.items()
        for leaf in _leaves(value)
    ]


def _leaves(value: Any) -> Iterator[Value]:  # noqa: ANN401 a marked value
    """The variables and the texts in a value; the rest has no length."""
    match value:
        case Enum():
            return
        case str() | Var():
            yield value
        case list() | tuple():
            for one in value:
                yield from _leaves(one)
        case dict():
            for one in value.values():
                yield from _leaves(one)
