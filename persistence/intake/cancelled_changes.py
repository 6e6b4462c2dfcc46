"""A change that is cancelled before the Caf has answered it."""

from datetime import datetime

from persistence.records import ActivityChange, ChangeAct, ChangeKind, Establishment
from persistence.records.histories import rate_before
from persistence.records.life import RATES, Contradiction
from persistence.records.rules import Refused, Rule
from persistence.register import Register

from .cards import Sought, read_cards
from .declared_changes import naming
from .life_rows import LifeRows
from .worker_facts import known_workers

COPIED = (
    "partner_id",
    "establishment_id",
    "worker_id",
    "paying_id",
    "kind",
    "effective_on",
    "rate_after",
    "departure_reason",
    "weekly_hours",
    "employer_siret",
)
"""What a cancellation says again of the change: the Caf reads it alone."""
MOVES = RATES - {ChangeKind.RATE_FOUND}


class ChangeCancelling:
    """Undo one change of an establishment; its partner is locked."""

    def __init__(
        self,
        register: Register,
        place: Establishment,
        now: datetime,
    ) -> None:
        self.register = register
        self.place = place
        self.now = now

    async def cancel(self, change: ActivityChange) -> None:
        """What the change had ended comes back.

        Refused: CHANGE_BREAKS_LATER, when another change counts on it.
        """
        partner_id = self.place.partner_id
        sought = Sought({}, [change.worker_id])
        cards = await read_cards(self.register, partner_id, sought)
        card = cards.by_id[change.worker_id]
        worker = (await known_workers(self.register, self.place, [card]))[card.id]
        event = worker.history.find(change.id)
        if event is None:
            raise Refused(Rule.CHANGE_ENDED)
        restored = worker.history.undo(event)
        try:
            life = worker.history.life()
        except Contradiction as contradiction:
            detail = naming([contradiction.event])
            raise Refused(Rule.CHANGE_BREAKS_LATER, detail=detail) from None
        rows = LifeRows(self.register, self.place, self.now)
        cancellation = self._cancellation(change)
        rows.ended[change.id] = cancellation.id
        rows.restored = {one.id for one in restored}
        for one in worker.history.events:
            if one.kind in MOVES:
                rows.rates_before[one.id] = rate_before(worker.history.events, one.on)
        rows.note_life(card.id, life)
        self.register.session.add(cancellation)
        self.register.after_flush(rows.write)

    def _cancellation(self, change: ActivityChange) -> ActivityChange:
        facts = {name: getattr(change, name) for name in COPIED}
        cancellation = ActivityChange(
            act=ChangeAct.CANCELLATION,
            received_at=self.now,
            corrects_id=change.id,
            ended_at=self.now,
            **facts,
        )
        cancellation.ended_by_id = cancellation.id
        return cancellation
