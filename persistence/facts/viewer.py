"""What the caller reads of themself: posts, permissions, suspensions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table
from persistence.records import Affiliation, Agent, PartnerState, Suspension
from persistence.records.base import Dated, table

SELF = "self"
"""The scope of what is one's own."""


def is_caller(row: Table, context: SqlContext) -> SqlTest:
    return context.holds(row.c.id, "users", "everyone")


def mine(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    return context.holds(child.c.user_id, "users", "everyone") & Dated.period.sql(
        child, context.day
    )


def my_organisms(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    post = table("agent").alias()
    mine = [
        context.holds(post.c.user_id, "users", "everyone"),
        Agent.period.sql(post, context.day),
    ]
    return child.c.id.in_(select(post.c.organism_id).where(*mine))


def my_tabs(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    """R48, R49: the services that a right of today reaches, under the convention in force."""
    now = table("partner_state").alias()
    reached = child.c.partner_id + "|" + child.c.service_id
    held = context.holds(reached, "partner_services", "member_reading") | context.holds(
        reached, "partner_services", "machine_reading"
    )
    is_now = [
        now.c.partner_id == child.c.partner_id,
        PartnerState.period.sql(now, context.day),
    ]
    in_force = select(now.c.convention_id).where(*is_now)
    return held & (child.c.convention_id == in_force.correlate(child).scalar_subquery())


def my_centres(child: Table, _parent: Table, context: SqlContext) -> SqlTest:
    """R60: those that support my organisms, and those that administer my partners."""
    support, post, link, now = (
        table(t).alias()
        for t in ("organism_support", "agent", "affiliation", "partner_state")
    )
    posts = [
        context.holds(post.c.user_id, "users", "everyone"),
        Agent.period.sql(post, context.day),
    ]
    posted = select(post.c.organism_id).where(*posts)
    administering = (
        select(now.c.administering_id)
        .join_from(link, now, now.c.partner_id == link.c.partner_id)
        .where(
            context.holds(link.c.user_id, "users", "everyone"),
            Affiliation.period.sql(link, context.day),
            PartnerState.period.sql(now, context.day),
        )
    )
    mine = or_(
        support.c.organism_id.in_(posted), support.c.organism_id.in_(administering)
    )
    return child.c.id.in_(select(support.c.centre_id).where(mine))


def allowed_actions(permissions: Mapping[str, tuple[str, str]]) -> Expression:
    """The names of what the caller's roles of today allow somewhere.

    `permissions` gives the record and the action of each name. What bears on oneself
    alone does not count: everybody reads himself.
    """

    def is_allowed(context: SqlContext, record: str, action: str) -> bool:
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
    """The suspensions that run on one's own accesses of today: `[[partner, since, side, organism, contact], …]`."""
    pause, link, partner = (
        table(t).alias() for t in ("suspension", "affiliation", "partner")
    )
    now, organism = table("partner_state").alias(), table("organism").alias()
    running = (
        context.holds(link.c.user_id, "users", "everyone"),
        Affiliation.period.sql(link, context.day),
        Suspension.period.sql(pause, context.day),
        PartnerState.period.sql(now, context.day),
    )
    rows = (
        select(
            partner.c.name,
            pause.c.starts_on,
            pause.c.side,
            organism.c.name.label("organism"),
            organism.c.contact,
        )
        .join_from(pause, link, link.c.id == pause.c.affiliation_id)
        .join(partner, partner.c.id == link.c.partner_id)
        .join(now, now.c.partner_id == partner.c.id)
        .join(organism, organism.c.id == now.c.administering_id)
        .where(*running)
        .subquery()
    )
    columns = [context.spelling.value(column) for column in rows.c]
    whole = context.spelling.listed(context.spelling.array(columns), list(rows.c)[:3])
    return context.spelling.nested(select(whole).scalar_subquery())
