"""The spans of a timeline."""

from datetime import date

from sqlalchemy import ColumnElement, case

from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.records import FOREVER


def known_end(row: Table, _: SqlContext) -> ColumnElement[date | None]:
    """Nothing for the register's own "for ever"."""
    return case((row.c.ends_on < FOREVER, row.c.ends_on))
