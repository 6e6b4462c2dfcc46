"""What a certificate does to the register.

The lines of a declaration, the cards that they make or change.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from persistence.records import (
    Batch,
    BatchKind,
    Campaign,
    Declaration,
    Notice,
    Refused,
    Rule,
)

from .certificate_reads import CertificateReads
from .conformity import conformity
from .declared_lines import DeclarationRows
from .identities import meet_identity, refuse_repeated_cards
from .intentions import Intention, require_coherence, require_sequence
from .judged_lines import JudgedLines
from .jumps import LastYearLine, pairs, tell_jumps
from .leaves import lines_root
from .november import Certificate
from .remuneration_lines import Remuneration
from .treatments import Treatments, last_treatments
from .withdrawals import note_withdrawals
from .worker_facts import known_workers


@dataclass(slots=True)
class CertificateIntake(CertificateReads):
    """The batches of the annual certificate.

    `removals`: whom the last one would declare no longer.
    """

    removals: list[str] = field(default_factory=list)

    async def certify(
        self,
        campaign: Campaign,
        lines: Sequence[Mapping[str, Any]] | None,
        live: Sequence[Declaration],
        intention: Intention,
    ) -> Batch:
        """A draft or a deposit of these lines.

        Without `lines`, the deposit of the draft as it stands.
        """
        deposit = intention.deposit
        deposited, draft = (
            next((d for d in live if d.is_in_force() is is_in_force), None)
            for is_in_force in (True, False)
        )
        certificate, last_year = await self.certificate(campaign)
        if lines is None:
            if draft is None or not deposit:
                raise Refused(Rule.DRAFT_MISSING, "lines")
            read = await self.draft_lines(draft)
        else:
            read = certificate.read_all(lines)
        require_coherence(intention, read)
        if deposit:
            require_sequence(intention, deposited, draft if lines is None else None)
        judged = await self._judge(
            read, deposited if deposit else draft, campaign, last_year, certificate
        )
        if self.is_held(read) or not self._is_meant(judged, intention):
            return self.report(BatchKind.REMUNERATIONS, read, {}, campaign=campaign)
        if deposit and lines is not None and draft is not None:
            self.warnings.append(Notice(Rule.DRAFT_EXISTS, ("deposit",)))
            draft = None  # it stays, for who prepares it
        sequence = _next_sequence(live)
        return await self._write(
            campaign, judged, (deposited, draft), sequence, intention
        )

    async def _judge(
        self,
        read: list[Remuneration],
        former: Declaration | None,
        campaign: Campaign,
        last_year: Mapping[str, LastYearLine],
        certificate: Certificate,
    ) -> JudgedLines:
        """Each line against the card of its worker and what is known of them here."""
        before = await self.lines_before(former)
        cards = await self.cards(read, [*before, *last_year])
        refuse_repeated_cards(read, cards)
        workers = await known_workers(
            self.register, self.place, list(cards.by_id.values()), campaign
        )
        for line in read:
            card = cards.get(line)
            meet_identity(line, card)
            if card is not None and not line.missed(
                "nir"
            ):  # a doubtful number is nobody's
                workers[card.id].meet(line, certificate)
        lines = JudgedLines(read, before, cards, workers, last_year, certificate)
        compared = list(pairs(read, lines.worker_of, last_year, certificate.year))
        self.warnings.extend(tell_jumps(compared, certificate.bounds))
        return lines

    def _is_meant(self, lines: JudgedLines, intention: Intention) -> bool:
        """Whether the caller means what the lines would do.

        What is missing is told first.
        """
        if lines.read and not lines.accepted:
            return self._refuse(Rule.NOTHING_ACCEPTED, "lines")
        self.removals = lines.removals()
        count = len(self.removals)
        if count and intention.removals != count:
            return self._refuse(
                Rule.REMOVALS_UNACKNOWLEDGED,
                "acknowledge_removals",
                f"Nombre : {count}.",
            )
        if count * 2 > len(lines.before) and not (intention.reason or "").strip():
            return self._refuse(Rule.REMOVALS_REASON, "reason")
        return True

    def _refuse(self, rule: Rule, at: str, detail: str | None = None) -> bool:
        self.errors.append(Notice(rule, (at,), detail))
        return False

    async def _write(
        self,
        campaign: Campaign,
        lines: JudgedLines,
        live: tuple[Declaration | None, Declaration | None],
        sequence: int,
        intention: Intention,
    ) -> Batch:
        deposited, draft = live
        deposit, accepted = intention.deposit, lines.accepted
        declaration = Declaration.prepare(
            self.place, campaign, sequence, len(accepted), self.by, self.now
        )
        declaration.nothing_to_declare = intention.nothing_to_declare
        treatments: Treatments = {}
        if deposit and deposited is not None:  # the Caf answers what was deposited
            treatments = await last_treatments(
                self.register, self.place, campaign, list(lines.cards.by_id)
            )
        written = DeclarationRows(
            self, declaration, lines.cards, lines.before, treatments, deposit=deposit
        )
        outcomes = {}
        for line in accepted:
            card = lines.cards.get(line)
            worker = lines.workers.get(card.id) if card is not None else None
            outcomes[line.index] = written.take(line, worker, lines.certificate)
        if deposit:
            written.end_removed(lines.workers, lines.certificate)
            missing = len(lines.missing(written.workers))
            self._warn_of_absences(missing, written)
            declaration.missing = missing
            declaration.conformity = conformity(lines.read, missing)
        facts: dict[str, Any] = {"campaign": campaign, "removed": written.removed}
        if (
            self.dry_run
        ):  # no line is made, even to be undone: it would open the card of its worker
            return self.report(BatchKind.REMUNERATIONS, lines.read, outcomes, **facts)
        if deposit:
            declaration.receive(deposited, self.by, self.now)
            declaration.lines_root = lines_root(written.leaves)
        if draft is not None:
            draft.superseded_at = self.now
        self.register.session.add(declaration)
        batch = self.report(
            BatchKind.REMUNERATIONS,
            lines.read,
            outcomes,
            declaration=declaration,
            **facts,
        )
        self.register.after_flush(written.write)
        if deposit and deposited is not None:
            self.register.after_flush(self._withdrawals(declaration, written))
        return batch

    def _withdrawals(
        self, declaration: Declaration, written: DeclarationRows
    ) -> Callable[[], Awaitable[None]]:
        """Tells the Caf whose lines are in force no longer, once all are written."""

        def note() -> Awaitable[None]:
            return note_withdrawals(
                self.register, declaration, written.before, written.payers, self.now
            )

        return note

    def _warn_of_absences(self, missing: int, written: DeclarationRows) -> None:
        if missing:
            self.warnings.append(
                Notice(Rule.WORKERS_MISSING, ("lines",), f"Nombre : {missing}.")
            )
        if written.removed:
            self.warnings.append(
                Notice(Rule.WORKERS_REMOVED, ("lines",), f"Nombre : {written.removed}.")
            )
        if not written.workers:
            self.warnings.append(Notice(Rule.NOTHING_DECLARED, ("lines",)))


def _next_sequence(live: Sequence[Declaration]) -> int:
    """The rank after the last one.

    Only a newer declaration takes the place of another, so the last one is live.
    """
    return 1 + max((declaration.sequence for declaration in live), default=0)
