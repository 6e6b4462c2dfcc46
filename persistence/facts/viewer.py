"""What the caller reads of themself: posts, permissions, suspensions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, or_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table
from persistence.records import Affiliation, Agent, PartnerState, Suspension
from persistence.records.base import Dated, table

SELF = "self"
"""The scope of what is one's own."""


def _is_own(row: Table, context: SqlContext) -> SqlTest:
    """Whether the caller is the person of a row."""
    return context.holds(row.c.user_id, "users", "everyone")


def is_caller(row: Table, context: SqlContext) -> SqlTest:
    """Whether the row is the caller's own card."""
    return context.holds(row.c.id, "users", "everyone")


def mine(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    """The caller's own rows that run."""
    is_own = _is_own(child, context)
    return is_own & Dated.period.sql(child, context.day)


def my_organisms(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    """The organisms where the caller has a post today."""
    return child.c.id.in_(_organisms_of_posts(context))


def _organisms_of_posts(context: SqlContext) -> Select[Any]:
    """The organisms where the caller has a post today."""
    post = table("agent").alias()
    is_own = _is_own(post, context)
    is_current = Agent.period.sql(post, context.day)
    return select(post.c.organism_id).where(is_own, is_current)


def my_tabs(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    """R48, R49: the services that a right of today reaches.

    They are those of the convention in force.
    """
    now = table("partner_state").alias()
    service = child.c.partner_id + "|" + child.c.service_id
    is_member = context.holds(service, "partner_services", "member_reading")
    is_machine = context.holds(service, "partner_services", "machine_reading")
    is_of_partner = now.c.partner_id == child.c.partner_id
    is_now = PartnerState.period.sql(now, context.day)
    convention = select(now.c.convention_id).where(is_of_partner, is_now)
    in_force = convention.correlate(child).scalar_subquery()
    return (is_member | is_machine) & (child.c.convention_id == in_force)


def my_centres(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    """R60: those that support my organisms, and those that administer my partners."""
    support = table("organism_support").alias()
    organisms = _organisms_of_posts(context)
    administering = _administering_mine(context)
    is_mine = or_(
        support.c.organism_id.in_(organisms),
        support.c.organism_id.in_(administering),
    )
    return child.c.id.in_(select(support.c.centre_id).where(is_mine))


def _administering_mine(context: SqlContext) -> Select[Any]:
    """The organisms that administer the partners of the caller today."""
    link, now = table("affiliation").alias(), table("partner_state").alias()
    is_same = now.c.partner_id == link.c.partner_id
    query = select(now.c.administering_id).join_from(link, now, is_same)
    return query.where(
        _is_own(link, context),
        Affiliation.period.sql(link, context.day),
        PartnerState.period.sql(now, context.day),
    )


def allowed_actions(permissions: Mapping[str, tuple[str, str]]) -> Expression:
    """The names of what the caller's roles of today allow somewhere.

    `permissions` gives the record and the action of each name. What bears on oneself
    alone does not count: everybody reads himself.
    """

    def is_allowed(context: SqlContext, record: str, action: str) -> bool:
        """Whether a permit on more than oneself allows the action."""
        assert context.permits is not None
        permits = context.permits(record, action)
        return any(permit.scope != SELF for permit in permits)

    def names(_row: Table, context: SqlContext) -> ColumnElement[Any]:
        allowed = [
            name
            for name, permission in permissions.items()
            if is_allowed(context, *permission)
        ]
        return context.spelling.constant(allowed)

    return names


def my_suspensions(_row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The suspensions that run on one's own accesses of today.

    `[[partner, since, side, organism, contact], …]`
    """
    columns = list(_suspensions(context).c)
    spelling = context.spelling
    item = spelling.array([spelling.value(column) for column in columns])
    items = spelling.listed(item, columns[:3])
    return spelling.nested(select(items).scalar_subquery())


def _suspensions(context: SqlContext) -> Subquery:
    """Each with its partner, and with the organism that administers the partner."""
    pause, link = table("suspension").alias(), table("affiliation").alias()
    partner, organism = table("partner").alias(), table("organism").alias()
    now = table("partner_state").alias()
    is_running = [
        _is_own(link, context),
        Affiliation.period.sql(link, context.day),
        Suspension.period.sql(pause, context.day),
        PartnerState.period.sql(now, context.day),
    ]
    columns = [
        partner.c.name,
        pause.c.starts_on,
        pause.c.side,
        organism.c.name.label("organism"),
        organism.c.contact,
    ]
    return (
        select(*columns)
        .join_from(pause, link, link.c.id == pause.c.affiliation_id)
        .join(partner, partner.c.id == link.c.partner_id)
        .join(now, now.c.partner_id == partner.c.id)
        .join(organism, organism.c.id == now.c.administering_id)
        .where(*is_running)
        .subquery()
    )
