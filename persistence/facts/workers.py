"""What the register knows of a worker on a day."""

from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select

from persistence.facts.columns import decimal
from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.records.base import table


def known_rate(row: Table, context: SqlContext) -> ColumnElement[str]:
    """The last rate known today (R24)."""
    rates = table("worker_rate").alias()
    is_own = rates.c.worker_id == row.c.id
    has_started = rates.c.starts_on <= context.day
    query = select(decimal("rate")(rates, context)).where(is_own, has_started)
    query = query.order_by(rates.c.starts_on.desc()).limit(1)
    return query.correlate(row).scalar_subquery()


def departed_on(row: Table, context: SqlContext) -> ColumnElement[date | None]:
    """The first day of absence of whoever has left every establishment of the partner.

    None for whoever is present that day, or is still to come.
    """
    stays = table("worker_stay").alias()
    lasts = or_(stays.c.ends_on.is_(None), stays.c.ends_on > context.day)
    last_day = func.max(stays.c.ends_on)
    is_gone = func.max(case((lasts, 1), else_=0)) == 0
    query = select(case((is_gone, last_day))).where(stays.c.worker_id == row.c.id)
    return query.correlate(row).scalar_subquery()
