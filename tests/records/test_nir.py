"""NIR and matricule allocataire: the vectors of the domain's appendix B, and what is never shown."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.intake.remuneration_lines import Remuneration
from persistence.records import Rule, nir
from persistence.records.identifiers import Finess, Siret, luhn, matricule
from persistence.records.nir import Nir, holds_nir

from .build import refused
from .november import ANYTHING, repeats, sentence

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
        "185057599904209.0",
        "1850575999042,00",
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


@pytest.mark.parametrize(
    "written", ["269054958815780", "2690549588157", "2 69 05 49 588 157 80"]
)
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
        "185057599904209.5",
        "185057599904209.000",
        "-185057599904209x",
        "9" * 10_000,
    ],
)
def test_what_is_no_number_is_refused_and_not_explained_by_a_spreadsheet(
    written: str,
) -> None:
    with refused(Rule.NIR_FORMAT) as raised:
        Nir.read(written)

    assert raised.value.notice.detail is None


@pytest.mark.parametrize(
    "written",
    [
        "1,85058E+14",
        "1.85058E+14",
        "1,85057599904209e14",
        "2E+14",
        " 1,85058 E+14 ",
        "1,85058E14",
    ],
)
def test_a_number_eaten_by_a_spreadsheet_is_refused_and_the_message_says_so(
    written: str,
) -> None:
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
def test_a_number_tells_the_year_of_birth_unless_it_is_temporary(
    number: str, born: date, *, contradicts: bool
) -> None:
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
def test_a_number_tells_the_month_of_birth_where_it_has_one(
    number: str, born: date, *, differs: bool
) -> None:
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

    shown = [
        repr(nir),
        str(nir),
        f"{nir}",
        "%s" % nir,  # noqa: UP031 this spelling too
        repr([nir]),
        repr(Remuneration(0, nir=nir)),
    ]

    assert [re.findall(r"[0-9*]{2,}", text)[:6] for text in shown] == [
        ["85", "05", "**", "***", "***", "**"]
    ] * 6
    assert not hasattr(nir, "__dict__")


def test_the_same_number_is_equal_and_counts_once() -> None:
    one, same, other = (
        Nir.read(MAN),
        Nir.read("1 85 05 75 999 042"),
        Nir.read("291077899901729"),
    )

    assert {one, same, other} == {one, other}
    assert one != MAN


# in a free text


@pytest.mark.parametrize(
    "text",
    [
        MAN,
        "Voir 1 85 05 75 999 042 09.",
        "clé fausse 1 85 05 75 999 042 10",
        "sans clé : 1 85 05 75 999 042",
        "185 05 75 999 042",
        "1 8505 75 999 042",
        "1 850575 999 042, puis 2026",
        "1 88 05 2a 999 021",
        "1 85 05 971 23 042",
        "1.85.05.75.999.042",
        "1 8 5\n05 75 999 042 09",
        "1 8 8 0 5 2 a 9 9 9 0 2 1 3 7",
        "1\u00ad85057599\u200b904209",
        "Dossier 12 185057599904209",
        "12/11/2026 185057599904209",
        "SIRET 99990001200025 NIR 1 85057599904209",
        "n°185057599904209, merci",
        "(1.85.05.75.999.042.09)",
        "1-85-05-75-999-042-09",
        "1\u00a085\u202f05 75 999 042",
        "1  85  05  75  999  042  09",
        "NIR185057599904209",
        "SAL-185057599904209X",
        "nss188052a99902137",
        "é185057599904209",
        "provisoire 785039924300122",
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
        "1850575999042",
        "voir 1850575999042",
        "1796079600000",
        "INV-1796079600000",
        "185057599904210",
        "1 796 079 600 000",
        "1 850 575 999 042",
        "3 250390 000129",
        "978 2 07 036822 8",
        "5 rue 44229377500031, lot 4422937750003",
        "01 23 45 67 89 - 01 23 45 67 90 - 04 78 00 00 00",
        "0123456789 0612345678 0712345678",
        "1 8 8 0 5 2 1 9 9 9 0 2 1",
        "1/12/2026 10/12/2026 11/12/2026",
        "2026/1/12 12/10/2026 à 14.30",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
    ],
)
def test_a_free_text_that_holds_none_is_left_alone(text: str) -> None:
    assert not holds_nir(text)


A_SIRET = st.builds(
    lambda nine, five: next(d for k in range(10) if luhn(d := f"{nine}{five}{k}")),
    st.sampled_from(
        ["732829320", "442293775", "100000009", "356000000", "200000008", "123456782"]
    ),
    st.integers(0, 9999).map("{:04}".format),
)


@given(
    A_SIRET,
    st.sampled_from(["{0}", "{0:.3} {1:.3} {2:.3} {3}", "SIRET{0}", "{0:.9} {3}"]),
    st.integers(1, 9),
)
def test_a_siret_is_never_a_nir_whatever_stands_beside_it(
    siret: str, form: str, beside: int
) -> None:
    written = form.format(siret, siret[3:], siret[6:], siret[9:])

    assert not holds_nir(f"{beside} {written} {beside}")
    assert not holds_nir(f"{beside}, {written} et {written}")


@given(st.integers(1_000_000_000_000, 4_299_999_999_999))
def test_thirteen_digits_in_a_row_are_no_nir(number: int) -> None:
    assert not holds_nir(f"{number}")
    assert not holds_nir(f"Facture {number} du 10/12/2026")


@given(
    st.lists(st.dates(), min_size=2, max_size=6),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d %m %Y"]),
)
def test_days_side_by_side_are_no_nir(days: list[date], form: str) -> None:
    modern = [
        day.replace(year=1900 + day.year % 200, day=min(day.day, 28)) for day in days
    ]

    assert not holds_nir(" ".join(day.strftime(form) for day in modern))


@given(st.lists(st.integers(0, 99_999_999), min_size=2, max_size=8))
def test_a_list_of_telephones_is_no_nir(numbers: list[int]) -> None:
    pairs = [[f"{n:08}"[i : i + 2] for i in (0, 2, 4, 6)] for n in numbers]

    assert not holds_nir(
        " ".join(
            f"0{5 + n % 4} {' '.join(four)}"
            for n, four in zip(numbers, pairs, strict=True)
        )
    )
    assert not holds_nir(
        " ; ".join(
            f"0{5 + n % 4}{''.join(four)}"
            for n, four in zip(numbers, pairs, strict=True)
        )
    )


@given(
    st.sampled_from(VECTORS),
    st.sampled_from([" ", ".", "-", "/", "_", "\u00a0", "\u202f", "  "]),
    st.sampled_from([6, 7]),
)
def test_each_nir_is_found_as_one_writes_it(
    number: str, mark: str, groups_written: int
) -> None:
    groups = [
        number[:1],
        number[1:3],
        number[3:5],
        number[5:7],
        number[7:10],
        number[10:13],
        number[13:],
    ]

    assert holds_nir(mark.join(groups[:groups_written]))
    assert holds_nir(f"Voir le dossier ({mark.join(groups[:-1])}), merci")
    assert holds_nir(number)


def test_a_text_is_looked_through_in_time_that_grows_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted in candidates, since a clock would measure the machine."""
    seen: list[str] = []
    monkeypatch.setattr(nir, "_has_key", seen.append)

    holds_nir("1 " * 1_000)

    assert len(seen) < 1_000


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
        ("1234567.00", "1234567"),
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
def test_an_identifier_is_read_or_refused_and_never_repeated(
    reader: Callable[[str], object], text: str
) -> None:
    assert not repeats(sentence(reader, text), text)


@given(ANYTHING)
def test_a_free_text_is_looked_through_whatever_it_holds(text: str) -> None:
    assert holds_nir(f"{text} {MAN} {text}")


@given(st.integers(0, 13), st.sampled_from([" ", ".", "-", "\u00a0", "  "]))
def test_a_number_cut_anywhere_is_found_and_read(place: int, mark: str) -> None:
    written = MAN[:place] + mark + MAN[place:]

    assert holds_nir(written)
    assert Nir.read(written).reveal() == MAN
