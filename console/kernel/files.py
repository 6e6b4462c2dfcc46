"""Files of a list: CSV and XLSX, with text SIRET, and no cell that a spreadsheet would run."""

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

BEGINS_A_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]*[=+\-@＝＋－＠]")  # unseen ones too
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, and a workbook is XML."""
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def text(value: Any) -> str:  # noqa: ANN401 a value of a list
    """A cell as text: days in the order of French spreadsheets, and nothing that begins a formula (CWE-1236)."""
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
    said = str(value)
    return f"'{said}" if BEGINS_A_FORMULA.match(said) else said


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons, a byte order mark and CRLF: what a French spreadsheet opens by a double click."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(titles)
    writer.writerows([text(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(titles: Sequence[str], rows: Iterable[Sequence[Any]], said: Sequence[tuple[str, str]]) -> bytes:
    """Every cell is text, a day excepted; the heading is frozen, and a second sheet says the filters applied."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    sheet.freeze_panes = "A2"
    for index, title in enumerate(titles, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = max(16, len(title) + 4)
    sheet.append([_bold(sheet, title) for title in titles])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    about = book.create_sheet("Filtres appliqués")
    about.column_dimensions["A"].width = about.column_dimensions["B"].width = 40
    for name, value in said or [("Aucun filtre", "")]:
        about.append([_cell(about, name), _cell(about, value)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:  # noqa: ANN401 openpyxl's own; a value of a list
    if isinstance(value, date) and not isinstance(value, datetime):
        made = WriteOnlyCell(sheet, value)
        made.number_format = "DD/MM/YYYY"
        return made
    made = WriteOnlyCell(sheet, UNWRITABLE.sub("", text(value)))
    made.data_type = "s"
    made.number_format = "@"
    return made


def _bold(sheet: Any, title: str) -> WriteOnlyCell:  # noqa: ANN401 openpyxl's own
    made = WriteOnlyCell(sheet, title)
    made.font = Font(bold=True)
    return made
