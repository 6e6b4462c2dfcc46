"""How far a campaign is: sums over the establishments that it expects."""

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
from persistence.records import Conformity, EstablishmentStanding
from persistence.records.base import table

from .board_days import PARIS_IN_WINTER, board_day, is_late

FIGURES = (
    "expected",
    "declared",
    "nothing_to_declare",
    "drafts",
    "empty",
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
    place = context.alias("campaign_place")
    rows: FromClause = place
    keys: Sequence[ColumnElement[Any]] = ()
    if by_organism:
        organism = table("organism").alias()
        rows = place.join(organism, organism.c.id == place.c.administering_id)
        keys = (
            organism.c.id,
            organism.c.code,
            organism.c.name,
        )
    query = select(*keys, *_counts(place)).select_from(rows)
    query = query.where(*_conditions(place, board, context)).correlate(board)
    return query.group_by(*keys) if keys else query


def _counts(place: Table) -> list[ColumnElement[Any]]:
    """A sum for each of `FIGURES`."""
    stand = EstablishmentStanding
    terms = (
        1,
        _one_if(place.c.standing == stand.DECLARED.value),
        _one_if(place.c.nothing_to_declare),
        _one_if(place.c.standing == stand.DRAFT.value),
        _one_if(place.c.standing == stand.EMPTY.value),
        _one_if(place.c.conformity == Conformity.CONFORM.value),
        _one_if(place.c.conformity == Conformity.ANOMALIES.value),
        place.c.missing,
        place.c.at_risk,
        place.c.returned,
        place.c.pending,
    )
    counts: list[ColumnElement[Any]] = []
    for name, term in zip(FIGURES, terms, strict=True):
        counts.append(func.coalesce(func.sum(term), 0).label(name))
    return counts


def _one_if(test: ColumnElement[bool]) -> ColumnElement[int]:
    return case((test, 1))


def _conditions(
    place: Table, board: Table, context: SqlContext
) -> list[ColumnElement[bool]]:
    """Of the board's campaign and organism, where the caller reads declarations."""
    is_of_organism = or_(
        board.c.organism_id.is_(None),
        place.c.administering_id == board.c.organism_id,
    )
    readable = context.readable("campaign_place", place, anchored=False)
    return [place.c.campaign_id == board.c.campaign_id, is_of_organism, *readable]


def day_of_deposit(head: Table, context: SqlContext) -> ColumnElement[Any]:
    """The day in Paris on which a certificate was received."""
    return context.spelling.day_of(head.c.received_at, PARIS_IN_WINTER)


def is_of_day(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a certificate was received on this day."""
    is_it: SqlTest = day_of_deposit(row, context) == context.value(value, "day")
    return is_it


def deposits_by_day(board: Table, context: SqlContext) -> ColumnElement[Any]:
    """`[[day, deposits], …]`: each deposit on its day, replaced since or not."""
    place, head = context.alias("campaign_place"), table("declaration").alias()
    is_of_place = and_(
        head.c.establishment_id == place.c.establishment_id,
        head.c.campaign_id == place.c.campaign_id,
        head.c.received_at.is_not(None),
    )
    spelling = context.spelling
    day = day_of_deposit(head, context)
    rows = select(day.label("day"), func.count().label("n"))
    rows = rows.select_from(place.join(head, is_of_place))
    rows = rows.where(*_conditions(place, board, context)).group_by(day)
    columns = rows.correlate(board).subquery().c
    items = spelling.listed(spelling.array([columns.day, columns.n]), [columns.day])
    return spelling.nested(select(items).scalar_subquery())
