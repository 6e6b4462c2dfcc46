"""The rows of several selects, read by one statement."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, SelectBase, Text, cast, select

from persistence.reading.dialects import SPELLINGS
from persistence.reading.layouts import json_reader
from persistence.reading.sql_words import Sql
from persistence.register import Register

Columns: TypeAlias = Sequence[ColumnElement[Any]]
Rows: TypeAlias = Sequence[Any]
"""Each row is the list of the values of its columns."""


async def rows_together(register: Register, *parts: SelectBase) -> list[Rows]:
    """The rows of each part, ordered by its columns from the first one on."""
    columns_of_parts = []
    lists = []
    for part in parts:
        columns = list(part.subquery().c)
        columns_of_parts.append(columns)
        lists.append(_listed(register, columns))
    spelling = SPELLINGS[register.database.dialect]
    whole = cast(spelling.array(lists), Text)
    result = await register.session.execute(select(whole))
    arrays = orjson.loads(result.scalar_one())
    pairs = zip(columns_of_parts, arrays, strict=True)
    return [_rows(columns, rows) for columns, rows in pairs]


def _listed(register: Register, columns: Columns) -> Sql:
    """A JSON array of all rows, each one an array of its columns."""
    spelling = SPELLINGS[register.database.dialect]
    item = spelling.array(columns)
    rows = select(spelling.listed(item, columns))
    return spelling.nested(rows.scalar_subquery())


def _rows(columns: Columns, arrays: Rows) -> Rows:
    """The rows with the values that their columns have outside JSON."""
    rows = []
    for array in arrays:
        pairs = zip(columns, array, strict=True)
        row = [_value(column, value) for column, value in pairs]
        rows.append(row)
    return rows


def _value(column: ColumnElement[Any], value: Any) -> Any:  # noqa: ANN401 the column's
    reader = json_reader(column)
    if value is None or reader is None:
        return value
    return reader(value)
