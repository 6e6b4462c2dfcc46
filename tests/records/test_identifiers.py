"""SIREN, SIRET and FINESS: the vectors of the domain's appendix B and of the fictional world."""

import pytest

from persistence.intake.cells import siret
from persistence.records import Rule
from persistence.records.identifiers import (
    Finess,
    Siret,
    differences,
    luhn,
    whole,
)
from persistence.seeds.stories import STORIES

from .build import refused


@pytest.mark.parametrize(
    "digits", ["73282932000074", "99990001200017", "99990002000127", "35600000000048"]
)
def test_a_siret_of_the_vectors_is_read(digits: str) -> None:
    siret = Siret.read(digits)

    assert siret == digits
    assert siret.siren == digits[:9]


def test_a_siret_of_la_poste_sums_to_a_multiple_of_five() -> None:
    siret = Siret.read("35600000000001")

    assert siret == "35600000000001"
    assert not luhn(siret)


def test_a_siret_of_la_poste_that_sums_to_neither_is_refused() -> None:
    with refused(Rule.SIRET_KEY):
        Siret.read("35600000012345")


def test_the_exception_is_for_la_poste_alone() -> None:
    digits = "99990001200015"
    assert sum(map(int, digits)) % 5 == 0

    with refused(Rule.SIRET_KEY):
        Siret.read(digits)


@pytest.mark.parametrize(
    "written",
    [
        "999 900 012 00017",
        " 99990001200017\n",
        "999.900.012-00017",
        "999\u00a0900\u202f012 00017",
    ],
)
def test_a_siret_is_read_as_people_space_it(written: str) -> None:
    assert Siret.read(written) == "99990001200017"


@pytest.mark.parametrize(
    "written",
    [
        "99990001200017.0",
        "99990001200017,0",
        "99990001200017.00",
        "999 900 012 00017,0 ",
    ],
)
def test_a_siret_is_read_as_a_spreadsheet_writes_a_number(written: str) -> None:
    assert Siret.read(written) == "99990001200017"


def test_a_number_of_a_spreadsheet_never_becomes_another_company_s() -> None:
    assert Siret.read("99990525000000") == "99990525000000"

    with refused(Rule.SIRET_FORMAT):
        Siret.read("9999052500000.0")
    assert siret("9999052500000.0") == "09999052500000"


@pytest.mark.parametrize("written", ["370000390.0", "370000390,00", "37 000 0390.0"])
def test_a_finess_is_read_as_a_spreadsheet_writes_a_number(written: str) -> None:
    assert Finess.read(written) == "370000390"


@pytest.mark.parametrize(
    "written",
    [
        "999.900.012.00017",
        "75.5",
        "751.000",
        "1.0.0",
        "A.0",
        ".0",
        "12-34.0",
        "",
        "2A0000001.0",
    ],
)
def test_only_a_whole_number_loses_decimals(written: str) -> None:
    assert whole(written) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "9999000120001",
        "999900012000170",
        "9999000120001A",
        "٩٩٩٩٠٠٠١٢٠٠٠١٧",
        "9999000120001²",
    ],
)
def test_a_siret_counts_fourteen_plain_digits(written: str) -> None:
    with refused(Rule.SIRET_FORMAT):
        Siret.read(written)


@pytest.mark.parametrize("place", range(14))
def test_one_wrong_digit_breaks_the_key_of_a_siret(place: int) -> None:
    digits = list("99990001200017")
    digits[place] = str((int(digits[place]) + 1) % 10)

    with refused(Rule.SIRET_KEY):
        Siret.read("".join(digits))


def test_a_siret_whose_own_siren_is_false_is_refused() -> None:
    digits = next(d for nic in range(100000) if luhn(d := f"999900013{nic:05}"))

    with refused(Rule.SIRET_KEY):
        Siret.read(digits)


@pytest.mark.parametrize(
    "code", ["370000390", "940300163", *(s.finess for s in STORIES if s.finess)]
)
def test_a_finess_of_the_vectors_is_read(code: str) -> None:
    assert Finess.read(f" {code[:2]} {code[2:]} ") == code


@pytest.mark.parametrize("code", ["370000391", "940300164"])
def test_a_finess_of_digits_has_a_key(code: str) -> None:
    with refused(Rule.FINESS_KEY):
        Finess.read(code)


@pytest.mark.parametrize(
    "code", ["2C0000390", "37000039", "3700003901", "AB0000390", "3700A0390"]
)
def test_a_finess_is_a_department_then_seven_digits(code: str) -> None:
    with refused(Rule.FINESS_FORMAT):
        Finess.read(code)


def test_a_finess_of_corsica_has_no_key_to_check() -> None:
    assert Finess.read("2a0000001") == "2A0000001"


@pytest.mark.parametrize(
    ("code", "department", "contradicts"),
    [
        ("370000390", "37", False),
        ("370000390", "75", True),
        ("2A0000001", "2A", False),
        ("2A0000001", "2B", True),
        ("970000001", "974", False),
        ("980000001", "976", False),
        ("200000001", "2B", False),
    ],
)
def test_a_finess_names_the_department_where_it_can(
    code: str, department: str, *, contradicts: bool
) -> None:
    assert Finess(code).contradicts(department) is contradicts


def test_the_digits_that_differ_are_counted_from_one() -> None:
    assert differences("99990001200017", "99990001200017") == []
    assert differences("99990001200017", "89990001200025") == [1, 13, 14]
