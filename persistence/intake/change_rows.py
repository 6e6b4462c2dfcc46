"""What the changes of a batch write: themselves, what they end, what comes back."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import update

from persistence.records import ChangeAct, ChangeKind, ChangeSource, Worker
from persistence.records.base import Base
from persistence.records.histories import History, rate_before
from persistence.records.life import RATES, Event

from .batches import BatchIntake
from .change_lines import ActivityChangeLine
from .known_workers import KnownWorker
from .life_rows import LifeRows

MOVES = RATES - {ChangeKind.RATE_FOUND}


class JudgedChange(NamedTuple):
    """A good line, what it makes and what it corrects.

    `event` is None where the line says that what it corrects did not happen.
    """

    key: str
    line: ActivityChangeLine
    worker: KnownWorker
    event: Event | None
    former: Event | None

    @property
    def is_unchanged(self) -> bool:
        """Whether the event was in force already."""
        return self.event is not None and self.event.id != self.key


class ChangeRows:
    """The rows of the good changes.

    `before`: the history of each known worker before the batch.
    """

    def __init__(
        self,
        intake: BatchIntake,
        judged: Sequence[JudgedChange],
        before: Mapping[str, History],
        workers: Mapping[str, KnownWorker],
    ) -> None:
        self.intake = intake
        self.changes = [one for one in judged if not one.is_unchanged]
        self.before = before
        self.workers = workers
        self.rows = LifeRows(
            intake.register,
            intake.place,
            intake.now,
        )

    async def write(self) -> None:
        touched = {good.worker.card.id for good in self.changes}
        for worker_id in touched:
            self._note_worker(worker_id)
        for good in self.changes:
            self._note_change(good)
        await self.rows.write()
        await self._confirm_beneficiaries()

    def _note_worker(self, worker_id: str) -> None:
        """What has ended, what has come back, and the spans of the life."""
        worker = self.workers[worker_id]
        former = self.before.get(worker_id, History())
        after = worker.history
        stands = {event.id for event in after.events}
        stood = {event.id for event in former.events}
        for by, events in after.ended_by.items():
            for event in events:
                if event.id in stood or by not in former.ended_by:
                    self.rows.ended[event.id] = by
        was_ended = {one.id for some in former.ended_by.values() for one in some}
        self.rows.restored |= was_ended & stands
        new_ids = {good.key for good in self.changes}
        for event in after.events:
            if event.kind in MOVES and event.id not in new_ids:
                before = rate_before(after.events, event.on)
                self.rows.rates_before[event.id] = before
        is_new = worker_id not in self.before
        self.rows.note_life(
            worker_id,
            after.life(),
            is_new=is_new,
        )

    def _note_change(self, good: JudgedChange) -> None:
        event, act = good.event, ChangeAct.DECLARED
        if good.former is not None:
            self.rows.ended[good.former.id] = good.key
            act = ChangeAct.CORRECTION
        if event is None:
            assert good.former is not None
            event, act = good.former, ChangeAct.CANCELLATION
        self.rows.events.append(
            event_row(
                self.intake,
                good,
                event,
                act,
            )
        )

    async def _confirm_beneficiaries(self) -> None:
        """A change that confirms a beneficiary marks the card again."""
        confirmed = [
            good.worker.card.id
            for good in self.changes
            if not good.worker.card.aah_beneficiary
        ]
        if confirmed:
            rows = Base.metadata.tables[Worker.__tablename__]
            is_confirmed = self.intake.register.among(rows.c.id, confirmed)
            marking = update(rows).where(is_confirmed)
            values = {"aah_beneficiary": True, "version": rows.c.version + 1}
            connection = await self.intake.register.session.connection()
            await connection.execute(marking.values(**values))


def event_row(
    intake: BatchIntake,
    good: JudgedChange,
    event: Event,
    act: ChangeAct,
) -> tuple[Any, ...]:
    """The row of a change; one that is ended already names its ender afterwards."""
    card = good.worker.card
    history = good.worker.history
    before = None
    stands = any(one.id == good.key for one in history.events)
    if event.kind in RATES and stands:
        before = rate_before(history.events, event.on)
    place = (intake.place.partner_id, intake.place.id)
    person = (card.id, card.id, card.paying_id)
    head = (good.key, 1, *place, *person, act, ChangeSource.CHANGE)
    values = (
        None,
        event.kind,
        event.on,
        before,
        event.rate,
        event.reason,
        event.hours,
        event.employer,
    )
    corrects = good.former.id if good.former is not None else None
    ended = (None, None) if stands else (intake.now, good.key)
    line = good.line
    return (*head, *values, line.comment, line.reference, intake.now, corrects, *ended)
