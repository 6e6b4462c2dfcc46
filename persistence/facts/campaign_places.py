"""The establishments that a campaign expects, and where each of them stands.

The board sums these rows and the lists show them: a figure is the total of its list.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    column,
    false,
    func,
    literal,
    select,
)
from sqlalchemy import table as plain_table

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table, Test
from persistence.reading.values import Value
from persistence.records import (
    Bulletin,
    Declaration,
    Establishment,
    EstablishmentStanding,
    PartnerState,
)
from persistence.records.base import table
from persistence.records.bulletin_terms import bulletin_establishment
from persistence.records.services import ESAT

from .board_days import board_day, is_late

CAMPAIGN_PLACE = plain_table(
    "campaign_place", column("sort_key", String), column("at_risk", Integer)
)
"""The columns that order these rows. The id of a row is its establishment's."""


def campaign_places(context: SqlContext) -> Select[Any]:
    """One row for each campaign and establishment that may declare on its day.

    An Esat bulletin that is open names it, under the convention in force; no two do.
    """
    campaign, place = table("campaign").alias(), table("establishment").alias()
    bulletin, state = table("bulletin").alias(), table("partner_state").alias()
    scope, counts = bulletin_establishment.alias(), table("campaign_standing").alias()
    head = table("declaration").alias()
    day = board_day(campaign, context)
    is_open = and_(bulletin.c.service_id == ESAT, Bulletin.period.sql(bulletin, day))
    is_in_state = and_(
        state.c.partner_id == bulletin.c.partner_id,
        state.c.convention_id == bulletin.c.convention_id,
        PartnerState.period.sql(state, day),
    )
    rows = (
        campaign.join(bulletin, is_open)
        .join(scope, scope.c.bulletin_id == bulletin.c.id)
        .join(place, place.c.id == scope.c.establishment_id)
        .join(state, is_in_state)
        .outerjoin(counts, _is_of(counts, place, campaign))
        .outerjoin(
            head,
            and_(_is_of(head, place, campaign), Declaration.is_in_force.sql(head)),
        )
    )
    at_risk = case((is_late(campaign, context), counts.c.missing + counts.c.returned))
    columns = (
        place.c.id,
        place.c.id.label("establishment_id"),
        place.c.partner_id,
        place.c.sort_key,
        place.c.name,
        place.c.siret,
        state.c.administering_id,
        campaign.c.id.label("campaign_id"),
        head.c.id.label("declaration_id"),
        head.c.conformity,
        func.coalesce(head.c.nothing_to_declare, false()).label("nothing_to_declare"),
        _standing(head, counts).label("standing"),
        counts.c.draft_since,
        *(func.coalesce(counts.c[name], 0).label(name) for name in NUMBERS),
        func.coalesce(at_risk, 0).label("at_risk"),
    )
    query = select(*columns).select_from(rows)
    return query.where(Establishment.period.sql_not_ended(place, day))


NUMBERS = (
    "expected",
    "missing",
    "returned",
    "pending",
)
"""What is counted of the roster of an establishment: persons, and lines."""


def _is_of(
    row: FromClause, place: FromClause, campaign: FromClause
) -> ColumnElement[bool]:
    return and_(
        row.c.establishment_id == place.c.id, row.c.campaign_id == campaign.c.id
    )


def _standing(head: FromClause, counts: FromClause) -> ColumnElement[str]:
    """Where an establishment stands: by its certificate in force, then its draft."""
    stand = EstablishmentStanding
    return case(
        (head.c.id.is_not(None), literal(stand.DECLARED.value)),
        (counts.c.draft_since.is_not(None), literal(stand.DRAFT.value)),
        else_=literal(stand.EMPTY.value),
    )


# filters


def has_declared(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a certificate is deposited there."""
    is_there = row.c.standing == EstablishmentStanding.DECLARED.value
    return context.agrees(is_there, value)


def with_some(name: str) -> Test:
    """Whether one at least is counted there, or none."""

    def test(row: Table, context: SqlContext, value: Value) -> SqlTest:
        return context.agrees(row.c[name] > 0, value)

    return test


def is_expected(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the campaign of a declaration expects its establishment."""
    place = context.alias("campaign_place")
    rows = select(place.c.id).where(
        place.c.establishment_id == row.c.establishment_id,
        place.c.campaign_id == row.c.campaign_id,
    )
    return context.agrees(rows.correlate(row).exists(), value)


# what is told of an establishment


def reminder_day(campaign: str | None = None) -> Expression:
    """The last day on which it was reminded, of any campaign or of the row's own."""

    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        reminder = table("reminder").alias()
        place = row.c.id
        query = select(func.max(reminder.c.day))
        query = query.where(reminder.c.establishment_id == place)
        if campaign is not None:
            query = query.where(reminder.c.campaign_id == row.c[campaign])
        return query.correlate(row).scalar_subquery()

    return read
