"""What the register knows of a worker on a day."""

from sqlalchemy import ColumnElement, select

from persistence.facts.columns import decimal
from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.records.base import table


def known_rate(row: Table, context: SqlContext) -> ColumnElement[str]:
    """The last rate known today (R24)."""
    rates = table("worker_rate").alias()
    known = select(decimal("rate")(rates, context)).where(
        rates.c.worker_id == row.c.id, rates.c.starts_on <= context.day
    )
    return (
        known.order_by(rates.c.starts_on.desc())
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )
