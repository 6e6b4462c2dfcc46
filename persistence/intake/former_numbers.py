"""The temporary numbers that the lines of a batch say are replaced.

The card of the temporary number takes the true one; where that one has a card too, it
absorbs the other. Either is written with the first good line of the person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import update

from persistence.records import Refused, Rule, Worker, WorkerNumber
from persistence.records.base import Base
from persistence.records.histories import History
from persistence.records.merges import merge_histories
from persistence.records.nir import Nir, is_temporary
from persistence.records.rules import require
from persistence.records.workers import TEMPORARY_TOO, Card

from .batches import BatchIntake
from .cards import WorkerCards
from .change_lines import ActivityChangeLine
from .declared_columns import NUMBER
from .known_workers import KnownWorker
from .merging import CardMerge
from .remuneration_lines import Remuneration
from .treatments import Treatments

Line = Remuneration | ActivityChangeLine
T = TypeVar("T")

AT = "former_nir"
MISSING = "Dites aussi le numéro qui le remplace."
ONCE = "Un numéro en remplace un seul, et n'est remplacé que par un seul."


@dataclass(slots=True)
class FormerNumber:
    """What a line says of the number of its person before.

    `card`: the one that stays, which takes the number `nir` where it `is_renumbered`.
    `merge`: it absorbs another. `history`: what was known of it here before.
    """

    nir: Nir
    index: str
    former_index: str
    card: Card
    is_renumbered: bool = False
    merge: CardMerge | None = None
    history: History | None = None


class FormerNumbers:
    """Those of one batch. `cards`: each line's card, as they make it."""

    def __init__(
        self,
        intake: BatchIntake,
        cards: WorkerCards,
        workers: Mapping[str, KnownWorker],
    ) -> None:
        self.intake = intake
        self.workers = workers
        self.indexes_before = frozenset(cards.by_index)
        self.by_index = dict(cards.by_index)
        self.by_id = dict(cards.by_id)
        self.cards = replace(
            cards,
            by_index=self.by_index,
            by_id=self.by_id,
        )
        self.by_number: dict[str, FormerNumber] = {}
        self.pairs: set[tuple[str, str]] = set()

    async def read(self, lines: Sequence[Line]) -> None:
        """Tell what blocks each one, at its line; the others hold for all the lines."""
        for line in lines:
            if line.former_nir is None or line.missed("nir", AT):
                continue
            try:
                await self._take(line, line.former_nir)
            except Refused as refused:
                line.reject(
                    refused.rule,
                    AT,
                    refused.notice.detail,
                )

    async def _take(self, line: Line, former: Nir) -> None:
        if line.nir is None:
            raise Refused(Rule.VALUE_INVALID, detail=MISSING)
        if not former.is_temporary:
            raise Refused(Rule.MERGE_NOT_TEMPORARY)
        if line.nir.is_temporary:
            raise Refused(Rule.MERGE_NOT_TEMPORARY, detail=TEMPORARY_TOO)
        index, former_index = self.cards.indexes[line.index], self._former(line)
        if (index, former_index) in self.pairs:
            return
        if any(index == one or former_index == other for one, other in self.pairs):
            raise Refused(Rule.VALUE_INVALID, detail=ONCE)
        number = await self._resolve(
            line.nir,
            index,
            former_index,
        )
        self.pairs.add((index, former_index))
        if number is not None:
            self._note(number)

    def _former(self, line: Line) -> str:
        return self.cards.former_indexes[line.index]

    async def _resolve(
        self, nir: Nir, index: str, former_index: str
    ) -> FormerNumber | None:
        """What is to be written; None where no card has either number."""
        card, former = self.by_index.get(index), self.by_index.get(former_index)
        if card is None and former is None:
            is_on_another_line = former_index in self.cards.indexes.values()
            require(not is_on_another_line, Rule.WORKER_DUPLICATE_IN_BATCH)
            return None
        if card is not None and (former is None or former.id == card.id):
            return FormerNumber(
                nir,
                index,
                former_index,
                card,
            )
        assert former is not None
        if not is_temporary(former.nir_mask):
            raise Refused(Rule.MERGE_NOT_TEMPORARY)
        if card is None:
            return FormerNumber(
                nir,
                index,
                former_index,
                former,
                is_renumbered=True,
            )
        merge = CardMerge(
            self.intake.register,
            card,
            former,
            self.intake.now,
        )
        await merge.judge()
        return FormerNumber(
            nir,
            index,
            former_index,
            card,
            merge=merge,
        )

    def _note(self, number: FormerNumber) -> None:
        """All the lines of the batch find the card that stays."""
        card = number.card
        self.by_number[number.index] = number
        self.by_index[number.index] = self.by_index[number.former_index] = card
        if number.merge is not None:
            former_id = number.merge.duplicate.id
            self.by_id[former_id] = card
            worker, former = self.workers[card.id], self.workers[former_id]
            number.history = worker.history
            worker.history = merge_histories(worker.history, former.history).history
            worker.is_declared = worker.is_declared or former.is_declared

    def settle(self, good: Iterable[Line]) -> None:
        """Keep those of which a line is good; the others change nothing."""
        indexes = {self.cards.indexes.get(line.index) for line in good}
        for index, number in list(self.by_number.items()):
            if index not in indexes:
                del self.by_number[index]
                if number.history is not None:
                    self.workers[number.card.id].history = number.history

    def under_cards(self, by_worker: Mapping[str, T]) -> dict[str, T]:
        """The same, of each person whose card is absorbed under the card that stays."""
        ids = {
            number.merge.duplicate.id: number.card.id
            for number in self.by_number.values()
            if number.merge is not None
        }
        pairs = by_worker.items()
        return {ids.get(worker_id, worker_id): one for worker_id, one in pairs}

    def treatments(self, treatments: Treatments) -> Treatments:
        """What was answered of each person, under any of their cards."""
        by_worker = {key: list(some) for key, some in treatments.items()}
        for number in self.by_number.values():
            if number.merge is not None:
                of_duplicate = by_worker.pop(number.merge.duplicate.id, [])
                by_worker.setdefault(number.card.id, []).extend(of_duplicate)
        return by_worker

    def note(self) -> None:
        """For the journal: which cards are absorbed, and which take a number."""
        notes = self.intake.notes
        for number in self.by_number.values():
            if number.merge is not None:
                notes.setdefault("absorbed", []).append(number.merge.duplicate.id)
            if number.is_renumbered:
                notes.setdefault("renumbered", []).append(number.card.id)

    async def write(self) -> None:
        await self._take_numbers()
        await self.intake.register.copy(
            WorkerNumber,
            NUMBER,
            self._number_rows(),
        )
        for number in self.by_number.values():
            if number.merge is not None:
                await number.merge.write()

    async def unmark(self) -> None:
        """See `CardMerge.unmark`."""
        for number in self.by_number.values():
            if number.merge is not None:
                await number.merge.unmark()

    async def _take_numbers(self) -> None:
        """The number of the card is the true one from now on."""
        cards = Base.metadata.tables[Worker.__tablename__]
        connection = await self.intake.register.session.connection()
        for number in self.by_number.values():
            if number.is_renumbered:
                values: dict[str, Any] = {
                    "nir_cipher": self.intake.vault.seal(number.nir, number.card.id),
                    "nir_index": number.index,
                    "nir_mask": number.nir.mask,
                    "version": cards.c.version + 1,
                }
                card = update(cards).where(cards.c.id == number.card.id)
                await connection.execute(card.values(**values))

    def _number_rows(self) -> list[tuple[Any, ...]]:
        """The numbers that find a card from now on."""
        partner_id, today = self.intake.place.partner_id, self.intake.register.today
        return [
            (partner_id, index, number.card.id, today)
            for number in self.by_number.values()
            for index in (number.index, number.former_index)
            if index not in self.indexes_before
        ]
