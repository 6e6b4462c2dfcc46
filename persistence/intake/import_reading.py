"""An extraction is read, and each of its lines previewed against the register (R57)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select

from persistence.records import (
    Import,
    ImportLine,
    ImportOutcome,
    Notice,
    Organism,
)
from persistence.records.base import table
from persistence.records.organisms import OrganismKind
from persistence.records.services import ESAT, service_excluded_department
from persistence.register import Register

from .headers import key
from .import_cells import read
from .import_columns import Columns, ImportField, recognised
from .import_matches import LINES, matches_of
from .import_verdicts import Verdict, judged_together
from .import_words import FIELDS, ParsedImportLine, Reference
from .sheets import SheetReport, read_sheets

CAFS = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH)
LINE = (
    "id",
    "version",
    "import_id",
    "sheet",
    "number",
    "raw",
    *FIELDS,
    "fingerprint",
    "outcome",
    "reasons",
    "changes",
)


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
    """The sheets on which the header is recognised.

    Refused: EXTRACT_UNREADABLE, EXTRACT_HEADER, EXTRACT_COLUMNS_TWICE.
    """
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
    matches = await matches_of(
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
    """A line's own row.

    Its id keeps the order of the file: by sheet, then by number.
    """
    file = extract.id.removeprefix(f"{Import.prefix}_")
    name = f"{ImportLine.prefix}_{file}{rank:03d}{word.number:07d}"
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
    """Each reason as its line keeps it.

    Its code, its detail, and where in the line it stands.
    """
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
