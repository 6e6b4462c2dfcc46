"""Imports of the Cnaf extraction: how far each is, and what waits for an answer."""

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.records.base import table


def import_status(row: Table, _terms: SqlContext) -> ColumnElement[str]:
    """The status is computed from the dates, never stored."""
    return case(
        (row.c.purged_on.is_not(None), literal("PURGED")),
        (row.c.received_at.is_(None), literal("OPEN")),
        else_=literal("RECEIVED"),
    )


def awaits(line: Table) -> ColumnElement[bool]:
    """Neither taken, nor set aside, nor without anything to take."""
    aside = and_(line.c.arbitration.is_not(None), line.c.arbitration == "SET_ASIDE")
    return and_(
        line.c.applied_on.is_(None),
        line.c.outcome != "UNCHANGED",
        line.c.outcome != "REJECTED",
        ~aside,
    )


def waiting(row: Table, context: SqlContext) -> ColumnElement[int]:
    """Of the lines that the caller may read, those that wait."""
    line = table("import_line").alias()
    readable = context.readable("import_line", line)
    counted = (
        select(func.count())
        .select_from(line)
        .where(line.c.import_id == row.c.id, awaits(line), *readable)
    )
    return counted.correlate(row).scalar_subquery()


def sheet_name(row: Table, _terms: SqlContext) -> ColumnElement[str]:
    """The lines of a csv stand in no sheet."""
    return func.nullif(row.c.sheet, "")
