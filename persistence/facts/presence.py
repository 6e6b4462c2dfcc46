"""The days of presence of a worker in an establishment, beside a November (A21)."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from persistence.records.base import table
from persistence.records.periods import exists


class NovemberStays(NamedTuple):
    """The stays of which a day is in the November of a campaign: one for each person.

    They were known before the campaign closed.
    Whoever has come back within the month has two: the first one is taken.
    """

    row: FromClause
    is_the_first: ColumnElement[bool]


def stays_in_november(campaign: FromClause) -> NovemberStays:
    row, earlier = _stays(), _stays()
    is_earlier = [
        earlier.c.worker_id == row.c.worker_id,
        earlier.c.establishment_id == row.c.establishment_id,
        earlier.c.starts_on < row.c.starts_on,
        _touches(earlier, campaign),
        _is_known(earlier, campaign),
    ]
    is_the_first = and_(
        _touches(row, campaign),
        _is_known(row, campaign),
        ~exists(earlier, where=is_earlier),
    )
    return NovemberStays(row, is_the_first)


def is_away_in_november(
    worker: FromClause, place: FromClause, campaign: FromClause
) -> ColumnElement[bool]:
    """Whether the person was here, and had left before November or came after it.

    Of a person who has no stay at all, nothing is known.
    """
    any_stay, november_stay = _stays(), _stays()
    was_here = exists(any_stay, where=_same_person(any_stay, worker, place))
    is_there = exists(
        november_stay,
        where=[
            *_same_person(november_stay, worker, place),
            _touches(november_stay, campaign),
        ],
    )
    return and_(was_here, ~is_there)


def departed_on(worker: FromClause, place: FromClause) -> ColumnElement[Any]:
    """The first day of absence of whoever has left; null for whoever is here."""
    stay = _stays()
    last = select(stay.c.ends_on).where(*_same_person(stay, worker, place))
    last = last.order_by(stay.c.starts_on.desc()).limit(1)
    return last.correlate_except(stay).scalar_subquery()


def _same_person(
    stay: FromClause, worker: FromClause, place: FromClause
) -> list[ColumnElement[bool]]:
    return [
        stay.c.worker_id == worker.c.id,
        stay.c.establishment_id == place.c.id,
    ]


def _touches(stay: FromClause, campaign: FromClause) -> ColumnElement[bool]:
    """Whether a day of the stay is in November."""
    return and_(
        stay.c.starts_on < campaign.c.reference_ends_on,
        or_(
            stay.c.ends_on.is_(None),
            stay.c.ends_on > campaign.c.reference_starts_on,
        ),
    )


def _is_known(stay: FromClause, campaign: FromClause) -> ColumnElement[bool]:
    """Whether the entry was received before the campaign closed.

    Of whoever was not known by then, nobody could have missed the line.
    """
    entry = table("activity_change").alias()
    return exists(
        entry,
        where=[
            entry.c.person_id == stay.c.worker_id,
            entry.c.establishment_id == stay.c.establishment_id,
            entry.c.kind == "ADMISSION",
            entry.c.effective_on == stay.c.starts_on,
            entry.c.ended_at.is_(None),
            entry.c.received_at < campaign.c.closes_at,
        ],
    )


def _stays() -> FromClause:
    return table("worker_stay").alias()
