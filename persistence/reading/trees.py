"""A record with what the mapping loads with it, as one expression.

The whole file of a partner comes by one statement, where the mapping alone sends a
select for each table. Each row is a JSON array: its columns, then what hangs from it.
The objects are made again in `tree_objects.py`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    LargeBinary,
    Select,
    TableClause,
    and_,
    column,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.orm import DeclarativeBase, Mapper, RelationshipProperty

from .dialects import Dialect
from .layouts import layout_of

ColumnPairs: TypeAlias = Sequence[tuple[ColumnElement[Any], ColumnElement[Any]]]
"""Columns that the mapping compares."""


def row_json(
    record: type[DeclarativeBase],
    row: FromClause,
    spelling: Dialect,
    *,
    alone: bool = False,
) -> ColumnElement[Any]:
    """The JSON array of a row; `alone`, without what hangs from it."""
    return _array(inspect(record), row, spelling, alone=alone)


def _array(
    mapper: Mapper[Any], row: FromClause, spelling: Dialect, *, alone: bool = False
) -> ColumnElement[Any]:
    """The JSON array of a row of a mapped class."""
    layout = layout_of(mapper)
    items = [_value(row.c[each.name], spelling) for each in layout.columns]
    if not alone:
        items += [_below(relation, row, spelling) for relation in layout.relations]
    return spelling.array(items)


def _value(term: ColumnElement[Any], spelling: Dialect) -> ColumnElement[Any]:
    """A column as JSON writes it: bytes in hexadecimal."""
    if not isinstance(term.type, LargeBinary):
        return spelling.value(term)
    if spelling.name == "sqlite":
        return func.hex(term)
    return func.encode(term, "hex")


def _below(
    relation: RelationshipProperty[Any], row: FromClause, spelling: Dialect
) -> ColumnElement[Any]:
    """The rows of a relation, as an array of arrays.

    One array for a relation to one row.
    """
    other = _plain(relation.mapper.local_table).alias()
    item = _array(relation.mapper, other, spelling)
    if relation.uselist:
        columns = relation.order_by or relation.mapper.primary_key
        order = [other.c[each.name] for each in columns]
        item = spelling.listed(item, order)
    query = _joined(select(item), relation, row, other)
    return spelling.nested(query.correlate(row).scalar_subquery())


def _joined(
    query: Select[Any],
    relation: RelationshipProperty[Any],
    row: FromClause,
    other: FromClause,
) -> Select[Any]:
    """The rows of a relation, by the pairs of columns that the mapping compares."""
    if relation.secondary is not None:
        return _through_pairs(query, relation, row, other)
    pairs = relation.local_remote_pairs or ()
    return query.select_from(other).where(*_equal(row, other, pairs))


def _through_pairs(
    query: Select[Any],
    relation: RelationshipProperty[Any],
    row: FromClause,
    other: FromClause,
) -> Select[Any]:
    """The rows of a relation that has a table of pairs between both."""
    assert relation.secondary is not None
    pair = _plain(relation.secondary).alias()
    near = _equal(row, pair, relation.synchronize_pairs)
    far = _equal(other, pair, relation.secondary_synchronize_pairs or ())
    rows = pair.join(other, and_(*far))
    return query.select_from(rows).where(*near)


def _equal(
    left: FromClause, right: FromClause, pairs: ColumnPairs
) -> list[ColumnElement[bool]]:
    """The columns of each pair are equal, on aliases of their tables."""
    tests = []
    for first, second in pairs:
        left_column = left.c[first.name]
        right_column = right.c[second.name]
        tests.append(left_column == right_column)
    return tests


@cache
def _plain(mapped: FromClause) -> TableClause:
    """A mapped table by its columns alone: they cost less to alias."""
    columns = (column(each.name, each.type) for each in mapped.c)
    return table(mapped.name, *columns)  # type: ignore[attr-defined]
