"""Which partners an organism administers."""

from sqlalchemy import select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.records import PartnerState
from persistence.records.base import table


def administered(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The partners that an organism administers today."""
    now = table("partner_state").alias()
    is_now = PartnerState.period.sql(now, context.day)
    is_administered = now.c.administering_id == parent.c.id
    partners = select(now.c.partner_id).where(is_administered, is_now)
    return child.c.id.in_(partners.correlate(parent))
