"""Where a question starts from rows: an id, several, a search, the page of a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
    RowReference,
    Selected,
)
from persistence.reading.values import Read, Value
from resolvers.places import Place, Placed

from .bindings import ANY, BY, ON, Binding, FilterArgument, Types
from .checking import Checked, not_found
from .passes import Pass, Planned
from .plans import LISTED_COST, PARTS, PageArguments, PageCost, width
from .shapes import UNKNOWN, IdShape, days_to_tell, id_shape, plain


@dataclass(frozen=True, slots=True)
class Search:
    """One field that starts from rows, in the pass over its operation."""

    planning: Pass
    key: str
    target: GraphQLObjectType
    arguments: Mapping[str, Any]
    details: list[FieldDetails]

    @property
    def here(self) -> Place:
        return self.planning.places.here

    @property
    def types(self) -> Types:
        return self.planning.types

    @property
    def checked(self) -> Checked:
        """What each run checks."""
        return self.planning.checked

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

    # one row

    def _find(self, search: Find) -> Planned:
        """By all of the arguments, or by the one that `by` holds."""
        names = self.arguments if search.every else self.arguments[BY]
        values = {name: plain(names[name]) for name in search.tests if name in names}
        below, pages = self.planning.selected(self.target, self.details)
        identifier = None if search.every else names.get("id")
        if identifier is None or not self._shape_of(identifier).is_dated:
            return [Selected(self.key, search, below, values)], pages
        if self.arguments.get(ON) is not None:
            on = Placed(self.arguments[ON], self.here)
            self.checked.twice.append((Read("day", identifier), on))
        return self._on_its_day(below, identifier), pages

    def _by_id(self, identifier: Any) -> Planned:  # noqa: ANN401 a marked value
        prefix, is_dated = self._shape_of(identifier)
        kind = self.types.by_prefix.get(prefix)
        if kind is None:
            return [Constant(self.key, None)], ()
        below, pages = self.planning.selected(kind, self.details)
        if is_dated:
            return self._on_its_day(below, identifier), pages
        return [Selected(self.key, ById(), below, {"id": identifier})], pages

    def _on_its_day(
        self,
        below: Object,
        identifier: Any,  # noqa: ANN401 a marked value
    ) -> list[Node]:
        """The object of an id that carries a day, with the facts of that day."""
        key, day = Read("key", identifier), Read("day", identifier)
        row = Selected(self.key, ById(), below, {"id": key})
        return self.planning.as_of([row], day)

    def _shape_of(self, identifier: Any) -> IdShape:  # noqa: ANN401 a marked value
        text = str(resolved(identifier, self.planning.values))
        return id_shape(text, self.types.prefixes)

    # several rows

    def _by_ids(self, marked: Any) -> Planned:  # noqa: ANN401 a marked value
        ids = plain(marked)
        self.checked.ids.append(Placed(ids, self.here))
        targets: list[Node] = []
        pages: list[PageCost] = []
        fields = 0
        for prefix, day in self._prefixes(ids):
            kind = self.types.by_prefix[prefix]
            below, under = self.planning.selected(kind, self.details)
            target = Selected(prefix, ById(), below)
            targets.append(target if day is None else AsOf(day, target))
            fields += len(below.fields)
            pages.extend(under)
        cost = PageCost(LISTED_COST, fields, tuple(pages), self.here)
        each = Object(None, tuple(targets))
        return [Selected(self.key, ByIds(), each, {"ids": ids})], (cost,)

    def _prefixes(self, ids: Value) -> Iterator[tuple[str, Value]]:
        """The prefixes of the ids, and the day of each.

        First those of ids that carry a day, once for each day; then those of ids
        without a day.
        """
        texts = resolved(ids, self.planning.values)
        prefixes = self.types.prefixes
        shapes = {id_shape(text, prefixes) for text in texts}
        shapes.discard(UNKNOWN)
        days = days_to_tell(texts)
        if isinstance(ids, tuple) and varies(ids):
            # The variables may carry one day now, and several at another run.
            days = min(len(ids), MOST_DAYS)
        for prefix, is_dated in sorted(shapes):
            if is_dated:
                for rank in range(days):
                    yield prefix, Read(f"day {rank}", ids)
        for prefix, is_dated in sorted(shapes):
            if not is_dated:
                yield prefix, None

    # the page of a list

    def _page(self, binding: Paged) -> Planned:
        window = PageArguments.of(self.arguments)
        here = self.here
        if window.cursor is not None:
            self.checked.cursors.setdefault(window.cursor, here)
        filters = self._filters(binding)
        node = get_named_type(self.target.fields["nodes"].type)
        assert is_object_type(node)
        parts, pages = self._parts(self.target, self.details, node)
        size, cursor = window.names
        values: dict[str, Value] = {
            "order": self._order(binding),
            size: window.size,
            cursor: window.cursor,
        }
        below = Object(self.types.records[node.name], parts)
        page = Selected(self.key, binding, below, values | filters)
        return [page], (PageCost(window.size, width(parts), pages, here),)

    def _order(self, binding: Paged) -> str:
        order = self.arguments.get("order")
        return next(iter(binding.orders)) if order is None else order.name

    def _filters(self, binding: Paged) -> dict[str, Value]:
        """The values of the filters; each run checks some of them."""
        values = {}
        for name, argument in binding.filters.items():
            if self.arguments.get(name) is not None:
                values[name] = plain(self.arguments[name])
                placed = Placed(values[name], self.here, name)
                self._check(argument, placed)  # type: ignore[arg-type]
        return values

    def _check(self, argument: FilterArgument, placed: Placed) -> None:
        """Have each run check the value of a filter.

        The name of a person is no number, and the caller may read the row that a filter
        names.
        """
        if argument.person:
            self.checked.names.append(placed)
        if argument.of is not None:
            record = self._record_of(argument.of, placed)
            reference = RowReference(record, placed.value)
            self.checked.refer(reference, placed)

    def _record_of(self, record: str, placed: Placed) -> str:
        """The record of the row that a filter names; of `ANY`, the id says which."""
        if record != ANY:
            return record
        prefix, _ = self._shape_of(placed.value)
        kind = self.types.by_prefix.get(prefix)
        if kind is None:
            raise not_found(placed)
        return self.types.records[kind.name]

    def _parts(
        self,
        kind: GraphQLObjectType,
        details: list[FieldDetails],
        node: GraphQLObjectType,
    ) -> tuple[tuple[Node, ...], tuple[PageCost, ...]]:
        """The fields of a connection, of its edges, of its pageInfo."""
        parts: list[Node] = []
        pages: list[PageCost] = []
        for key, inner in self.planning.collected(kind, details).items():
            name = inner[0].node.name.value
            if name == "__typename":
                parts.append(Constant(key, kind.name))
                continue
            with self.planning.places.at(inner[0].node):
                below, under = self._part(kind, name, inner, node)
            parts.append(Selected(key, PARTS[name], below))
            pages.extend(under)
        return tuple(parts), tuple(pages)

    def _part(
        self,
        kind: GraphQLObjectType,
        name: str,
        details: list[FieldDetails],
        node: GraphQLObjectType,
    ) -> tuple[Object, tuple[PageCost, ...]]:
        """What is selected under one field of a connection."""
        if name in ("nodes", "node"):
            return self.planning.selected(node, details)
        if name in ("edges", "pageInfo"):
            child = get_named_type(kind.fields[name].type)
            assert is_object_type(child)
            parts, pages = self._parts(child, details, node)
            return Object(None, parts), pages
        return Object(None, ()), ()
