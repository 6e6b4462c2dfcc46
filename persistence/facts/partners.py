"""Filters of partners: by SIRET, by state, by what is open or missing."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from persistence import records
from persistence.facts.bulletins import is_open
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table, Test
from persistence.reading.values import Value
from persistence.records import Declaration, PartnerSiret
from persistence.records.base import table
from persistence.records.services import ESAT


def bears(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """The partner whose SIRET this is, in any spacing."""
    siret = table("partner_siret").alias()
    digits = context.bind(("digits", value), "text")
    is_current = siret.c.ends_on.is_(None)
    partner = select(siret.c.partner_id).where(siret.c.siret == digits, is_current)
    return row.c.id == partner.scalar_subquery()


def is_meant(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """By words of the name, or by a number: an index has each.

    The number is the partner's, or that of an establishment of it.
    """
    partners = (
        _by_siret(context, value),
        _by_siret_of_establishment(context, value),
        _by_finess(context, value),
    )
    return or_(
        context.mentions(row.c.sort_key, value),
        context.starts(row.c.siren, value),
        *(row.c.id.in_(each) for each in partners),
    )


def _by_siret(context: SqlContext, value: Value) -> Select[Any]:
    """The partners that bear a SIRET of this number."""
    siret = table("partner_siret").alias()
    is_number = context.starts(siret.c.siret, value)
    is_current = siret.c.ends_on.is_(None)
    return select(siret.c.partner_id).where(is_number, is_current)


def _by_siret_of_establishment(context: SqlContext, value: Value) -> Select[Any]:
    """The partners with an establishment of this SIRET."""
    place = table("establishment").alias()
    is_number = context.starts(place.c.siret, value)
    return _establishments(context, place, is_number)


def _by_finess(context: SqlContext, value: Value) -> Select[Any]:
    """The partners with an establishment of this FINESS number."""
    place = table("establishment").alias()
    is_number = place.c.finess == context.bind(("finess", value), "text")
    return _establishments(context, place, is_number)


def _establishments(
    context: SqlContext, place: Table, is_number: SqlTest
) -> Select[Any]:
    """The partners of the establishments that have not ended, and may be read."""
    has_not_ended = place.c.ended_on.is_(None)
    readable = context.readable("establishment", place)
    return select(place.c.partner_id).where(is_number, has_not_ended, *readable)


def state_is(column: str) -> Test:
    """A test on the partner's row of the timeline of today."""

    def test(row: Table, context: SqlContext, value: Value) -> SqlTest:
        now = table("partner_state").alias()
        is_now = records.PartnerState.period.sql(now, context.day)
        has_value = now.c[column] == context.value(value)
        partners = select(now.c.partner_id).where(has_value, is_now)
        return row.c.id.in_(partners)

    return test


def with_open_service(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Partners that have the service open today.

    Only those of which the caller reads that service.
    """
    access = table("service_access").alias()
    readable = context.readable("service_access", access)
    is_service = access.c.service_id == context.value(value)
    partners = select(access.c.partner_id).where(
        is_service, is_open(access, context), *readable
    )
    return row.c.id.in_(partners)


def undeclared(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Partners with an establishment that has deposited nothing for the campaign.

    The establishment is in the Esat service, open today.
    """
    access, bulletin = table("service_access").alias(), table("bulletin").alias()
    scope = table("bulletin_establishment").alias()
    has_deposited = _has_deposited(scope, context, value)
    partners = (
        select(access.c.partner_id)
        .join(bulletin, bulletin.c.access_id == access.c.id)
        .join(scope, scope.c.bulletin_id == bulletin.c.id)
        .where(
            access.c.service_id == ESAT,
            is_open(access, context),
            records.Bulletin.period.sql(bulletin, context.day),
            ~has_deposited,
            # whoever reads no declaration there does not learn that there is none
            *context.readable("declaration", scope),
            *context.readable("service_access", access),
        )
    )
    return row.c.id.in_(partners)


def _has_deposited(scope: Table, context: SqlContext, campaign: Value) -> SqlTest:
    """The caller reads a declaration of the establishment for the campaign."""
    declaration = table("declaration").alias()
    readable = context.readable("declaration", declaration)
    rows = select(declaration.c.id).where(
        declaration.c.establishment_id == scope.c.establishment_id,
        declaration.c.campaign_id == context.value(campaign),
        Declaration.is_in_force.sql(declaration),
        *readable,
    )
    return rows.correlate(scope).exists()


def borne_siret(row: Table, context: SqlContext) -> ColumnElement[str]:
    """The first SIRET that the day does not end.

    Before the registration, the first one.
    """
    siret = table("partner_siret").alias()
    is_own = siret.c.partner_id == row.c.id
    has_not_ended = PartnerSiret.period.sql_not_ended(siret, context.day)
    query = select(siret.c.siret).where(is_own, has_not_ended)
    query = query.order_by(siret.c.starts_on).limit(1)
    return query.correlate(row).scalar_subquery()


def is_sibling(child: Table, parent: Table, _context: SqlContext) -> SqlTest:
    """Another partner of the same legal unit (SIREN)."""
    return and_(child.c.siren == parent.c.siren, child.c.id != parent.c.id)
