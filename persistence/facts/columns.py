"""Columns and filters that belong to no noun: equality, decimals, texts, counts."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    cast,
    func,
    select,
    true,
)

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, Join, SqlTest, Table, Test
from persistence.reading.values import Value
from persistence.records import (
    PartnerState,
)
from persistence.records.base import table


def equal(column: str, kind: str = "text") -> Test:
    """A filter or a search on one column's value."""

    def test(row: Table, context: SqlContext, value: Value) -> ColumnElement[bool]:
        wanted: ColumnElement[bool] = row.c[column] == context.value(value, kind)
        return wanted

    return test


def decimal(column: str) -> Expression:
    """An integer of hundredths as a number with two decimals.

    Both databases write it alike.
    """

    def read(row: Table, _: SqlContext) -> ColumnElement[str]:
        hundredths = row.c[column]
        units = cast(hundredths // 100, Text)
        decimals = cast(
            hundredths % 100 + 100, Text
        )  # a digit before them keeps the zero
        return units + "." + func.substr(decimals, 2)

    return read


def state(column: str, partner: str = "id") -> Expression:
    """A column of the partner's row of the timeline of today."""

    def read(row: Table, context: SqlContext) -> ColumnElement[Any]:
        now = table("partner_state").alias()
        is_own = now.c.partner_id == row.c[partner]
        is_now = PartnerState.period.sql(now, context.day)
        query = select(now.c[column]).where(is_own, is_now)
        return query.correlate(row).scalar_subquery()

    return read


def by_state(column: str, partner: str = "id") -> Join:
    """The child whose id the partner's row of today holds."""

    def link(child: Table, parent: Table, context: SqlContext) -> ColumnElement[bool]:
        return child.c.id == state(column, partner)(parent, context)

    return link


def through(rows: str, child_key: str, parent_key: str) -> Join:
    """Children linked by a table of pairs."""

    def link(child: Table, parent: Table, _: SqlContext) -> ColumnElement[bool]:
        pair = table(rows).alias()
        is_of_parent = pair.c[parent_key] == parent.c.id
        keys = select(pair.c[child_key]).where(is_of_parent)
        return child.c.id.in_(keys.correlate(parent))

    return link


def texts(rows: str, column: str, key: str) -> Expression:
    """A JSON list of one text column of the rows that name this one, in order."""

    def read(row: Table, context: SqlContext) -> ColumnElement[Any]:
        other = table(rows).alias()
        text = other.c[column]
        query = select(text).where(other.c[key] == row.c.id).order_by(text)
        return context.spelling.texts_in(query.correlate(row))

    return read


def count_of(rows: str, key: str) -> Expression:
    """How many rows of another table name this one."""

    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        other = table(rows).alias()
        query = select(func.count()).select_from(other)
        query = query.where(other.c[key] == row.c.id)
        return query.correlate(row).scalar_subquery()

    return read


def every_row(_child: Table, _parent: Table, _terms: SqlContext) -> SqlTest:
    """A link that keeps every row."""
    return true()
