"""Which partners an organism administers, and which organism follows a partner."""

from sqlalchemy import ColumnElement, FromClause, select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.records import PartnerFollower, PartnerState
from persistence.records.base import table


def administered(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The partners that an organism administers today."""
    now = table("partner_state").alias()
    is_now = PartnerState.period.sql(now, context.day)
    is_administered = now.c.administering_id == parent.c.id
    partners = select(now.c.partner_id).where(is_administered, is_now)
    return child.c.id.in_(partners.correlate(parent))


def follower_id(row: FromClause, context: SqlContext) -> ColumnElement[str | None]:
    """The organism that follows a partner on the day; null before its registration."""
    follower = table("partner_follower").alias()
    is_own = follower.c.partner_id == row.c.id
    is_now = PartnerFollower.period.sql(follower, context.day)
    query = select(follower.c.organism_id).where(is_own, is_now)
    return query.correlate(row).scalar_subquery()


def follows(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The organism that follows the partner on the day."""
    is_follower: SqlTest = child.c.id == follower_id(parent, context)
    return is_follower
