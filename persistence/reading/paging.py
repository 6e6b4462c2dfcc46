"""The SQL of a page: its rows by key, then the objects of each, then one JSON object.

The rows are an ordered `LIMIT`. Three selects stand around each other:

1. the rows, one more than the page where it must be known whether others follow;
2. their objects, beside what orders them;
3. the lists of the objects, and what is said of the page.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from .fields import Fields, correlated
from .keyset import Keyset, keyset_of, part_of
from .page_conditions import Conditions, page_conditions
from .page_info import page_info
from .question import Constant, Node, Paged, PagePart, Selected

TOTAL = 10_000
"""Totals are counted up to here, and say so."""

Terms: TypeAlias = Mapping[str, ColumnElement[Any]]
"""Expressions by the key of the answer under which they stand."""


def page(
    fields: Fields, node: Selected, kind: Paged, parent: FromClause | None
) -> ScalarSelect[Any]:
    """The JSON object of a page."""
    keyset = keyset_of(node, kind, fields.context.model)
    conditions = page_conditions(fields.context, node, kind, keyset.order, parent)
    return _Page(fields, keyset, conditions, parent).sql()


class _Page:
    """A page under way: how its fields are compiled, and which rows it has."""

    def __init__(
        self,
        fields: Fields,
        keyset: Keyset,
        conditions: Conditions,
        parent: FromClause | None,
    ) -> None:
        self.fields = fields
        self.context = fields.context
        self.spelling = fields.spelling
        self.keyset = keyset
        self.conditions = conditions
        self.parent = parent

    def sql(self) -> ScalarSelect[Any]:
        """The page as one value."""
        rows = self._under_parent(self._rows()).subquery()
        objects = self._under_parent(self._objects(rows)).subquery()
        terms = self._terms(objects)
        if self.keyset.has_count:
            return self._with_count(terms)
        whole = select(self._connection(terms))
        return self._under_parent(whole).scalar_subquery()

    def _under_parent(self, query: Select[Any]) -> Select[Any]:
        """Correlate a part of the page to the row around the page."""
        return correlated(query, self.parent)

    # 1. the rows

    def _rows(self) -> Select[Any]:
        """The rows of the page, in the order of the walk."""
        keyset = self.keyset
        row = self.context.alias(keyset.record)
        conditions = self.conditions(row)
        if keyset.cursor is not None:
            conditions.append(self._is_beyond_cursor(row))
        keys = [row.c[column.name] for column in keyset.columns]
        order = [key.desc() for key in keys] if keyset.is_descending else keys
        # "limit" reads the size and one more
        reading = "limit" if keyset.has_page_info else "value"
        limit = self.context.bind((reading, keyset.size), "int")
        query = select(row).where(*conditions)
        return query.order_by(*order).limit(limit)

    def _is_beyond_cursor(self, row: FromClause) -> ColumnElement[bool]:
        """Whether a row comes after the cursor, in the direction of the walk."""
        keyset, bounds = self.keyset, []
        for index, column in enumerate(keyset.columns):
            source = ("cursor", keyset.cursor, keyset.columns, index)
            bounds.append(self.context.bind(source, column.bind_kind))
        keys = tuple_(*(row.c[column.name] for column in keyset.columns))
        cursor = tuple_(*bounds)
        return keys < cursor if keyset.is_descending else keys > cursor

    # 2. their objects

    def _objects(self, rows: FromClause) -> Select[Any]:
        """The object of each row, beside what orders it."""
        columns = self._order_columns(rows)
        for name, node in self.keyset.items:
            columns.append(self._item(node, rows).label(name))
        return select(*columns).select_from(rows)

    def _order_columns(self, rows: FromClause) -> list[ColumnElement[Any]]:
        """The keys of each row.

        Where it is asked where the page stands, its number in the direction of the
        walk instead, and its cursor if the ends are asked for.
        """
        keys = [rows.c[column.name] for column in self.keyset.columns]
        if not self.keyset.has_page_info:
            names = self.keyset.key_names
            return [key.label(name) for name, key in zip(names, keys, strict=True)]
        walk = [key.desc() for key in keys] if self.keyset.is_descending else keys
        number = func.row_number().over(order_by=walk)
        columns: list[ColumnElement[Any]] = [number.label("n")]
        if self.keyset.has_end_cursors:
            columns.append(self._cursor(rows).label("cursor"))
        return columns

    def _item(self, node: Selected, rows: FromClause) -> ColumnElement[Any]:
        """A node, or an edge around it."""
        if node.kind is PagePart.NODES:
            return self.fields.object(node.below, rows)
        pairs = []
        for inner in node.below.fields:
            value = self._of_edge(inner, rows)
            pairs.append((inner.key, value))
        return self.spelling.object(pairs)

    def _of_edge(self, inner: Node, rows: FromClause) -> ColumnElement[Any]:
        """A field of an edge: its node, its cursor, or a constant."""
        if not isinstance(inner, Selected):
            return self.fields.field(inner, rows)
        if inner.kind is PagePart.NODE:
            return self.fields.object(inner.below, rows)
        return self._cursor(rows)

    def _cursor(self, rows: FromClause) -> ColumnElement[Any]:
        """The cursor of each row."""
        keys = [rows.c[column.name] for column in self.keyset.columns]
        return self.spelling.cursor(keys)

    # 3. the page

    def _terms(self, objects: FromClause) -> dict[str, ColumnElement[Any]]:
        """What comes from the rows of the page: its lists, and where it stands."""
        columns = {node.key: name for name, node in self.keyset.items}
        terms: dict[str, ColumnElement[Any]] = {}
        for node in self.keyset.parts:
            if node.key in columns:
                terms[node.key] = self._list(objects, columns[node.key])
            elif isinstance(node, Selected) and node.kind is PagePart.PAGE_INFO:
                size = self._size()
                info = page_info(self.fields, node.below, self.keyset, objects, size)
                terms[node.key] = info
        return terms

    def _size(self) -> ColumnElement[int]:
        """How many rows the page shows."""
        return self.context.value(self.keyset.size, "int")

    def _list(self, objects: FromClause, column: str) -> ColumnElement[Any]:
        """The objects in their order.

        The row that only shows that others follow is left out.
        """
        items, keyset = objects.c[column], self.keyset
        if keyset.has_page_info:
            number = objects.c.n
            walk = number.desc() if keyset.backward else number
            return self.spelling.listed(items, [walk], number <= self._size())
        keys = [objects.c[name] for name in keyset.key_names]
        order = [key.desc() for key in keys] if keyset.order.descending else keys
        return self.spelling.listed(items, order)

    def _with_count(self, terms: Terms) -> ScalarSelect[Any]:
        """The page beside the count of its list.

        The terms become the columns of one row, so that each is computed once.
        """
        total = self._total()
        froms = [total]
        if terms:
            columns = []
            for index, term in enumerate(terms.values()):
                columns.append(term.label(f"p{index}"))
            rows = self._under_parent(select(*columns)).subquery()
            terms = dict(zip(terms, rows.c, strict=True))
            froms = [rows, total]
        whole = select(self._connection(terms, total.c.n)).select_from(*froms)
        return self._under_parent(whole).scalar_subquery()

    def _total(self) -> FromClause:
        """One row: how many rows the list has, up to one more than TOTAL."""
        row = self.context.alias(self.keyset.record)
        rows: Select[Any] = select(literal_column("1").label("one")).select_from(row)
        rows = rows.where(*self.conditions(row)).limit(TOTAL + 1)
        counted = self._under_parent(rows).subquery()
        count = select(func.count().label("n")).select_from(counted)
        return self._under_parent(count).subquery()

    def _connection(
        self, terms: Terms, total: ColumnElement[int] | None = None
    ) -> ColumnElement[Any]:
        """The JSON object of the page."""
        pairs = []
        for node in self.keyset.parts:
            value = self._part(node, terms, total)
            pairs.append((node.key, value))
        return self.spelling.object(pairs)

    def _part(
        self, node: Node, terms: Terms, total: ColumnElement[int] | None
    ) -> ColumnElement[Any]:
        """A field of the page: a constant, a count, or what comes from its rows."""
        if isinstance(node, Constant):
            return self.fields.constant(node)
        if total is not None and part_of(node) is PagePart.TOTAL_COUNT:
            return self.spelling.value(case((total > TOTAL, TOTAL), else_=total))
        if total is not None and part_of(node) is PagePart.TOTAL_COUNT_CAPPED:
            return self.spelling.value(total > TOTAL)
        return self.spelling.nested(terms[node.key])
