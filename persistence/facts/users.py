"""Whom a person works for, from when and until when, and how people are searched."""

from collections.abc import Iterable

from sqlalchemy import and_, or_, select

from persistence import records
from persistence.facts.holdings import administrations
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import Dated, table

PERSONAL = ("affiliation", "membership", "contract_manager", "agent")
"""The records that give a person a right over dates."""
OF_AFFILIATION = ("membership", "contract_manager")
"""Those that hang from an affiliation."""


def works_for(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the user has an affiliation to this partner today."""
    link = table("affiliation").alias()
    readable = context.readable("affiliation", link)
    is_of_partner = link.c.partner_id == context.value(value)
    is_current = records.Affiliation.period.sql(link, context.day)
    users = select(link.c.user_id).where(is_of_partner, is_current, *readable)
    return row.c.id.in_(users)


# what ends soon


def ends_by(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """The row runs, and ends by that day."""
    is_current = Dated.period.sql(row, context.day)
    return is_current & context.ends_by(row.c.ends_on, value)


def holds_ending(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Of a person: one of their rights, that the caller reads, ends by that day."""
    return or_(*_among_ending(row, "id", "user_id", PERSONAL, context, value))


def has_ending(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Of an affiliation: itself, or what hangs from it, ends by that day."""
    own = ends_by(row, context, value)
    below = _among_ending(row, "id", "affiliation_id", OF_AFFILIATION, context, value)
    return or_(own, *below)


def _among_ending(
    row: Table,
    key: str,
    column: str,
    kinds: Iterable[str],
    context: SqlContext,
    value: Value,
) -> list[SqlTest]:
    """For each kind of record: the row's key is in this column of those that end.

    They run, end by that day, and may be read.
    """
    tests: list[SqlTest] = []
    for kind in kinds:
        right = table(kind).alias()
        ends = ends_by(right, context, value)
        readable = context.readable(kind, right)
        rows = select(right.c[column]).where(and_(ends, *readable))
        tests.append(row.c[key].in_(rows))
    return tests


def is_pending(row: Table, context: SqlContext) -> SqlTest:
    """Invited, and not come yet."""
    is_current = records.Affiliation.period.sql(row, context.day)
    has_accepted = records.Affiliation.has_accepted_by.sql(row, context.day)
    return is_current & ~has_accepted


# searches


def is_at(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """A user whose e-mail address holds what is searched.

    Only what has an `@` is looked for there.
    """
    address = context.bind(("address", value), "text")
    return context.spelling.find(row.c.email, address)


def is_called(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """A user by words of the name, or by a part of the e-mail address."""
    by_name = context.mentions(row.c.sort_key, value)
    return or_(by_name, is_at(row, context, value))


def is_of_somebody_called(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """An affiliation by the name of its user, or by a part of the address.

    By the address only where the caller reads the user.
    """
    user = table("user").alias()
    has_address = is_at(user, context, value)
    readable = context.readable("user", user)
    users = select(user.c.id).where(has_address, *readable)
    by_name = context.mentions(row.c.sort_key, value)
    return or_(by_name, row.c.user_id.in_(users))


# what a user has


def suspending(row: Table, context: SqlContext) -> SqlTest:
    """The sides whose suspension of the affiliation runs."""
    pause = table("suspension").alias()
    is_own = pause.c.affiliation_id == row.c.id
    is_running = records.Suspension.period.sql(pause, context.day)
    sides = select(pause.c.side).where(is_own, is_running).order_by(pause.c.side)
    return context.spelling.texts_in(sides.correlate(row))


def groups_of(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The live groups that a user is in today."""
    member = table("membership").alias()
    is_in = records.Membership.period.sql(member, context.day)
    groups = select(member.c.group_id).where(member.c.user_id == parent.c.id, is_in)
    is_live = records.Group.period.sql(child, context.day)
    return child.c.id.in_(groups.correlate(parent)) & is_live


def administered(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The partners of which a user is an active manager.

    Only those of which the caller reads the managers.
    """
    row = administrations(context).subquery()
    readable = context.readable("contract_manager", row)
    partners = select(row.c.partner_id).where(row.c.user_id == parent.c.id, *readable)
    return child.c.id.in_(partners.correlate(parent))
