"""Each line of a certificate against the register: one judge for all who bring lines.

A deposit, a put into a draft, a correction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from persistence.records import Campaign, Rule

from .cards import WorkerCards
from .certificate_reads import CertificateReads
from .former_numbers import FormerNumbers
from .identities import meet_identity, refuse_repeated_cards
from .judged_lines import JudgedLines
from .jumps import LastYearLine, pairs, tell_jumps
from .known_workers import PreviousLine
from .likely_same import Newcomer, warn_of_likely_same
from .november import Certificate
from .remuneration_lines import Remuneration
from .worker_facts import known_workers

NOBODY: Mapping[str, PreviousLine] = {}


@dataclass(slots=True)
class CertificateJudge(CertificateReads):
    """A batch of the annual certificate, whose lines are judged."""

    async def judge(
        self,
        read: list[Remuneration],
        campaign: Campaign,
        certificate: Certificate,
        last_year: Mapping[str, LastYearLine],
        before: Mapping[str, PreviousLine] = NOBODY,
        others: Collection[str] = (),
    ) -> JudgedLines:
        """Each line against the card of its worker and what is known of them here.

        `before`: the lines of the certificate that is replaced. `others`: workers that
        are known too, beside those of the lines.
        """
        cards_before = await self.cards(read, [*before, *others])
        workers = await known_workers(
            self.register, self.place, list(cards_before.by_id.values()), campaign
        )
        numbers = FormerNumbers(self, cards_before, workers)
        await numbers.read(read)
        cards = numbers.cards
        await self._refuse_strangers(read, cards)
        _refuse_other_numbers(read, cards)
        refuse_repeated_cards(read, cards)
        for line in read:
            card = cards.get(line)
            meet_identity(line, card)
            # a doubtful number is nobody's
            if card is not None and not line.missed("nir", "worker_id"):
                workers[card.id].meet(line, certificate)
        warn_of_likely_same(_newcomers(read, cards), cards)
        numbers.settle(line for line in read if not line.errors)
        before, last_year = numbers.under_cards(before), numbers.under_cards(last_year)
        lines = JudgedLines(
            read, before, cards, workers, last_year, certificate, numbers
        )
        compared = list(pairs(read, lines.worker_of, last_year, certificate.year))
        self.warnings.extend(tell_jumps(compared, certificate.bounds, self.of))
        return lines

    async def _refuse_strangers(
        self, read: Sequence[Remuneration], cards: WorkerCards
    ) -> None:
        """Whom the establishment never declared is named by their number only."""
        names = [line.worker_id for line in read if line.worker_id is not None]
        if not names:
            return
        persons = {cards.by_id[name].id for name in names if name in cards.by_id}
        here = await self.persons_here(sorted(persons))
        for line in read:
            card = cards.get(line) if line.worker_id is not None else None
            if line.worker_id is not None and (card is None or card.id not in here):
                line.worker_id = None
                line.reject(Rule.NOT_FOUND, "worker_id")


def _newcomers(read: Sequence[Remuneration], cards: WorkerCards) -> list[Newcomer]:
    """Whom the lines are about, with the Caf and the matricule that they say."""
    newcomers = []
    for line in read:
        card, card_id = cards.get(line), None
        payer, matricule = line.paying_id, line.matricule
        if card is not None:
            card_id = card.id
            payer, matricule = payer or card.paying_id, matricule or card.matricule
        if payer and matricule and line.birth_name and line.birth_date is not None:
            words = (payer, matricule, line.birth_name, line.birth_date)
            newcomers.append(Newcomer(line, card_id, *words))
    return newcomers


def _refuse_other_numbers(read: Sequence[Remuneration], cards: WorkerCards) -> None:
    """Of a line that names a person, a number is one of theirs."""
    for line in read:
        card = cards.get(line)
        if card is None or line.worker_id is None or line.nir is None:
            continue
        of_number = cards.by_index.get(cards.indexes[line.index])
        if of_number is None or of_number.id != card.id:
            line.reject(Rule.WORKER_MISMATCH, "worker_id")
