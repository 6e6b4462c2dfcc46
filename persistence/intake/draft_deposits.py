"""The deposit of a draft: its lines are judged again, and the good ones leave it."""

from dataclasses import dataclass

from persistence.records import (
    Batch,
    Campaign,
    Declaration,
    LineStatus,
    Refused,
    Rule,
)

from .carried_lines import lines_of_certificate
from .certificate_reads import Living
from .certificates import CertificateIntake, Outcomes
from .draft_rows import DraftRows, person_of
from .intentions import Intention, require_coherence, require_sequence, require_size
from .judged_lines import JudgedLines


@dataclass(slots=True)
class DraftDeposit(CertificateIntake):
    """A batch whose lines are those of the draft."""

    async def deposit_draft(
        self, campaign: Campaign, living: Living, intention: Intention
    ) -> Batch:
        """The draft as it stands replaces the certificate in force.

        Where a line is refused the draft stays, with that line and the certificate.
        """
        draft = living.draft
        if draft is None:
            raise Refused(Rule.DRAFT_MISSING, "lines")
        require_sequence(intention, living, draft.base_sequence)
        rows = DraftRows(self.register, self.vault, draft)
        cells = await rows.cells()
        require_size(len(cells))
        certificate, last_year = await self.certificate(campaign)
        read = certificate.read_all(cells.values())
        require_coherence(intention, read)
        before = await self.lines_before(living.in_force)
        lines = await self.judge(
            read, campaign, certificate, last_year, before, last_year
        )
        ids = list(cells)
        outcomes = _outcomes(lines, ids)
        is_ready = self.is_ready(lines, intention)
        _note_refusals(rows, lines, ids)
        if not is_ready:
            if not self.dry_run:
                rows.is_noted_whole = True
                self.register.after_flush(rows.write)
            return self.report_nothing(read, campaign, outcomes)
        batch, deposit = await self.write(campaign, lines, living, intention, outcomes)
        if not self.dry_run:
            self._leave(draft, deposit, rows, lines, ids)
        return batch

    def _leave(
        self,
        draft: Declaration,
        deposit: Declaration,
        rows: DraftRows,
        lines: JudgedLines,
        ids: list[str],
    ) -> None:
        """What becomes of the draft: consumed, or left with what was refused."""
        accepted = lines.accepted
        if len(accepted) == len(ids):
            draft.close_draft(self.now)
            self.register.after_flush(rows.clear)
            return
        draft.base_sequence = deposit.sequence
        rows.gone = [ids[line.index] for line in accepted]

        async def carry() -> None:
            carried = await lines_of_certificate(self.register, deposit)
            rows.carry(carried, await self._free_position(rows))
            await rows.write()

        self.register.after_flush(carry)

    async def _free_position(self, rows: DraftRows) -> int:
        """The position after the last one."""
        stored = await rows.stored()
        return 1 + max(line.position for line in stored)


def _outcomes(lines: JudgedLines, ids: list[str]) -> Outcomes:
    """Of the lines that are not deposited: they stay in the draft."""
    outcomes = {}
    for line in lines.read:
        status = LineStatus.REJECTED if line.errors else LineStatus.HELD
        outcomes[line.index] = (status, ids[line.index])
    return outcomes


def _note_refusals(rows: DraftRows, lines: JudgedLines, ids: list[str]) -> None:
    """What is wrong today with each line that has an error."""
    for line in lines.read:
        if line.errors:
            rows.note(ids[line.index], person_of(line, lines.cards), line)
