"""A spreadsheet's bytes become rows of cells as written.

Xlsx or csv, whatever its name. Nothing is ever evaluated.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, Any, NamedTuple

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._reader import WorkSheetParser

from persistence.records import Refused, Rule

from .csv_files import MARKS, decoded, parted
from .sheet_rows import EMPTY, LONGEST, UNSAID, Row, Sheet, SheetCell, row_of, text_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
LARGEST, UNPACKED, STYLED, PARTS = 10_000_000, 20_000_000, 100_000_000, 500
"""The bytes of a file.

Those that say something once it is opened; those of its sheets with their blank cells.
"""
SHEETS = "xl/worksheets/"
CHUNK = 1 << 20
BLANK_CELL = re.compile(rb'<c\s(?=[^<>]*\br=")[^<>]*(?:/>|></c>)')
BLANK_ROW = re.compile(rb'<row\s(?=[^<>]*\br=")[^<>]*(?:/>|>\s*</row>)')
DEEPEST, WIDEST = 1_048_576, 200
"""The last row of a spreadsheet; the columns that are read."""
LONGEST_NAME = 31
"""The characters of a sheet's name."""
OLD = b"\xd0\xcf\x11\xe0"
"""How an old .xls begins, and an .xlsx under a password."""


class Workbook(NamedTuple):
    """The sheets of an xlsx in their order.

    Those of a csv are its readings, of which one is right.
    """

    media: str
    sheets: Sequence[Sheet]


@contextmanager
def opened(content: bytes) -> Iterator[Workbook]:
    """The sheets of a file, read while it is open.

    Refused: EXTRACT_UNREADABLE, EXTRACT_TOO_LARGE.
    """
    if len(content) > LARGEST:
        raise Refused(Rule.EXTRACT_TOO_LARGE)
    if content.startswith(OLD):
        raise Refused(
            Rule.EXTRACT_UNREADABLE,
            detail="C'est un ancien .xls, ou un fichier protégé.",
        )
    if content.startswith(b"PK"):
        with closing(_read(lambda: _book(content))) as book:
            yield Workbook(XLSX, [_sheet(sheet) for sheet in book.worksheets])
    else:
        text = decoded(content)
        yield Workbook(CSV, [parted(text, mark) for mark in MARKS])


# xlsx


def _read(reading: Callable[[], Any]) -> Any:  # noqa: ANN401 what the library gives
    """A library that meets forged bytes may raise anything.

    Whatever it is, the file does not read.
    """
    try:
        return reading()
    except Refused:
        raise
    except Exception:  # noqa: BLE001 the text of the error may hold a cell
        raise Refused(Rule.EXTRACT_UNREADABLE) from None


def _book(content: bytes) -> Any:  # noqa: ANN401 openpyxl's workbook
    """Opened without its links, values or macros, once its size is checked."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        others = sum(
            part.file_size for part in parts if not part.filename.startswith(SHEETS)
        )
        if (
            len(parts) > PARTS
            or others > UNPACKED
            or sum(part.file_size for part in parts) > STYLED
        ):
            raise Refused(Rule.EXTRACT_TOO_LARGE)
        for part in parts:
            with archive.open(part) as source:
                _require_no_entity(source)
    return openpyxl.load_workbook(
        BytesIO(content), read_only=True, data_only=False, keep_links=False
    )


def _require_no_entity(source: IO[bytes]) -> None:
    end = b""
    while chunk := source.read(CHUNK):
        if b"<!ENTITY" in end + chunk:
            raise Refused(Rule.EXTRACT_UNREADABLE)
        end = chunk[-len("<!ENTITY") :]


class Written:
    """The XML of a sheet as it is read, without its blank cells and rows.

    A style alone has put those there.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._rest, self._left = source, b"", UNPACKED

    def read(self, _size: int = -1) -> bytes:
        """What comes next, more or less than `_size`; nothing at the end.

        Refused: EXTRACT_TOO_LARGE.
        """
        while chunk := self._source.read(CHUNK):
            text = self._rest + chunk
            cut = text.rfind(
                b"<row"
            )  # whole rows; one that is longer than a chunk is left as it is
            written = self._strip(text[:cut]) if cut > 0 else text
            self._rest = text[cut:] if cut > 0 else b""
            if written:
                return self._count(written)
        written, self._rest = self._strip(self._rest), b""
        return self._count(written)

    def _strip(self, text: bytes) -> bytes:
        return BLANK_ROW.sub(b"", BLANK_CELL.sub(b"", text))

    def _count(self, written: bytes) -> bytes:
        self._left -= len(written)
        if self._left < 0:
            raise Refused(Rule.EXTRACT_TOO_LARGE)
        return written


def _sheet(sheet: Any) -> Sheet:  # noqa: ANN401 openpyxl's sheet
    return Sheet(
        sheet.title.translate(UNSAID)[:LONGEST_NAME],
        sheet.sheet_state == "visible",
        lambda: _sheet_rows(sheet),
    )


def _sheet_rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 openpyxl's sheet
    """Only the rows that stand in the file.

    Those that it leaves out, up to a styled one, cost nothing.
    """
    last, rows = 0, _parsed(sheet)
    while (row := _read(lambda: next(rows, None))) is not None:
        if not last < row.number <= DEEPEST:
            raise Refused(Rule.EXTRACT_UNREADABLE)
        last = row.number
        if row.cells:
            yield row


def _parsed(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 openpyxl's sheet
    """The rows as openpyxl reads them, without those that it adds to fill gaps."""
    book = sheet.parent
    with sheet._get_source() as source:  # noqa: SLF001 its public ways make up rows
        dates = {
            "date_formats": book._date_formats,  # noqa: SLF001
            "timedelta_formats": book._timedelta_formats,  # noqa: SLF001
        }
        parser = WorkSheetParser(
            Written(source),
            sheet._shared_strings,  # noqa: SLF001
            epoch=book.epoch,
            **dates,
        )
        for number, cells in parser.parse():
            yield row_of(number, _placed(sheet, cells))


def _placed(sheet: Any, cells: Sequence[Mapping[str, Any]]) -> list[SheetCell]:  # noqa: ANN401 openpyxl's sheet
    """The cells at their columns.

    One that stands too far right still shows that the row is too wide.
    """
    placed: dict[int, SheetCell] = {}
    for cell in cells:
        if cell["value"] is not None:
            place = min(cell["column"], WIDEST + 1)
            placed[place] = _cell(ReadOnlyCell(sheet, **cell))
    return [placed.get(place, EMPTY) for place in range(1, max(placed, default=0) + 1)]


def _cell(cell: Any) -> SheetCell:  # noqa: ANN401 openpyxl's cell
    computed = cell.data_type in ("f", "e")
    match cell.value:
        case bool() as value:
            return SheetCell("oui" if value else "non", computed)
        case int() | float() as value if "%" in (cell.number_format or ""):
            return SheetCell(f"{_figure(value * 100)}%", computed, number=True)
        case int() | float() as value:
            return SheetCell(_figure(value), computed, number=True)
        case datetime() | date() as value:
            return SheetCell(f"{value:%d/%m/%Y}", computed)
        case time() as value:
            return SheetCell(value.isoformat(), computed)
        case timedelta() as value:  # hours beyond a day: 35:30 is 35.5
            return SheetCell(_figure(value / timedelta(hours=1)), computed, number=True)
        case str() as value:
            return text_cell(value, computed=computed)
        case value:  # an array formula, a table of data
            return SheetCell(
                f"={getattr(value, 'text', '') or ''}".replace("==", "=")[:LONGEST],
                computed=True,
            )


def _figure(value: float) -> str:
    """A number with the fifteen digits that a spreadsheet shows: `0.1 + 0.2` is 0.3."""
    if isinstance(value, int) or value.is_integer():
        return f"{value:.0f}"
    return f"{value:.15g}"
