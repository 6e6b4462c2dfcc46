"""The files of a payroll: the same reader as an extraction's, one part for each establishment, columns explained."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from persistence.intake.headers import IGNORED
from persistence.intake.sheets import SheetState
from resolvers.declaration_lines import RemunerationLineInput
from server.client.payroll import Export, ExportUnreadable
from server.client.payroll_columns import FIELDS

HEADER = (
    "Référence",
    "N° Sécurité sociale",
    "Nom de naissance",
    "Prénom",
    "SIRET",
    "Taux d'activité",
    "Entrée",
)
CANAL, BASSIN = "99990001200025", "99990001200033"
ROW = ("L1", "185057599904209", "Lefèvre", "Élodie", CANAL, "33,33", "28/06/2015")
LINE = {
    "clientReference": "L1", "nir": "185057599904209", "birthName": "Lefèvre", "givenNames": "Élodie", "siret": CANAL,
    "rate": "33,33", "enteredOn": "28/06/2015",
}  # fmt: skip


def a_csv(folder: Path, *rows: Sequence[str], code: str = "utf-8") -> Path:
    file = folder / "paie.csv"
    file.write_bytes("".join(";".join(row) + "\r\n" for row in rows).encode(code))
    return file


def an_xlsx(folder: Path, **sheets: Sequence[Any]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    book.save(content)
    file = folder / "paie.xlsx"
    file.write_bytes(content.getvalue())
    return file


def at(siret: str, reference: str) -> tuple[str, ...]:
    return (reference, *ROW[1:4], siret, *ROW[5:])


def parts(export: Export, siret: str | None = None) -> dict[str, list[str]]:
    """The references of the lines of each establishment."""
    return {
        part.siret: [line.get("clientReference", "") for line in part.lines]
        for part in export.parts(siret)
    }


# the reader


def test_a_workbook_is_read_as_an_export_in_text(tmp_path: Path) -> None:
    cells = (*ROW[:4], int(CANAL), 33.33, ROW[6])

    export = Export.read(an_xlsx(tmp_path, Paie=[["Export de paie"], HEADER, cells]))

    assert export.lines == [LINE | {"rate": "33.33"}]
    assert export.places == ["3"]
    assert [(report.name, report.state) for report in export.sheets] == [
        ("Paie", SheetState.READ)
    ]


def test_several_sheets_of_lines_are_read_when_they_are_asked_for(
    tmp_path: Path,
) -> None:
    file = an_xlsx(
        tmp_path, Avant=[HEADER, at(CANAL, "A")], Novembre=[HEADER, ROW], Notes=[["x"]]
    )

    with pytest.raises(ExportUnreadable, match=r"« Avant », « Novembre ».*--sheet"):
        Export.read(file)
    with pytest.raises(ExportUnreadable, match="« Décembre »"):
        Export.read(file, sheets=["Novembre", "Décembre"])
    assert Export.read(file, sheets=["Novembre"]).lines == [LINE]
    both = Export.read(file, sheets=["Novembre", "Avant"])
    assert both.places == ["Avant!2", "Novembre!2"]


def test_a_formula_is_told_by_its_place_and_never_computed(tmp_path: Path) -> None:
    export = Export.read(an_xlsx(tmp_path, Paie=[HEADER, (*ROW[:5], "=30+3", ROW[6])]))

    assert export.lines[0]["rate"] == "=30+3"
    assert export.computed == ["ligne 2, « Taux d'activité »"]


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_export_in_utf_16_is_read(tmp_path: Path, code: str) -> None:
    assert Export.read(a_csv(tmp_path, HEADER, ROW, code=code)).lines == [LINE]


def test_empty_cells_at_the_end_of_a_line_are_no_cells_too_many(tmp_path: Path) -> None:
    export = Export.read(
        a_csv(tmp_path, (*HEADER, "", ""), (*ROW, "", "", "", ""), (*ROW, " "))
    )

    assert export.lines == [LINE, LINE]
    assert export.ignored == []


@pytest.mark.parametrize(
    "above",
    [
        "Paie, novembre, 2026, Esat, du Canal, tous, les, ateliers",
        "a,b,c,d,e,f,g,h,i,j",
    ],
)
def test_a_title_full_of_commas_does_not_stop_an_export(
    tmp_path: Path, above: str
) -> None:
    assert Export.read(a_csv(tmp_path, (above,), HEADER, ROW)).lines == [LINE]


def test_a_row_of_an_old_spreadsheet_or_of_no_text_is_a_sentence(
    tmp_path: Path,
) -> None:
    file = tmp_path / "paie.xls"
    for content in (
        b"\xd0\xcf\x11\xe0" + bytes(600),
        b"PK\x03\x04 rien",
        bytes(10_000_001),
        b"\x00\x01\x02" * 9,
    ):
        file.write_bytes(content)
        with pytest.raises(ExportUnreadable, match=r"ne se lit pas|trop grand"):
            Export.read(file)


# the columns


def test_the_code_of_the_organism_counts_before_its_name(tmp_path: Path) -> None:
    export = Export.read(
        a_csv(
            tmp_path,
            (*HEADER, "Organisme", "N° organisme"),
            (*ROW, "Caf de Paris", "751"),
        )
    )

    assert export.lines == [LINE | {"payingOrganism": "751"}]
    assert export.ignored == ["Organisme"]


def test_a_column_is_read_as_it_is_explained(tmp_path: Path) -> None:
    file = a_csv(tmp_path, (*HEADER, "Zone", "Nom"), (*ROW, "12,00", "Roux"))

    export = Export.read(
        file, {"zone": "esatShare", "NOM": "usedName", "Entrée": "IGNORED"}
    )

    left = {name: text for name, text in LINE.items() if name != "enteredOn"}
    assert export.lines == [left | {"esatShare": "12,00", "usedName": "Roux"}]
    assert export.ignored == ["Entrée"]


def test_a_column_that_is_explained_and_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportUnreadable, match="« Zone »"):
        Export.read(a_csv(tmp_path, HEADER, ROW), {"Zone": "esatShare"})


def test_every_field_of_a_line_has_its_words() -> None:
    fields = {
        field.name
        for field in get_object_definition(RemunerationLineInput, strict=True).fields
    }

    of_drafts = {"draft_line_id", "draft_line_version"}  # a payroll knows none
    known = {to_camel_case(name) for name in fields - of_drafts}
    assert {*FIELDS} - {IGNORED} == known


# establishments


def test_a_file_is_split_by_establishment_in_its_own_order(tmp_path: Path) -> None:
    rows = [
        at(BASSIN, "a"),
        at(CANAL, "b"),
        at("999 900 012 00033", "c"),
        at(f"{CANAL}.0", "d"),
    ]
    export = Export.read(a_csv(tmp_path, HEADER, *rows))

    assert parts(export) == {BASSIN: ["a", "c"], CANAL: ["b", "d"]}
    assert [part.places for part in export.parts()] == [["2", "4"], ["3", "5"]]
    assert parts(export, CANAL) == {CANAL: ["a", "b", "c", "d"]}


def test_a_siret_that_cannot_be_read_goes_where_most_lines_go(tmp_path: Path) -> None:
    rows = [
        at(BASSIN, "a"),
        at(CANAL, "b"),
        at(CANAL, "c"),
        at("9,99E+13", "d"),
        at("99990001200026", "e"),
    ]

    assert parts(Export.read(a_csv(tmp_path, HEADER, *rows))) == {
        BASSIN: ["a"],
        CANAL: ["b", "c", "d", "e"],
    }


def test_a_line_without_siret_is_of_the_only_establishment_and_of_none_among_several(
    tmp_path: Path,
) -> None:
    one = [at(CANAL, "a"), at("", "b")]
    assert parts(Export.read(a_csv(tmp_path, HEADER, *one))) == {CANAL: ["a", "b"]}

    export = Export.read(a_csv(tmp_path, HEADER, *one, at(BASSIN, "c")))
    with pytest.raises(
        ExportUnreadable,
        match=r"n'en disent aucun : 3\. Complétez-les, ou donnez --siret",
    ):
        export.parts()
    assert parts(export, CANAL) == {CANAL: ["a", "b", "c"]}
