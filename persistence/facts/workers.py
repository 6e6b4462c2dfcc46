"""What the register knows of a worker on a day."""

from sqlalchemy import ColumnElement, select

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
