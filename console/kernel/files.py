"""Files of a list: CSV and XLSX, whose cells are never run by a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .typography import NARROW, NBSP, PARIS
from .wording import EnumWord

_UNSEEN = r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]*"
BEGINS_A_FORMULA = re.compile(rf"[\t\r\n]|{_UNSEEN}[=+\-@＝＋－＠]")
"""Also after characters that are not seen, and with full-width signs (CWE-1236)."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, and a workbook is XML."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NARROWEST = 16
"""In characters: the width of a column."""
WIDTH_OF_FILTERS = 40
NO_FILTER = (("Aucun filtre", ""),)
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def text(value: Any) -> str:  # noqa: ANN401 a value of a list
    """A cell as text, which no spreadsheet takes for a formula.

    Days are in the order of French spreadsheets.
    """
    match value:
        case None:
            return ""
        case list():
            return ", ".join(text(item) for item in value)
        case bool():
            return "oui" if value else "non"
        case int():
            return str(value)
        case datetime():
            return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
        case EnumWord():
            return value.label.replace(NBSP, " ").replace(NARROW, " ")
    plain = str(value)
    return f"'{plain}" if BEGINS_A_FORMULA.match(plain) else plain


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A file that a French spreadsheet opens by a double click.

    It has semicolons, a byte order mark and CRLF.
    """
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL
    )
    writer.writerow(titles)
    for row in rows:
        writer.writerow([text(value) for value in row])
    return BYTE_ORDER_MARK + out.getvalue().encode()


def as_xlsx(
    titles: Sequence[str],
    rows: Iterable[Sequence[Any]],
    filters: Sequence[tuple[str, str]],
) -> bytes:
    """A workbook whose second sheet says the filters of the list.

    Every cell is text, a day excepted; the heading is frozen.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    sheet.freeze_panes = "A2"
    for index, title in enumerate(titles, start=1):
        dimensions = sheet.column_dimensions[get_column_letter(index)]
        dimensions.width = max(NARROWEST, len(title) + 4)
    sheet.append([_bold(sheet, title) for title in titles])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])

    about = book.create_sheet("Filtres appliqués")
    for letter in ("A", "B"):
        about.column_dimensions[letter].width = WIDTH_OF_FILTERS
    for name, value in filters or NO_FILTER:
        about.append([_cell(about, name), _cell(about, value)])

    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:  # noqa: ANN401
    if isinstance(value, date) and not isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "DD/MM/YYYY"
        return cell
    cell = WriteOnlyCell(sheet, NOT_XML.sub("", text(value)))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _bold(sheet: Any, title: str) -> WriteOnlyCell:  # noqa: ANN401 openpyxl's own
    cell = WriteOnlyCell(sheet, title)
    cell.font = Font(bold=True)
    return cell
