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
from persistence.records.histories import History
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
        replaced = None if campaign is None else _declarations(place, campaign)
        events = events_of(register, list(workers), replaced)
        (rows,) = await rows_together(register, events)
        _note_events(workers, rows, place)
    return workers


def events_of(
    register: Register,
    ids: Sequence[str],
    replaced: Select[Any] | None = None,
) -> Select[Any]:
    """The events of these workers, whatever their card: in force, or ended by another.

    Those of a worker come in the order of their ids. `replaced`: the declarations that
    a deposit takes the place of.
    """
    rows = ActivityChange.__table__.c
    line = DeclarationLine.__table__
    is_replaced: ColumnElement[Any] = false()
    if replaced is not None:
        is_replaced = line.c.declaration_id.in_(replaced)
    columns = (
        rows.person_id,
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
    if replaced is not None:
        source = source.outerjoin(line, line.c.id == rows.line_id)
    is_asked = register.among(rows.person_id, list(ids))
    return select(*columns).select_from(source).where(is_asked, may_count)


async def histories_of(
    register: Register, ids: Sequence[str]
) -> dict[str, dict[str, History]]:
    """The histories of these workers, by establishment: one statement."""
    (rows,) = await rows_together(register, events_of(register, ids))
    by_worker: dict[str, dict[str, History]] = {worker_id: {} for worker_id in ids}
    for place_id in {row[12] for row in rows}:
        here = [row for row in rows if row[12] == place_id]
        for worker_id, history in _histories(here).items():
            by_worker[worker_id][place_id] = history
    return by_worker


def _declarations(place: Establishment, campaign: Campaign) -> Select[Any]:
    rows = Declaration.__table__.c
    is_here = rows.establishment_id == place.id
    return select(rows.id).where(is_here, rows.campaign_id == campaign.id)


def _note_events(workers: Workers, rows: Rows, place: Establishment) -> None:
    for row in rows:
        if row[13] is None:
            workers[row[0]].is_declared = True
    here = [row for row in rows if row[12] == place.id]
    for worker_id, history in _histories(here).items():
        workers[worker_id].history = history


def _histories(rows: Rows) -> dict[str, History]:
    """The history of each worker, by the rows of one establishment.

    What a correction has ended does not come back when that one is undone.
    """
    histories: dict[str, History] = {}
    corrected = {(row[1], row[14]) for row in rows if row[14] is not None}
    for row in rows:
        history = histories.setdefault(row[0], History())
        event, ended_by_id = as_event(row[1:12]), row[13]
        if ended_by_id is None:
            history.events.append(event)
        elif (ended_by_id, event.id) not in corrected:
            history.ended_by.setdefault(ended_by_id, []).append(event)
    return histories


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
