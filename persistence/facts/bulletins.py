"""Bulletins as lists show them.

Their status, their gaps, the service that they open.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_, select

from persistence.facts.conventions import is_in_force
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.records import Bulletin, Convention, PartnerState, ServiceAccess
from persistence.records.base import table
from persistence.records.periods import exists


def convention_siret(row: Table, _: SqlContext) -> ColumnElement[str]:
    """The SIRET of the bulletin's convention."""
    convention = table("convention").alias()
    is_own = convention.c.id == row.c.convention_id
    query = select(convention.c.siret).where(is_own)
    return query.correlate(row).scalar_subquery()


def lacks_nothing(row: Table) -> ColumnElement[bool]:
    """Whether the bulletin says all that its service asks."""
    service = table("service").alias()
    is_own = service.c.id == row.c.service_id
    is_complete = Bulletin.is_complete.sql(row, service)
    query = select(service.c.id).where(is_own, is_complete)
    return query.correlate(row).exists()


def in_force_access(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The services of the partner's convention in force."""
    now = table("partner_state").alias()
    is_of_partner = now.c.partner_id == parent.c.id
    is_now = PartnerState.period.sql(now, context.day)
    convention = select(now.c.convention_id).where(is_of_partner, is_now)
    in_force = convention.correlate(parent).scalar_subquery()
    return and_(
        child.c.partner_id == parent.c.id,
        child.c.convention_id == in_force,
    )


def opened(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The bulletin open today."""
    is_current = Bulletin.period.sql(child, context.day)
    return and_(child.c.access_id == parent.c.id, is_current)


def is_open(row: Table, context: SqlContext) -> ColumnElement[bool]:
    """Whether a service is open.

    Its bulletin is, under the convention in force, and no suspension runs.
    """
    bulletin, now = table("bulletin").alias(), table("partner_state").alias()
    is_in_force = and_(
        now.c.convention_id == row.c.convention_id,
        PartnerState.period.sql(now, context.day),
    )
    is_suspended = ServiceAccess.is_suspended_on.sql(row, context.day)
    query = select(bulletin.c.id).join_from(bulletin, now, is_in_force)
    query = query.where(
        opened(bulletin, row, context),
        now.c.partner_id == row.c.partner_id,
        ~is_suspended,
    )
    return query.correlate(row).exists()


def covers_several_departments(row: Table, _: SqlContext) -> ColumnElement[bool]:
    """Whether the bulletin covers more than one department."""
    departments = Bulletin.sql_covered_departments(row).subquery()
    query = select(func.count() > 1).select_from(departments)
    return query.scalar_subquery()


def bulletin_status(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The status is computed from the dates, never stored.

    A bulletin is open only while the convention above it is in force, and its service
    is not suspended.
    """
    day = context.day
    is_over = _is_over(row, context)
    is_suspended = ServiceAccess.is_suspended_on.sql(row, day, "access_id")
    is_under_force = is_in_force(row, context, "convention_id")
    return case(
        (is_over, literal("CLOSED")),
        (row.c.partner_signed_on.is_(None), literal("DRAFT")),
        (row.c.opened_on.is_(None), literal("SIGNED")),
        (row.c.opened_on > day, literal("ANNOUNCED")),
        (and_(is_under_force, ~is_suspended), literal("OPEN")),
        else_=literal("SUSPENDED"),
    )


def _is_over(row: Table, context: SqlContext) -> SqlTest:
    """The bulletin or its convention has ended."""
    convention = table("convention").alias()
    is_own = convention.c.id == row.c.convention_id
    has_ended = not_(Convention.period.sql_not_ended(convention, context.day))
    return or_(
        not_(Bulletin.period.sql_not_ended(row, context.day)),
        exists(convention, where=[is_own, has_ended]),
    )


def needs_establishment(row: Table, _context: SqlContext) -> ColumnElement[Any]:
    """Whether the bulletin's service names establishments."""
    service = table("service")
    is_own = service.c.id == row.c.service_id
    query = select(service.c.needs_establishment).where(is_own)
    return query.correlate(row).scalar_subquery()
