"""Which groups run, and who is in them."""

from sqlalchemy import select

from persistence import records
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import table


def is_live(row: Table, context: SqlContext, value: Value) -> SqlTest:
    return context.agrees(records.Group.period.sql(row, context.day), value)


def is_current(row: Table, context: SqlContext, value: Value) -> SqlTest:
    return context.agrees(records.Membership.period.sql(row, context.day), value)


def members(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The users in the group today."""
    member = table("membership").alias()
    is_in = records.Membership.period.sql(member, context.day)
    here = select(member.c.user_id).where(member.c.group_id == parent.c.id, is_in)
    return child.c.id.in_(here.correlate(parent))
