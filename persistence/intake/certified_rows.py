"""What the lines of a deposit write of the lives of their workers."""

from persistence.records.activity_changes import ChangeAct, ChangeSource
from persistence.records.life import Event

from .certified_lives import CertifiedLife
from .life_rows import LifeRows
from .remuneration_lines import Remuneration


class CertifiedRows(LifeRows):
    """The events that lines state, and the end of those that none states any more."""

    def note_line(
        self,
        worker_id: str,
        line_id: str,
        line: Remuneration,
        after: CertifiedLife,
        *,
        is_new: bool,
    ) -> None:
        """The events of a line; `is_new`: the line makes the card."""
        for rank, event in enumerate(after.new):
            self._note_event(
                worker_id,
                line_id,
                line,
                event,
                rank,
            )
        self._note_ends(
            worker_id,
            after,
            is_new=is_new,
        )

    def note_absence(
        self,
        worker_id: str,
        after: CertifiedLife,
    ) -> None:
        """Whoever is declared no longer."""
        self._note_ends(
            worker_id,
            after,
            is_new=False,
        )

    def _note_event(
        self, worker_id: str, line_id: str, line: Remuneration, event: Event, rank: int
    ) -> None:
        change_id = f"chg_{line_id.removeprefix('lin_')}{rank}"
        place = (self.place.partner_id, self.place.id)
        head = (change_id, 1, *place, worker_id, worker_id, line.paying_id)
        source = (ChangeAct.DECLARED, ChangeSource.CERTIFICATE, line_id)
        rates = (None, event.rate)
        values = (None, event.hours, event.employer)
        tail = (None, line.reference, self.now, None, None, None)
        fact = (event.kind, event.on, *rates, *values)
        self.events.append((*head, *source, *fact, *tail))

    def _note_ends(
        self,
        worker_id: str,
        after: CertifiedLife,
        *,
        is_new: bool,
    ) -> None:
        for event in after.ended:
            self.ended[event.id] = event.id
        if after.is_changed:
            self.note_life(
                worker_id,
                after.life,
                is_new=is_new,
            )
