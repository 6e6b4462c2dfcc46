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
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from sqlalchemy import ColumnElement

from persistence.binds import resolved
from persistence.question import (
    Dated,
    Field,
    Fixed,
    Inner,
    Leaf,
    Many,
    Nodes,
    Object,
    One,
    Page,
    Part,
    Table,
    Value,
    Var,
)
from persistence.reader import Terms

from .arguments import ArgumentText, argument_texts, arguments_of
from .bindings import (
    ON,
    Answered,
    Binding,
    ById,
    ByIds,
    Column,
    Connected,
    Derived,
    Edge,
    Find,
    Judged,
    Listed,
    Nested,
    Types,
    bound,
)
from .judging import ACTS_AN_OBJECT, judged
from .plans import LISTED_COST, MOST_OBJECTS, Sized, Walk, marked, plain, prefix_of, refuse, width


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
    ids: list[Value] = field(default_factory=list)
    days: list[Value] = field(default_factory=list)
    names: list[Value] = field(default_factory=list)
    texts: list[ArgumentText] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

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
        known = {fragment.name.value: FragmentDetails(fragment, None) for fragment in fragments}
        marks = VariableValues({}, {name: marked(value, (name,)) for name, value in values.items()})
        return cls(types, known, operation, marks, values, completing)

    def root(self, kind: GraphQLObjectType) -> tuple[Object, tuple[Sized, ...]]:
        """The question of the whole operation."""
        collected = collect_fields(self.types.schema, self.fragments, self.marks, kind, self.operation)
        return self._object(None, kind, collected.grouped_field_set)

    def payload(self, kind: GraphQLOutputType, nodes: Iterable[FieldNode]) -> tuple[Object, tuple[Sized, ...]]:
        """The question of a payload: its objects, all found by the id at `OBJECT`."""
        payload = get_named_type(kind)
        assert is_object_type(payload)
        details = [FieldDetails(node, None) for node in nodes]
        collected = collect_subfields(self.types.schema, self.fragments, self.marks, self.operation, payload, details)
        fields: list[Field] = []
        pages: list[Sized] = []
        for key, inner in collected.grouped_field_set.items():
            definition = payload.fields.get(inner[0].node.name.value)
            if definition is not None and isinstance(bound(definition), Answered):
                target = get_named_type(definition.type)
                assert is_object_type(target)
                asked, under = self._selected(target, inner)
                if is_list_type(get_nullable_type(definition.type)):
                    prefix = next(p for p, known in self.types.by_prefix.items() if known is target)
                    ids = Var((*OBJECTS.path, prefix))
                    fields.append(Nodes(key, ids, ((prefix, asked),)))
                    under = (Sized(LISTED_COST, len(asked.fields), under),)
                else:
                    fields.append(One(key, None, asked, ((_is, OBJECT),)))
                pages.extend(under)
        return Object(None, tuple(fields)), tuple(pages)

    # objects

    def _selected(self, kind: GraphQLObjectType, details: list[FieldDetails]) -> tuple[Object, tuple[Sized, ...]]:
        collected = collect_subfields(self.types.schema, self.fragments, self.marks, self.operation, kind, details)
        return self._object(self.types.records.get(kind.name), kind, collected.grouped_field_set)

    def _object(
        self, record: str | None, kind: GraphQLObjectType, grouped: Mapping[str, list[FieldDetails]]
    ) -> tuple[Object, tuple[Sized, ...]]:
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            raise refuse("TOO_COMPLEX", f"La requête compte plus de {MOST_OBJECTS} objets : coupez-la.")
        fields: list[Field] = [Fixed("$typename", kind.name)] if self.completing and record else []
        pages: list[Sized] = []
        for key, details in grouped.items():
            self.path.append(key)
            made, under = self._field(key, kind, details)
            self.path.pop()
            fields.extend(made)
            pages.extend(under)
        return Object(record, tuple(fields)), tuple(pages)

    def _field(
        self, key: str, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> tuple[list[Field], tuple[Sized, ...]]:
        node = details[0].node
        if node.name.value == "__typename":
            return [Fixed(key, kind.name)], ()
        if node.name.value.startswith("__"):
            self.needs_completion = True
            return [], ()
        definition = kind.fields[node.name.value]
        binding = bound(definition)
        target: Any = get_named_type(definition.type)
        arguments = arguments_of(definition, node, self.marks, self.values) if definition.args else {}
        self.texts += argument_texts(arguments, node, self.path)
        match binding:
            case Column(sql):
                return [Leaf(key, sql)], ()
            case Edge(link):
                asked, pages = self._selected(target, details)
                return [One(key, link, asked)], pages
            case Listed(link, order):
                asked, pages = self._selected(target, details)
                return [Many(key, link, asked, order)], (Sized(LISTED_COST, len(asked.fields), pages),)
            case Nested():
                asked, pages = self._selected(target, details)
                return [Inner(key, asked)], pages
            case Derived(needs):
                self.needs_completion = True
                return [Leaf(f"${key}${name}", sql) for name, sql in needs.items()] if self.completing else [], ()
            case None | Answered():
                self.needs_completion = True
                return [], ()
        if isinstance(binding, Judged):
            return self._judged(key, self.types.records[kind.name], target, arguments.get("acts"), details)
        made, sized = self._searched(key, binding, target, arguments, details)
        day: Any = arguments.get(ON)
        if day is None:
            return made, sized
        self.days.append(day)
        return [Dated(day, one) for one in made], sized

    def _judged(
        self,
        key: str,
        record: str,
        target: GraphQLObjectType,
        acts: Any,  # noqa: ANN401 a marked value
        details: list[FieldDetails],
    ) -> tuple[list[Field], tuple[Sized, ...]]:
        collected = collect_subfields(self.types.schema, self.fragments, self.marks, self.operation, target, details)
        asked = {inner: given[0].node.name.value for inner, given in collected.grouped_field_set.items()}
        made = judged(key, record, acts, asked, self.values)
        self.objects += len(made.targets) // ACTS_AN_OBJECT
        return [made], (Sized(len(made.targets), len(asked), ()),)

    # root searches

    def _searched(
        self,
        key: str,
        binding: Binding,
        target: GraphQLObjectType,
        arguments: Mapping[str, Any],
        details: list[FieldDetails],
    ) -> tuple[list[Field], tuple[Sized, ...]]:
        match binding:
            case Find():
                return self._find(key, binding, target, arguments, details)
            case ById():
                return self._by_id(key, arguments["id"], details)
            case ByIds():
                return self._by_ids(key, arguments["ids"], details)
            case Connected():
                return self._page(key, binding, target, arguments, details)
        raise AssertionError(binding)

    def _find(
        self,
        key: str,
        search: Find,
        target: GraphQLObjectType,
        arguments: Mapping[str, Any],
        details: list[FieldDetails],
    ) -> tuple[list[Field], tuple[Sized, ...]]:
        given = [(t, plain(arguments[name])) for name, t in search.tests.items() if arguments.get(name) is not None]
        if len(given) != 1 and not search.every:
            raise refuse("ARGUMENTS", f"`{key}` se cherche par un seul de : {', '.join(search.tests)}.")
        asked, pages = self._selected(target, details)
        return [One(key, None, asked, tuple(given))], pages

    def _by_id(self, key: str, value: Any, details: list[FieldDetails]) -> tuple[list[Field], tuple[Sized, ...]]:  # noqa: ANN401 a marked value
        kind = self.types.by_prefix.get(prefix_of(str(resolved(value, self.values)), self.types.prefixes))
        if kind is None:
            return [Fixed(key, None)], ()
        asked, pages = self._selected(kind, details)
        return [One(key, None, asked, ((_is, value),))], pages

    def _by_ids(self, key: str, value: Any, details: list[FieldDetails]) -> tuple[list[Field], tuple[Sized, ...]]:  # noqa: ANN401 a marked value
        self.ids.append(value := plain(value))
        prefixes = sorted({prefix_of(v, self.types.prefixes) for v in resolved(value, self.values)} - {""})
        targets: list[tuple[str, Object]] = []
        pages: list[Sized] = []
        for prefix in prefixes:
            asked, under = self._selected(self.types.by_prefix[prefix], details)
            targets.append((prefix, asked))
            pages.extend(under)
        return [Nodes(key, value, tuple(targets))], (
            Sized(LISTED_COST, sum(len(asked.fields) for _, asked in targets), tuple(pages)),
        )

    # connections

    def _page(
        self,
        key: str,
        binding: Connected,
        connection: GraphQLObjectType,
        arguments: Mapping[str, Any],
        details: list[FieldDetails],
    ) -> tuple[list[Field], tuple[Sized, ...]]:
        walk = Walk.of(arguments)
        named = arguments.get("order")
        order = binding.orders[named.name] if named is not None else next(iter(binding.orders.values()))
        filters = [(name, f) for name, f in binding.filters.items() if arguments.get(name) is not None]
        self.names += [arguments[name] for name, f in filters if f.person]
        node = get_named_type(connection.fields["nodes"].type)
        assert is_object_type(node)
        record = self.types.records[node.name]
        parts, pages = self._parts(connection, details, node, record)
        page = Page(
            key=key,
            link=binding.link,
            record=record,
            tests=tuple((f.test, plain(arguments[name])) for name, f in filters),
            anchored=binding.link is not None or any(f.anchor for _, f in filters),
            order=order,
            size=walk.size,
            cursor=walk.cursor,
            backward=walk.backward,
            parts=parts,
        )
        return [page], (Sized(walk.size, width(parts), pages),)

    def _parts(
        self, kind: GraphQLObjectType, details: list[FieldDetails], node: GraphQLObjectType, record: str
    ) -> tuple[tuple[Part, ...], tuple[Sized, ...]]:
        """The fields of a connection, of its edges, of its pageInfo."""
        collected = collect_subfields(self.types.schema, self.fragments, self.marks, self.operation, kind, details)
        parts: list[Part] = []
        pages: list[Sized] = []
        for key, inner in collected.grouped_field_set.items():
            name = inner[0].node.name.value
            below: tuple[Part, ...] = ()
            target: Object | None = None
            self.path.append(key)
            if name in ("edges", "pageInfo"):
                child = get_named_type(kind.fields[name].type)
                assert is_object_type(child)
                below, under = self._parts(child, inner, node, record)
                pages.extend(under)
            elif name in ("nodes", "node"):
                target, under = self._selected(node, inner)
                pages.extend(under)
            self.path.pop()
            parts.append(Part(key, name, kind.name, record, below, target))
        return tuple(parts), tuple(pages)


OBJECT = Var(("$object",))
OBJECTS = Var(("$objects",))
"""Where the ids of a payload's objects stand among the values, by prefix; no variable has such names."""


def _is(row: Table, terms: Terms, value: Value) -> ColumnElement[bool]:
    return row.c.id == terms.value(value)  # type: ignore[no-any-return]
