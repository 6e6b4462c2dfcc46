"""Who is expected in the certificate of an establishment, as one select (R17, A21).

Its rows are the persons of the certificate in force, those of last year's, and those
who were present in November. The three parts have no person in common.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    column,
    select,
    union_all,
)
from sqlalchemy import table as plain_table

from persistence.reading.context import SqlContext

from .roster_parts import Declared, LastYear, Narrowing, Present

ROSTER = plain_table("roster", column("establishment_id", String))
"""The column that orders rosters together. The id of a row is its person's."""


def everywhere(_place: FromClause, _campaign: FromClause) -> list[ColumnElement[bool]]:
    return []


def roster_rows(_: SqlContext) -> Select[Any]:
    """One row for each establishment, campaign and person."""
    rows = roster().subquery()
    return select(*rows.c)


def roster(narrowed: Narrowing = everywhere) -> CompoundSelect[Any]:
    """The rosters of the establishments and campaigns that are meant."""
    parts = (
        Declared(),
        LastYear(),
        Present(),
    )
    return union_all(*(part.query(narrowed) for part in parts))
