"""From a GraphQL operation to a plan: one question, compiled once, then run with each caller's values.

graphql-core collects the fields and reads the arguments; variables are handed to it with their leaves
replaced by their places, so that no argument, default, fragment or directive is interpreted here.
Its `collect_fields` module is importable but not public: the version is pinned, and only this file imports it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from persistence.reading.question import (
    AsOf,
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
from persistence.reading.values import Value, Var
from resolvers.places import Placed, Places, refuse

from .arguments import argument_texts, arguments_of
from .bindings import ON, Binding, Computed, PayloadObject, Types, bound
from .checking import Checked
from .plans import LISTED_COST, MOST_OBJECTS, PageCost
from .searching import Search
from .shapes import marked
from .viewer_can import ACTS_AN_OBJECT, judged


@dataclass(slots=True)
class Planner:
    """One pass over an operation, or over the selection under a payload."""

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
        known = {
            fragment.name.value: FragmentDetails(fragment, None)
            for fragment in fragments
        }
        marks = VariableValues(
            {}, {name: marked(value, (name,)) for name, value in values.items()}
        )
        return cls(types, known, operation, marks, values, completing)

    def root(self, kind: GraphQLObjectType) -> tuple[Object, tuple[PageCost, ...]]:
        """The question of the whole operation."""
        collected = collect_fields(
            self.types.schema, self.fragments, self.marks, kind, self.operation
        )
        return self._object(None, kind, collected.grouped_field_set)

    def payload(
        self, kind: GraphQLOutputType, nodes: Iterable[FieldNode]
    ) -> tuple[Object, tuple[PageCost, ...]]:
        """The question of a payload: its objects, all found by the id at `OBJECT`."""
        payload = get_named_type(kind)
        assert is_object_type(payload)
        details = [FieldDetails(node, None) for node in nodes]
        with self.places.at(details[0].node):
            return self._payload(payload, details)

    def _payload(
        self, payload: GraphQLObjectType, details: list[FieldDetails]
    ) -> tuple[Object, tuple[PageCost, ...]]:
        collected = self.collected(payload, details)
        fields: list[Node] = []
        pages: list[PageCost] = []
        for key, inner in collected.grouped_field_set.items():
            definition = payload.fields.get(inner[0].node.name.value)
            if definition is not None and isinstance(bound(definition), PayloadObject):
                target = get_named_type(definition.type)
                assert is_object_type(target)
                with self.places.at(inner[0].node):
                    asked, under = self.selected(target, inner)
                if is_list_type(get_nullable_type(definition.type)):
                    prefix = next(
                        p
                        for p, known in self.types.by_prefix.items()
                        if known is target
                    )
                    ids: dict[str, Value] = {"ids": Var((*OBJECTS.path, prefix))}
                    fields.append(
                        Selected(
                            key,
                            ByIds(),
                            Object(None, (Selected(prefix, ById(), asked),)),
                            ids,
                        )
                    )
                    under = (
                        PageCost(
                            LISTED_COST, len(asked.fields), under, self.places.here
                        ),
                    )
                else:
                    fields.append(Selected(key, ById(), asked, {"id": OBJECT}))
                pages.extend(under)
        return Object(None, tuple(fields)), tuple(pages)

    # objects

    def collected(
        self, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> CollectedFields:
        return collect_subfields(
            self.types.schema, self.fragments, self.marks, self.operation, kind, details
        )

    def selected(
        self, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> tuple[Object, tuple[PageCost, ...]]:
        collected = self.collected(kind, details)
        return self._object(
            self.types.records.get(kind.name), kind, collected.grouped_field_set
        )

    def _object(
        self,
        record: str | None,
        kind: GraphQLObjectType,
        grouped: Mapping[str, list[FieldDetails]],
    ) -> tuple[Object, tuple[PageCost, ...]]:
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            raise refuse(
                "TOO_COMPLEX",
                f"La requête compte plus de {MOST_OBJECTS} objets : coupez-la.",
            )
        fields: list[Node] = (
            [Constant("$typename", kind.name)] if self.completing and record else []
        )
        pages: list[PageCost] = []
        for key, details in grouped.items():
            with self.places.at(details[0].node):
                made, under = self._field(key, kind, details)
            fields.extend(made)
            pages.extend(under)
        return Object(record, tuple(fields)), tuple(pages)

    def _field(
        self, key: str, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> tuple[list[Node], tuple[PageCost, ...]]:
        node = details[0].node
        if node.name.value == "__typename":
            return [Constant(key, kind.name)], ()
        if node.name.value.startswith("__"):
            self.needs_completion = True
            return [], ()
        definition = kind.fields[node.name.value]
        binding = bound(definition)
        target: Any = get_named_type(definition.type)
        arguments = (
            arguments_of(definition, node, self.marks, self.values)
            if definition.args
            else {}
        )
        self.checked.texts += argument_texts(arguments, node, self.places.here.path)
        if isinstance(binding, Leaf):
            leaf = (
                Leaf(_identifier(binding.sql)) if _identifies(kind, node) else binding
            )
            return [Selected(key, leaf)], ()
        if isinstance(binding, Computed):
            return self._derived(key, binding), ()
        if isinstance(binding, ToOne | ToMany | Embedded):
            return self._under(key, binding, target, details)
        if not _dates_its_ids(binding):
            self.checked.carry_no_day(definition, arguments, self.places.here)
        if binding is None or isinstance(binding, PayloadObject):
            self.needs_completion = True
            return [], ()
        if isinstance(binding, ViewerCan):
            return self._judged(
                key,
                self.types.records[kind.name],
                target,
                arguments.get("acts"),
                details,
            )
        made, sized = Search(self, key, target, arguments, details).planned(binding)
        return self.told(made, arguments.get(ON)), sized

    def _derived(self, key: str, binding: Computed) -> list[Node]:
        """What Python needs to complete a leaf; nothing in the first pass, which only learns that it must."""
        self.needs_completion = True
        if not self.completing:
            return []
        return [
            Selected(f"${key}${name}", Leaf(sql)) for name, sql in binding.needs.items()
        ]

    def _under(
        self,
        key: str,
        kind: ToOne | ToMany | Embedded,
        target: GraphQLObjectType,
        details: list[FieldDetails],
    ) -> tuple[list[Node], tuple[PageCost, ...]]:
        """A field of which nothing is given: what stands at the end of a join, or an object without a row."""
        asked, pages = self.selected(target, details)
        if isinstance(kind, ToMany):
            pages = (PageCost(LISTED_COST, len(asked.fields), pages, self.places.here),)
        return [Selected(key, kind, asked)], pages

    def told(self, fields: list[Node], day: Any) -> list[Node]:  # noqa: ANN401 a marked value
        """The fields, told as of a day where one is given."""
        if day is None:
            return fields
        self.checked.days.append(Placed(day, self.places.here))
        return [AsOf(day, made) for made in fields]

    def _judged(
        self,
        key: str,
        record: str,
        target: GraphQLObjectType,
        acts: Any,  # noqa: ANN401 a marked value
        details: list[FieldDetails],
    ) -> tuple[list[Node], tuple[PageCost, ...]]:
        collected = self.collected(target, details)
        asked = {
            inner: given[0].node.name.value
            for inner, given in collected.grouped_field_set.items()
        }
        made = judged(key, record, acts, asked, self.values)
        acts_count = len(made.below.fields)
        self.objects += acts_count // ACTS_AN_OBJECT
        return [made], (PageCost(acts_count, len(asked), (), self.places.here),)


OBJECT = Var(("$object",))
OBJECTS = Var(("$objects",))
"""Where the ids of a payload's objects stand among the values, by prefix; no variable has such names."""


def _dates_its_ids(binding: Binding | None) -> bool:
    """Whether an id that carries a day may be given: it then says the day of the facts."""
    return isinstance(binding, ById | ByIds) or (
        isinstance(binding, Find) and not binding.every
    )


def _identifies(kind: GraphQLObjectType, node: FieldNode) -> bool:
    """Whether the field is the id by which an object is asked again."""
    return node.name.value == "id" and any(
        interface.name == "Node" for interface in kind.interfaces
    )


def _identifier(sql: Expression) -> Expression:
    """The id as the day of the facts writes it."""
    return lambda row, terms: terms.identifier(sql(row, terms))
