"""Bulletins as lists show them: their status, what they lack, which service they open."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)

from persistence import records
from persistence.facts.conventions import is_in_force
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.records import (
    Bulletin,
    Convention,
    ServiceAccess,
)
from persistence.records.base import table
from persistence.records.periods import exists


def convention_siret(row: Table, _: SqlContext) -> ColumnElement[str]:
    convention = table("convention").alias()
    return (
        select(convention.c.siret)
        .where(convention.c.id == row.c.convention_id)
        .correlate(row)
        .scalar_subquery()
    )


def lacks_nothing(row: Table) -> ColumnElement[bool]:
    service = table("service").alias()
    asked = select(service.c.id).where(
        service.c.id == row.c.service_id, records.Bulletin.is_complete.sql(row, service)
    )
    return asked.correlate(row).exists()


def in_force_access(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The services of the partner's convention in force."""
    now = table("partner_state").alias()
    held = select(now.c.convention_id).where(
        now.c.partner_id == parent.c.id,
        records.PartnerState.period.sql(now, context.day),
    )
    return and_(
        child.c.partner_id == parent.c.id,
        child.c.convention_id == held.correlate(parent).scalar_subquery(),
    )


def opened(child: Table, parent: Table, context: SqlContext) -> SqlTest:
    """The bulletin open today."""
    return and_(
        child.c.access_id == parent.c.id,
        records.Bulletin.period.sql(child, context.day),
    )


def is_open(row: Table, context: SqlContext) -> ColumnElement[bool]:
    bulletin, now = table("bulletin").alias(), table("partner_state").alias()
    in_force = and_(
        now.c.convention_id == row.c.convention_id,
        records.PartnerState.period.sql(now, context.day),
    )
    suspended = records.ServiceAccess.is_suspended_on.sql(row, context.day)
    return (
        select(bulletin.c.id)
        .join_from(bulletin, now, in_force)
        .where(
            opened(bulletin, row, context),
            now.c.partner_id == row.c.partner_id,
            ~suspended,
        )
        .correlate(row)
        .exists()
    )


def covers_several_departments(row: Table, _: SqlContext) -> ColumnElement[bool]:
    departments = records.Bulletin.sql_covered_departments(row).subquery()
    return select(func.count() > 1).select_from(departments).scalar_subquery()


def bulletin_status(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """A bulletin is open only while the convention above it is in force, and its service not suspended."""
    day, convention = context.day, table("convention").alias()
    convention_over = not_(Convention.period.sql_not_ended(convention, day))
    is_over = or_(
        not_(Bulletin.period.sql_not_ended(row, day)),
        exists(
            convention, where=[convention.c.id == row.c.convention_id, convention_over]
        ),
    )
    stopped = ServiceAccess.is_suspended_on.sql(row, day, "access_id")
    return case(
        (is_over, literal("CLOSED")),
        (row.c.partner_signed_on.is_(None), literal("DRAFT")),
        (row.c.opened_on.is_(None), literal("SIGNED")),
        (row.c.opened_on > day, literal("ANNOUNCED")),
        (and_(is_in_force(row, context, "convention_id"), ~stopped), literal("OPEN")),
        else_=literal("SUSPENDED"),
    )


def needs_establishment(row: Table, _terms: SqlContext) -> ColumnElement[Any]:
    """Whether the bulletin's service names establishments."""
    service = table("service")
    needs = select(service.c.needs_establishment)
    return (
        needs.where(service.c.id == row.c.service_id).correlate(row).scalar_subquery()
    )
