"""How far a campaign is, over the establishments that may declare on a day.

Persons and lines are not counted here: the standings of the rosters are summed.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table
from persistence.reading.values import Value
from persistence.records import (
    Bulletin,
    Conformity,
    Declaration,
    Establishment,
    PartnerState,
)
from persistence.records.base import table
from persistence.records.bulletin_terms import bulletin_establishment
from persistence.records.services import ESAT

from .board_days import PARIS_IN_WINTER, board_day, is_late

FIGURES = (
    "expected",
    "declared",
    "nothing_to_declare",
    "drafts",
    "conform",
    "anomalies",
    "persons_missing",
    "at_risk",
    "returned",
    "pending",
)
"""What is summed, in the order of the arrays."""


def boards(_: SqlContext) -> Select[Any]:
    """A campaign for all organisms, where `organism_id` is null, then for each."""
    campaign, organism = table("campaign").alias(), table("organism").alias()
    whole = select(cast(null(), String).label("id"))
    scope = union_all(whole, select(organism.c.id)).subquery()
    columns = (
        campaign.c.id.label("campaign_id"),
        scope.c.id.label("organism_id"),
        campaign.c.year,
        campaign.c.closes_at,
    )
    return select(*columns).select_from(campaign.join(scope, true()))


def is_of_campaign(row: Table, campaign: Table, _: SqlContext) -> SqlTest:
    return row.c.campaign_id == campaign.c.id


def is_of_organism(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """The board of one organism; that of all of them without one."""
    return row.c.organism_id.is_not_distinct_from(context.value(value))


def day_of_board(row: Table, context: SqlContext) -> ColumnElement[Any]:
    return board_day(row, context)


def is_late_board(row: Table, context: SqlContext) -> SqlTest:
    return is_late(row, context)


def board_figures(*, by_organism: bool) -> Expression:
    """`[n, …]` in the order of `FIGURES`; by organism, `[id, code, name, n, …]`."""

    def read(board: Table, context: SqlContext) -> ColumnElement[Any]:
        sums = _sums(board, context, by_organism=by_organism).subquery()
        columns = list(sums.c)
        spelling = context.spelling
        items = spelling.listed(spelling.array(columns), columns[:1])
        return spelling.nested(select(items).scalar_subquery())

    return read


def _sums(board: Table, context: SqlContext, *, by_organism: bool) -> Select[Any]:
    place = _places(board, context)
    standing, head = table("campaign_standing").alias(), table("declaration").alias()
    has_standing = and_(
        standing.c.establishment_id == place.c.establishment_id,
        standing.c.campaign_id == board.c.campaign_id,
    )
    is_its_own = and_(
        head.c.establishment_id == place.c.establishment_id,
        head.c.campaign_id == board.c.campaign_id,
        Declaration.is_in_force.sql(head),
    )
    rows = place.outerjoin(standing, has_standing).outerjoin(head, is_its_own)
    counts = _counts(board, standing, head, context)
    keys: Sequence[ColumnElement[Any]] = ()
    if by_organism:
        organism = table("organism").alias()
        rows = rows.join(organism, organism.c.id == place.c.administering_id)
        keys = (
            organism.c.id,
            organism.c.code,
            organism.c.name,
        )
    query = select(*keys, *counts).select_from(rows).correlate(board)
    return query.group_by(*keys) if keys else query


def _counts(
    board: Table, standing: FromClause, head: FromClause, context: SqlContext
) -> list[ColumnElement[Any]]:
    at_risk = case((is_late(board, context), standing.c.missing + standing.c.returned))
    terms = (
        case((head.c.id.is_not(None), 1)),
        case((head.c.nothing_to_declare, 1)),
        case((standing.c.draft_since.is_not(None), 1)),
        case((head.c.conformity == Conformity.CONFORM.value, 1)),
        case((head.c.conformity == Conformity.ANOMALIES.value, 1)),
        standing.c.missing,
        at_risk,
        standing.c.returned,
        standing.c.pending,
    )
    counts: list[ColumnElement[Any]] = [func.count().label(FIGURES[0])]
    for name, term in zip(FIGURES[1:], terms, strict=True):
        counts.append(func.coalesce(func.sum(term), 0).label(name))
    return counts


def _places(board: Table, context: SqlContext) -> FromClause:
    """The establishments that may declare on the day of the board.

    An Esat bulletin that is open names them, under the convention in force. Only those
    whose declarations the caller may read.
    """
    day = board_day(board, context)
    bulletin, state = table("bulletin").alias(), table("partner_state").alias()
    scope, place = bulletin_establishment.alias(), table("establishment").alias()
    is_in_state = and_(
        state.c.partner_id == bulletin.c.partner_id,
        state.c.convention_id == bulletin.c.convention_id,
        PartnerState.period.sql(state, day),
    )
    rows = (
        select(
            place.c.id.label("establishment_id"),
            place.c.partner_id,
            state.c.administering_id,
        )
        .select_from(
            bulletin.join(scope, scope.c.bulletin_id == bulletin.c.id)
            .join(place, place.c.id == scope.c.establishment_id)
            .join(state, is_in_state)
        )
        .where(
            bulletin.c.service_id == ESAT,
            Bulletin.period.sql(bulletin, day),
            Establishment.period.sql_not_ended(place, day),
            or_(
                board.c.organism_id.is_(None),
                state.c.administering_id == board.c.organism_id,
            ),
        )
        .correlate(board)
        .subquery()
    )
    readable = context.readable("declaration", rows, anchored=False)
    return select(*rows.c).where(*readable).correlate(board).subquery()


def deposits_by_day(board: Table, context: SqlContext) -> ColumnElement[Any]:
    """`[[day, deposits], …]`: each deposit on its day, replaced since or not."""
    place, head = _places(board, context), table("declaration").alias()
    is_of_place = and_(
        head.c.establishment_id == place.c.establishment_id,
        head.c.campaign_id == board.c.campaign_id,
        head.c.received_at.is_not(None),
    )
    spelling = context.spelling
    day = spelling.day_of(head.c.received_at, PARIS_IN_WINTER)
    rows = select(day.label("day"), func.count().label("n"))
    rows = rows.select_from(place.join(head, is_of_place)).group_by(day)
    columns = rows.correlate(board).subquery().c
    items = spelling.listed(spelling.array([columns.day, columns.n]), [columns.day])
    return spelling.nested(select(items).scalar_subquery())
