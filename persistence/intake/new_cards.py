"""The cards that admissions make, of people whom the partner did not know (R23)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from persistence.records import Organism, Rule, Worker, WorkerNumber
from persistence.records.base import name_key
from persistence.records.workers import Card

from .batches import BatchIntake
from .cards import WorkerCards
from .change_lines import ActivityChangeLine
from .declared_columns import NUMBER, WORKER
from .likely_same import Newcomer
from .payers import PAYERS, payer_code

NEEDED = {
    "birth_name": Rule.NAME_INVALID,
    "given_names": Rule.NAME_INVALID,
    "birth_date": Rule.DAY_INVALID,
    "matricule": Rule.MATRICULE_MISSING,
    "paying_organism": Rule.MATRICULE_MISSING,
}
"""What an unknown person comes with."""


class NewCards:
    """The cards that the admissions of one batch make, by the index of their number."""

    def __init__(
        self,
        intake: BatchIntake,
        cards: WorkerCards,
    ) -> None:
        self.intake = intake
        self.cards = cards
        self.by_index: dict[str, Card] = {}
        self.newcomers: list[Newcomer] = []
        self.payers: dict[str, str] = {}
        self.rows: list[tuple[Any, ...]] = []
        self.numbers: list[tuple[Any, ...]] = []

    async def read_payers(self, changes: Sequence[ActivityChangeLine]) -> None:
        """The Caf by their codes, where a line names one."""
        if all(change.payer_code is None for change in changes):
            return
        codes = select(Organism.code, Organism.id).where(Organism.kind.in_(PAYERS))
        rows = await self.intake.register.session.execute(codes)
        self.payers = {code: organism_id for code, organism_id in rows}  # noqa: C416 rows

    def of(self, change: ActivityChangeLine) -> Card | None:
        """The card that an earlier line of the batch makes, or this one."""
        index = self.cards.indexes.get(change.index)
        if index is None or change.worker_id is not None:
            return None
        card = self.by_index.get(index)
        if card is None and change.is_admission:
            card = self._make(change, index)
        return card

    def _make(
        self,
        change: ActivityChangeLine,
        index: str,
    ) -> Card | None:
        payer = None
        if change.payer_code is not None:
            payer = self.payers.get(payer_code(change.payer_code))
            if payer is None:
                change.reject(Rule.PAYING_ORGANISM_UNKNOWN, "paying_organism")
        for at, rule in NEEDED.items():
            value = payer if at == "paying_organism" else getattr(change, at)
            if value is None and not change.missed(at):
                change.reject(rule, at)
        if change.errors:
            return None
        card = self._card(
            change,
            index,
            payer or "",
        )
        self.by_index[index] = card
        words = (card.paying_id, card.matricule, card.birth_name, card.birth_date)
        self.newcomers.append(Newcomer(change, None, *words))
        self._note(change, card)
        return card

    def _card(
        self,
        change: ActivityChangeLine,
        index: str,
        payer: str,
    ) -> Card:
        assert change.nir is not None
        assert change.birth_date is not None
        assert change.effective_on is not None
        return Card(
            id=Worker.new_id(Worker.prefix),
            nir_index=index,
            nir_mask=change.nir.mask,
            birth_name=change.birth_name or "",
            used_name=change.used_name,
            given_names=change.given_names or "",
            birth_date=change.birth_date,
            matricule=change.matricule or "",
            paying_id=payer,
            entered_on=change.effective_on,
            aah_beneficiary=True,
        )

    def _note(
        self,
        change: ActivityChangeLine,
        card: Card,
    ) -> None:
        assert change.nir is not None
        intake = self.intake
        partner_id = intake.place.partner_id
        cipher = intake.vault.seal(change.nir, card.id)
        secret = (cipher, card.nir_index, change.nir.mask)
        key = name_key(f"{card.used_name or card.birth_name} {card.given_names}")
        names = (card.birth_name, card.used_name, card.given_names, key)
        more = (card.birth_date, card.matricule, card.paying_id, card.entered_on)
        self.rows.append(
            (card.id, 1, partner_id, *secret, *names, *more, True, card.id)
        )
        for index in self.cards.numbers_of(change):
            self.numbers.append((partner_id, index, card.id, intake.register.today))

    async def write(self) -> None:
        register = self.intake.register
        await register.copy(
            Worker,
            WORKER,
            self.rows,
        )
        await register.copy(
            WorkerNumber,
            NUMBER,
            self.numbers,
        )
