"""Which partners an organism administers."""

from sqlalchemy import select

from persistence import records
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.records.base import table


def administered(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The partners that an organism administers today."""
    now = table("partner_state").alias()
    held = select(now.c.partner_id).where(
        now.c.administering_id == parent.c.id,
        records.PartnerState.period.sql(now, context.day),
    )
    return child.c.id.in_(held.correlate(parent))
