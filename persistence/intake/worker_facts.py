"""What the register knows of workers in one establishment, before a batch."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, func, select

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
from .rows_together import Rows, rows_together

Workers: TypeAlias = Mapping[str, KnownWorker]


async def known_workers(
    register: Register,
    place: Establishment,
    cards: Sequence[Card],
    replaced: Declaration | None = None,
) -> dict[str, KnownWorker]:
    """The history of these workers here, by their id: one statement.

    `replaced` is a declaration that says nothing any more.
    """
    workers = {card.id: KnownWorker(card) for card in cards}
    if not workers:
        return workers
    ids = list(workers)
    entries, rates, changes, dual_activities = await rows_together(
        register,
        _entries(register, place, ids, replaced),
        _rates(register, ids),
        _changes(register, place, ids),
        _dual_activities(register, ids),
    )
    _note_entries(workers, entries)
    _note_rates(workers, rates)
    _note_changes(workers, changes)
    _note_dual_activities(workers, dual_activities)
    return workers


# what is read


def _entries(
    register: Register,
    place: Establishment,
    ids: Sequence[str],
    replaced: Declaration | None,
) -> Select[Any]:
    """The first and the last day of entry that the lines in force state here.

    And whether a declaration has named the worker here. A worker whom no declaration
    has named has no row.
    """
    line, head = DeclarationLine.__table__.c, Declaration.__table__.c
    replaced_id = "" if replaced is None else replaced.id
    is_here: ColumnElement[bool] = line.establishment_id == place.id
    counts = and_(
        is_here,
        head.superseded_at.is_(None),
        head.id != replaced_id,
    )
    entry = case((counts, line.entered_on))
    here = case((is_here, 1), else_=0)
    columns = (
        line.worker_id,
        func.min(entry).label("first"),
        func.max(entry).label("last"),
        func.max(here).label("here"),
    )
    is_asked = register.among(line.worker_id, ids)
    return (
        select(*columns)
        .join(Declaration.__table__, head.id == line.declaration_id)
        .where(is_asked, line.deposited)
        .group_by(line.worker_id)
    )


def _rates(register: Register, ids: Sequence[str]) -> Select[Any]:
    rows = WorkerRate.__table__.c
    columns = (
        rows.worker_id,
        rows.starts_on,
        rows.rate,
    )
    is_asked = register.among(rows.worker_id, ids)
    return select(*columns).where(is_asked)


def _changes(
    register: Register, place: Establishment, ids: Sequence[str]
) -> Select[Any]:
    """The changes in force here: those of a worker by their day, then by their id."""
    rows = ActivityChange.__table__.c
    columns = (
        rows.worker_id,
        rows.effective_on,
        rows.id,
        rows.kind,
        rows.rate_after,
        rows.client_reference,
    )
    is_asked = register.among(rows.worker_id, ids)
    is_here = rows.establishment_id == place.id
    is_in_force = rows.ended_at.is_(None)
    return select(*columns).where(is_asked, is_here, is_in_force)


def _dual_activities(register: Register, ids: Sequence[str]) -> Select[Any]:
    """Those that have no end."""
    rows = DualActivity.__table__.c
    is_asked = register.among(rows.worker_id, ids)
    is_running = rows.ends_on.is_(None)
    return select(rows.worker_id, rows.starts_on).where(is_asked, is_running)


# what becomes of it


def _note_entries(workers: Workers, rows: Rows) -> None:
    for worker_id, first, last, is_here in rows:
        worker = workers[worker_id]
        worker.is_declared = True
        worker.is_declared_here = bool(is_here)
        worker.first_entry = first
        worker.last_entry = last


def _note_rates(workers: Workers, rows: Rows) -> None:
    for worker_id, starts_on, rate in rows:
        worker = workers[worker_id]
        worker.rates[starts_on] = rate


def _note_changes(workers: Workers, rows: Rows) -> None:
    for worker_id, effective_on, change_id, kind, rate, reference in rows:
        worker = workers[worker_id]
        label = reference or change_id
        change = DeclaredChange(kind, effective_on, rate, label, change_id)
        worker.changes.append(change)


def _note_dual_activities(workers: Workers, rows: Rows) -> None:
    for worker_id, starts_on in rows:
        worker = workers[worker_id]
        worker.running_dual_activities.add(starts_on)
