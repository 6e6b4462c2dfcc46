"""What a batch of activity changes does to the register: each against what is known, in the order of their effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from .batches import Cards, Intake
from .records import ActivityChange, Batch, BatchKind, ChangeKind, DeclarationLine, LineStatus, Rule, WorkerRate
from .records.activity_changes import Change, Known, in_order, read_changes
from .records.workers import Card

CHANGE = (
    "id", "version", "partner_id", "establishment_id", "worker_id", "paying_id", "kind", "effective_on", "rate_before",
    "rate_after", "departure_reason", "comment", "client_reference", "received_at",
)  # fmt: skip


@dataclass(slots=True)
class ChangeIntake(Intake):
    """The batches of activity changes."""

    async def change(self, lines: Sequence[Mapping[str, Any]], today: date) -> Batch:
        """One result for each change; those that are good take effect."""
        changes = read_changes(lines, today)
        cards = await self.cards(changes)
        known = await self._known([card for change in changes if (card := cards.get(change)) is not None])
        before = {change.index: self._judge(change, cards, known) for change in in_order(changes)}
        if self.is_held(changes):
            return self.report(BatchKind.ACTIVITY_CHANGES, changes, {})
        good = [(change, card) for change in changes if not change.errors and (card := cards.get(change)) is not None]
        made = [ActivityChange.new_id(ActivityChange.prefix) for _ in good]
        outcomes = {change.index: (LineStatus.CREATED, key) for (change, _), key in zip(good, made, strict=True)}
        batch = self.report(BatchKind.ACTIVITY_CHANGES, changes, outcomes)
        if self.dry_run:
            return batch
        place = (self.place.partner_id, self.place.id)
        rows = [
            (
                key, 1, *place, card.id, card.paying_id, change.kind, change.effective_on, before[change.index],
                change.rate, change.departure_reason, change.comment, change.reference, self.now,
            )
            for (change, card), key in zip(good, made, strict=True)
        ]  # fmt: skip
        rates = [
            (card.id, change.effective_on, place[0], change.rate) for change, card in good if change.rate is not None
        ]

        async def write() -> None:
            await self.register.copy(ActivityChange, CHANGE, rows)
            await self.register.upsert(WorkerRate, ("worker_id", "starts_on", "partner_id", "rate"), rates)

        self.register.after_flush(write)
        return batch

    def _judge(self, change: Change, cards: Cards, known: Mapping[str, Known]) -> int | None:
        """Tell what blocks the change; the rate known before it, when it takes effect."""
        card = cards.get(change)
        worker = known.get(card.id) if card is not None else None
        if worker is None:
            if not change.missed("nir"):
                change.reject(Rule.WORKER_UNKNOWN, "workerId" if change.worker_id else "nir")
            return None
        if change.nir is not None and cards.indexes[change.index] != worker.card.nir_index:
            change.reject(Rule.WORKER_MISMATCH, "nir")
        worker.judge(change)
        if change.errors or change.effective_on is None:
            return None
        rate = worker.rate_on(change.effective_on)
        worker.apply(change)
        return rate

    async def _known(self, cards: Sequence[Card]) -> dict[str, Known]:
        """What is known of these workers in this establishment: those that it has declared, and they alone."""
        ids, session = [card.id for card in cards], self.register.session
        line, past = DeclarationLine.__table__.c, ActivityChange.__table__.c
        here = await session.scalars(
            select(line.worker_id)
            .where(line.worker_id.in_(ids), line.establishment_id == self.place.id, line.deposited)
            .distinct()
        )
        declared = set(here)
        known = {card.id: Known(card) for card in cards if card.id in declared}
        for row in await session.execute(select(WorkerRate).where(WorkerRate.worker_id.in_(known))):
            known[row.WorkerRate.worker_id].rates[row.WorkerRate.starts_on] = row.WorkerRate.rate
        changes = await session.execute(
            select(past.worker_id, past.kind, past.effective_on)
            .where(past.worker_id.in_(known), past.establishment_id == self.place.id)
            .order_by(past.effective_on)
        )
        for worker_id, kind, effective_on in changes:
            known[worker_id].changes.add((kind, effective_on))
            if kind is ChangeKind.DEPARTURE:
                known[worker_id].departed_on = effective_on
        return known
