"""The given export of November 2026, line by line: what is rejected, what is told, what is taken as it was meant."""

import csv
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest

from persistence.intake.remuneration_lines import Remuneration

from .november import CERTIFICATE

FILE = Path(__file__).parents[2] / "persistence" / "seeds" / "paie-novembre-2026.csv"
COLUMNS = (
    "client_reference", "nir", "birth_name", "given_names", "birth_date", "matricule", "paying_organism", "siret",
    "entered_on", "rate", "net_remuneration", "net_aid", "esat_share", "dual_activity",
)  # fmt: skip
REJECTED = {
    "L00007": {"NIR_KEY"},
    "L00009": {"WORKER_DUPLICATE_IN_BATCH"},
    "L00010": {"WORKER_DUPLICATE_IN_BATCH"},
    "L00011": {"RATE_RANGE"},
    "L00012": {"RATE_RANGE"},
    "L00014": {"AID_EXCEEDS_RG"},
    "L00015": {"RG_ABOVE_MAX"},
    "L00016": {"AMOUNT_MISSING"},
    "L00017": {"ENTRY_AFTER_REFERENCE_MONTH"},
    "L00020": {"NAME_INVALID"},
    "L00021": {"ESTABLISHMENT_MISMATCH"},
    "L00023": {"NIR_FORMAT"},
}
INCOMPLETE = {"DUAL_ACTIVITY_SINCE_MISSING", "DUAL_ACTIVITY_QUOTA_MISSING"}
TOLD = {
    "L00005": {"NIR_COMPLETED"},
    "L00008": {"NIR_TEMPORARY"},
    "L00010": {"NIR_MONTH_MISMATCH"},
    "L00013": {"ESAT_SHARE_BELOW_5"},
    "L00018": {"ESAT_SHARE_DIFFERS"},
    "L00019": {"ESAT_SHARE_DIFFERS"},
    "L00022": {"MATRICULE_SHORT"},
    "L00036": {"DUAL_ACTIVITY_FULL_RATE", *INCOMPLETE},
    "L00052": {"DUAL_ACTIVITY_FULL_RATE", *INCOMPLETE},
    "L00065": {"DUAL_ACTIVITY_FULL_RATE", *INCOMPLETE},
    "L00073": INCOMPLETE,
    "L00075": {"DUAL_ACTIVITY_FULL_RATE", *INCOMPLETE},
}


def _rows() -> list[dict[str, str]]:
    """The cells of each line, the columns taken by their order."""
    _, *rows = csv.reader(StringIO(FILE.read_bytes().decode("cp1252")), delimiter=";")
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def lines() -> dict[str, Remuneration]:
    read = CERTIFICATE.read_all(_rows())
    return {line.reference or "": line for line in read}


def test_the_file_is_the_one_that_was_given() -> None:
    assert (
        sha256(FILE.read_bytes()).hexdigest()
        == "a6d4918427f5bada28bf405854da289d7492816d893baaa07bb29d54a57ca735"
    )


def test_the_lines_with_an_accident_are_rejected_and_no_other(
    lines: dict[str, Remuneration],
) -> None:
    found = {
        reference: {n.rule.name for n in line.errors}
        for reference, line in lines.items()
        if line.errors
    }

    assert len(lines) == 78
    assert found == REJECTED


def test_what_is_strange_is_told_and_nothing_else(
    lines: dict[str, Remuneration],
) -> None:
    found = {
        reference: {n.rule.name for n in line.warnings}
        for reference, line in lines.items()
        if line.warnings
    }

    assert found == TOLD


def test_each_of_the_two_people_with_one_number_names_the_other(
    lines: dict[str, Remuneration],
) -> None:
    details = [lines[reference].errors[0].detail for reference in ("L00009", "L00010")]

    assert details == ["Voir : L00010.", "Voir : L00009."]


def test_the_number_eaten_by_a_spreadsheet_is_told_so(
    lines: dict[str, Remuneration],
) -> None:
    assert "notation scientifique" in lines["L00023"].errors[0].message


def test_numbers_and_amounts_are_taken_as_they_were_meant(
    lines: dict[str, Remuneration],
) -> None:
    numbers = {
        reference: nir.reveal()
        for reference in ("L00005", "L00006")
        if (nir := lines[reference].nir)
    }
    amounts = {
        reference: lines[reference].net_remuneration
        for reference in ("L00001", "L00018", "L00019")
    }

    assert numbers == {"L00005": "283117599900593", "L00006": "198052A99900647"}
    assert amounts == {"L00001": 392_64, "L00018": 812_33, "L00019": 1012_50}


def test_the_line_above_the_maximum_is_taken_once_confirmed() -> None:
    cells = next(row for row in _rows() if row["client_reference"] == "L00015")

    line = CERTIFICATE.read(0, {**cells, "confirmation": "Rappel de salaire"})

    assert line.errors == []
    assert {n.rule.name for n in line.warnings} == {
        "RG_ABOVE_MAX",
        "ESAT_SHARE_DIFFERS",
    }


def test_no_notice_repeats_a_cell(lines: dict[str, Remuneration]) -> None:
    cells = {
        cell
        for row in _rows()
        for name, cell in row.items()
        if len(cell) > 4 and name != "client_reference"
    }
    messages = [
        n.message for line in lines.values() for n in (*line.errors, *line.warnings)
    ]

    assert [m for m in messages if any(cell in m for cell in cells)] == []
