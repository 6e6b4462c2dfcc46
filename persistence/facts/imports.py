"""Imports of the Cnaf extraction: how far each is, and what waits for an answer."""

from sqlalchemy import ColumnElement, case, func, literal, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.records import ImportLine
from persistence.records.base import table


def import_status(row: Table, _terms: SqlContext) -> ColumnElement[str]:
    """The status is computed from the dates, never stored."""
    return case(
        (row.c.purged_on.is_not(None), literal("PURGED")),
        (row.c.received_at.is_(None), literal("OPEN")),
        else_=literal("RECEIVED"),
    )


def waiting(row: Table, context: SqlContext) -> ColumnElement[int]:
    """Of the lines that the caller may read, those that nobody has settled."""
    line = table("import_line").alias()
    readable = context.readable("import_line", line)
    is_unsettled = ImportLine.is_unsettled.sql(line)
    counted = (
        select(func.count())
        .select_from(line)
        .where(line.c.import_id == row.c.id, is_unsettled, *readable)
    )
    return counted.correlate(row).scalar_subquery()


def sheet_name(row: Table, _terms: SqlContext) -> ColumnElement[str]:
    """The lines of a csv stand in no sheet."""
    return func.nullif(row.c.sheet, "")
