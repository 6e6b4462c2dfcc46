"""Whom a person works for, from when and until when, and how people are searched."""

from sqlalchemy import and_, or_, select

from persistence import records
from persistence.facts.holdings import administrations
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import Dated, table

PERSONAL = ("affiliation", "membership", "contract_manager", "agent")
"""The records that give a person a right over dates."""


def works_for(row: Table, context: SqlContext, value: Value) -> SqlTest:
    link = table("affiliation").alias()
    known = context.readable("affiliation", link)
    is_there = [
        link.c.partner_id == context.value(value),
        records.Affiliation.period.sql(link, context.day),
    ]
    return row.c.id.in_(select(link.c.user_id).where(*is_there, *known))


def ends_by(row: Table, context: SqlContext, value: Value) -> SqlTest:
    return Dated.period.sql(row, context.day) & context.ends_by(row.c.ends_on, value)


def ending(record: str, context: SqlContext, value: Value) -> tuple[Table, SqlTest]:
    """A record's rows that run, end by that day, and may be read."""
    held = table(record).alias()
    return held, and_(ends_by(held, context, value), *context.readable(record, held))


def holds_ending(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Of a person: one of their rights, that the caller reads, ends by that day."""
    rights = (ending(record, context, value) for record in PERSONAL)
    return or_(
        *(row.c.id.in_(select(held.c.user_id).where(ends)) for held, ends in rights)
    )


def has_ending(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Of an affiliation: itself, or a membership or a post of manager that hangs from it, ends by that day."""
    rights = (
        ending(record, context, value) for record in ("membership", "contract_manager")
    )
    return or_(
        ends_by(row, context, value),
        *(
            row.c.id.in_(select(held.c.affiliation_id).where(ends))
            for held, ends in rights
        ),
    )


def is_pending(row: Table, context: SqlContext) -> SqlTest:
    """Invited, and not come yet."""
    is_there = records.Affiliation.period.sql(row, context.day)
    return is_there & ~records.Affiliation.has_accepted_by.sql(row, context.day)


def is_at(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """A user whose e-mail address holds what is searched; only what has an `@` is looked for there."""
    return context.spelling.find(row.c.email, context.bind(("address", value), "text"))


def is_called(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """A user by words of the name, or by a part of the e-mail address."""
    return or_(context.mentions(row.c.sort_key, value), is_at(row, context, value))


def is_of_somebody_called(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """An affiliation by the name of its user, or by a part of the address where the caller reads the user."""
    user = table("user").alias()
    reached = select(user.c.id).where(
        is_at(user, context, value), *context.readable("user", user)
    )
    return or_(context.mentions(row.c.sort_key, value), row.c.user_id.in_(reached))


def suspending(row: Table, context: SqlContext) -> SqlTest:
    """The sides whose suspension runs."""
    pause = table("suspension").alias()
    runs = records.Suspension.period.sql(pause, context.day)
    running = (
        select(pause.c.side)
        .where(pause.c.affiliation_id == row.c.id, runs)
        .order_by(pause.c.side)
    )
    return context.spelling.texts_in(running.correlate(row))


def groups_of(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The live groups that a user is in today."""
    member = table("membership").alias()
    is_in = records.Membership.period.sql(member, context.day)
    mine = select(member.c.group_id).where(member.c.user_id == parent.c.id, is_in)
    return child.c.id.in_(mine.correlate(parent)) & records.Group.period.sql(
        child, context.day
    )


def administered(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The partners of which a user is an active manager, where the caller reads managers."""
    held = administrations(context).subquery()
    mine = [held.c.user_id == parent.c.id, *context.readable("contract_manager", held)]
    return child.c.id.in_(select(held.c.partner_id).where(*mine).correlate(parent))
