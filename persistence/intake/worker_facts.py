"""What the register knows of workers in one establishment, before a batch."""

from collections.abc import Sequence

from sqlalchemy import and_, case, func, select

from persistence.records import (
    ActivityChange,
    Declaration,
    DeclarationLine,
    DualActivity,
    Establishment,
    WorkerRate,
)
from persistence.records.workers import Card
from persistence.register import Register

from .declared_changes import DeclaredChange
from .known_workers import KnownWorker


async def known_workers(
    register: Register,
    place: Establishment,
    cards: Sequence[Card],
    replaced: Declaration | None = None,
) -> dict[str, KnownWorker]:
    """The history of these workers here, by their id.

    `replaced` is a declaration that says nothing any more.
    """
    workers = {card.id: KnownWorker(card) for card in cards}
    if workers:
        await _read_entries(register, place, workers, replaced)
        await _read_rates(register, workers)
        await _read_changes(register, place, workers)
        await _read_dual_activities(register, workers)
    return workers


async def _read_entries(
    register: Register,
    place: Establishment,
    workers: dict[str, KnownWorker],
    replaced: Declaration | None,
) -> None:
    """The days of entry that the lines in force state here.

    And whether any declaration has named the worker.
    """
    line, head = DeclarationLine.__table__.c, Declaration.__table__.c
    counts = and_(
        line.establishment_id == place.id,
        head.superseded_at.is_(None),
        head.id != (replaced.id if replaced is not None else ""),
    )
    entry, here = (
        case((counts, line.entered_on)),
        case((line.establishment_id == place.id, 1), else_=0),
    )
    rows = await register.session.execute(
        select(line.worker_id, func.min(entry), func.max(entry), func.max(here))
        .join(Declaration.__table__, head.id == line.declaration_id)
        .where(register.among(line.worker_id, list(workers)), line.deposited)
        .group_by(line.worker_id)
    )
    for worker_id, first, last, is_here in rows:
        worker = workers[worker_id]
        worker.first_entry, worker.last_entry = first, last
        worker.is_declared, worker.is_declared_here = True, bool(is_here)


async def _read_rates(register: Register, workers: dict[str, KnownWorker]) -> None:
    rows = WorkerRate.__table__.c
    result = await register.session.execute(
        select(rows.worker_id, rows.starts_on, rows.rate).where(
            register.among(rows.worker_id, list(workers))
        )
    )
    for worker_id, starts_on, rate in result:
        workers[worker_id].rates[starts_on] = rate


async def _read_changes(
    register: Register, place: Establishment, workers: dict[str, KnownWorker]
) -> None:
    """The changes in force here."""
    rows = ActivityChange.__table__.c
    result = await register.session.execute(
        select(
            rows.worker_id,
            rows.kind,
            rows.effective_on,
            rows.rate_after,
            rows.client_reference,
            rows.id,
        )
        .where(
            register.among(rows.worker_id, list(workers)),
            rows.establishment_id == place.id,
            rows.ended_at.is_(None),
        )
        .order_by(rows.effective_on, rows.id)
    )
    for worker_id, kind, effective_on, rate, reference, change_id in result:
        workers[worker_id].changes.append(
            DeclaredChange(kind, effective_on, rate, reference or change_id, change_id)
        )


async def _read_dual_activities(
    register: Register, workers: dict[str, KnownWorker]
) -> None:
    rows = DualActivity.__table__.c
    result = await register.session.execute(
        select(rows.worker_id, rows.starts_on).where(
            register.among(rows.worker_id, list(workers)), rows.ends_on.is_(None)
        )
    )
    for worker_id, starts_on in result:
        workers[worker_id].running_dual_activities.add(starts_on)
