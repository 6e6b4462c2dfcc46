"""One pass over an operation: what it reads, and what it notes for each run.

graphql-core collects the fields and reads the arguments. It gets the variables with
their leaves replaced by their places: no argument, default, fragment or directive is
interpreted here. Its module `collect_fields` is importable but not public: the version
is bounded, and a test would notice a change.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLObjectType, OperationDefinitionNode
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from persistence.reading.question import AsOf, Node, Object
from resolvers.places import Placed, Places

from .bindings import Types
from .checking import Checked
from .plans import PageCost

Fields: TypeAlias = Mapping[str, list[FieldDetails]]
"""The selected fields by response key, each with all the nodes that select it."""
PlannedObject: TypeAlias = tuple[Object, tuple[PageCost, ...]]
Planned: TypeAlias = tuple[list[Node], tuple[PageCost, ...]]
"""Nodes of the question, and the pages among them."""


@dataclass(slots=True)
class Pass(ABC):
    """What is common to the planner and to the searches that it starts."""

    types: Types
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    marks: VariableValues
    values: Mapping[str, Any]
    completing: bool = False
    needs_completion: bool = False
    objects: int = 0
    checked: Checked = field(default_factory=Checked)
    places: Places = field(default_factory=Places)

    def collected(self, kind: GraphQLObjectType, details: list[FieldDetails]) -> Fields:
        """The fields that are selected under a field."""
        schema = self.types.schema
        collected = collect_subfields(
            schema, self.fragments, self.marks, self.operation, kind, details
        )
        return collected.grouped_field_set

    @abstractmethod
    def selected(
        self, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> PlannedObject:
        """The question of what is selected under a field."""

    def as_of(self, nodes: list[Node], day: Any) -> list[Node]:  # noqa: ANN401 marked
        """The nodes, with the facts of a day where the operation gives one."""
        if day is None:
            return nodes
        self.checked.days.append(Placed(day, self.places.here))
        return [AsOf(day, node) for node in nodes]
