"""From a GraphQL operation to a question, which is compiled once and run often."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    get_named_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
)
from graphql.execution.values import VariableValues

from persistence.reading.question import (
    ById,
    ByIds,
    Constant,
    Embedded,
    Expression,
    Find,
    Leaf,
    Node,
    Object,
    Selected,
    ToMany,
    ToOne,
    ViewerCan,
)
from resolvers.places import refuse

from .arguments import argument_texts, arguments_of
from .bindings import ON, Binding, Computed, PayloadObject, Types, bound
from .passes import Fields, Pass, Planned, PlannedObject
from .payload import payload_of
from .plans import LISTED_COST, MOST_OBJECTS, PageCost
from .searching import Search
from .shapes import mark_variables
from .viewer_can import ACTS_AN_OBJECT, viewer_can


@dataclass(slots=True)
class Planner(Pass):
    """Plans an operation, or the selection under a payload."""

    @classmethod
    def over(
        cls,
        types: Types,
        fragments: Iterable[FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        values: Mapping[str, Any],
        *,
        completing: bool,
    ) -> "Planner":
        by_name = {
            fragment.name.value: FragmentDetails(fragment, None)
            for fragment in fragments
        }
        marks = {name: mark_variables(value, (name,)) for name, value in values.items()}
        variables = VariableValues({}, marks)
        return cls(types, by_name, operation, variables, values, completing)

    def root(self, kind: GraphQLObjectType) -> PlannedObject:
        """The question of the whole operation."""
        collected = collect_fields(
            self.types.schema, self.fragments, self.marks, kind, self.operation
        )
        return self._object(None, kind, collected.grouped_field_set)

    def payload(
        self, kind: GraphQLOutputType, nodes: Iterable[FieldNode]
    ) -> PlannedObject:
        """The question of the payload of an act."""
        payload = get_named_type(kind)
        assert is_object_type(payload)
        details = [FieldDetails(node, None) for node in nodes]
        with self.places.at(details[0].node):
            return payload_of(self, payload, details)

    # objects

    def selected(
        self, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> PlannedObject:
        record = self.types.records.get(kind.name)
        return self._object(record, kind, self.collected(kind, details))

    def _object(
        self, record: str | None, kind: GraphQLObjectType, fields: Fields
    ) -> PlannedObject:
        self._count_object()
        nodes: list[Node] = []
        pages: list[PageCost] = []
        if self.completing and record:
            nodes.append(Constant("$typename", kind.name))
        for key, details in fields.items():
            with self.places.at(details[0].node):
                planned, under = self._field(key, kind, details)
            nodes.extend(planned)
            pages.extend(under)
        return Object(record, tuple(nodes)), tuple(pages)

    def _count_object(self) -> None:
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            limit = f"La requête compte plus de {MOST_OBJECTS} objets : coupez-la."
            raise refuse("TOO_COMPLEX", limit)

    # fields

    def _field(
        self, key: str, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> Planned:
        node = details[0].node
        name = node.name.value
        if name == "__typename":
            return [Constant(key, kind.name)], ()
        if name.startswith("__"):
            return self._left_to_python()
        definition = kind.fields[name]
        binding = bound(definition)
        if isinstance(binding, Leaf) and _identifies(kind, node):
            binding = Leaf(_identifier(binding.sql))
        arguments = self._arguments(definition, binding, node)
        target: Any = get_named_type(definition.type)
        match binding:
            case Leaf():
                return [Selected(key, binding)], ()
            case Computed():
                return self._computed(key, binding), self._cost_of(binding)
            case ToOne() | ToMany() | Embedded():
                return self._below(key, binding, target, details)
            case ViewerCan():
                record = self.types.records[kind.name]
                acts = arguments.get("acts")
                return self._viewer_can(key, record, acts, target, details)
            case None | PayloadObject():
                return self._left_to_python()
        search = Search(self, key, target, arguments, details)
        nodes, pages = search.planned(binding)
        return self.as_of(nodes, arguments.get(ON)), pages

    def _arguments(
        self, definition: GraphQLField, binding: Binding | None, node: FieldNode
    ) -> dict[str, Any]:
        """The arguments of a field, marked; each run checks their texts and ids."""
        if not definition.args:
            return {}
        arguments = arguments_of(definition, node, self.marks, self.values)
        here = self.places.here
        self.checked.texts += argument_texts(arguments, node, here.path)
        if not _can_have_dated_ids(binding):
            self.checked.carry_no_day(definition, arguments, here)
        return arguments

    def _left_to_python(self) -> Planned:
        self.needs_completion = True
        return [], ()

    def _computed(self, key: str, binding: Computed) -> list[Node]:
        """What Python needs to complete a leaf.

        Nothing in the first pass, which only learns that there will be a second one.
        """
        self.needs_completion = True
        if not self.completing:
            return []
        nodes: list[Node] = []
        for name, sql in binding.needs.items():
            nodes.append(Selected(f"${key}${name}", Leaf(sql)))
        return nodes

    def _cost_of(self, binding: Computed) -> tuple[PageCost, ...]:
        if not binding.rows:
            return ()
        return (PageCost(binding.rows, 1, (), self.places.here),)

    def _below(
        self,
        key: str,
        kind: ToOne | ToMany | Embedded,
        target: GraphQLObjectType,
        details: list[FieldDetails],
    ) -> Planned:
        """A field without a search: what a join reaches, or an object without a row."""
        below, pages = self.selected(target, details)
        if isinstance(kind, ToMany):
            here = self.places.here
            pages = (PageCost(LISTED_COST, len(below.fields), pages, here),)
        return [Selected(key, kind, below)], pages

    def _viewer_can(
        self,
        key: str,
        record: str,
        acts: Any,  # noqa: ANN401 a marked value
        target: GraphQLObjectType,
        details: list[FieldDetails],
    ) -> Planned:
        fields = {
            inner: same[0].node.name.value
            for inner, same in self.collected(target, details).items()
        }
        node = viewer_can(key, record, acts, fields, self.values)
        count = len(node.below.fields)
        self.objects += count // ACTS_AN_OBJECT
        return [node], (PageCost(count, len(fields), (), self.places.here),)


def _can_have_dated_ids(binding: Binding | None) -> bool:
    """Whether an id may carry a day: it then says the day of the facts."""
    match binding:
        case ById() | ByIds():
            return True
        case Find():
            return not binding.every
    return False


def _identifies(kind: GraphQLObjectType, node: FieldNode) -> bool:
    """Whether the field is the id by which an object is asked for again."""
    names = {interface.name for interface in kind.interfaces}
    return node.name.value == "id" and "Node" in names


def _identifier(sql: Expression) -> Expression:
    """The id, with the day of the facts where there is one."""
    return lambda row, terms: terms.identifier(sql(row, terms))
