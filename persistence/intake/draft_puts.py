"""What is put into a draft: kept as it was written, and judged as a deposit would be.

It makes no card and replaces no certificate; a bad line stays, to be mended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from persistence.draft_cells import cells_of, is_mask, with_number_of
from persistence.records import (
    Batch,
    BatchKind,
    Campaign,
    Declaration,
    DraftOrigin,
    DraftSource,
    LineStatus,
    Rule,
)
from persistence.records.rules import require

from .carried_lines import lines_of_certificate, lines_of_last_year
from .certificate_judging import CertificateJudge
from .certificate_reads import Living
from .draft_matching import Matches
from .draft_rows import DraftRows, person_of
from .intentions import Intention, require_coherence, require_size
from .judged_lines import JudgedLines
from .remuneration_lines import Remuneration

Raws = Sequence[Mapping[str, Any]]
NO_LIVE = "Aucun certificat n'est en vigueur."
NO_LAST_YEAR = "Personne n'a été déclaré ici l'an dernier."


@dataclass(slots=True)
class DraftIntake(CertificateJudge):
    """The acts that fill a draft."""

    async def put(
        self, campaign: Campaign, lines: Raws, living: Living, intention: Intention
    ) -> Batch:
        """Put lines into the draft, which is begun where there is none."""
        require_coherence(intention, lines)
        draft = living.draft or self._begin(campaign, living)
        rows = DraftRows(self.register, self.vault, draft)
        matches = Matches(await rows.stored() if living.draft is not None else [])
        matches.by_id(lines)
        raws = await self._with_numbers(lines, matches, rows)
        certificate, last_year = await self.certificate(campaign)
        read = certificate.read_all(raws)
        matches.refuse_misplaced(read, lines)
        judged = await self.judge(read, campaign, certificate, last_year)
        matches.by_person(read, judged.cards)
        candidates = matches.by_reference(read)
        places = [*matches.by_rank.values(), *candidates.values()]
        former = await rows.cells({stored.id for stored in places})
        matches.take_references(read, candidates, former)
        matches.refuse_doubles(read, judged.cards)
        count = len(matches.stored) + _appended(read, matches)
        require_size(count)
        outcomes = _place(rows, judged, raws, matches, former)
        declaration = None
        if not self.dry_run:
            draft.line_count = count
            draft.nothing_to_declare = intention.nothing_to_declare
            self.register.session.add(draft)
            self.register.after_flush(rows.write)
            declaration = draft
        return self.report(
            BatchKind.REMUNERATIONS,
            read,
            outcomes,
            campaign=campaign,
            declaration=declaration,
        )

    async def open(
        self, campaign: Campaign, living: Living, source: DraftSource
    ) -> Declaration:
        """Begin a draft, with the lines of its source. Refused: DRAFT_EXISTS."""
        require(living.draft is None, Rule.DRAFT_EXISTS)
        draft = self._begin(campaign, living)
        self.register.session.add(draft)
        lines = []
        if source is DraftSource.LIVE:
            require(living.in_force, Rule.NOT_FOUND, "source", detail=NO_LIVE)
            assert living.in_force is not None
            lines = await lines_of_certificate(self.register, living.in_force)
        elif source is DraftSource.LAST_YEAR:
            lines = await lines_of_last_year(self.register, self.place, campaign)
            require(lines, Rule.NOT_FOUND, "source", detail=NO_LAST_YEAR)
        if not lines:
            return draft
        certificate, last_year = await self.certificate(campaign)
        read = certificate.read_all(line.cells for line in lines)
        judged = await self.judge(read, campaign, certificate, last_year)
        rows = DraftRows(self.register, self.vault, draft)
        for rank, (line, carried) in enumerate(zip(read, lines, strict=True)):
            person = person_of(line, judged.cards)
            rows.add(rank, DraftOrigin.CARRIED, person, carried.cells, line)
        draft.line_count = len(lines)
        self.register.after_flush(rows.write)
        return draft

    def _begin(self, campaign: Campaign, living: Living) -> Declaration:
        return Declaration.prepare(
            self.place,
            campaign,
            living.last_sequence + 1,
            self.by,
            self.now,
            base_sequence=living.sequence,
        )

    async def _with_numbers(
        self, raws: Raws, matches: Matches, rows: DraftRows
    ) -> list[Mapping[str, Any]]:
        """The lines, each with its number where it repeats the mask of the draft."""
        is_hidden = [is_mask(raw.get("nir")) for raw in raws]
        named = {
            stored.id for rank, stored in matches.by_rank.items() if is_hidden[rank]
        }
        cells = await rows.cells(named)
        result = []
        for rank, raw in enumerate(raws):
            stored = matches.by_rank.get(rank)
            former = cells.get(stored.id) if stored is not None else None
            result.append(with_number_of(raw, former) if former else raw)
        return result


def _appended(read: Sequence[Remuneration], matches: Matches) -> int:
    """How many lines take no other's place."""
    return len(read) - len(matches.by_rank.keys() | matches.misplaced)


def _place(
    rows: DraftRows,
    judged: JudgedLines,
    raws: Raws,
    matches: Matches,
    former: Mapping[str, Mapping[str, str]],
) -> dict[int, tuple[LineStatus, str]]:
    """Note each line in its place; what became of it, and its id."""
    position = max((stored.position for stored in matches.stored), default=-1)
    outcomes = {}
    for line in judged.read:
        if line.index in matches.misplaced:
            continue
        cells = _cells(raws[line.index])
        person = person_of(line, judged.cards)
        stored = matches.by_rank.get(line.index)
        if stored is None:
            position += 1
            line_id = rows.add(position, DraftOrigin.PUT, person, cells, line)
            status = LineStatus.CREATED
        else:
            line_id = stored.id
            is_equal = former[line_id] == cells
            rows.change(stored, person, cells, line, is_equal=is_equal)
            status = LineStatus.UNCHANGED if is_equal else LineStatus.REPLACED
        status = LineStatus.REJECTED if line.errors else status
        outcomes[line.index] = (status, line_id)
    return outcomes


def _cells(raw: Mapping[str, Any]) -> dict[str, str]:
    """What a line keeps: the key of the line of a draft is no cell."""
    cells = cells_of(raw)
    cells.pop("draft_line_id", None)
    return cells
