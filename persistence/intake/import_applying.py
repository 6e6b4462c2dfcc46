"""Taking the lines of an extraction: each is judged again, and applied or left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select, update

from persistence.parts import in_parts
from persistence.records import (
    Import,
    ImportDecision,
    ImportLine,
    ImportOutcome,
    Notice,
    Organism,
    Origin,
    Partner,
    Refused,
    Rule,
    User,
)
from persistence.records.base import Base
from persistence.records.identifiers import Finess, Siret
from persistence.records.import_lines import AWAITING
from persistence.records.partners import PartnerKind
from persistence.register import Register

from .import_matches import LINES, RegisterMatch, matches_of
from .import_reading import require_counts_add_up, stored
from .import_verdicts import Verdict, judged, visible_changes
from .import_words import FIELDS, makes_partner

COLUMNS = (
    "id",
    "sheet",
    "number",
    *FIELDS,
    "fingerprint",
    "outcome",
    "reasons",
    "arbitration",
    "applied_on",
)
ROW = [LINES[name] for name in COLUMNS]


@dataclass(slots=True)
class ImportApplication:
    """One act of taking the lines of one organism, inside its transaction."""

    register: Register
    extract: Import
    organism: Organism
    by: User
    now: datetime
    applied: int = 0
    left: int = 0
    warnings: list[Notice] = field(default_factory=list)
    traces: list[tuple[str, str, list[Base]]] = field(default_factory=list)
    """(object, partner, what changed) of each partner that the act makes or names."""
    partners: list[Partner] = field(default_factory=list)
    """Those that it registers, written once the act has told of them."""
    origins: list[Origin] = field(default_factory=list)
    """What it says of others."""
    moved: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, ids: Sequence[str] | None) -> None:
        """The lines named, or all that wait.

        A line that may no longer be taken is left, and told.
        """
        rows = await self._waiting()
        if ids is None:
            chosen = [row for row in rows if _is_ready(row)]
        else:
            chosen = await self._named(rows, ids)
        matches = await matches_of(self.register, {row.siret for row in chosen})
        await self._lock(matches)
        async for part in in_parts(chosen):
            for row in part:
                self._take(row, matches[row.siret])
        self.left = len(rows) - self.applied - self._now_unchanged()
        self.extract.applied += self.applied
        self.register.after_flush(
            partial(self.register.register_all, self.partners),
            partial(self.register.write_all, self.origins),
            self._write,
        )

    def _now_unchanged(self) -> int:
        """How many of the lines, judged again, say nothing new."""
        outcomes = [move["outcome"] for move in self.moved]
        return outcomes.count(ImportOutcome.UNCHANGED)

    async def unchanged(self) -> int:
        """How many lines of the organism say nothing new; once the act is written."""
        counted = select(func.count()).where(
            LINES.import_id == self.extract.id,
            LINES.organism_id == self.organism.id,
            LINES.outcome == ImportOutcome.UNCHANGED,
        )
        before = await self.register.session.scalar(counted) or 0
        return self._now_unchanged() + before

    async def _waiting(self) -> Sequence[Any]:
        """The lines of the organism that are not settled, in order."""
        mine = (
            LINES.import_id == self.extract.id,
            LINES.organism_id == self.organism.id,
        )
        is_unsettled = ImportLine.is_unsettled.sql(ImportLine.__table__)
        lines = select(*ROW).where(*mine, is_unsettled)
        return (await self.register.session.execute(lines.order_by(LINES.id))).all()

    async def _named(self, rows: Sequence[Any], ids: Sequence[str]) -> list[Any]:
        """The lines of these ids; one of another import or organism is not found."""
        waiting = {row.id: row for row in rows}
        here = select(LINES.id).where(
            self.register.among(LINES.id, ids),
            LINES.import_id == self.extract.id,
            LINES.organism_id == self.organism.id,
        )
        mine = set(await self.register.session.scalars(here))
        chosen = {}
        for index, one in enumerate(ids):
            if one not in mine:
                raise Refused(Rule.NOT_FOUND, "line_ids", str(index))
            if one in waiting and _is_ready(waiting[one]):
                chosen[one] = waiting[one]
            else:
                notice = Notice(Rule.EXTRACT_LEFT, ("line_ids", str(index)))
                self.warnings.append(notice)
        return sorted(chosen.values(), key=lambda row: row.id)

    async def _lock(self, matches: Mapping[str, RegisterMatch]) -> None:
        """The partners that are spoken of stay as they are read."""
        every = (match.partner_id for match in matches.values())
        ids = [partner_id for partner_id in every if partner_id is not None]
        if not ids:
            return
        rows = Partner.__table__.c.id
        partners = select(rows).where(self.register.among(rows, sorted(ids)))
        lock = partners.order_by(rows).with_for_update()
        await self.register.session.execute(lock)

    def _take(self, row: Any, match: RegisterMatch) -> None:  # noqa: ANN401 a row of ROW
        """Judged again: what another act did since the preview counts.

        An arbitrated line has had its answer: a conflict does not stop it, and its
        outcome stays what it was.
        """
        verdict = judged(row, (), match)
        is_decided = row.arbitration is ImportDecision.TAKEN
        is_unchanged = verdict.outcome is ImportOutcome.UNCHANGED
        is_conflict = verdict.outcome is ImportOutcome.CONFLICT
        if is_unchanged or (is_conflict and not is_decided):
            self._leave(row, verdict)
            return
        outcome = row.outcome if is_decided else verdict.outcome
        self._apply(row, match, Verdict(outcome, [], verdict.changes))

    def _leave(self, row: Any, verdict: Verdict) -> None:  # noqa: ANN401 a row of ROW
        reasons = row.reasons + stored(verdict.reasons)
        self._move(row, verdict, reasons=reasons)
        self._warn(row, verdict.reasons)

    def _warn(self, row: Any, notices: Sequence[Notice]) -> None:  # noqa: ANN401 a row of ROW
        """Tell these at the place of the line in its file."""
        place = ("lines", self.extract.place(row.sheet, row.number))
        for notice in notices:
            self.warnings.append(Notice(notice.rule, place, notice.detail))

    def _apply(self, row: Any, match: RegisterMatch, verdict: Verdict) -> None:  # noqa: ANN401 a row of ROW
        """R57: the word is taken.

        It makes a partner, or speaks of one, or stays with its reason.
        """
        partner_id = match.partner_id
        if partner_id is not None:
            origin = Origin.of(row, self.extract, partner_id, self.register.today)
            self.origins.append(origin)
            self.traces.append((partner_id, partner_id, [origin]))
        elif makes_partner(row):
            partner_id = self._registers(row, match).id
        self.applied += 1
        facts = {
            "applied_on": self.register.today,
            "applied_at": self.now,
            "applied_by_id": self.by.id,
        }
        self._move(row, verdict, **facts, partner_id=partner_id)

    def _registers(self, row: Any, match: RegisterMatch) -> Partner:  # noqa: ANN401 a row of ROW
        siret = Siret(row.siret)
        today = self.register.today
        partner = Partner.register(
            siret, row.name, PartnerKind.ESAT, self.organism, today
        )
        if match.elsewhere:
            self._warn(row, [Notice(Rule.ESTABLISHMENT_KNOWN)])
        elif row.department is not None:
            notices = partner.notices_at_registration(self.organism, row.department)
            self._warn(row, notices)
            finess = Finess(row.finess) if row.finess else None
            partner.add_establishment(siret, row.name, row.department, finess, today)
        partner.origins.append(Origin.of(row, self.extract, partner.id, today))
        self.partners.append(partner)
        objects: list[Base] = [
            partner,
            *partner.sirets,
            *partner.establishments,
            *partner.origins,
        ]
        self.traces.append((partner.id, partner.id, objects))
        return partner

    def _move(self, row: Any, verdict: Verdict, **facts: object) -> None:  # noqa: ANN401 a row of ROW
        unset = dict.fromkeys(
            ("applied_on", "applied_at", "applied_by_id", "partner_id")
        )
        values = {
            "key": row.id,
            "reasons": row.reasons,
            "changes": visible_changes(verdict.changes),
            "outcome": verdict.outcome,
        }
        self.moved.append(unset | values | facts)
        self.extract.count([row.outcome], -1)
        self.extract.count([verdict.outcome])

    async def _write(self) -> None:
        """The lines, once their partners are written."""
        if self.moved:
            lines = update(ImportLine.__table__).where(LINES.id == bindparam("key"))  # type: ignore[arg-type]
            connection = await self.register.session.connection()
            await connection.execute(lines, self.moved)
        await require_counts_add_up(self.register, self.extract)


def _is_ready(row: Any) -> bool:  # noqa: ANN401 a row of ROW
    """Whether an unsettled line may be applied as it stands."""
    return row.outcome in AWAITING or row.arbitration is ImportDecision.TAKEN
