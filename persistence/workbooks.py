"""A spreadsheet's bytes become rows of cells as written: xlsx or csv, whatever its name. Nothing is ever evaluated."""

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any, NamedTuple, TypeAlias

import openpyxl

from .records import Refused, Rule

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
LARGEST, UNPACKED, PARTS = 10_000_000, 20_000_000, 500
ROWS, SCANNED, WIDEST, LONGEST = 50_000, 200_000, 200, 1_000
OLD = b"\xd0\xcf\x11\xe0"
"""How an old .xls begins, and an .xlsx under a password."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#NOM?", "#VALEUR!", "#NOMBRE!"}
UNSAID = dict.fromkeys((*range(9), *range(11, 13), *range(14, 32), *range(0xD800, 0xE000)))
"""Characters that no text of the register holds."""


class Cell(NamedTuple):
    """What stands in a cell; `computed` for a formula or a spreadsheet's own error."""

    text: str
    computed: bool = False
    number: bool = False


class Row(NamedTuple):
    """A row that says something, under the number that a spreadsheet shows."""

    number: int
    cells: tuple[Cell, ...]


Sheet: TypeAlias = Sequence[Row]
EMPTY = Cell("")


class Workbook(NamedTuple):
    media: str
    sheets: Iterator[Sheet]


def opened(content: bytes) -> Workbook:
    """The sheets of a file, each read when it is asked for. EXTRACT_UNREADABLE, EXTRACT_TOO_LARGE."""
    if len(content) > LARGEST:
        raise Refused(Rule.EXTRACT_TOO_LARGE)
    if content.startswith(OLD):
        raise Refused(Rule.EXTRACT_UNREADABLE, detail="C'est un ancien .xls, ou un fichier protégé.")
    if content.startswith(b"PK"):
        return Workbook(XLSX, _xlsx(content))
    return Workbook(CSV, iter([_csv(content)]))


# xlsx


def _xlsx(content: bytes) -> Iterator[Sheet]:
    book = _read(lambda: _book(content))
    with closing(book):
        for sheet in book.worksheets:
            yield _read(lambda sheet=sheet: _sheet(sheet))  # type: ignore[misc]


def _read(reading: Callable[[], Any]) -> Any:  # noqa: ANN401 what the library gives
    """A library that meets forged bytes may raise anything: whatever it is, the file does not read."""
    try:
        return reading()
    except Refused:
        raise
    except Exception:  # noqa: BLE001 the text of the error may hold a cell
        raise Refused(Rule.EXTRACT_UNREADABLE) from None


def _book(content: bytes) -> Any:  # noqa: ANN401 openpyxl's workbook
    """Opened without its links, its values or its macros, once it is known how much it holds."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
            raise Refused(Rule.EXTRACT_TOO_LARGE)
        if any(b"<!ENTITY" in archive.read(part) for part in parts):
            raise Refused(Rule.EXTRACT_UNREADABLE)
    return openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)


def _sheet(sheet: Any) -> Sheet:  # noqa: ANN401 openpyxl's sheet
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # a file says of itself what it likes
    return _told(map(_cells, sheet.iter_rows(max_col=WIDEST)))


def _cells(row: Sequence[Any]) -> tuple[Cell, ...]:
    return tuple(_cell(cell.value, computed=getattr(cell, "data_type", "") in ("f", "e")) for cell in row)


def _cell(value: Any, *, computed: bool) -> Cell:  # noqa: ANN401 whatever the library reads
    match value:
        case None:
            return EMPTY
        case bool():
            return Cell("oui" if value else "non", computed)
        case int():
            return Cell(str(value), computed, number=True)
        case float():
            return Cell(f"{value:.0f}" if value.is_integer() else str(value), computed, number=True)
        case datetime() | date():
            return Cell(f"{value:%d/%m/%Y}", computed)
        case time():
            return Cell(value.isoformat(), computed)
        case str():
            return _said(value, computed=computed)
        case _:  # an array formula, a table of data
            return Cell(f"={getattr(value, 'text', '') or ''}".replace("==", "=")[:LONGEST], computed=True)


def _said(text: str, *, computed: bool = False) -> Cell:
    said = text.translate(UNSAID)[:LONGEST]
    bare = said.strip()
    return Cell(said, computed or bare.startswith("=") or bare.upper() in ERRORS)


# csv


def _csv(content: bytes) -> Sheet:
    """UTF-8, UTF-16 or Windows-1252; semicolons, tabs or commas."""
    text = _text(content)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter(text))
    try:
        return _told(tuple(map(_said, row)) for row in reader)
    except csv.Error:
        told = f"Un guillemet est de trop, vers la ligne {reader.line_num}."
        raise Refused(Rule.EXTRACT_UNREADABLE, detail=told) from None


def _text(content: bytes) -> str:
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise Refused(Rule.EXTRACT_UNREADABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def delimiter(text: str) -> str:
    """The mark that parts the fullest of the first lines."""
    heads = text.splitlines()[:20]
    return max(";\t,", key=lambda mark: max((line.count(mark) for line in heads), default=0))


# both


def _told(rows: Iterable[tuple[Cell, ...]]) -> Sheet:
    """The rows that say something, numbered as a spreadsheet numbers them."""
    told: list[Row] = []
    for number, cells in enumerate(rows, 1):
        said = [place for place, cell in enumerate(cells, 1) if cell.text.strip()]
        if said:
            told.append(Row(number, cells[: said[-1]]))
        if len(told) > ROWS or number > SCANNED:
            raise Refused(Rule.EXTRACT_TOO_LARGE)
    return told
