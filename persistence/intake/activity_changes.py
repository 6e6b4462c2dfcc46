"""What a batch of activity changes does to the register.

Each against what is known before it, in the order of their effects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from persistence.records import (
    ActivityChange,
    Batch,
    BatchKind,
    LineStatus,
    Rule,
)
from persistence.records.life import Contradiction, Event

from .batches import BatchIntake
from .cards import WorkerCards
from .change_lines import ActivityChangeLine, in_order, read_changes
from .change_rows import ChangeRows, JudgedChange
from .corrected_changes import CorrectedChange, corrected_changes
from .declared_changes import declare_change, naming
from .former_numbers import FormerNumbers
from .known_workers import KnownWorker
from .likely_same import warn_of_likely_same
from .new_cards import NewCards
from .worker_facts import known_workers


@dataclass(slots=True)
class ActivityChangeIntake(BatchIntake):
    """The batches of activity changes.

    `judged`: by its rank, each good line with what it makes.
    """

    judged: dict[int, JudgedChange] = field(default_factory=dict)

    async def change(
        self,
        lines: Sequence[Mapping[str, Any]],
        today: date,
    ) -> Batch:
        """One result for each change; those that are good take effect."""
        changes = read_changes(lines, today)
        corrected = await corrected_changes(
            self.register,
            self.place,
            changes,
        )
        for change in changes:
            former = corrected.get(change.index)
            if former is not None and change.worker_id is None and change.nir is None:
                change.worker_id = former.worker_id
        cards_before = await self.cards(changes)
        workers = await known_workers(
            self.register, self.place, list(cards_before.by_id.values())
        )
        numbers = FormerNumbers(self, cards_before, workers)
        await numbers.read(changes)
        cards = numbers.cards
        before = {key: worker.history for key, worker in workers.items()}
        new_cards = NewCards(self, cards)
        await new_cards.read_payers(changes)
        self._judge_all(
            changes,
            corrected,
            cards,
            workers,
            new_cards,
        )
        warn_of_likely_same(new_cards.newcomers, cards)
        self._judge_together(
            workers,
            before,
            corrected,
        )
        if self.is_held(changes):
            return self.report(
                BatchKind.ACTIVITY_CHANGES,
                changes,
                {},
            )
        numbers.settle(good.line for good in self.judged.values())
        outcomes = self._outcomes()
        batch = self.report(
            BatchKind.ACTIVITY_CHANGES,
            changes,
            outcomes,
        )
        if not self.dry_run:
            rows = ChangeRows(
                self,
                list(self.judged.values()),
                before,
                workers,
            )
            numbers.note()
            self.register.after_flush(numbers.write, new_cards.write, rows.write)
            self.register.after_flush(numbers.unmark)
        return batch

    def _judge_all(
        self,
        changes: Sequence[ActivityChangeLine],
        corrected: Mapping[int, CorrectedChange],
        cards: WorkerCards,
        workers: dict[str, KnownWorker],
        new_cards: NewCards,
    ) -> None:
        pending = {former.change_id for former in corrected.values()}
        for change in in_order(changes):
            former = corrected.get(change.index)
            if former is not None:
                pending.discard(former.change_id)
            card = cards.get(change) or new_cards.of(change)
            worker = workers.get(card.id) if card is not None else None
            if card is not None and worker is None:
                worker = workers[card.id] = KnownWorker(card)
            self._judge(
                change,
                former,
                worker,
                cards,
                pending,
            )

    def _judge(
        self,
        change: ActivityChangeLine,
        former: CorrectedChange | None,
        worker: KnownWorker | None,
        cards: WorkerCards,
        pending: set[str],
    ) -> None:
        """Tell what blocks the change, or note what it makes."""
        if worker is None or not (worker.is_known_here or change.is_admission):
            if not change.errors:
                at = "worker_id" if change.worker_id else "nir"
                change.reject(Rule.WORKER_UNKNOWN, at)
            return
        index = cards.indexes.get(change.index)
        if change.worker_id is not None and index is not None:
            owner = cards.by_index.get(index)
            if owner is None or owner.id != worker.card.id:
                change.reject(Rule.WORKER_MISMATCH, "nir")
        if not worker.card.aah_beneficiary and not change.aah_beneficiary:
            change.reject(Rule.WORKER_NOT_BENEFICIARY, "aah_beneficiary")
        event = _corrected_event(
            change,
            former,
            worker,
        )
        if change.errors:
            return
        key = ActivityChange.new_id(ActivityChange.prefix)
        good = declare_change(
            worker,
            change,
            event,
            key,
            pending,
        )
        if not change.errors:
            self.judged[change.index] = JudgedChange(
                key,
                change,
                worker,
                good,
                event,
            )

    def _judge_together(
        self,
        workers: Mapping[str, KnownWorker],
        before: dict[str, Any],
        corrected: Mapping[int, CorrectedChange],
    ) -> None:
        """A line that counted on the correction of another one falls with it."""
        if len(corrected) < 2:  # noqa: PLR2004 one that counts, one that is counted on
            return
        for worker_id, worker in workers.items():
            try:
                worker.history.judge()
            except Contradiction as contradiction:
                if worker_id in before:
                    worker.history = before[worker_id]
                for index, good in list(self.judged.items()):
                    if good.worker is worker:
                        detail = naming([contradiction.event])
                        rule = Rule.CHANGE_BREAKS_LATER
                        good.line.reject(
                            rule,
                            "effective_on",
                            detail,
                        )
                        del self.judged[index]

    def _outcomes(self) -> dict[int, tuple[LineStatus, str]]:
        outcomes = {}
        for index, good in self.judged.items():
            status = LineStatus.CREATED
            object_id = good.key
            if good.is_unchanged:
                assert good.event is not None
                status, object_id = LineStatus.UNCHANGED, good.event.id
            elif good.former is not None:
                status = LineStatus.REPLACED
            outcomes[index] = (status, object_id)
        return outcomes


def _corrected_event(
    change: ActivityChangeLine, former: CorrectedChange | None, worker: KnownWorker
) -> Event | None:
    """The event that a correction undoes: in force, of this worker, here."""
    if not change.is_correction:
        return None
    at = "corrects_id" if change.corrects_id is not None else "corrects_reference"
    if former is None or former.worker_id != worker.card.id:
        change.reject(Rule.NOT_FOUND, at)
        return None
    event = worker.history.find(former.change_id)
    if event is None:
        change.reject(Rule.CHANGE_ENDED, at)
    return event
