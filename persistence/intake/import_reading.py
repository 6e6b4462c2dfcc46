"""What becomes of an extraction: read, previewed against the register, applied line by line, purged (R57, R13)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select

from persistence.records import (
    Establishment,
    Import,
    ImportDecision,
    ImportLine,
    ImportOutcome,
    Migration,
    Notice,
    Organism,
    Origin,
    Partner,
    PartnerSiret,
    Rule,
)
from persistence.records.base import table
from persistence.records.organisms import OrganismKind
from persistence.records.services import ESAT, service_excluded_department
from persistence.register import Register

from .headers import key
from .import_columns import Columns, ImportField, recognised
from .import_words import FIELDS, ParsedImportLine, Reference, read
from .sheets import SheetReport, read_sheets

CAFS = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH)
LINE = (
    "id", "version", "import_id", "sheet", "number", "raw", *FIELDS, "fingerprint", "outcome", "reasons", "changes",
)  # fmt: skip
LINES = ImportLine.__table__.c
KEPT = ("known_mcp", "known_habtiers", "active")
"""What an origin says once the extraction is purged."""
HIDDEN = "«modifié»"


# reading


class ParsedImport(NamedTuple):
    """A file as it was read: the sheet's header, its lines, what was left out."""

    media: str
    columns: Columns
    ignored: list[str]
    header_line: int
    blank_lines: int
    sheets: list[SheetReport]
    words: list[ParsedImportLine]


def read_file(
    content: bytes, meanings: Sequence[Mapping[str, str]], context: Reference
) -> ParsedImport:
    """The sheets on which the header is recognised. EXTRACT_UNREADABLE, EXTRACT_HEADER, EXTRACT_COLUMNS_TWICE."""
    meant = {key(one["header"]): ImportField(one["field"]) for one in meanings}
    file = read_sheets(content, lambda cells: recognised(cells, meant))
    words = [
        read(
            row.number,
            row.cells,
            part.columns,
            context,
            part.sheet,
            is_alone=len(file.parts) == 1,
        )
        for part in file.parts
        for row in part.rows
    ]
    ignored = list(
        dict.fromkeys(name for part in file.parts for name in part.columns.ignored)
    )
    blank = sum(part.blank for part in file.parts)
    return ParsedImport(
        file.media,
        file.columns,
        ignored,
        file.parts[0].header,
        blank,
        file.reports,
        words,
    )


async def reference(register: Register, extract: Import) -> Reference:
    organisms = await register.session.execute(
        select(Organism.code, Organism.id).where(Organism.kind.in_(CAFS))
    )
    departments = await register.session.scalars(select(table("department").c.code))
    outside = service_excluded_department.c
    excluded = await register.session.scalars(
        select(outside.department).where(outside.service_id == ESAT)
    )
    return Reference(
        dict(organisms.all()),
        frozenset(departments),
        frozenset(excluded),
        extract.organism_id,
    )


# judging


class AppliedLine(NamedTuple):
    """The word taken for a SIRET: all that its line said, or what an origin keeps of it."""

    values: Mapping[str, Any]
    fingerprint: str | None
    on: date

    def changes(self, line: Any) -> dict[str, Any]:  # noqa: ANN401 a word or a stored line
        """What the line says otherwise, before and after; who to write to is not told again."""
        changes = {}
        for name, before in self.values.items():
            after = getattr(line, name)
            if before != after:
                hidden = name == "contact"
                changes[name] = (
                    {"before": HIDDEN, "after": HIDDEN}
                    if hidden
                    else {"before": before, "after": after}
                )
        return changes


@dataclass(slots=True)
class RegisterMatch:
    """What the register knows of a SIRET today."""

    partner_id: str | None = None
    follower_id: str | None = None
    follower: str = ""
    elsewhere: bool = False
    applied: AppliedLine | None = None
    set_aside: set[str] = field(default_factory=set)

    def has_heard(self, fingerprint: str) -> bool:
        """Whether these very words were taken, or set aside."""
        return fingerprint in self.set_aside or (
            self.applied is not None and self.applied.fingerprint == fingerprint
        )


class Verdict(NamedTuple):
    outcome: ImportOutcome
    reasons: list[Notice]
    changes: dict[str, Any] | None = None


def judged(line: Any, others: Sequence[str], match: RegisterMatch) -> Verdict:  # noqa: ANN401 a word or a stored line
    """A line that can be read, beside the `others` of its file that contradict it, against the register."""
    if match.has_heard(line.fingerprint):
        return Verdict(ImportOutcome.UNCHANGED, [])
    against = []
    if others:
        against.append(
            Notice(
                Rule.EXTRACT_CONTRADICTION, (), f"Autres lignes : {', '.join(others)}."
            )
        )
    if match.partner_id is not None and match.follower_id != line.organism_id:
        against.append(
            Notice(Rule.EXTRACT_OTHER_CAF, (), f"Suivi par : {match.follower}.")
        )
    if match.elsewhere:
        against.append(Notice(Rule.ESTABLISHMENT_KNOWN))
    changes = match.applied.changes(line) if match.applied is not None else None
    if against:
        return Verdict(ImportOutcome.CONFLICT, against, changes or None)
    if changes is None:
        return Verdict(ImportOutcome.NEW, [])
    return (
        Verdict(ImportOutcome.CHANGED, [], changes)
        if changes
        else Verdict(ImportOutcome.UNCHANGED, [])
    )


def judged_together(
    words: Sequence[ParsedImportLine], matches: Mapping[str, RegisterMatch]
) -> list[Verdict]:
    """The lines of one file: what is rejected stands apart, what repeats another line says nothing."""
    first: dict[str, ParsedImportLine] = {}
    distinct: dict[str, list[ParsedImportLine]] = {}
    for word in words:
        if (
            not word.is_rejected
            and word.siret is not None
            and word.fingerprint not in first
        ):
            first[word.fingerprint] = word
            if word.fingerprint not in matches[word.siret].set_aside:
                distinct.setdefault(word.siret, []).append(word)
    return [_among_its_file(word, first, distinct, matches) for word in words]


def _among_its_file(
    word: ParsedImportLine,
    first: Mapping[str, ParsedImportLine],
    distinct: Mapping[str, Sequence[ParsedImportLine]],
    matches: Mapping[str, RegisterMatch],
) -> Verdict:
    if word.is_rejected or word.siret is None:
        return Verdict(ImportOutcome.REJECTED, [])
    if first[word.fingerprint] is not word:
        same = Notice(
            Rule.EXTRACT_DUPLICATE,
            (),
            f"Même contenu que la ligne {first[word.fingerprint].place}.",
        )
        return Verdict(ImportOutcome.UNCHANGED, [same])
    others = [w.place for w in distinct.get(word.siret, ()) if w is not word]
    return judged(word, others, matches[word.siret])


async def known_of(
    register: Register, sirets: Iterable[str]
) -> dict[str, RegisterMatch]:
    """What the register knows of each of these SIRETs."""
    matches = {siret: RegisterMatch() for siret in sirets}
    wanted, session = sorted(matches), register.session
    bears = PartnerSiret.__table__.c
    rows = await session.execute(
        select(
            bears.siret, Partner.id, Partner.follower_id, Organism.name, Organism.code
        )
        .join(Partner, Partner.id == bears.partner_id)
        .join(Organism, Organism.id == Partner.follower_id)
        .where(register.among(bears.siret, wanted), bears.ends_on.is_(None))
    )
    for siret, partner, follower, name, code in rows:
        match = matches[siret]
        match.partner_id, match.follower_id, match.follower = (
            partner,
            follower,
            f"{name} ({code})",
        )
    places = Establishment.__table__.c
    there = select(places.siret, places.partner_id).where(
        register.among(places.siret, wanted), places.ended_on.is_(None)
    )
    for siret, partner in await session.execute(there):
        matches[siret].elsewhere = partner != matches[siret].partner_id
    await _hear(register, matches, wanted)
    await _remember(register, matches)
    return matches


async def _hear(
    register: Register, matches: Mapping[str, RegisterMatch], wanted: Sequence[str]
) -> None:
    """The words taken, the last one last, and those set aside, in what is not purged."""
    columns = [LINES[c] for c in FIELDS]
    lines = select(
        *columns, LINES.fingerprint, LINES.arbitration, LINES.applied_on
    ).where(
        register.among(LINES.siret, wanted),
        LINES.applied_on.is_not(None) | LINES.arbitration.is_not(None),
    )
    for row in await register.session.execute(
        lines.order_by(LINES.applied_at, LINES.id)
    ):
        if row.applied_on is not None:
            matches[row.siret].applied = AppliedLine(
                {name: getattr(row, name) for name in FIELDS},
                row.fingerprint,
                row.applied_on,
            )
        elif row.arbitration is ImportDecision.SET_ASIDE:
            matches[row.siret].set_aside.add(row.fingerprint)


async def _remember(register: Register, matches: Mapping[str, RegisterMatch]) -> None:
    """What the origins of the registered partners say, where no line says it any more."""
    registered = {
        match.partner_id: match
        for match in matches.values()
        if match.partner_id is not None
    }
    origins = Origin.__table__.c
    rows = await register.session.execute(
        select(origins.partner_id, origins.taken_on, *(origins[c] for c in KEPT))
        .where(register.among(origins.partner_id, sorted(registered)))
        .order_by(origins.id)
    )
    for row in rows:
        match = registered[row.partner_id]
        if (
            match.applied is None
            or match.applied.on < row.taken_on
            or match.applied.fingerprint is None
        ):
            match.applied = AppliedLine(
                {name: getattr(row, name) for name in KEPT}, None, row.taken_on
            )


# receiving


async def receive(
    register: Register,
    extract: Import,
    content: bytes,
    reading: ParsedImport,
    now: datetime,
) -> None:
    """The bytes, and the preview of each line; nothing is decided."""
    extract.receive(content, reading.media, now)
    extract.columns, extract.ignored = reading.columns.recognised, reading.ignored
    extract.sheets = [report._asdict() for report in reading.sheets]
    extract.header_line, extract.blank_lines = reading.header_line, reading.blank_lines
    matches = await known_of(
        register, {w.siret for w in reading.words if w.siret is not None}
    )
    verdicts = judged_together(reading.words, matches)
    extract.count(verdict.outcome for verdict in verdicts)
    rank = {sheet.name: index for index, sheet in enumerate(reading.sheets)}
    rows = [
        _row(extract, rank.get(word.sheet, 0), word, verdict)
        for word, verdict in zip(reading.words, verdicts, strict=True)
    ]

    async def write() -> None:
        await register.copy(ImportLine, LINE, rows)
        await require_counts_add_up(register, extract)

    register.after_flush(write)


def _row(
    extract: Import, rank: int, word: ParsedImportLine, verdict: Verdict
) -> tuple[Any, ...]:
    """A line's own row; its id keeps the order of the file: by sheet, then by number."""
    name = f"{ImportLine.prefix}_{extract.id.removeprefix(f'{Import.prefix}_')}{rank:03d}{word.number:07d}"
    reasons = stored([*word.reasons, *verdict.reasons])
    texts = (
        orjson.dumps(part).decode() if part is not None else None
        for part in (word.raw, reasons, verdict.changes)
    )
    raw, why, changes = texts
    place = (extract.id, word.sheet, word.number)
    return (
        name,
        1,
        *place,
        raw,
        *word.values,
        word.fingerprint,
        verdict.outcome.value,
        why,
        changes,
    )


def stored(notices: Iterable[Notice]) -> list[list[Any]]:
    """Each reason as its line keeps it: its code, its detail, and where in the line it stands."""
    return [[notice.rule.name, notice.detail, list(notice.path)] for notice in notices]


async def require_counts_add_up(register: Register, extract: Import) -> None:
    """Nothing is lost: the lines that were written are those that the header counts."""
    counted = (
        select(LINES.outcome, func.count())
        .where(LINES.import_id == extract.id)
        .group_by(LINES.outcome)
    )
    counts: Counter[ImportOutcome] = Counter(
        dict((await register.session.execute(counted)).all())
    )
    if any(
        counts[outcome] != getattr(extract, f"{outcome.value.lower()}_count")
        for outcome in ImportOutcome
    ):
        message = f"the lines of {extract.id} are not those that it counts"
        raise RuntimeError(message)


async def hold(register: Register) -> None:
    """One act at a time takes lines: two imports may speak of the same SIRET."""
    await register.session.execute(
        select(Migration.id).where(Migration.service_id == ESAT).with_for_update()
    )


async def siblings(register: Register, line: ImportLine) -> Sequence[ImportLine]:
    """The lines of the same file that contradict this one."""
    of = (
        ImportLine.import_id == line.import_id,
        ImportLine.siret == line.siret,
        ImportLine.id != line.id,
    )
    conflicts = select(ImportLine).where(
        *of, ImportLine.outcome == ImportOutcome.CONFLICT
    )
    return (
        await register.session.scalars(
            conflicts.order_by(ImportLine.id).with_for_update()
        )
    ).all()
