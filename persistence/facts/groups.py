"""Which groups run, and who is in them."""

from sqlalchemy import select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records import Group, Membership
from persistence.records.base import table


def is_live(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the group runs today, as the argument says."""
    is_running = Group.period.sql(row, context.day)
    return context.agrees(is_running, value)


def is_current(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the membership runs today, as the argument says."""
    is_running = Membership.period.sql(row, context.day)
    return context.agrees(is_running, value)


def members(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The users in the group today."""
    member = table("membership").alias()
    is_of_group = member.c.group_id == parent.c.id
    is_in = Membership.period.sql(member, context.day)
    users = select(member.c.user_id).where(is_of_group, is_in)
    return child.c.id.in_(users.correlate(parent))
