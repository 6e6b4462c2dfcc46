"""NIR and matricule allocataire: the vectors of the domain's appendix B, and what is never shown."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.records import Rule
from persistence.records.identifiers import Finess, Nir, Siret, holds_nir, matricule
from persistence.records.remunerations import Remuneration
from tests.records.build import refused
from tests.records.november import ANYTHING, repeats, sentence

MAN = "185057599904209"
VECTORS = [
    MAN,
    "291077899901729",
    "179035999910360",
    "188052A99902137",
    "296092B99901580",
    "193129749903379",
    "299119935200727",
    "187337599901102",
    "785039924300122",
    "896079920500254",
    "200017599900127",
]

# reading


@pytest.mark.parametrize("number", VECTORS)
def test_a_nir_of_the_vectors_is_read(number: str) -> None:
    assert Nir.read(number).reveal() == number


@pytest.mark.parametrize("number", VECTORS)
def test_the_key_of_thirteen_characters_is_computed(number: str) -> None:
    assert Nir.read(number[:13]) == Nir.read(number)


@pytest.mark.parametrize("number", VECTORS)
def test_any_other_key_is_refused(number: str) -> None:
    keys = {f"{key:02}" for key in range(100)} - {number[13:]}

    for key in keys:
        with refused(Rule.NIR_KEY):
            Nir.read(number[:13] + key)


@pytest.mark.parametrize(
    "written",
    [
        "1 85 05 75 999 042 09",
        " 1850575999042 09\n",
        "1.85.05.75.999.042-09",
        "1\u00a085\u202f05\u200975 999 042 09",
    ],
)
def test_a_nir_is_read_as_people_space_it(written: str) -> None:
    assert Nir.read(written).reveal() == MAN


def test_the_letters_of_corsica_are_read_in_either_case() -> None:
    assert Nir.read("1 88 05 2a 999 021 37").reveal() == "188052A99902137"


def test_a_key_reckoned_with_2a_as_20_is_refused() -> None:
    with refused(Rule.NIR_KEY):
        Nir.read("188052A99902110")


@pytest.mark.parametrize("month", ["00", "13", "15", "19", "43", "49"])
def test_a_month_that_does_not_exist_is_refused_whatever_the_key(month: str) -> None:
    body = f"185{month}75999042"
    key = 97 - int(body) % 97

    with refused(Rule.NIR_FORMAT):
        Nir.read(f"{body}{key:02}")


@pytest.mark.parametrize("month", ["01", "12", "20", "42", "50", "99"])
def test_the_months_of_an_incomplete_civil_status_are_read(month: str) -> None:
    assert Nir.read(f"185{month}75999042").mask == f"1 85 {month} ** *** *** **"


@pytest.mark.parametrize("written", ["269054958815780", "2690549588157", "2 69 05 49 588 157 80"])
def test_the_specimen_is_nobody_s_number(written: str) -> None:
    with refused(Rule.NIR_FORMAT) as raised:
        Nir.read(written)

    assert raised.value.notice.detail == "C'est le numéro des spécimens."


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "185057599904",
        "18505759990420",
        "1850575999042091",
        "585057599904209",
        "085057599904209",
        "188052C99902137",
        "1880A2A99902137",
        "١٨٥٠٥٧٥٩٩٩٠٤٢٠٩",
        "18505759990420²",
        "\ud800" * 15,
        "185057599904209.0",
        "-185057599904209x",
        "9" * 10_000,
    ],
)
def test_what_is_no_number_is_refused_and_not_explained_by_a_spreadsheet(written: str) -> None:
    with refused(Rule.NIR_FORMAT) as raised:
        Nir.read(written)

    assert raised.value.notice.detail is None


@pytest.mark.parametrize(
    "written", ["1,85058E+14", "1.85058E+14", "1,85057599904209e14", "2E+14", " 1,85058 E+14 ", "1,85058E14"]
)
def test_a_number_eaten_by_a_spreadsheet_is_refused_and_the_message_says_so(written: str) -> None:
    with refused(Rule.NIR_FORMAT) as raised:
        Nir.read(written)

    assert "notation scientifique" in raised.value.notice.message
    assert written.strip() not in raised.value.notice.message


@pytest.mark.parametrize(("number", "temporary"), [(n, n[0] in "78") for n in VECTORS])
def test_a_temporary_number_begins_with_7_or_8(number: str, *, temporary: bool) -> None:
    assert Nir.read(number).is_temporary is temporary


@pytest.mark.parametrize(
    ("number", "born", "contradicts"),
    [
        (MAN, date(1985, 5, 27), False),
        (MAN, date(1986, 5, 27), True),
        ("200017599900127", date(1900, 1, 1), False),
        ("200017599900127", date(2000, 1, 1), False),
        ("200017599900127", date(2001, 1, 1), True),
        ("785039924300122", date(1966, 2, 5), False),
    ],
)
def test_a_number_tells_the_year_of_birth_unless_it_is_temporary(number: str, born: date, *, contradicts: bool) -> None:
    assert Nir.read(number).contradicts(born) is contradicts


@pytest.mark.parametrize(
    ("number", "born", "differs"),
    [
        (MAN, date(1985, 5, 27), False),
        (MAN, date(1985, 6, 27), True),
        (MAN, date(1986, 5, 27), False),
        ("193129749903379", date(1993, 12, 1), False),
        ("193129749903379", date(1993, 1, 12), True),
        ("187337599901102", date(1987, 3, 3), False),
        ("299119935200727", date(1999, 1, 11), True),
        ("785039924300122", date(1985, 5, 27), False),
    ],
)
def test_a_number_tells_the_month_of_birth_where_it_has_one(number: str, born: date, *, differs: bool) -> None:
    assert Nir.read(number).is_of_another_month(born) is differs


# showing


@pytest.mark.parametrize(
    ("number", "mask"),
    [(MAN, "1 85 05 ** *** *** **"), ("188052A99902137", "1 88 05 ** *** *** **")],
)
def test_a_mask_keeps_the_sex_the_year_and_the_month(number: str, mask: str) -> None:
    assert Nir.read(number).mask == mask


def test_nothing_but_reveal_shows_the_digits() -> None:
    nir = Nir.read(MAN)

    shown = [repr(nir), str(nir), f"{nir}", "%s" % nir, repr([nir]), repr(Remuneration(0, nir=nir))]  # noqa: UP031 each way counts

    assert [re.findall(r"[0-9*]{2,}", text)[:6] for text in shown] == [["85", "05", "**", "***", "***", "**"]] * 6
    assert not hasattr(nir, "__dict__")


def test_the_same_number_is_equal_and_counts_once() -> None:
    one, same, other = Nir.read(MAN), Nir.read("1 85 05 75 999 042"), Nir.read("291077899901729")

    assert {one, same, other} == {one, other}
    assert one != MAN


# in a free text


@pytest.mark.parametrize(
    "text",
    [
        MAN,
        "Voir 1 85 05 75 999 042 09.",
        "voir 1850575999042",
        "n°185057599904209, merci",
        "(1.85.05.75.999.042.09)",
        "1-85-05-75-999-042-09",
        "1\u00a085\u202f05 75 999 042",
        "1  85  05  75  999  042  09",
        "1 8 8 0 5 2 a 9 9 9 0 2 1",
        "1 8 5\n05 75 999 042",
        "Dossier 12 1450575999042",
        "12/11/2026 100057599904209",
        "NIR185057599904209",
        "SAL-185057599904209X",
        "nss188052a99902137",
        "é185057599904209",
        "provisoire 785039924300122",
        "clé fausse 185057599904210",
        "1/85/05/75/999/042/09",
        "1/85/05/75/999/042",
        "1_85_05_75_999_042_09",
        "１８５０５７５９９９０４２０９",
        "nss １ 85 05 75 999 042",
    ],
)
def test_a_free_text_that_holds_a_number_is_found(text: str) -> None:
    assert holds_nir(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rappel de prime de novembre",
        "SIRET 99990001200025",
        "999 900 012 00025",
        "73282932000074",
        "73282932000074 et 35600000000048",
        "SIREN 732829320, FINESS 370000390",
        "01 23 45 67 89",
        "06.12.34.56.78 ou 07.12.34.56.78",
        "+33 6 12 34 56 78",
        "du 01/11/2026 au 30/11/2026",
        "2026-11-01 2026-11-30",
        "10/11/2026 3/11/2026",
        "10/11/2026 - 30/11/2026",
        "FR76 3000 6000 0112 3456 7890 189",
        "FR7630006000011234567890189",
        "L00001",
        "1 012,50 € puis 2 066,79 €",
        "8f14e45f-ceea-467f-a83a-1234567890ab",
        "0192a1b2c3d4e5f60718293a4b5c6d7e",
        "wrk_0192a1b2c3d4e5f60718293a4b5c6d7e",
        "SAL-185057599904210X",
        "185157599904272",
        "18505759990420",
        "1850575999042091",
    ],
)
def test_a_free_text_that_holds_none_is_left_alone(text: str) -> None:
    assert not holds_nir(text)


# matricule


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" 1234567", "1234567"),
        ("00001234567", "1234567"),
        ("123456700000000", "1234567"),
        ("012345", "012345"),
        ("1422146L", "1422146"),
        ("1 234 567", "1234567"),
        ("12345", "12345"),
        ("0012345", "0012345"),
        ("12345.0", "12345"),
        ("1234567,0", "1234567"),
    ],
)
def test_a_matricule_is_read_as_files_write_it(written: str, read: str) -> None:
    assert matricule(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "L",
        "12345678",
        "12345670000001",
        "0000000000",
        "1,23E+06",
        "1e5",
        "12A4567",
        "١٢٣٤٥٦٧",
        "-",
        "1422146LM",
    ],
)
def test_a_matricule_counts_seven_plain_digits_at_most(written: str) -> None:
    with refused(Rule.MATRICULE_FORMAT):
        matricule(written)


# whatever is typed


@given(st.sampled_from([Nir.read, Siret.read, Finess.read, matricule]), ANYTHING)
def test_an_identifier_is_read_or_refused_and_never_repeated(reader: Callable[[str], object], text: str) -> None:
    assert not repeats(sentence(reader, text), text)


@given(ANYTHING)
def test_a_free_text_is_looked_through_whatever_it_holds(text: str) -> None:
    assert holds_nir(f"{text} {MAN} {text}")


@given(st.integers(0, 13), st.sampled_from([" ", ".", "-", "\u00a0", "  "]))
def test_a_number_cut_anywhere_is_found_and_read(place: int, mark: str) -> None:
    written = MAN[:place] + mark + MAN[place:]

    assert holds_nir(written)
    assert Nir.read(written).reveal() == MAN
