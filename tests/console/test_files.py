"""Files of a list.

A French spreadsheet opens them, SIRET stay whole, and no cell is ever run.
"""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from console.kernel.files import as_csv, as_xlsx, text
from console.kernel.wording import EnumWord

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("https://exemple.invalid","x")',
    "+33 1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\u202f=1",
    "\ufeff=1",
    "\u200b=1",
    "\u3000=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "  ＝1",
    '"=1',
    "'=1",
]
HARMLESS = [
    "ESAT du Bassin",
    "a=b",
    "1 - 2",
    "99990001200017",
    "00012",
    "d'abord",
    "—",
    "n° 3",
]


def read(content: bytes) -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    )


@pytest.mark.parametrize("written", DANGEROUS[:-2])
def test_nothing_that_a_spreadsheet_would_run_begins_a_cell(written: str) -> None:
    assert text(written).startswith("'")
    assert text([written]).startswith("'")


@pytest.mark.parametrize("written", DANGEROUS)
def test_a_dangerous_name_stays_one_quoted_cell_of_its_line(written: str) -> None:
    [row] = read(as_csv([], [["a", written, "b"]]))[1:]

    assert (row[0], row[2]) == ("a", "b")
    assert row[1].lstrip("'") == written.lstrip("'")


@pytest.mark.parametrize("written", HARMLESS)
def test_what_is_harmless_is_not_touched(written: str) -> None:
    assert text(written) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "oui"),
        (False, "non"),
        (12, "12"),
        (-12, "-12"),
        (date(2026, 6, 30), "30/06/2026"),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "01/07/2026 00:30"),
        (EnumWord("OPEN", "Ouvert"), "Ouvert"),
        (["75", "93"], "75, 93"),
        ([date(2026, 1, 1), None], "01/01/2026, "),
    ],
)
def test_a_value_is_written_as_french_spreadsheets_write_it(
    value: object, written: str
) -> None:
    assert text(value) == written


def test_a_csv_opens_by_a_double_click_in_french() -> None:
    content = as_csv(
        ["Nom", "SIRET"], [['Les "Ateliers" ; du\nCanal', "00990001200017"]]
    )

    assert content.startswith(b"\xef\xbb\xbf")
    assert content == (
        b'\xef\xbb\xbf"Nom";"SIRET"\r\n"Les ""Ateliers"" ; du\nCanal";"00990001200017"\r\n'
    )
    assert read(content)[1] == ['Les "Ateliers" ; du\nCanal', "00990001200017"]


def opened(
    rows: list[list[Any]],
    written: list[tuple[str, str]],
    titles: tuple[str, ...] = ("Nom", "SIRET"),
) -> Any:  # noqa: ANN401 openpyxl's
    return load_workbook(io.BytesIO(as_xlsx(titles, rows, written)))


@pytest.mark.parametrize("written", [*DANGEROUS, *HARMLESS])
def test_a_cell_of_a_workbook_is_text_and_never_a_formula(written: str) -> None:
    cell = opened([[written, "99990001200017"]], [])["Liste"]["A2"]

    assert cell.data_type in {"s", "inlineStr"}
    assert not str(cell.value).startswith(("=", "＝"))


def test_a_siret_of_a_workbook_keeps_its_digits_and_a_day_is_a_day() -> None:
    sheet = opened([["00990001200017", date(2026, 6, 30)]], [])["Liste"]

    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].number_format) == (
        "00990001200017",
        "s",
        "@",
    )
    assert sheet["B2"].is_date
    assert sheet["B2"].value.date() == date(2026, 6, 30)
    assert sheet["B2"].number_format == "DD/MM/YYYY"


def test_the_heading_of_a_workbook_stays_in_sight() -> None:
    sheet = opened([["a", "b"]], [])["Liste"]

    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == ["Nom", "SIRET"]
    assert all(cell.font.bold for cell in sheet[1])


def test_a_workbook_says_the_filters_that_made_it() -> None:
    book = opened([["a", "b"]], [("Mode", "Gestion déléguée"), ("Recherche", "=1+1")])

    assert book.sheetnames == ["Liste", "Filtres appliqués"]
    assert [[cell.value for cell in row] for row in book["Filtres appliqués"]] == [
        ["Mode", "Gestion déléguée"],
        ["Recherche", "'=1+1"],
    ]
    assert opened([], [])["Filtres appliqués"]["A1"].value == "Aucun filtre"


def test_a_workbook_may_have_more_columns_than_letters() -> None:
    sheet = opened([["x"] * 30], [], tuple(f"c{i}" for i in range(30)))["Liste"]

    assert sheet["AD1"].value == "c29"


@pytest.mark.parametrize("control", ["\x00", "\x0b", "\x1b", "\ufffe"])
def test_a_name_with_a_control_character_does_not_stop_a_file(control: str) -> None:
    written = opened([[f"a{control}b", ""]], [])["Liste"]["A2"].value

    assert written.startswith("a")
    assert written.endswith("b")
    assert read(as_csv(["Nom"], [[f"a{control}b"]]))[1][0].startswith("a")
