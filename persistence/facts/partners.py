"""Filters of partners: their SIRET, their state, what is open to them, what is missing."""

from sqlalchemy import ColumnElement, and_, or_, select

from persistence import records
from persistence.facts.bulletins import is_open
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table, Test
from persistence.reading.values import Value
from persistence.records import (
    PartnerSiret,
)
from persistence.records.base import table
from persistence.records.services import ESAT


def bears(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """The partner whose SIRET this is, in any spacing."""
    siret = table("partner_siret").alias()
    digits = context.bind(("digits", value), "text")
    return (
        row.c.id
        == select(siret.c.partner_id)
        .where(siret.c.siret == digits, siret.c.ends_on.is_(None))
        .scalar_subquery()
    )


def is_meant(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """By words of the name, or by a number that the partner, or an establishment of it, bears: an index has each."""
    own, place, site = (
        table(t).alias() for t in ("partner_siret", "establishment", "establishment")
    )
    numbers = (
        select(own.c.partner_id).where(
            context.starts(own.c.siret, value), own.c.ends_on.is_(None)
        ),
        select(place.c.partner_id).where(
            context.starts(place.c.siret, value),
            place.c.ended_on.is_(None),
            *context.readable("establishment", place),
        ),
        select(site.c.partner_id).where(
            site.c.finess == context.bind(("finess", value), "text"),
            site.c.ended_on.is_(None),
            *context.readable("establishment", site),
        ),
    )
    return or_(
        context.mentions(row.c.sort_key, value),
        context.starts(row.c.siren, value),
        *(row.c.id.in_(found) for found in numbers),
    )


def state_is(column: str) -> Test:
    """A test on the partner's row of the timeline of today."""

    def test(row: Table, context: SqlContext, value: Value) -> SqlTest:
        now = table("partner_state").alias()
        is_now = records.PartnerState.period.sql(now, context.day)
        return row.c.id.in_(
            select(now.c.partner_id).where(
                now.c[column] == context.value(value), is_now
            )
        )

    return test


def with_open_service(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Partners that have the service open today, where the caller may read that service of theirs."""
    access = table("service_access").alias()
    known = context.readable("service_access", access)
    here = select(access.c.partner_id).where(
        access.c.service_id == context.value(value), is_open(access, context), *known
    )
    return row.c.id.in_(here)


def undeclared(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Partners with an establishment in the Esat service open today that has deposited nothing for the campaign."""
    access, bulletin = table("service_access").alias(), table("bulletin").alias()
    scope, head = table("bulletin_establishment").alias(), table("declaration").alias()
    known = context.readable("declaration", head)
    done = select(head.c.id).where(
        head.c.establishment_id == scope.c.establishment_id,
        head.c.campaign_id == context.value(value),
        head.c.received_at.is_not(None),
        head.c.superseded_at.is_(None),
        *known,
    )
    waited = (
        select(access.c.partner_id)
        .join(bulletin, bulletin.c.access_id == access.c.id)
        .join(scope, scope.c.bulletin_id == bulletin.c.id)
        .where(
            access.c.service_id == ESAT,
            is_open(access, context),
            records.Bulletin.period.sql(bulletin, context.day),
            ~done.correlate(scope).exists(),
            *context.readable(
                "declaration", scope
            ),  # whoever reads no declaration there is not told that none is
            *context.readable("service_access", access),
        )
    )
    return row.c.id.in_(waited)


def borne_siret(row: Table, context: SqlContext) -> ColumnElement[str]:
    """The first SIRET that the day does not end: before the registration, the first one."""
    siret = table("partner_siret").alias()
    borne = PartnerSiret.period.sql_not_ended(siret, context.day)
    known = select(siret.c.siret).where(siret.c.partner_id == row.c.id, borne)
    return known.order_by(siret.c.starts_on).limit(1).correlate(row).scalar_subquery()


def is_sibling(child: Table, parent: Table, _terms: SqlContext) -> SqlTest:
    """Another partner of the same legal unit (SIREN)."""
    return and_(child.c.siren == parent.c.siren, child.c.id != parent.c.id)
