"""The correction of the certificate in force: some lines anew, some persons fewer.

It deposits a whole certificate, whose other lines are those of before (« annule et
remplace »).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from persistence.records import Batch, Campaign, Notice, Refused, Rule

from .certificate_reads import Living
from .certificates import CertificateIntake, Outcomes
from .declared_lines import DeclarationRows
from .intentions import Intention, require_size
from .judged_lines import JudgedLines
from .line_keys import KeyedLine, KeyValue, LineKeys
from .remuneration_lines import Remuneration
from .repeated_lines import FormerLine, lines_of, previous_of, repeat_line


@dataclass(slots=True)
class CorrectionIntake(CertificateIntake):
    """A batch that puts lines and removes persons.

    `former`: the lines of the certificate in force, by person. `gone`: whom the caller
    removes.
    """

    of: str = "put"
    former: dict[str, FormerLine] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    async def correct(
        self,
        campaign: Campaign,
        living: Living,
        put: Sequence[Mapping[str, Any]],
        remove: Sequence[KeyValue],
        reason: str | None,
    ) -> Batch:
        """Deposit the replacement of the certificate in force."""
        assert living.in_force is not None
        certificate, last_year = await self.certificate(campaign)
        read = certificate.read_all(put, self.of)
        for line in await lines_of(self.register, living.in_force):
            self.former[line["worker_id"]] = line
        removed = await self._persons(remove)
        self.gone = set(removed)
        before = {name: previous_of(line) for name, line in self.former.items()}
        lines = await self.judge(
            read, campaign, certificate, last_year, before, last_year
        )
        _require_apart(lines, removed)
        self.former = lines.numbers.under_cards(self.former)
        intention = Intention(deposit=True, reason=reason)
        if not self.is_ready(lines, intention):
            return self.report_nothing(read, campaign)
        require_size(len(self._places(lines)), "put")
        if living.draft is not None:
            self.warnings.append(Notice(Rule.DRAFT_EXISTS, ("declaration_id",)))
        batch, _ = await self.write(campaign, lines, living, intention)
        return batch

    async def _persons(self, remove: Sequence[KeyValue]) -> list[str]:
        """The persons that the keys name, in their order. Refused: LINE_AMBIGUOUS."""
        lines = []
        for name, line in self.former.items():
            lines.append(KeyedLine(None, name, None, line["client_reference"]))
        keys = LineKeys(self.register, self.vault, self.place, "remove")
        chosen = await keys.lines(remove, lines)
        return [line.worker_id for line in chosen if line.worker_id is not None]

    def _is_meant(self, lines: JudgedLines, intention: Intention) -> bool:
        """Whom to remove is said already; only whether it is most of them counts."""
        if not lines.accepted and not self.gone:
            return self._refuse(Rule.NOTHING_ACCEPTED, "put")
        if not self._places(lines):
            return self._refuse(Rule.NOTHING_ACCEPTED, "remove")
        if len(self.gone) * 2 > len(self.former) and not intention.has_reason:
            return self._refuse(Rule.REMOVALS_REASON, "reason")
        return True

    def place_lines(self, written: DeclarationRows, lines: JudgedLines) -> Outcomes:
        """Each line in its place; one that nobody touches is repeated."""
        outcomes = {}
        for position, line in enumerate(self._places(lines)):
            if isinstance(line, Remuneration):
                worker = lines.worker_of(line)
                outcomes[line.index] = written.take(
                    line, worker, lines.certificate, position
                )
            else:
                repeat_line(written, line, position)
        return outcomes

    def _places(self, lines: JudgedLines) -> list[Remuneration | FormerLine]:
        """The new certificate: what is put takes the place of the person's line."""
        by_person = {}
        new = []
        for line in lines.accepted:
            card = lines.cards.get(line)
            if card is not None and card.id in self.former:
                by_person[card.id] = line
            else:
                new.append(line)
        places: list[Remuneration | FormerLine] = []
        for name, former in self.former.items():
            if name not in self.gone:
                places.append(by_person.get(name, former))
        return [*places, *new]


def _require_apart(lines: JudgedLines, removed: Sequence[str]) -> None:
    """Nobody is put and removed by one call. Refused: LINE_AMBIGUOUS."""
    cards = [lines.cards.get(line) for line in lines.read]
    put = {card.id for card in cards if card is not None}
    for rank, name in enumerate(removed):
        if lines.cards.by_id[name].id in put:
            raise Refused(Rule.LINE_AMBIGUOUS, "remove", str(rank))
