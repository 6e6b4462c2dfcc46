"""What a document asks of the objects of an answer: their fields, with their types."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from .casting import plain_id
from .wording import EnumWord, word

Owner = GraphQLObjectType | GraphQLInterfaceType
Fragments = Mapping[str, FragmentDefinitionNode]


@dataclass
class SelectedField:
    """A field that a document asks for, and what it asks of the object there."""

    key: str
    field: GraphQLField
    below: "Selection | None"

    @cached_property
    def parse(self) -> Callable[[Any], Any]:
        """What reads a value of the answer: as a day, an instant, a word, or itself."""
        match self.named:
            case GraphQLEnumType() as kind:
                words = {name: EnumWord(name, word(kind, name)) for name in kind.values}
                return words.__getitem__
            case GraphQLScalarType(name="Date"):
                return date.fromisoformat
            case GraphQLScalarType(name="DateTime"):
                return datetime.fromisoformat
            case GraphQLScalarType(name="ID"):
                return plain_id
        return _unchanged

    @property
    def type(self) -> GraphQLOutputType:
        return self.field.type

    @property
    def named(self) -> GraphQLNamedType:
        return get_named_type(self.field.type)


@dataclass(slots=True)
class Selection:
    """What a document asks of an object, by the key of the answer.

    The fragments of every possible type are together.
    """

    type: GraphQLNamedType
    fields: dict[str, SelectedField] = field(default_factory=dict)

    @property
    def is_connection(self) -> bool:
        return self.type.name.endswith("Connection")


@dataclass(frozen=True, slots=True)
class SelectionReader:
    """Reads what a document asks, through its fragments.

    `arguments` holds, once it is read, the argument that each variable is given to.
    """

    schema: GraphQLSchema
    fragments: Fragments
    arguments: dict[str, GraphQLArgument] = field(default_factory=dict)

    def read(
        self, type_: GraphQLNamedType, sets: Sequence[SelectionSetNode]
    ) -> Selection:
        """What these selections ask of the type, together."""
        selection = Selection(type_)
        below: dict[str, list[SelectionSetNode]] = {}
        for owner, node in self._fields(type_, sets):
            name = node.name.value
            if name == "__typename":
                continue
            key = node.alias.value if node.alias else name
            new = SelectedField(key, owner.fields[name], None)
            selected = selection.fields.setdefault(key, new)
            self._read_arguments(node, selected.field)
            if node.selection_set:
                below.setdefault(key, []).append(node.selection_set)
        for key, sets_below in below.items():
            selected = selection.fields[key]
            selected.below = self.read(selected.named, sets_below)
        return selection

    def _read_arguments(self, node: FieldNode, field: GraphQLField) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                variable = argument.value.name.value
                self.arguments[variable] = field.args[argument.name.value]

    def _fields(
        self, type_: GraphQLNamedType, sets: Sequence[SelectionSetNode]
    ) -> Iterator[tuple[Owner, FieldNode]]:
        """Each field, with the type that it is asked of; fragments are opened."""
        for node in (each for set_ in sets for each in set_.selections):
            match node:
                case FieldNode():
                    assert isinstance(type_, Owner)
                    yield type_, node
                case InlineFragmentNode():
                    condition = node.type_condition
                    name = condition.name.value if condition else type_.name
                    kind = self.schema.type_map[name]
                    yield from self._fields(kind, [node.selection_set])
                case FragmentSpreadNode():
                    fragment = self.fragments[node.name.value]
                    kind = self.schema.type_map[fragment.type_condition.name.value]
                    yield from self._fields(kind, [fragment.selection_set])


def fragments_used(selection: SelectionSetNode, fragments: Fragments) -> set[str]:
    """The names of the fragments that a selection uses, directly or not."""
    names: set[str] = set()
    for node in selection.selections:
        match node:
            case FragmentSpreadNode():
                name = node.name.value
                below = fragments_used(fragments[name].selection_set, fragments)
                names |= {name} | below
            case FieldNode() | InlineFragmentNode() if node.selection_set:
                names |= fragments_used(node.selection_set, fragments)
    return names


def _unchanged(value: Any) -> Any:  # noqa: ANN401 a value of the answer
    return value
