"""What a document asks of the objects of an answer: their fields, by response key, with their types."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLNamedType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_named_type,
)

from .casting import plain_id
from .wording import EnumWord, word


@dataclass
class SelectedField:
    """A field that a document asks for: its French description, its type, and what is asked below it."""

    key: str
    field: GraphQLField
    below: "Selection | None"

    @cached_property
    def leaf(self) -> Callable[[Any], Any]:
        """What makes a value of the answer what its type says: a day, an instant, a word, or itself."""
        match self.named:
            case GraphQLEnumType() as kind:
                return {value: EnumWord(value, word(kind, value)) for value in kind.values}.__getitem__
            case GraphQLScalarType(name="Date"):
                return date.fromisoformat
            case GraphQLScalarType(name="DateTime"):
                return datetime.fromisoformat
            case GraphQLScalarType(name="ID"):
                return plain_id
        return _itself

    @property
    def type(self) -> GraphQLOutputType:
        return self.field.type

    @property
    def named(self) -> GraphQLNamedType:
        return get_named_type(self.field.type)


@dataclass(slots=True)
class Selection:
    """What a document asks of an object, by response key; the fragments of every possible type together."""

    type: GraphQLNamedType
    fields: dict[str, SelectedField] = field(default_factory=dict)

    @property
    def is_connection(self) -> bool:
        return self.type.name.endswith("Connection")


def _itself(value: Any) -> Any:  # noqa: ANN401 a value of the answer
    return value
