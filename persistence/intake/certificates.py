"""What a certificate does to the register.

The lines of a declaration, the cards that they make or change.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from persistence.records import (
    Batch,
    BatchKind,
    Campaign,
    Declaration,
    LineStatus,
    Notice,
    Rule,
)

from .certificate_judging import CertificateJudge
from .certificate_reads import Living
from .conformity import conformity
from .declared_lines import DeclarationRows
from .intentions import Intention, require_coherence, require_sequence
from .judged_lines import JudgedLines
from .leaves import lines_root
from .remuneration_lines import Remuneration
from .treatments import last_treatments
from .withdrawals import note_withdrawals

Outcomes: TypeAlias = Mapping[int, tuple[LineStatus, str]]
"""By the rank of a line: what became of it, and the id of what it made or left."""


@dataclass(slots=True)
class CertificateIntake(CertificateJudge):
    """The deposits of the annual certificate.

    `removals`: whom the last one would declare no longer.
    """

    removals: list[str] = field(default_factory=list)

    async def deposit(
        self,
        campaign: Campaign,
        lines: Sequence[Mapping[str, Any]],
        living: Living,
        intention: Intention,
    ) -> Batch:
        """These lines replace the certificate in force; a draft stays as it is."""
        certificate, last_year = await self.certificate(campaign)
        read = certificate.read_all(lines)
        require_coherence(intention, read)
        require_sequence(intention, living)
        before = await self.lines_before(living.in_force)
        judged = await self.judge(
            read, campaign, certificate, last_year, before, last_year
        )
        if not self.is_ready(judged, intention):
            return self.report_nothing(read, campaign)
        if living.draft is not None:
            self.warnings.append(Notice(Rule.DRAFT_EXISTS, ("deposit",)))
        batch, _ = await self.write(campaign, judged, living, intention)
        return batch

    def is_ready(self, lines: JudgedLines, intention: Intention) -> bool:
        """Whether no bad line holds the others, and the caller means what they do."""
        return not self.is_held(lines.read) and self._is_meant(lines, intention)

    def report_nothing(
        self,
        read: Sequence[Remuneration],
        campaign: Campaign,
        outcomes: Outcomes | None = None,
    ) -> Batch:
        """The report of a call that deposits nothing."""
        return self.report(
            BatchKind.REMUNERATIONS, read, outcomes or {}, campaign=campaign
        )

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
        if count * 2 > len(lines.before) and not intention.has_reason:
            return self._refuse(Rule.REMOVALS_REASON, "reason")
        return True

    def _refuse(self, rule: Rule, at: str, detail: str | None = None) -> bool:
        self.errors.append(Notice(rule, (at,), detail))
        return False

    async def write(
        self,
        campaign: Campaign,
        lines: JudgedLines,
        living: Living,
        intention: Intention,
        outcomes: Outcomes | None = None,
    ) -> tuple[Batch, Declaration]:
        """Deposit the accepted lines; `outcomes` are those of the others."""
        declaration = Declaration.prepare(
            self.place, campaign, living.last_sequence + 1, self.by, self.now
        )
        declaration.nothing_to_declare = intention.nothing_to_declare
        written = await self._rows(declaration, campaign, lines, living)
        results = {**(outcomes or {}), **self.place_lines(written, lines)}
        declaration.line_count = len(written.workers)
        written.end_removed(lines.workers, lines.certificate)
        missing = len(lines.missing(written.workers))
        self._warn_of_absences(missing, written)
        declaration.missing = missing
        declaration.conformity = conformity(lines.read, missing)
        facts: dict[str, Any] = {"campaign": campaign, "removed": written.removed}
        kind, read = BatchKind.REMUNERATIONS, lines.read
        # a dry run makes no line, even to undo it: it would open a card
        if self.dry_run:
            return self.report(kind, read, results, **facts), declaration
        declaration.receive(living.in_force, self.by, self.now)
        declaration.lines_root = lines_root(written.leaves)
        self.register.session.add(declaration)
        facts["declaration"] = declaration
        batch = self.report(kind, read, results, **facts)
        lines.numbers.note()
        self.register.after_flush(lines.numbers.write, written.write)
        self.register.after_flush(lines.numbers.unmark)
        if living.in_force is not None:
            self.register.after_flush(self._withdrawals(declaration, written))
        return batch, declaration

    def place_lines(self, written: DeclarationRows, lines: JudgedLines) -> Outcomes:
        """Note each line of the certificate; what became of those of the call."""
        outcomes = {}
        for line in lines.accepted:
            worker, position = lines.worker_of(line), line.index
            outcomes[line.index] = written.take(
                line, worker, lines.certificate, position
            )
        return outcomes

    async def _rows(
        self,
        declaration: Declaration,
        campaign: Campaign,
        lines: JudgedLines,
        living: Living,
    ) -> DeclarationRows:
        """The rows to write; the Caf answers what was deposited before."""
        register, cards = self.register, lines.cards
        ids = list(cards.by_id) if living.in_force is not None else []
        treatments = await last_treatments(register, self.place, campaign, ids)
        treatments = lines.numbers.treatments(treatments)
        return DeclarationRows(self, declaration, cards, lines.before, treatments)

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
                Notice(Rule.WORKERS_MISSING, (self.of,), f"Nombre : {missing}.")
            )
        if written.removed:
            self.warnings.append(
                Notice(Rule.WORKERS_REMOVED, (self.of,), f"Nombre : {written.removed}.")
            )
        if not written.workers:
            self.warnings.append(Notice(Rule.NOTHING_DECLARED, (self.of,)))
