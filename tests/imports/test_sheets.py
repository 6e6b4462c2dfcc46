"""Which rows, sheets and separators of a file are read: what says nothing costs nothing, what is left out is told."""

import zipfile
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from persistence.intake import sheet_rows, sheets, workbooks
from persistence.intake.sheet_rows import Row, SheetCell
from persistence.intake.sheets import SheetState
from persistence.records import Rule

from .sending import HEADER, a_file, a_line
from .test_reading_files import GOOD, NAMES, OTHER, a_workbook, read, refused, the_word

LINE, SECOND = a_line(GOOD).split(";"), a_line(OTHER).split(";")
LAST_ROW = 1_048_576


def named_workbook(*named: tuple[str, str, Sequence[Any]]) -> bytes:
    """Sheets with their name, their state and their rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, state, rows in named:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def states(content: bytes) -> dict[str, tuple[str, int]]:
    return {
        report.name: (report.state.value, report.lines)
        for report in read(content).sheets
    }


# rows


def a_styled_end() -> bytes:
    """One line, and one styled cell without a value at the last row of the sheet."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(NAMES)
    sheet.append(LINE)
    sheet.cell(LAST_ROW, 3).font = Font(bold=True)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_styled_cell_at_the_last_row_of_a_sheet_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = []

    def counted(number: int, cells: Any) -> Row:  # noqa: ANN401 any cells
        looked_at.append(number)
        return row(number, cells)

    row = sheet_rows.row_of  # the one place that each row passes
    monkeypatch.setattr(workbooks, "row_of", counted)

    reading = read(a_styled_end())

    assert ([word.number for word in reading.words], reading.blank_lines) == ([2], 0)
    assert looked_at == [1, 2]


def with_rows(content: bytes, rows: bytes) -> bytes:
    """The first sheet of a workbook, with these rows as they are written in its file."""
    other = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as book,
        zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in book.infolist():
            made.writestr(
                part.filename,
                book.read(part).replace(b"</sheetData>", rows + b"</sheetData>", 1),
            )
    return other.getvalue()


def test_rows_that_a_style_alone_has_put_there_are_not_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Borders drawn down to the end of the sheet: more than twenty megabytes that say nothing."""
    parsed: list[int] = []
    placed = workbooks._placed  # noqa: SLF001 the one place that each row passes

    def counted(sheet: Any, cells: Any) -> list[SheetCell]:  # noqa: ANN401 openpyxl's
        parsed.append(len(cells))
        return placed(sheet, cells)

    monkeypatch.setattr(workbooks, "_placed", counted)
    styled = b"".join(
        b'<row r="%d" spans="1:3" s="1"><c r="A%d" s="1"/><c r="B%d" s="1"></c><c r="C%d" s="1" t="s"/></row>'
        % (i, i, i, i)
        for i in range(3, 250_000)
    )
    written = b'<row r="250000"><c r="A250000" t="inlineStr"><is><t>1</t></is></c><c r="B250000" s="1"/></row>'

    words = read(
        with_rows(a_workbook([NAMES, LINE]), styled + b'<row r="250001"/>' + written)
    ).words

    assert len(styled) > workbooks.UNPACKED
    assert [word.number for word in words] == [2, 250_000]
    assert parsed == [len(NAMES), len([c for c in LINE if c]), 1]


def test_a_sheet_that_says_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "UNPACKED", 100_000)
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>texte</t></is></c></row>' % (i, i)
        for i in range(3, 3_000)
    )

    assert refused(with_rows(a_workbook([NAMES, LINE]), rows))[0] == "EXTRACT_TOO_LARGE"


def test_a_row_longer_than_what_is_read_at_once_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbooks, "CHUNK", 64)

    assert [word.siret for word in read(a_workbook([NAMES, LINE, SECOND])).words] == [
        GOOD,
        OTHER,
    ]


def test_rows_of_separators_alone_are_no_lines_of_a_csv() -> None:
    content = a_file(a_line(GOOD)) + b";;;\n" * 250_000 + a_line(OTHER).encode()

    assert [word.number for word in read(content).words] == [2, 250_003]


def test_a_row_as_far_as_a_spreadsheet_goes_is_read() -> None:
    book = openpyxl.load_workbook(BytesIO(a_workbook([NAMES, LINE])))
    for place, text in enumerate(SECOND, 1):
        book.active.cell(LAST_ROW, place).value = text
    content = BytesIO()
    book.save(content)

    assert [word.number for word in read(content.getvalue()).words] == [2, LAST_ROW]


@pytest.mark.parametrize(
    "forged", [b"2", b"1", b"0", b"-3", b"1048577", b"99999999999", b"x"]
)
def test_rows_that_do_not_follow_each_other_are_refused(forged: bytes) -> None:
    content = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(a_workbook([NAMES, LINE, SECOND]))) as book,
        zipfile.ZipFile(content, "w") as other,
    ):
        for part in book.infolist():
            other.writestr(
                part.filename,
                book.read(part).replace(b'<row r="3"', b'<row r="' + forged + b'"'),
            )

    assert refused(content.getvalue())[0] == "EXTRACT_UNREADABLE"


def test_a_cell_too_far_to_the_right_still_says_that_its_row_is_too_wide() -> None:
    word = the_word(a_workbook([NAMES, [*LINE, *[None] * 300, "loin"]]))

    assert [reason.rule for reason in word.reasons] == [Rule.EXTRACT_CELLS]


# sheets


def test_a_second_visible_sheet_with_the_same_header_is_read() -> None:
    content = named_workbook(
        ("Paris", "visible", [NAMES, LINE]), ("Notes", "visible", [["Bonjour"]]), ("Suite", "visible", [[], NAMES, SECOND]),
    )  # fmt: skip

    reading = read(content)

    assert [(word.sheet, word.number, word.siret) for word in reading.words] == [
        ("Paris", 2, GOOD),
        ("Suite", 3, OTHER),
    ]
    assert states(content) == {
        "Paris": ("READ", 1),
        "Notes": ("NO_HEADER", 0),
        "Suite": ("READ", 1),
    }


def test_a_visible_sheet_comes_before_a_hidden_one() -> None:
    content = named_workbook(
        ("Ancien", "hidden", [NAMES, SECOND]), ("Plus ancien", "veryHidden", [NAMES, SECOND]), ("Courant", "visible", [NAMES, LINE]),
    )  # fmt: skip

    assert [word.siret for word in read(content).words] == [GOOD]
    assert states(content) == {
        "Ancien": ("HIDDEN", 0),
        "Plus ancien": ("HIDDEN", 0),
        "Courant": ("READ", 1),
    }


def test_a_hidden_sheet_is_read_when_no_visible_one_bears_the_header() -> None:
    content = named_workbook(
        ("Accueil", "visible", [["Bonjour"]]), ("Données", "hidden", [NAMES, LINE])
    )

    assert [word.siret for word in read(content).words] == [GOOD]
    assert states(content) == {"Accueil": ("NO_HEADER", 0), "Données": ("READ", 1)}


def test_a_sheet_of_another_or_of_an_incomplete_header_is_told_and_stops_nothing() -> (
    None
):
    other = [*NAMES[:-1], "Contact du siège"]
    content = named_workbook(
        ("Synthèse", "visible", [["SIRET", "Raison sociale", "Code Caf"], LINE[:3]]), ("Esat", "visible", [NAMES, LINE]),
        ("Sièges", "visible", [other, SECOND]), ("Feuil4", "visible", []),
    )  # fmt: skip

    assert [word.siret for word in read(content).words] == [GOOD]
    assert states(content) == {
        "Synthèse": ("OTHER_HEADER", 0), "Esat": ("READ", 1), "Sièges": ("OTHER_HEADER", 0), "Feuil4": ("EMPTY", 0),
    }  # fmt: skip


def test_lines_of_two_sheets_are_told_apart_where_they_contradict_each_other() -> None:
    reading = read(
        named_workbook(("A", "visible", [NAMES, LINE]), ("B", "visible", [NAMES, LINE]))
    )

    assert [word.place for word in reading.words] == ["A!2", "B!2"]


def test_the_lines_of_all_sheets_count_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "ROWS", 3)
    two = [NAMES, LINE, SECOND]

    assert (
        refused(named_workbook(("A", "visible", two), ("B", "visible", two)))[0]
        == "EXTRACT_TOO_LARGE"
    )


def test_a_csv_has_no_sheet() -> None:
    reading = read(a_file(a_line(GOOD)))

    assert (reading.sheets, reading.words[0].sheet, reading.words[0].place) == (
        [],
        "",
        "2",
    )


# separators


@pytest.mark.parametrize(
    "above",
    [
        "Extraction des Esat, connus de MCP, de Habtiers, par Caf, par département, au 3 février, version 2, à relire, merci, bien, à vous, tous",
        "sep=;", "Esat\tconnus\tdans\tMCP\tet\tHabtiers\tpar\tCaf\tet\tpar\tdépartement\tet\tpar\tnom",
        "# a,b,c\n# d,e,f,g,h,i,j,k,l,m,n,o,p", '"Liste ""MCP, Habtiers""",,,,,,,,,,,,,,,,',
    ],
)  # fmt: skip
def test_a_title_full_of_other_marks_does_not_stop_a_file(above: str) -> None:
    assert the_word(above.encode() + b"\n" + a_file(a_line(GOOD))).siret == GOOD


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_comment_full_of_other_marks_does_not_change_the_separator(mark: str) -> None:
    others = (";,\t".replace(mark, "") * 30).strip("\t")
    content = (
        f"{HEADER};Note\n{a_line(GOOD)};\n".replace(";", mark)
        + f"{a_line(OTHER)};".replace(";", mark)
        + others
    )

    assert [word.siret for word in read(content.encode()).words] == [GOOD, OTHER]
    assert not any(word.is_rejected for word in read(content.encode()).words)


def test_of_two_marks_that_make_a_header_the_one_that_makes_more_columns_parts_the_file() -> (
    None
):
    header = HEADER.replace("Raison sociale", "Raison sociale, nom").replace(
        "Courriel", "Courriel, mél, contact"
    )

    assert the_word(f"{header}\n{a_line(GOOD)}\n".encode()).siret == GOOD


def test_the_widths_of_the_rows_decide_between_marks_that_make_as_many_columns() -> (
    None
):
    header = "SIRET;x,nom;x,Code Caf;x,MCP;x,Habtiers;x"

    assert the_word(f"{header}\n{GOOD},A,751,O,N\n".encode()).siret == GOOD


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_quote_that_is_never_closed_takes_no_line_with_it(mark: str) -> None:
    """The lines below would stand in its cell, and be lost."""
    content = (
        a_file(a_line(GOOD), a_line(OTHER, name='"L’Éclair'), *[a_line(GOOD)] * 5)
        .decode()
        .replace(";", mark)
    )

    code, message = refused(content.encode())

    assert code == "EXTRACT_UNREADABLE"
    assert "Voyez la ligne 3 : un guillemet y est de trop." in message


def test_a_quote_that_another_mark_would_leave_open_is_a_letter() -> None:
    header = "SIRET;x,nom;x,Code Caf;x,MCP;x,Habtiers;x"

    reading = read(f'{header}\n{GOOD};A,"B;751;O;N\n{OTHER};C;751;O;N\n'.encode())

    assert [(word.siret, word.name) for word in reading.words] == [
        (GOOD, 'A,"B'),
        (OTHER, "C"),
    ]


def test_a_quoted_cell_may_end_the_file_or_hold_an_end_of_line() -> None:
    content = (
        f"{HEADER}\r\n{a_line(GOOD, contact=chr(34) + 'a' + chr(10) + 'b' + chr(34))}"
    )

    assert the_word(content.encode()).contact == "a b"


# encodings


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf_16_is_read_with_and_without_its_mark(encoding: str) -> None:
    content = a_file(a_line(GOOD, name="ESAT d’Éclair")).decode().encode(encoding)

    assert the_word(content).name == "ESAT d’Éclair"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refused(b"a\x00b\x00c\x00\x00\x00\x00d" * 100)[0] == "EXTRACT_UNREADABLE"


# cells


def test_hours_beyond_a_day_are_read_as_a_number_of_hours() -> None:
    raw = the_word(
        a_workbook([[*NAMES, "Heures"], [*LINE, timedelta(hours=35, minutes=30)]])
    ).raw

    assert raw["Heures"] == "35.5"


def test_a_percentage_and_a_sum_are_read_as_the_spreadsheet_shows_them() -> None:
    book = openpyxl.load_workbook(
        BytesIO(a_workbook([[*NAMES, "Taux", "Somme"], [*LINE, 0.3333, 0.1 + 0.2]]))
    )
    book.active.cell(2, len(NAMES) + 1).number_format = "0.00%"
    content = BytesIO()
    book.save(content)

    raw = the_word(content.getvalue()).raw

    assert (raw["Taux"], raw["Somme"]) == ("33.33%", "0.3")


def test_a_cross_is_read_as_yes_and_told_at_its_cell() -> None:
    word = the_word(a_file(a_line(GOOD, mcp="X", habtiers=" x ", active="O")))

    assert (word.known_mcp, word.known_habtiers, word.is_rejected) == (
        True,
        True,
        False,
    )
    assert [(reason.rule.name, reason.path) for reason in word.reasons] == [
        ("CROSS_IS_YES", ("raw", "Connu MCP")), ("CROSS_IS_YES", ("raw", "Connu Habtiers")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "code", "path"),
    [
        ({"department": "99"}, "DEPARTMENT_UNKNOWN", ("raw", "Département")),
        ({"caf": "999"}, "EXTRACT_CAF_UNKNOWN", ("raw", "Code Caf")),
        ({"mcp": "?"}, "EXTRACT_YES_NO", ("raw", "Connu MCP")),
        ({"seen": "hier"}, "DAY_INVALID", ("raw", "Dernière connexion")),
        ({"finess": "75"}, "FINESS_FORMAT", ("raw", "FINESS")),
        ({"name": "#REF!"}, "EXTRACT_FORMULA", ("raw", "Raison sociale")),
        ({"contact": "1 85 05 75 999 904 209"}, "NIR_IN_TEXT", ("raw", "Courriel")),
        ({"contact": "a;b"}, "EXTRACT_CELLS", ()),
        ({"habtiers": "N", "active": ""}, "EXTRACT_NEITHER", ()),
    ],
)  # fmt: skip
def test_a_reason_names_its_cell(
    written: dict[str, str], code: str, path: tuple[str, ...]
) -> None:
    (reason,) = the_word(a_file(a_line(GOOD, **written))).reasons

    assert (reason.rule.name, reason.path) == (code, path)


def test_each_cell_that_is_computed_has_its_own_reason() -> None:
    word = the_word(a_workbook([NAMES, [GOOD, "=A2", "=B2", 751, "O", "N"]]))

    formulas = [
        reason.path[-1]
        for reason in word.reasons
        if reason.rule is Rule.EXTRACT_FORMULA
    ]
    assert formulas == ["Raison sociale", "Département"]


# columns


def test_the_number_of_the_organism_counts_before_its_name() -> None:
    content = "N° organisme;Organisme;SIRET;Raison sociale;MCP;Habtiers\n751;Caf de Paris;99990107700019;A;O;N\n"

    reading = read(content.encode())

    assert (reading.words[0].organism_id, reading.ignored) == ("org_751", ["Organisme"])


def test_every_state_of_a_sheet_has_its_words() -> None:
    from schema.imports import ImportSheetState  # noqa: PLC0415 the graph, for this test alone
    from server.client.extraction import UNREAD  # noqa: PLC0415 the same

    assert {*ImportSheetState.__members__} == {*SheetState.__members__} - {
        SheetState.NOT_ASKED.value
    }
    assert {*UNREAD} == {*SheetState.__members__} - {"READ", "EMPTY"}
