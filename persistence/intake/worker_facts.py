"""What the register knows of workers in one establishment, before a batch."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, case, false, or_, select

from persistence.records import (
    ActivityChange,
    Campaign,
    Declaration,
    DeclarationLine,
    Establishment,
)
from persistence.records.life import Event
from persistence.records.workers import Card
from persistence.register import Register

from .known_workers import KnownWorker
from .rows_together import Rows, rows_together

Workers: TypeAlias = Mapping[str, KnownWorker]


async def known_workers(
    register: Register,
    place: Establishment,
    cards: Sequence[Card],
    campaign: Campaign | None = None,
) -> dict[str, KnownWorker]:
    """The history of these workers here, by their id: one statement.

    `campaign`: that of the certificate that a deposit here takes the place of.
    """
    workers = {card.id: KnownWorker(card) for card in cards}
    if workers:
        events = events_of(register, list(workers), place, campaign)
        (rows,) = await rows_together(register, events)
        _note_events(workers, rows, place)
    return workers


def events_of(
    register: Register,
    ids: Sequence[str],
    place: Establishment,
    campaign: Campaign | None,
) -> Select[Any]:
    """The events of these workers: in force, or ended by another one.

    Those of a worker come in the order of their ids.
    """
    rows = ActivityChange.__table__.c
    line = DeclarationLine.__table__
    is_replaced: ColumnElement[Any] = false()
    if campaign is not None:
        is_replaced = line.c.declaration_id.in_(_declarations(place, campaign))
    columns = (
        rows.worker_id,
        rows.id,
        rows.kind,
        rows.effective_on,
        rows.client_reference,
        rows.rate_after,
        rows.departure_reason,
        rows.weekly_hours,
        rows.employer_siret,
        rows.source,
        case((is_replaced, 1), else_=0),
        rows.processing,
        rows.establishment_id,
        rows.ended_by_id,
        rows.corrects_id,
    )
    may_count = or_(rows.ended_at.is_(None), rows.ended_by_id != rows.id)
    source: FromClause = ActivityChange.__table__
    if campaign is not None:
        source = source.outerjoin(line, line.c.id == rows.line_id)
    is_asked = register.among(rows.worker_id, ids)
    return select(*columns).select_from(source).where(is_asked, may_count)


def _declarations(place: Establishment, campaign: Campaign) -> Select[Any]:
    rows = Declaration.__table__.c
    is_here = rows.establishment_id == place.id
    return select(rows.id).where(is_here, rows.campaign_id == campaign.id)


def _note_events(workers: Workers, rows: Rows, place: Establishment) -> None:
    """What a correction has ended does not come back when that one is undone."""
    corrected = {(row[1], row[14]) for row in rows if row[14] is not None}
    for row in rows:
        worker = workers[row[0]]
        establishment_id, ended_by_id = row[12], row[13]
        if ended_by_id is None:
            worker.is_declared = True
        if establishment_id != place.id:
            continue
        event = as_event(row[1:12])
        if ended_by_id is None:
            worker.history.events.append(event)
        elif (ended_by_id, event.id) not in corrected:
            worker.history.ended_by.setdefault(ended_by_id, []).append(event)


def as_event(row: Sequence[Any]) -> Event:
    """A part of a row of `events_of`: named by its reference, or else by its id."""
    change_id, kind, on, reference, rate, reason, hours, employer, source, *flags = row
    is_replaced, processing = flags
    return Event(
        change_id,
        kind,
        on,
        reference or change_id,
        rate,
        reason,
        hours,
        employer,
        source,
        bool(is_replaced),
        processing is not None,
    )
