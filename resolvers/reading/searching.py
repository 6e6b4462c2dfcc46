"""Where a question starts from rows: by an id, by several, by a search, by the page of a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import GraphQLObjectType, get_named_type, is_object_type
from graphql.execution.collect_fields import FieldDetails

from persistence.reading.binds import resolved, varies
from persistence.reading.dated_ids import MOST_DAYS
from persistence.reading.question import (
    AsOf,
    ById,
    ByIds,
    Constant,
    Find,
    Node,
    Object,
    Paged,
    PagePart,
    RowReference,
    Selected,
)
from persistence.reading.values import Read, Value
from resolvers.places import Placed

from .bindings import ANY, BY, ON, Binding, FilterArgument
from .checking import not_found
from .plans import LISTED_COST, PageArguments, PageCost, width
from .shapes import UNKNOWN, IdShape, days_to_tell, id_shape, plain

if TYPE_CHECKING:
    from .planner import Planner

Planned: TypeAlias = tuple[list[Node], tuple[PageCost, ...]]


@dataclass(frozen=True, slots=True)
class Search:
    """One field that finds rows, under the planner of its operation."""

    planner: "Planner"
    key: str
    target: GraphQLObjectType
    arguments: Mapping[str, Any]
    details: list[FieldDetails]

    def planned(self, binding: Binding) -> Planned:
        match binding:
            case Find():
                return self._find(binding)
            case ById():
                return self._by_id(self.arguments["id"])
            case ByIds():
                return self._by_ids(self.arguments["ids"])
            case Paged():
                return self._page(binding)
        raise AssertionError(binding)

    def _find(self, search: Find) -> Planned:
        ways = self.arguments if search.every else self.arguments[BY]
        values = {name: plain(ways[name]) for name in search.tests if name in ways}
        asked, pages = self.planner.selected(self.target, self.details)
        identifier = None if search.every else ways.get("id")
        if identifier is None or not self._shape_of(identifier).is_dated:
            return [Selected(self.key, search, asked, values)], pages
        if self.arguments.get(ON) is not None:
            placed = Placed(self.arguments[ON], self.planner.places.here)
            self.planner.checked.twice.append((Read("day", identifier), placed))
        return self._on_its_day(asked, identifier), pages

    def _by_id(self, value: Any) -> Planned:  # noqa: ANN401 a marked value
        prefix, is_dated = self._shape_of(value)
        kind = self.planner.types.by_prefix.get(prefix)
        if kind is None:
            return [Constant(self.key, None)], ()
        asked, pages = self.planner.selected(kind, self.details)
        if is_dated:
            return self._on_its_day(asked, value), pages
        return [Selected(self.key, ById(), asked, {"id": value})], pages

    def _on_its_day(self, asked: Object, identifier: Any) -> list[Node]:  # noqa: ANN401 a marked value
        """The object of an id that carries a day, told as of it."""
        row = Selected(self.key, ById(), asked, {"id": Read("key", identifier)})
        return self.planner.told([row], Read("day", identifier))

    def _shape_of(self, identifier: Any) -> IdShape:  # noqa: ANN401 a marked value
        return id_shape(
            str(resolved(identifier, self.planner.values)), self.planner.types.prefixes
        )

    def _by_ids(self, value: Any) -> Planned:  # noqa: ANN401 a marked value
        value = plain(value)
        self.planner.checked.ids.append(Placed(value, self.planner.places.here))
        targets: list[Node] = []
        pages: list[PageCost] = []
        fields = 0
        types = self.planner.types
        for prefix, day in self._prefixes(value):
            asked, under = self.planner.selected(types.by_prefix[prefix], self.details)
            target = Selected(prefix, ById(), asked)
            targets.append(target if day is None else AsOf(day, target))
            fields += len(asked.fields)
            pages.extend(under)
        cost = PageCost(LISTED_COST, fields, tuple(pages), self.planner.places.here)
        return [
            Selected(self.key, ByIds(), Object(None, tuple(targets)), {"ids": value})
        ], (cost,)

    def _prefixes(self, ids: Value) -> Iterator[tuple[str, Value]]:
        """What `nodes` tells: each prefix on each day that the ids carry, then on none: the ids that are left."""
        known = resolved(ids, self.planner.values)
        shapes = {id_shape(one, self.planner.types.prefixes) for one in known} - {
            UNKNOWN
        }
        days = days_to_tell(known)
        if isinstance(ids, tuple) and varies(
            ids
        ):  # the variables may carry one day now, and several at another run
            days = min(len(ids), MOST_DAYS)
        for prefix, _ in sorted(one for one in shapes if one.is_dated):
            yield from ((prefix, Read(f"day {n}", ids)) for n in range(days))
        yield from (
            (prefix, None) for prefix, is_dated in sorted(shapes) if not is_dated
        )

    def _page(self, binding: Paged) -> Planned:
        arguments, walk, here = (
            self.arguments,
            PageArguments.of(self.arguments),
            self.planner.places.here,
        )
        order = arguments.get("order")
        filters = {
            name: plain(arguments[name])
            for name in binding.filters
            if arguments.get(name) is not None
        }
        if walk.cursor is not None:
            self.planner.checked.cursors.setdefault(walk.cursor, here)
        for name, value in filters.items():
            self._filter(binding.filters[name], Placed(value, here, name))  # type: ignore[arg-type]
        node = get_named_type(self.target.fields["nodes"].type)
        assert is_object_type(node)
        parts, pages = self._parts(self.target, self.details, node)
        size, cursor = ("last", "before") if walk.backward else ("first", "after")
        values: dict[str, Value] = {
            "order": next(iter(binding.orders)) if order is None else order.name,
            size: walk.size,
            cursor: walk.cursor,
        }
        below = Object(self.planner.types.records[node.name], parts)
        page = Selected(self.key, binding, below, values | filters)
        return [page], (PageCost(walk.size, width(parts), pages, here),)

    def _filter(self, known: FilterArgument, placed: Placed) -> None:
        """What each run checks of a filter: a name of a person is no number, a row that it names is seen."""
        if known.person:
            self.planner.checked.names.append(placed)
        if known.of is None:
            return
        kind = (
            self.planner.types.by_prefix.get(self._shape_of(placed.value).prefix)
            if known.of == ANY
            else None
        )
        if known.of == ANY and kind is None:
            raise not_found(placed)
        record = known.of if kind is None else self.planner.types.records[kind.name]
        self.planner.checked.refer(RowReference(record, placed.value), placed)

    def _parts(
        self,
        kind: GraphQLObjectType,
        details: list[FieldDetails],
        node: GraphQLObjectType,
    ) -> tuple[tuple[Node, ...], tuple[PageCost, ...]]:
        """The fields of a connection, of its edges, of its pageInfo."""
        collected = self.planner.collected(kind, details)
        parts: list[Node] = []
        pages: list[PageCost] = []
        for key, inner in collected.grouped_field_set.items():
            name = inner[0].node.name.value
            if name == "__typename":
                parts.append(Constant(key, kind.name))
                continue
            below = Object(None, ())
            with self.planner.places.at(inner[0].node):
                if name in ("edges", "pageInfo"):
                    child = get_named_type(kind.fields[name].type)
                    assert is_object_type(child)
                    fields, under = self._parts(child, inner, node)
                    below = Object(None, fields)
                    pages.extend(under)
                elif name in ("nodes", "node"):
                    below, under = self.planner.selected(node, inner)
                    pages.extend(under)
            parts.append(Selected(key, PARTS[name], below))
        return tuple(parts), tuple(pages)


PARTS = {
    "edges": PagePart.EDGES,
    "nodes": PagePart.NODES,
    "node": PagePart.NODE,
    "cursor": PagePart.CURSOR,
    "totalCount": PagePart.TOTAL_COUNT,
    "totalCountCapped": PagePart.TOTAL_COUNT_CAPPED,
    "pageInfo": PagePart.PAGE_INFO,
    "hasNextPage": PagePart.HAS_NEXT_PAGE,
    "hasPreviousPage": PagePart.HAS_PREVIOUS_PAGE,
    "startCursor": PagePart.START_CURSOR,
    "endCursor": PagePart.END_CURSOR,
}
"""The parts of a page by the names that a connection, an edge and a PageInfo give them."""
