"""How a file is read, whatever made it: its header, its cells, its accidents; nothing is evaluated, nothing is lost."""

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from persistence.intake.import_reading import ParsedImport, read_file
from persistence.intake.import_words import Reference
from persistence.intake.sheets import ROWS
from persistence.intake.workbooks import CSV, XLSX
from persistence.records import Refused, Rule
from persistence.records.nir import Nir
from tests.journeys.story import _keyed

from .sending import HEADER, a_file, a_line

KNOWN = Reference(
    {"751": "org_751", "061": "org_061", "974": "org_974"},
    frozenset({"75", "06", "2A", "974", "976"}),
    frozenset({"976"}),
    "org_opener",
)
GOOD, OTHER = "99990107700019", "99990101000010"
OLD = _keyed(_keyed("00552013") + "0001")
A_NIR = Nir.read("1850575999042").reveal()
NAMES = HEADER.split(";")


def read(content: bytes, *columns: tuple[str, str]) -> ParsedImport:
    return read_file(content, [{"header": h, "field": f} for h, f in columns], KNOWN)


def a_workbook(*sheets: Any) -> bytes:  # noqa: ANN401 rows of any cells
    book = openpyxl.Workbook()
    book.remove(book.active)
    for index, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Feuille {index}")
        for row in rows:
            sheet.append(row)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def the_word(content: bytes) -> Any:  # noqa: ANN401 a Word
    (word,) = read(content).words
    return word


def reasons(content: bytes) -> list[str]:
    return [notice.rule.name for notice in the_word(content).reasons]


def refused(content: bytes, *columns: tuple[str, str]) -> tuple[str, str]:
    with pytest.raises(Refused) as met:
        read(content, *columns)
    return met.value.rule.name, met.value.notice.message


# headers


def test_a_windows_file_with_a_title_other_words_and_another_order_is_read() -> None:
    text = "Extraction des Esat connus;;;\r\n\r\nCode organisme;Connu dans Habtiers;Portail MCP;N° de SIRET;SIREN;Dénomination\r\n61;1;0;99990107700019;999901077;ESAT Élan\r\n"

    found = read(text.encode("cp1252"))

    assert (found.media, found.header_line, found.blank_lines) == (CSV, 3, 0)
    (word,) = found.words
    assert (word.number, word.siret, word.name, word.organism_id) == (
        4,
        GOOD,
        "ESAT Élan",
        "org_061",
    )
    assert (word.known_mcp, word.known_habtiers, word.active) == (False, True, None)
    assert found.columns.ignored == ["SIREN"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings_are_told_apart(delimiter: str, encoding: str) -> None:
    content = (
        a_file(a_line(GOOD, name="ESAT Éclair"))
        .decode()
        .replace(";", delimiter)
        .encode(encoding)
    )

    assert the_word(content).name == "ESAT Éclair"


def test_the_code_of_the_caf_counts_before_its_name() -> None:
    rows = [
        ["Caf", "Code Caf", "SIRET", "Raison sociale", "MCP", "Habtiers"],
        ["Caf de Paris", 751, GOOD, "A", "X", None],
    ]

    found = read(a_workbook(rows))

    assert found.columns.ignored == ["Caf"]
    assert found.words[0].organism_id == "org_751"


def test_a_lone_caf_column_is_the_code() -> None:
    rows = [
        ["Caf", "SIRET", "Raison sociale", "MCP", "Habtiers"],
        [751, GOOD, "A", "X", None],
    ]

    assert read(a_workbook(rows)).words[0].organism_id == "org_751"


def test_missing_columns_are_named_with_those_that_were_found() -> None:
    code, message = refused(b"SIRET;Raison sociale;Connu MCP;Ville\n1;2;3;4\n")

    assert code == "EXTRACT_HEADER"
    assert "Il manque : code Caf, connu Habtiers." in message
    assert "« Ville »" in message


@pytest.mark.parametrize(
    "content", [b"", b"rien", b"a;b;c\n1;2;3\n", a_line(GOOD).encode()]
)
def test_without_a_header_no_cell_is_repeated(content: bytes) -> None:
    code, message = refused(content)

    assert code == "EXTRACT_HEADER"
    assert "Acacias" not in message


def test_two_columns_that_mean_the_same_are_refused_until_one_is_said() -> None:
    content = f"{HEADER};Siret (bis)\n{a_line(GOOD)};1\n".encode()

    code, message = refused(content)

    assert code == "EXTRACT_COLUMNS_TWICE"
    assert "« SIRET », « Siret (bis) »" in message
    assert read(content, ("siret  BIS", "IGNORED")).words[0].siret == GOOD


def test_what_no_word_explains_is_said_by_whoever_opens() -> None:
    content = b"SIRET;Raison sociale;Code Caf;Zone A;Zone B\n99990107700019;A;751;O;N\n"

    word = read(content, ("Zone A", "KNOWN_MCP"), ("zone b", "KNOWN_HABTIERS")).words[0]

    assert (word.known_mcp, word.known_habtiers) == (True, False)


def test_a_header_that_comes_again_is_a_line_that_cannot_be_read() -> None:
    found = read(a_file(a_line(GOOD), HEADER, a_line("")))

    assert [word.is_rejected for word in found.words] == [False, True, True]
    assert found.words[1].reasons[0].rule is Rule.SIRET_FORMAT


def test_headers_of_the_same_name_keep_their_own_cells() -> None:
    content = f"{HEADER};Note;Note\n{a_line(GOOD)};a;b\n".encode()

    raw = the_word(content).raw

    assert (raw["Note"], raw["Note (12)"]) == ("a", "b")


def test_the_first_sheet_with_a_header_is_the_one() -> None:
    notes = [["Mode d'emploi"], ["Ne pas modifier", "les colonnes"]]
    lines = [["Liste des Esat", None], NAMES, [*a_line(GOOD).split(";")]]

    found = read(a_workbook(notes, lines, [NAMES]))

    assert (found.media, found.header_line, [w.number for w in found.words]) == (
        XLSX,
        2,
        [3],
    )


def test_a_merged_title_is_no_header() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"] = "Partenaires connus dans MCP et Habtiers, par Caf"
    sheet.merge_cells("A1:J1")
    sheet.append(NAMES)
    sheet.append(a_line(GOOD).split(";"))
    made = BytesIO()
    book.save(made)

    assert read(made.getvalue()).words[0].siret == GOOD


def test_blank_lines_are_counted_apart_and_numbers_are_the_spreadsheet_s() -> None:
    rows = [
        NAMES,
        a_line(GOOD).split(";"),
        [],
        [None, "  "],
        a_line("99990101000010").split(";"),
    ]

    found = read(a_workbook(rows))

    assert ([word.number for word in found.words], found.blank_lines) == ([2, 5], 2)
    assert [
        w.number
        for w in read(a_file(a_line(GOOD), "", ";;", a_line("99990101000010"))).words
    ] == [2, 5]


def test_a_cell_on_two_lines_is_one_line_of_the_spreadsheet() -> None:
    found = read(
        a_file(a_line(GOOD, contact='"Accueil\nÉlan"'), a_line("99990101000010"))
    )

    assert [(word.number, word.contact) for word in found.words] == [
        (2, "Accueil Élan"),
        (3, None),
    ]


@pytest.mark.parametrize("name", ['"ESAT\nÉlan"', "ESAT\u200bÉlan", "ESAT \u202eÉlan"])
def test_a_name_with_what_is_not_seen_rejects_its_line(name: str) -> None:
    word = the_word(a_file(a_line(GOOD, name=name)))

    assert (word.name, word.is_rejected) == (None, True)
    assert [notice.detail for notice in word.reasons] == [
        "Raison sociale : ni saut de ligne, ni caractère invisible."
    ]


def test_a_header_without_lines_is_an_empty_extraction() -> None:
    assert read(f"{HEADER}\n".encode()).words == []


# cells


@pytest.mark.parametrize(
    ("written", "siret"),
    [(GOOD, GOOD), ("999 901 077 00019", GOOD), ("999.901.077-00019", GOOD), ("35600000000048", "35600000000048"),
     (OLD, OLD), (OLD[1:], OLD), (OLD[2:], OLD)],
)  # fmt: skip
def test_a_siret_is_read_in_any_spacing_and_with_its_zeros_eaten(
    written: str, siret: str
) -> None:
    assert the_word(a_file(a_line(written))).siret == siret


@pytest.mark.parametrize(
    ("written", "code"),
    [("", "SIRET_FORMAT"), ("99990107700018", "SIRET_KEY"), ("999901077", "SIRET_FORMAT"), ("9,99901E+13", "SIRET_FORMAT"),
     ("ABC", "SIRET_FORMAT"), ("999901077000190", "SIRET_FORMAT")],
)  # fmt: skip
def test_a_siret_that_cannot_be_one_rejects_its_line(written: str, code: str) -> None:
    assert reasons(a_file(a_line(written))) == [code]


def test_scientific_notation_is_explained() -> None:
    assert (
        "notation scientifique"
        in the_word(a_file(a_line("9,99901E+13"))).reasons[0].message
    )


def test_numbers_stand_for_texts() -> None:
    rows = [
        NAMES,
        [99990107700019, "A", 6, 61, 1, 0, None, None, 69901031, None],
        [float(99990107700019), "A", 6.0, 61.0, True, False],
    ]

    for word in read(a_workbook(rows)).words:
        assert (word.siret, word.department, word.organism_id) == (
            GOOD,
            "06",
            "org_061",
        )
        assert (word.known_mcp, word.known_habtiers) == (True, False)
        assert not word.is_rejected


@pytest.mark.parametrize("decimals", [".0", ",0", ".00", ",00"])
def test_the_numbers_that_a_spreadsheet_wrote_as_text_are_whole(decimals: str) -> None:
    line = {
        "department": f"6{decimals}",
        "caf": f"61{decimals}",
        "mcp": f"1{decimals}",
        "habtiers": f"0{decimals}",
    }

    word = the_word(
        a_file(a_line(f"{GOOD}{decimals}", finess=f"69901031{decimals}", **line))
    )

    assert (word.siret, word.department, word.organism_id, word.finess) == (
        GOOD,
        "06",
        "org_061",
        "069901031",
    )
    assert (word.known_mcp, word.known_habtiers, word.reasons) == (True, False, [])


def test_a_siret_that_a_spreadsheet_cut_is_never_another_company_s() -> None:
    assert the_word(a_file(a_line("9999052500000.0"))).siret == "09999052500000"


@pytest.mark.parametrize("yes", ["O", "oui", "OUI", "X", "1", "vrai", " o "])
@pytest.mark.parametrize("no", ["N", "non", "0", "", "faux"])
def test_yes_and_no_have_many_ways(yes: str, no: str) -> None:
    word = the_word(a_file(a_line(GOOD, mcp=yes, habtiers=no)))

    assert (word.known_mcp, word.known_habtiers) == (True, False)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"mcp": "peut-être"}, ["EXTRACT_YES_NO"]),
        ({"active": "?"}, ["EXTRACT_YES_NO"]),
        ({"caf": ""}, ["EXTRACT_CAF_UNKNOWN"]),
        ({"caf": "999"}, ["EXTRACT_CAF_UNKNOWN"]),
        ({"department": "976"}, ["DEPARTMENT_EXCLUDED"]),
        ({"department": "99"}, ["DEPARTMENT_UNKNOWN"]),
        ({"name": " "}, ["VALUE_INVALID"]),
        ({"name": "x" * 251}, ["VALUE_INVALID"]),
        ({"finess": "759999015"}, ["FINESS_KEY"]),
        ({"finess": "75"}, ["FINESS_FORMAT"]),
        ({"finess": "069901031"}, ["FINESS_DEPARTMENT"]),
        ({"name": '=HYPERLINK("http://exemple.invalid")'.replace('"', "'")}, ["EXTRACT_FORMULA"]),
        ({"name": "#REF!"}, ["EXTRACT_FORMULA"]),
        ({"habtiers": "N", "active": ""}, ["EXTRACT_NEITHER"]),
        ({"active": "N"}, ["EXTRACT_INACTIVE"]),
        ({"active": "N", "mcp": "O"}, ["EXTRACT_INACTIVE"]),
        ({"seen": "hier"}, ["DAY_INVALID"]),
        ({"name": f"ESAT {A_NIR}"}, ["NIR_IN_TEXT"]),
        ({"contact": A_NIR}, ["NIR_IN_TEXT"]),
        ({"caf": "999", "department": "976", "mcp": "?"}, ["DEPARTMENT_EXCLUDED", "EXTRACT_CAF_UNKNOWN", "EXTRACT_YES_NO"]),
        ({"contact": "a;b"}, ["EXTRACT_CELLS"]),
    ],
)  # fmt: skip
def test_every_reason_of_a_line_is_told(said: dict[str, str], codes: list[str]) -> None:
    assert reasons(a_file(a_line(GOOD, **said))) == codes


def test_a_doubt_that_rejects_nothing_leaves_the_line_to_be_taken() -> None:
    for said in ({"seen": "hier"}, {"active": "N"}, {"habtiers": "N"}):
        assert not the_word(a_file(a_line(GOOD, **said))).is_rejected


def test_a_personal_number_is_kept_nowhere() -> None:
    word = the_word(
        f"{HEADER};Note\n{a_line(GOOD)};vu {A_NIR[:5]} {A_NIR[5:]}\n".encode()
    )

    assert word.raw["Note"] == "«retiré»"
    assert A_NIR not in str(word)
    assert word.is_rejected


def test_a_formula_is_seen_and_never_computed() -> None:
    rows = [NAMES, [GOOD, '=CONCATENATE("ES","AT")', "75", 751, "O", "N"]]

    word = read(a_workbook(rows)).words[0]

    assert [notice.rule for notice in word.reasons] == [Rule.EXTRACT_FORMULA]
    assert "« Raison sociale »" in word.reasons[0].message
    assert word.raw["Raison sociale"] == '=CONCATENATE("ES","AT")'


def test_the_same_values_have_the_same_fingerprint_however_written() -> None:
    one, two = read(
        a_file(
            a_line(GOOD),
            a_line("999 901 077 00019", name="ESAT  des  Acacias", mcp="non"),
        )
    ).words

    assert one.fingerprint == two.fingerprint
    assert the_word(a_file(a_line(GOOD, name="Autre"))).fingerprint != one.fingerprint


# files that are none


def zipped(**parts: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


GOOD_BOOK = a_workbook([NAMES, a_line(GOOD).split(";")])


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not a zip",
        GOOD_BOOK[:500],
        GOOD_BOOK[:-200],
        zipped(autre=b"rien"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        b"\x00\x01\x02 binaire",
        zipped(a=b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'),
        b'a;"b\n' + b"x" * 200_000,
    ],
)  # fmt: skip
def test_what_does_not_read_is_refused_in_a_sentence(content: bytes) -> None:
    code, message = refused(content)

    assert code in ("EXTRACT_UNREADABLE", "EXTRACT_HEADER")
    assert "Error" not in message


def test_each_byte_spoiled_in_a_workbook_is_a_refusal_or_a_reading_never_a_defect() -> (
    None
):
    for place in range(0, len(GOOD_BOOK), 97):
        spoiled = (
            GOOD_BOOK[:place]
            + bytes([GOOD_BOOK[place] ^ 0xFF])
            + GOOD_BOOK[place + 1 :]
        )
        try:
            read(spoiled)
        except Refused as met:
            assert met.rule.name.startswith("EXTRACT_")  # noqa: PT017 either way is good


@pytest.mark.parametrize(
    "content",
    [
        zipped(bomb=bytes(30_000_000)),
        zipped(**{f"part{i}": b"" for i in range(600)}),
        bytes(10_000_001),
        HEADER.encode() + b"\n" + b"1\n" * (ROWS + 1),
    ],
    ids=["unpacked", "parts", "bytes", "rows"],
)
def test_what_is_too_large_is_refused_before_it_is_read(content: bytes) -> None:
    assert refused(content)[0] == "EXTRACT_TOO_LARGE"


def test_a_sheet_that_claims_to_be_immense_is_read_for_what_it_holds() -> None:
    made = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(GOOD_BOOK)) as book,
        zipfile.ZipFile(made, "w") as claimed,
    ):
        for part in book.infolist():
            text = book.read(part).replace(b'ref="A1:J2"', b'ref="A1:XFD1048576"')
            claimed.writestr(part.filename, text)

    assert len(read(made.getvalue()).words) == 1
