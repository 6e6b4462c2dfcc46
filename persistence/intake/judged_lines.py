"""The lines of one call, with what they are judged against."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .cards import WorkerCards
from .former_numbers import FormerNumbers
from .known_workers import KnownWorker, PreviousLine
from .november import Certificate
from .remuneration_lines import Remuneration


@dataclass(slots=True)
class JudgedLines:
    """The lines of one call with what they are judged against."""

    read: list[Remuneration]
    before: Mapping[str, PreviousLine]
    cards: WorkerCards
    workers: Mapping[str, KnownWorker]
    last_year: Collection[str]
    """The workers whom this establishment declared in the campaign before."""
    certificate: Certificate
    numbers: FormerNumbers

    def worker_of(self, line: Remuneration) -> KnownWorker | None:
        """Whom the line is about; None for a new person."""
        card = self.cards.get(line)
        return self.workers.get(card.id) if card is not None else None

    @property
    def accepted(self) -> list[Remuneration]:
        return [line for line in self.read if not line.errors]

    def removals(self) -> list[str]:
        """The workers of the former declaration who have no accepted line.

        Those whom the register refuses do not count.
        """
        accepted = {
            card.id
            for line in self.accepted
            if (card := self.cards.get(line)) is not None
        }
        return [
            worker
            for worker in self.before
            if worker not in accepted and not self._is_refused(worker)
        ]

    def missing(self, declared: Collection[str]) -> list[str]:
        """Who was declared last year and is not `declared` (R17).

        Who has left before this November does not count.
        """
        absent = [worker for worker in self.last_year if worker not in declared]
        return [
            worker
            for worker in absent
            if not self.workers[worker].has_left_before(self.certificate)
        ]

    def _is_refused(self, worker_id: str) -> bool:
        worker = self.workers[worker_id]
        return not worker.card.aah_beneficiary or worker.has_left_before(
            self.certificate
        )
