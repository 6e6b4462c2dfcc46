"""Which sheets of a file bear the header that its reader looks for.

Of a csv, which mark parts it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice
from typing import Generic, NamedTuple, TypeVar

from persistence.records import Refused, Rule

from .headers import Columns
from .sheet_rows import Row, Sheet
from .workbooks import CSV, Workbook, opened

F = TypeVar("F", bound=str)
TITLES, SAMPLE, ROWS = 20, 100, 50_000
"""The rows above which no header is looked for.

Those whose widths are compared; those that a file may have.
"""


class SheetState(StrEnum):
    READ = "READ"
    HIDDEN = "HIDDEN"
    EMPTY = "EMPTY"
    NO_HEADER = "NO_HEADER"
    OTHER_HEADER = "OTHER_HEADER"
    NOT_ASKED = "NOT_ASKED"


class SheetReport(NamedTuple):
    """What became of a sheet."""

    name: str
    state: SheetState
    lines: int


@dataclass(frozen=True, slots=True)
class Lines(Generic[F]):
    """The rows below the header of a sheet."""

    sheet: str
    columns: Columns[F]
    header: int
    rows: list[Row]

    @property
    def blank(self) -> int:
        return self.rows[-1].number - self.header - len(self.rows) if self.rows else 0


@dataclass(frozen=True, slots=True)
class Reading(Generic[F]):
    """A file as it is read; `reports` tells each sheet of an xlsx, read or not."""

    media: str
    parts: list[Lines[F]]
    reports: list[SheetReport] = field(default_factory=list)

    @property
    def columns(self) -> Columns[F]:
        return self.parts[0].columns


Recognise = Callable[[Sequence[str]], Columns[F] | None]


@dataclass(slots=True)
class Trial(Generic[F]):
    """The top of a sheet: its header, if one of its first rows is.

    Else why a row that looks like one is refused.
    """

    sheet: Sheet
    rows: Iterator[Row]
    columns: Columns[F] | None = None
    header: Row | None = None
    refusal: Refused | None = None
    is_empty: bool = True

    @classmethod
    def of(cls, sheet: Sheet, recognise: Recognise[F]) -> "Trial[F]":
        trial = cls(sheet, sheet.rows())
        for row in islice(trial.rows, TITLES):
            trial.is_empty = False
            try:
                trial.columns = recognise([cell.text for cell in row.cells])
            except Refused as refused:
                trial.refusal = trial.refusal or refused
            if trial.columns is not None:
                trial.header = row
                break
        return trial

    def lines(self, left: int) -> Lines[F]:
        """EXTRACT_TOO_LARGE when more than `left`."""
        assert self.columns is not None
        assert self.header is not None
        rows = list(islice(self.rows, left + 1))
        if len(rows) > left:
            raise Refused(Rule.EXTRACT_TOO_LARGE)
        return Lines(self.sheet.name, self.columns, self.header.number, rows)

    def fit(self) -> tuple[int, float]:
        """How well a mark parts a csv.

        The fields of its header, then the share of its rows that are as wide.
        """
        if self.columns is None or self.header is None:
            return (0, 0)
        try:
            sample = list(islice(self.rows, SAMPLE))
        except Refused as refused:
            self.columns, self.refusal = None, refused
            return (0, 0)
        self.rows = chain(sample, self.rows)
        even = sum(row.width == self.header.width for row in sample) / max(
            len(sample), 1
        )
        return (len(self.columns.fields), even)


def read_sheets(
    content: bytes, recognise: Recognise[F], names: Collection[str] = ()
) -> Reading[F]:
    """The lines of the visible sheets that bear the header, or of those in `names`.

    A hidden sheet is read when no visible one bears it. Refused: EXTRACT_UNREADABLE,
    EXTRACT_TOO_LARGE, EXTRACT_HEADER, EXTRACT_COLUMNS_TWICE.
    """
    with opened(content) as book:
        return (
            _of_csv(book, recognise)
            if book.media == CSV
            else _of_sheets(book, recognise, names)
        )


def _of_csv(book: Workbook, recognise: Recognise[F]) -> Reading[F]:
    trials: list[Trial[F]] = []
    broken: Refused | None = None
    for sheet in book.sheets:
        try:
            trials.append(Trial.of(sheet, recognise))
        except Refused as refused:  # a quote that this mark does not close
            broken = broken or refused
    best = max(trials, key=Trial.fit, default=None)
    if best is None or best.columns is None:
        raise next((t.refusal for t in trials if t.refusal), broken) or Refused(
            Rule.EXTRACT_HEADER
        )
    return Reading(book.media, [best.lines(ROWS)])


def _of_sheets(
    book: Workbook, recognise: Recognise[F], names: Collection[str]
) -> Reading[F]:
    if len({sheet.name for sheet in book.sheets}) < len(
        book.sheets
    ):  # no spreadsheet names two alike
        raise Refused(Rule.EXTRACT_UNREADABLE)
    trials = [Trial.of(sheet, recognise) for sheet in book.sheets]
    wanted = [t for t in trials if not names or t.sheet.name in names]
    headed = [t for t in wanted if t.columns is not None]
    first = next(iter(sorted(headed, key=lambda t: not t.sheet.is_visible)), None)
    if first is None or first.columns is None:
        raise next((t.refusal for t in wanted if t.refusal), None) or Refused(
            Rule.EXTRACT_HEADER
        )
    parts: list[Lines[F]] = []
    reports: list[SheetReport] = []
    for trial in trials:
        state = SheetState.READ if trial is first else _state(trial, first, names)
        lines = 0
        if state is SheetState.READ:
            parts.append(trial.lines(ROWS - sum(len(part.rows) for part in parts)))
            lines = len(parts[-1].rows)
        reports.append(SheetReport(trial.sheet.name, state, lines))
    return Reading(book.media, parts, reports)


def _state(trial: Trial[F], first: Trial[F], names: Collection[str]) -> SheetState:
    assert first.columns is not None
    if trial.is_empty:
        return SheetState.EMPTY
    if names and trial.sheet.name not in names:
        return SheetState.NOT_ASKED
    if trial.columns is None:
        return SheetState.OTHER_HEADER if trial.refusal else SheetState.NO_HEADER
    if not trial.sheet.is_visible and not names:
        return SheetState.HIDDEN
    return (
        SheetState.READ
        if trial.columns.meaning == first.columns.meaning
        else SheetState.OTHER_HEADER
    )
