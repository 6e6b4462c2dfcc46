"""What a batch of activity changes does to the register.

Each against what is known, in the order of their effects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, update

from persistence.records import (
    ActivityChange,
    Batch,
    BatchKind,
    LineStatus,
    Rule,
    WorkerRate,
)
from persistence.records.base import Base
from persistence.records.workers import Card

from .batches import BatchIntake, WorkerCards
from .change_lines import ActivityChangeLine, in_order, read_changes
from .known_workers import KnownWorker
from .worker_facts import known_workers

CHANGE = (
    "id",
    "version",
    "partner_id",
    "establishment_id",
    "worker_id",
    "paying_id",
    "kind",
    "effective_on",
    "rate_before",
    "rate_after",
    "departure_reason",
    "comment",
    "client_reference",
    "received_at",
)


@dataclass(slots=True)
class ActivityChangeIntake(BatchIntake):
    """The batches of activity changes."""

    async def change(self, lines: Sequence[Mapping[str, Any]], today: date) -> Batch:
        """One result for each change; those that are good take effect."""
        changes = read_changes(lines, today)
        cards = await self.cards(changes)
        everybody = await known_workers(
            self.register, self.place, list(cards.by_id.values())
        )
        workers = {
            key: worker for key, worker in everybody.items() if worker.is_declared_here
        }
        before = {
            change.index: self._judge(change, cards, workers, today)
            for change in in_order(changes)
        }
        if self.is_held(changes):
            return self.report(BatchKind.ACTIVITY_CHANGES, changes, {})
        good = [
            (change, card)
            for change in changes
            if not change.errors and (card := cards.get(change)) is not None
        ]
        keys = {
            change.index: ActivityChange.new_id(ActivityChange.prefix)
            for change, _ in good
        }
        outcomes = {index: (LineStatus.CREATED, key) for index, key in keys.items()}
        batch = self.report(BatchKind.ACTIVITY_CHANGES, changes, outcomes)
        if not self.dry_run:
            effects = Effects(self, good, keys, before, workers)
            self.register.after_flush(effects.write)
        return batch

    def _judge(
        self,
        change: ActivityChangeLine,
        cards: WorkerCards,
        workers: Mapping[str, KnownWorker],
        today: date,
    ) -> int | None:
        """Tell what blocks the change.

        The rate known before it, when it takes effect.
        """
        card = cards.get(change)
        worker = workers.get(card.id) if card is not None else None
        if worker is None:
            if not change.missed("nir"):
                change.reject(
                    Rule.WORKER_UNKNOWN, "worker_id" if change.worker_id else "nir"
                )
            return None
        if (
            change.nir is not None
            and cards.indexes[change.index] != worker.card.nir_index
        ):
            change.reject(Rule.WORKER_MISMATCH, "nir")
        worker.judge(change, today)
        if change.errors or change.effective_on is None:
            return None
        rate = worker.rate_on(change.effective_on)
        worker.apply(change)
        return rate


class Effects:
    """What the good changes of a batch write.

    Themselves, the rates, the changes that they end.
    """

    def __init__(
        self,
        intake: ActivityChangeIntake,
        good: Sequence[tuple[ActivityChangeLine, Card]],
        keys: Mapping[int, str],
        before: Mapping[int, int | None],
        workers: Mapping[str, KnownWorker],
    ) -> None:
        self.intake, self.good, self.keys, self.before, self.workers = (
            intake,
            good,
            keys,
            before,
            workers,
        )

    async def write(self) -> None:
        intake, register = self.intake, self.intake.register
        place = (intake.place.partner_id, intake.place.id)
        rows = [
            (
                self.keys[change.index],
                1,
                *place,
                card.id,
                card.paying_id,
                change.kind,
                change.effective_on,
                self.before[change.index],
                change.rate,
                change.departure_reason,
                change.comment,
                change.reference,
                intake.now,
            )
            for change, card in self.good
        ]
        rates = [
            (card.id, change.effective_on, place[0], change.rate)
            for change, card in self.good
            if change.rate is not None
        ]
        await register.copy(ActivityChange, CHANGE, rows)
        await register.upsert(
            WorkerRate, ("worker_id", "starts_on", "partner_id", "rate"), rates
        )
        await self._end_later_changes()
        await self._correct_rates_before()

    async def _end_later_changes(self) -> None:
        """Those that a departure has ended, and the rates that they had planned."""
        connection = await self.intake.register.session.connection()
        ended = [
            (worker_id, later, self.keys[change.index])
            for worker_id, worker in self.workers.items()
            for later, change in worker.ended
        ]
        if not ended:
            return
        rows = Base.metadata.tables[ActivityChange.__tablename__]
        ending = update(rows).where(
            rows.c.id == bindparam("key"), rows.c.ended_at.is_(None)
        )
        values = {
            "ended_at": self.intake.now,
            "ended_by_id": bindparam("by"),
            "version": rows.c.version + 1,
        }
        await connection.execute(
            ending.values(**values), [{"key": c.id, "by": by} for _, c, by in ended]
        )
        planned = [
            {"worker": w, "day": c.effective_on}
            for w, c, _ in ended
            if c.rate is not None
        ]
        if planned:
            rates = Base.metadata.tables[WorkerRate.__tablename__]
            days = bindparam("day", type_=rates.c.starts_on.type)
            of = (rates.c.worker_id == bindparam("worker"), rates.c.starts_on == days)
            await connection.execute(delete(rates).where(*of), planned)

    async def _correct_rates_before(self) -> None:
        """A change put before others gives the next one its rate of before.

        The history stays true.
        """
        connection = await self.intake.register.session.connection()
        followers = [
            {"key": follower.id, "rate": change.rate}
            for change, card in self.good
            if change.rate is not None and change.effective_on is not None
            if (follower := self.workers[card.id].next_rate_change(change.effective_on))
            is not None
            if follower.id is not None
        ]
        if followers:
            rows = Base.metadata.tables[ActivityChange.__tablename__]
            statement = (
                update(rows)
                .where(rows.c.id == bindparam("key"))
                .values(rate_before=bindparam("rate"))
            )
            await connection.execute(statement, followers)
