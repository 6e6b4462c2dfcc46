"""A document of the console: one operation, with the fragments that it uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from graphql import (
    FragmentDefinitionNode,
    GraphQLArgument,
    GraphQLInputType,
    GraphQLSchema,
    NonNullTypeNode,
    OperationDefinitionNode,
    print_ast,
    type_from_ast,
)

from .selection import Selection, SelectionReader, fragments_used


@dataclass(frozen=True)
class ConsoleDocument:
    """One operation with its fragments, as it is sent. It is already validated."""

    name: str
    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @cached_property
    def text(self) -> str:
        used = fragments_used(self.operation.selection_set, self.fragments)
        nodes = [self.operation, *(self.fragments[name] for name in sorted(used))]
        return "\n\n".join(print_ast(node) for node in nodes)

    @property
    def selection(self) -> Selection:
        """What the document asks of the root."""
        return self._selection_and_arguments[0]

    @property
    def arguments(self) -> dict[str, GraphQLArgument]:
        """The argument that each variable is given to.

        Its description is the label of a filter.
        """
        return self._selection_and_arguments[1]

    @cached_property
    def variables(self) -> dict[str, GraphQLInputType]:
        types = {}
        for definition in self.operation.variable_definitions or ():
            type_ = type_from_ast(self.schema, definition.type)
            name = definition.variable.name.value
            types[name] = cast("GraphQLInputType", type_)
        return types

    @cached_property
    def needed(self) -> frozenset[str]:
        """The variables without which the document does not run."""
        names = set()
        for definition in self.operation.variable_definitions or ():
            is_required = isinstance(definition.type, NonNullTypeNode)
            if is_required and definition.default_value is None:
                names.add(definition.variable.name.value)
        return frozenset(names)

    @cached_property
    def _selection_and_arguments(
        self,
    ) -> tuple[Selection, dict[str, GraphQLArgument]]:
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None
        reader = SelectionReader(self.schema, self.fragments)
        selection = reader.read(root, [self.operation.selection_set])
        return selection, reader.arguments
