"""What is shown of a row of a roster, and how rosters are filtered."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, not_, or_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import table
from persistence.records.periods import exists
from persistence.records.rosters import RosterStanding

from .board_days import is_late
from .columns import decimal

RETURNED = "RETURNED"


def november_rate(row: Table, context: SqlContext) -> ColumnElement[str]:
    """The last rate known here at the end of the reference month (R24)."""
    rates, campaign = table("worker_rate").alias(), table("campaign").alias()
    has_started = rates.c.starts_on < campaign.c.reference_ends_on
    rows = rates.join(campaign, has_started)
    is_own = and_(
        campaign.c.id == row.c.campaign_id,
        rates.c.worker_id == row.c.worker_id,
        rates.c.establishment_id == row.c.establishment_id,
    )
    query = select(decimal("rate")(rates, context)).select_from(rows).where(is_own)
    query = query.order_by(rates.c.starts_on.desc()).limit(1)
    return query.correlate(row).scalar_subquery()


def answer_column(name: str) -> Expression:
    """A column of what the Esat has answered of the person."""

    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        answer = table("beneficiary_answer").alias()
        query = select(answer.c[name]).where(
            answer.c.establishment_id == row.c.establishment_id,
            answer.c.campaign_id == row.c.campaign_id,
            answer.c.worker_id == row.c.worker_id,
        )
        return query.correlate(row).scalar_subquery()

    return read


def has_standing(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the person's standing is one of those."""
    return context.among(row.c.standing, value)


def is_at_risk(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether nothing lets the AAH of the person go on, from 16 January on.

    No line is there, or the Caf has returned it.
    """
    campaign, meant = table("campaign").alias(), context.value(value)
    is_now = exists(
        campaign, where=[campaign.c.id == meant, is_late(campaign, context)]
    )
    standing = _kept_standings()
    places = select(standing.c.establishment_id).where(
        standing.c.campaign_id == meant, standing.c.missing + standing.c.returned > 0
    )
    return and_(
        row.c.campaign_id == meant,
        context.among_rows(row.c.establishment_id, places),
        or_(_is_missing(row), _is_returned(row)),
        is_now,
    )


def is_missing(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the person is expected and no line is there, in the campaign under way.

    Out of any window, that is the last one that opened. Where the value is false, in
    whatever campaign.
    """
    campaign = table("campaign").alias()
    opened = select(campaign.c.id).where(campaign.c.opens_at <= context.now)
    last = opened.order_by(campaign.c.year.desc()).limit(1)
    is_current = context.among_rows(row.c.campaign_id, last)
    standing = _kept_standings()
    places = select(standing.c.establishment_id).where(standing.c.missing > 0)
    is_meant = context.bind(("value", value), "flag")
    return and_(
        row.c.line_id.is_(None),  # cheap, and true of nobody who is declared
        context.among_rows(row.c.establishment_id, places),
        or_(is_current, not_(is_meant)),
        _is_missing(row),
    )


def _kept_standings() -> FromClause:
    return table("campaign_standing").alias()


def _is_missing(row: FromClause) -> ColumnElement[bool]:
    is_it: ColumnElement[bool] = row.c.standing == RosterStanding.MISSING.value
    return is_it


def _is_returned(row: FromClause) -> ColumnElement[bool]:
    line = table("declaration_line").alias()
    is_own = line.c.id == row.c.line_id
    return exists(line, where=[is_own, line.c.processing == RETURNED])
