"""The lines of a November certificate: each cell, what blocks, what is only told (R16, R18)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.intake.cells import (
    cents,
    day,
    flag,
    name,
    prose,
    rate,
    reference,
    share,
)
from persistence.intake.remuneration_lines import Remuneration
from persistence.records import Rule
from persistence.records.declaration_lines import NoPayReason
from persistence.records.nir import Nir

from .build import refused
from .november import (
    ANYTHING,
    CERTIFICATE,
    ELSEWHERE,
    GOOD,
    PARAMETERS,
    bounds_of,
    read,
    rejected,
    repeats,
    sentence,
    told,
    warned,
)

ZEROS_SIRET, CUT_SIRET = "00552013500012", "552013500012"

# a line


def test_a_good_line_is_read_to_its_values_and_nothing_is_told() -> None:
    line = read()

    assert line == Remuneration(
        index=0,
        reference="L00001",
        nir=Nir.read("185057599904209"),
        birth_name="Lefèvre",
        given_names="Élodie",
        birth_date=date(1985, 5, 27),
        matricule="1000000",
        paying_id="org_751",
        entered_on=date(2012, 9, 9),
        rate=100_00,
        net_remuneration=1030_17,
        net_aid=833_01,
        esat_share=12_00,
        dual_activity=False,
    )


@pytest.mark.parametrize(
    ("cell", "rule", "at"),
    [
        ("nir", Rule.NIR_FORMAT, "nir"),
        ("birth_name", Rule.NAME_INVALID, "birth_name"),
        ("given_names", Rule.NAME_INVALID, "given_names"),
        ("birth_date", Rule.DAY_INVALID, "birth_date"),
        ("entered_on", Rule.DAY_INVALID, "entered_on"),
        ("rate", Rule.RATE_RANGE, "rate"),
        ("net_remuneration", Rule.AMOUNT_MISSING, "net_remuneration"),
        ("net_aid", Rule.AMOUNT_MISSING, "net_aid"),
        ("esat_share", Rule.SHARE_RANGE, "esat_share"),
        ("dual_activity", Rule.DUAL_ACTIVITY_MISSING, "dual_activity"),
    ],
)
@pytest.mark.parametrize("blank", [None, "", " \u00a0\t"])
def test_a_cell_that_is_required_and_blank_is_missed_at_its_field(
    cell: str, rule: Rule, at: str, blank: str | None
) -> None:
    assert rejected(**{cell: blank}) == [(rule, at)]


@pytest.mark.parametrize(
    "cell", ["client_reference", "matricule", "paying_organism", "siret"]
)
def test_a_cell_that_may_be_blank_is_not_missed(cell: str) -> None:
    assert rejected(**{cell: None}) == rejected(**{cell: "  "}) == []


@pytest.mark.parametrize(
    ("cell", "written", "rule", "at"),
    [
        ("client_reference", "L" * 81, Rule.VALUE_INVALID, "client_reference"),
        ("nir", "185057599904210", Rule.NIR_KEY, "nir"),
        ("birth_name", "=1+1", Rule.NAME_INVALID, "birth_name"),
        ("used_name", "-", Rule.NAME_INVALID, "used_name"),
        ("given_names", "Élodie2", Rule.NAME_INVALID, "given_names"),
        ("birth_date", "27/13/1985", Rule.DAY_INVALID, "birth_date"),
        ("matricule", "12345678", Rule.MATRICULE_FORMAT, "matricule"),
        ("paying_organism", "999", Rule.PAYING_ORGANISM_UNKNOWN, "paying_organism"),
        (
            "paying_organism",
            "\u0667\u0665\u0661",
            Rule.PAYING_ORGANISM_UNKNOWN,
            "paying_organism",
        ),
        ("siret", ELSEWHERE, Rule.ESTABLISHMENT_MISMATCH, "siret"),
        ("siret", "99990001200026", Rule.SIRET_KEY, "siret"),
        ("siret", "9,9990001E+13", Rule.SIRET_FORMAT, "siret"),
        ("entered_on", "hier", Rule.DAY_INVALID, "entered_on"),
        ("rate", "120", Rule.RATE_RANGE, "rate"),
        ("net_remuneration", "1e3", Rule.AMOUNT_INVALID, "net_remuneration"),
        ("net_remuneration", "-1030,17", Rule.AMOUNT_INVALID, "net_remuneration"),
        ("net_aid", "-0,01", Rule.AMOUNT_INVALID, "net_aid"),
        ("esat_share", "100,01", Rule.SHARE_RANGE, "esat_share"),
        ("no_pay_reason", "maladie", Rule.NO_PAY_REASON_UNKNOWN, "no_pay_reason"),
        ("dual_activity", "peut-être", Rule.DUAL_ACTIVITY_MISSING, "dual_activity"),
        ("dual_activity_since", "31/11/2026", Rule.DAY_INVALID, "dual_activity_since"),
        ("dual_activity_hours", "17h30", Rule.VALUE_INVALID, "dual_activity_hours"),
        (
            "dual_activity_employer",
            "732829320",
            Rule.SIRET_FORMAT,
            "dual_activity_employer",
        ),
        ("aah_beneficiary", "peut-être", Rule.VALUE_INVALID, "aah_beneficiary"),
        ("reference_month", "2026-10", Rule.PERIOD_NOT_NOVEMBER, "reference_month"),
        ("reference_month", "2025-11", Rule.PERIOD_NOT_NOVEMBER, "reference_month"),
        (
            "confirmation",
            "rappel pour 1 85 05 75 999 042",
            Rule.NIR_IN_TEXT,
            "confirmation",
        ),
        ("comment", "voir 185057599904209", Rule.NIR_IN_TEXT, "comment"),
        ("comment", "a" * 501, Rule.VALUE_INVALID, "comment"),
    ],
)
def test_a_cell_that_cannot_be_read_blocks_at_its_field_alone(
    cell: str, written: str, rule: Rule, at: str
) -> None:
    expected = [(rule, at)]
    if cell == "no_pay_reason":  # the amounts of the good line go with no reason
        expected += [
            (Rule.NO_PAY_WITH_AMOUNT, "net_remuneration"),
            (Rule.NO_PAY_WITH_AMOUNT, "net_aid"),
        ]

    assert rejected(**{cell: written}) == expected


def test_a_line_tells_all_that_blocks_it() -> None:
    assert rejected(nir="1", rate="0", birth_date="x", net_aid="abc") == [
        (Rule.NIR_FORMAT, "nir"),
        (Rule.DAY_INVALID, "birth_date"),
        (Rule.RATE_RANGE, "rate"),
        (Rule.AMOUNT_INVALID, "net_aid"),
    ]


def test_a_notice_stands_at_the_rank_of_its_line() -> None:
    lines = CERTIFICATE.read_all([GOOD, {**GOOD, "nir": "x"}])

    assert [notice.path for line in lines for notice in line.errors] == [
        ("lines", "1", "nir")
    ]


# cells


@pytest.mark.parametrize("decimals", [".0", ",0", ".00"])
def test_the_numbers_that_a_spreadsheet_wrote_are_whole_in_every_identifier(
    decimals: str,
) -> None:
    numbers = ("nir", "matricule", "paying_organism", "siret")

    line = read(
        **{cell: GOOD[cell] + decimals for cell in numbers},
        dual_activity=f"0{decimals}",
    )

    assert (line.errors, line.warnings) == ([], [])
    assert line == read()


def test_a_payer_and_a_siret_lose_their_first_zeros_to_a_spreadsheet() -> None:
    line = read(
        paying_organism="11.0",
        dual_activity="1.0",
        dual_activity_employer=CUT_SIRET + ".0",
    )

    assert line.errors == []
    assert (line.paying_id, line.dual_activity, line.dual_activity_employer) == (
        "org_011",
        True,
        ZEROS_SIRET,
    )


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("812.33", 812_33),
        ("812,33", 812_33),
        ("1 012,50", 1012_50),
        ("1\u202f012,50", 1012_50),
        ("1\u00a0012,50 €", 1012_50),
        ("1.012,50", 1012_50),
        ("1,012.50", 1012_50),
        ("1078.0", 1078_00),
        ("1078,5", 1078_50),
        ("1078", 1078_00),
        ("0", 0),
        ("0,00", 0),
        ("0,01", 1),
        ("9999999,99", 9999999_99),
        ("0000812,33", 812_33),
    ],
)
def test_an_amount_is_read_in_cents_as_a_payroll_writes_it(
    written: str, amount: int
) -> None:
    assert cents(written) == amount


@pytest.mark.parametrize(
    "written",
    [
        "",
        "€",
        "1e5",
        "1E+05",
        "-5",
        "+5",
        "1.012",
        "812,333",
        "0.30000000000000004",
        ",50",
        "12,",
        "1;5",
        "1'012,50",
        "12€50",
        "٣",
        "１２",
        "²",
        "inf",
        "nan",
        "0x10",
        "1_000",
        "10000000",
        "9" * 5000,
        "\ud800",
    ],
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    with refused(Rule.AMOUNT_INVALID):
        cents(written)


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [
        ("33,33", 33_33),
        ("33.33 %", 33_33),
        ("100", 100_00),
        ("100,00%", 100_00),
        ("0,01", 1),
        ("80.0", 80_00),
    ],
)
def test_a_rate_is_read_in_hundredths(written: str, hundredths: int) -> None:
    assert rate(written) == hundredths


@pytest.mark.parametrize(
    "written", ["0", "0,00", "100,01", "120", "-50", "33,333", "1e2", "plein", "%", ""]
)
def test_a_rate_is_above_0_and_up_to_100(written: str) -> None:
    with refused(Rule.RATE_RANGE):
        rate(written)


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [("0", 0), ("5,1", 5_10), ("22,00 %", 22_00), ("100", 100_00)],
)
def test_a_share_goes_from_0_to_100(written: str, hundredths: int) -> None:
    assert share(written) == hundredths
    with refused(Rule.SHARE_RANGE):
        share("100,01")


@pytest.mark.parametrize(
    ("written", "read_"),
    [
        ("27/06/1970", date(1970, 6, 27)),
        ("1970-06-27", date(1970, 6, 27)),
        ("1/2/1970", date(1970, 2, 1)),
        ("29/02/2028", date(2028, 2, 29)),
        ("01/01/1900", date(1900, 1, 1)),
        ("31/12/2199", date(2199, 12, 31)),
    ],
)
def test_a_day_is_read_in_french_or_iso(written: str, read_: date) -> None:
    assert day(written) == read_


@pytest.mark.parametrize(
    "written",
    [
        "",
        "29/02/2027",
        "31/11/2026",
        "00/01/1970",
        "27/06/0000",
        "27/06/70",
        "31/12/1899",
        "01/01/2200",
        "27-06-1970",
        "06/27/1970",
        "1970/06/27",
        "-1970-06-27",
        "27//06/1970",
        "27/06/x/1970",
        "27/06/1970/",
        "27/06/1970 00:00:00",
        "27 / 06 / 1970",
        "٢٧/٠٦/١٩٧٠",
        "25746",
        "19700627",
        "1/1/99999999999999999999",
        "1" * 5000 + "/1/1970",
        "\ud800/01/1970",
    ],
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with refused(Rule.DAY_INVALID):
        day(written)


@pytest.mark.parametrize(
    ("written", "read_"),
    [
        ("O'Neill", "O’Neill"),
        ("O’Neill", "O’Neill"),
        ("Le  Goff", "Le Goff"),
        ("Ben-Amar", "Ben-Amar"),
        ("Œuvrard", "Œuvrard"),
        ("Le\u0301on", "Léon"),
        ("Marie-Ève St. Jean", "Marie-Ève St. Jean"),
        ("Νίκος", "Νίκος"),
        ("N'", "N’"),
        ("A" * 80, "A" * 80),
    ],
)
def test_a_name_is_letters_and_the_marks_between_them(written: str, read_: str) -> None:
    assert name(written) == read_


@pytest.mark.parametrize(
    "written",
    [
        "",
        "=1+1",
        "+33",
        "@nom",
        "-Le Goff",
        "'",
        "R2D2",
        "Roux;Durand",
        "Roux\x00",
        "A" * 81,
        "\ud800",
        "Roux\u202e",
    ],
)
def test_what_is_no_name_is_refused(written: str) -> None:
    with refused(Rule.NAME_INVALID):
        name(written)


@pytest.mark.parametrize(
    ("words", "yes"),
    [
        (("O", "o", "OUI", "x", "1", "vrai", "true", "Y", "Yes"), True),
        (("N", "Non", "0", "faux", "FALSE", "no"), False),
    ],
)
def test_yes_and_no_are_said_in_several_ways(
    words: tuple[str, ...], *, yes: bool
) -> None:
    assert [flag(word) for word in words] == [yes] * len(words)


@pytest.mark.parametrize("word", ["", "2", "10", "ouii", "n/a", "ｙ", "¹"])
def test_what_says_neither_yes_nor_no_is_refused(word: str) -> None:
    with refused(Rule.VALUE_INVALID):
        flag(word)


def test_a_caf_is_named_by_its_code_with_or_without_its_first_zeros() -> None:
    assert [read(paying_organism=code).paying_id for code in ("921", "011", "11")] == [
        "org_921",
        "org_011",
        "org_011",
    ]


@pytest.mark.parametrize(
    "month", ["2026-11", "11/2026", "novembre 2026", "Novembre 2026", "NOVEMBRE 2026"]
)
def test_the_month_may_be_said_and_is_november_of_the_campaign(month: str) -> None:
    assert rejected(reference_month=month) == []


def test_a_siret_is_checked_as_people_space_it() -> None:
    assert rejected(siret="999 900 012 00025") == []


# dates between them (R18)


@pytest.mark.parametrize(
    ("entered_on", "expected"),
    [
        ("30/11/2026", []),
        ("01/12/2026", [(Rule.ENTRY_AFTER_REFERENCE_MONTH, "entered_on")]),
        ("27/05/1985", [(Rule.DAY_INVALID, "entered_on")]),
        ("28/05/1985", []),
    ],
)
def test_the_entry_follows_the_birth_and_is_of_november_at_the_latest(
    entered_on: str, expected: list[tuple[Rule, str]]
) -> None:
    assert rejected(entered_on=entered_on) == expected


def test_nobody_is_born_after_november() -> None:
    assert rejected(birth_date="01/12/2026") == [(Rule.DAY_INVALID, "birth_date")]


# amounts between them


def test_the_aid_is_a_part_of_the_remuneration() -> None:
    assert rejected(net_aid="1030,18") == [(Rule.AID_EXCEEDS_RG, "net_aid")]
    assert rejected(net_aid="1030,17") == []


def test_a_remuneration_of_nothing_needs_its_reason() -> None:
    assert rejected(net_remuneration="0,00") == [
        (Rule.AMOUNT_MISSING, "net_remuneration")
    ]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("UNPAID_ABSENCE", NoPayReason.UNPAID_ABSENCE),
        ("Absence non rémunérée", NoPayReason.UNPAID_ABSENCE),
        ("absence", NoPayReason.UNPAID_ABSENCE),
        ("CONGÉ PARENTAL", NoPayReason.PARENTAL_LEAVE),
        ("Non encore payé", NoPayReason.NOT_YET_PAID),
        ("autre", NoPayReason.OTHER),
    ],
)
@pytest.mark.parametrize("nothing", [None, "0", "0,00"])
def test_with_a_reason_for_no_pay_the_amounts_are_not_asked_for(
    written: str, reason: NoPayReason, nothing: str | None
) -> None:
    line = read(
        no_pay_reason=written,
        net_remuneration=nothing,
        net_aid=nothing,
        esat_share=None,
    )

    assert (line.errors, line.warnings, line.no_pay_reason) == ([], [], reason)


@pytest.mark.parametrize(
    ("cells", "at"),
    [
        ({"net_remuneration": "0,01", "net_aid": None}, ["net_remuneration"]),
        ({"net_remuneration": None, "net_aid": "0,01"}, ["net_aid"]),
        ({}, ["net_remuneration", "net_aid"]),
    ],
)
def test_a_reason_for_no_pay_goes_with_no_amount(
    cells: dict[str, str | None], at: list[str]
) -> None:
    said = rejected(no_pay_reason="absence", **cells)

    assert said == [(Rule.NO_PAY_WITH_AMOUNT, field) for field in at]


# the bounds of November


@pytest.mark.parametrize(
    ("year", "monthly"), [(2024, 1801_80), (2025, 1801_80), (2026, 1867_02)]
)
def test_the_smic_is_that_of_the_november_of_the_campaign(
    year: int, monthly: int
) -> None:
    assert bounds_of(year).smic == monthly


@pytest.mark.parametrize(
    ("day_", "monthly"),
    [("2024-10-31", 1766_92), ("2024-11-01", 1801_80), ("2026-01-01", 1823_03)],
)
def test_a_parameter_is_worth_its_last_value_on_the_day(
    day_: str, monthly: int
) -> None:
    shuffled = PARAMETERS[::-1]

    assert type(bounds_of(2026)).on(date.fromisoformat(day_), shuffled).smic == monthly


@pytest.mark.parametrize(
    ("year", "rate_", "figures"),
    [
        (2025, 100_00, (90_09, 913_51, 1003_60, 1994_59)),
        (2025, 80_00, (72_07, 730_81, 802_88, 1595_67)),
        (2025, 50_00, (45_05, 456_76, 501_80, 997_30)),
        (2026, 100_00, (93_35, 946_58, 1039_93, 2066_79)),
        (2026, 80_00, (74_68, 757_26, 831_94, 1653_43)),
        (2026, 50_00, (46_68, 473_29, 519_97, 1033_40)),
    ],
)
def test_the_bounds_are_the_published_figures_to_the_cent(
    year: int, rate_: int, figures: tuple[int, int, int, int]
) -> None:
    bounds = bounds_of(year)
    shares = (bounds.share_least, bounds.aid_cap, bounds.least, bounds.most)

    assert tuple(bounds.gross(part, rate_) for part in shares) == figures


@pytest.mark.parametrize(
    ("part", "aid"),
    [
        (5_00, 50_70),
        (10_00, 50_70),
        (20_00, 50_70),
        (22_00, 49_70),
        (30_00, 45_70),
        (100_00, 10_70),
    ],
)
def test_the_aid_falls_by_half_a_point_for_each_point_above_twenty(
    part: int, aid: int
) -> None:
    assert bounds_of(2026).aid(part) == aid


def test_the_example_of_twelve_percent_at_four_fifths_is_rounded_once() -> None:
    bounds = bounds_of(2026)

    assert [bounds.gross(part, 80_00) for part in (12_00, 50_70, 62_70)] == [
        179_23,
        757_26,
        936_50,
    ]


def test_a_remuneration_above_the_maximum_is_refused_until_it_is_confirmed_with_a_reason() -> (
    None
):
    above = {"rate": "50", "net_remuneration": "1033,41", "net_aid": "416,50"}

    assert rejected(**{**above, "net_remuneration": "1033,40"}) == []
    assert rejected(**above) == [(Rule.RG_ABOVE_MAX, "net_remuneration")]
    assert rejected(**above, confirmation=" ") == [
        (Rule.RG_ABOVE_MAX, "net_remuneration")
    ]
    assert (Rule.RG_ABOVE_MAX, "net_remuneration") in warned(
        **above, confirmation="Rappel de septembre"
    )


def test_the_maximum_is_not_judged_where_the_rate_cannot_be_read() -> None:
    assert rejected(rate="x", net_remuneration="9999,99") == [(Rule.RATE_RANGE, "rate")]


# what is only told


def test_a_key_that_was_computed_is_told() -> None:
    assert warned(nir="1 85 05 75 999 042") == [(Rule.NIR_COMPLETED, "nir")]
    assert warned(nir="1 85 05 75 999 042 09") == []


def test_a_temporary_number_is_told_and_tells_no_year() -> None:
    assert warned(nir="785039924300122") == [(Rule.NIR_TEMPORARY, "nir")]


def test_a_number_of_another_year_than_the_birth_is_told() -> None:
    assert warned(birth_date="27/05/1986") == [(Rule.NIR_YEAR_MISMATCH, "nir")]


def test_the_month_of_a_nir_against_the_birth_month_is_told() -> None:
    assert warned(birth_date="27/06/1985") == [(Rule.NIR_MONTH_MISMATCH, "nir")]
    assert warned(birth_date="27/06/1986") == [
        (Rule.NIR_YEAR_MISMATCH, "nir"),
        (Rule.NIR_MONTH_MISMATCH, "nir"),
    ]
    assert warned(nir="1853375999042", birth_date="27/06/1985") == [
        (Rule.NIR_COMPLETED, "nir")
    ]


def test_a_short_matricule_is_told() -> None:
    assert warned(matricule="12345") == [(Rule.MATRICULE_SHORT, "matricule")]


SECOND = {
    "dual_activity": "O",
    "dual_activity_since": "01/10/2026",
    "dual_activity_hours": "17,5",
}
HALF = {"rate": "50", "net_remuneration": "515,08", "net_aid": "416,50"}


def test_a_second_activity_at_full_rate_is_told() -> None:
    assert warned(**SECOND) == [(Rule.DUAL_ACTIVITY_FULL_RATE, "dual_activity")]
    assert warned(**SECOND, **HALF) == []


def test_a_second_activity_without_its_first_day_or_its_hours_is_kept_and_it_is_told() -> (
    None
):
    """R16: « oui » is an answer; what it lacks is asked for."""
    line = read(dual_activity="O", **HALF)

    assert (line.errors, line.dual_activity) == ([], True)
    assert told(line.warnings) == [
        (Rule.DUAL_ACTIVITY_SINCE_MISSING, "dual_activity_since"),
        (Rule.DUAL_ACTIVITY_QUOTA_MISSING, "dual_activity_hours"),
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {"dual_activity_since": "01/10/2026"},
        {"dual_activity_hours": "17,5"},
        {"dual_activity_employer": "732 829 320 00074"},
    ],
)
def test_no_second_activity_and_its_facts_contradict_each_other(
    cells: dict[str, str],
) -> None:
    assert [rule for rule, _ in rejected(dual_activity="N", **cells)] == [
        Rule.VALUE_INVALID
    ]


def test_a_second_activity_that_ends_is_no_more() -> None:
    assert rejected(dual_activity="N", dual_activity_until="01/10/2026") == []
    assert rejected(**SECOND, dual_activity_until="01/10/2026") == [
        (Rule.VALUE_INVALID, "dual_activity_until")
    ]


def test_more_than_35_hours_elsewhere_is_told() -> None:
    more = {**SECOND, **HALF, "dual_activity_hours": "35,01"}

    assert warned(**more) == [(Rule.DUAL_ACTIVITY_OVER_35H, "dual_activity_hours")]
    assert warned(**{**more, "dual_activity_hours": "35"}) == []


def test_the_facts_of_a_second_activity_are_read() -> None:
    line = read(
        dual_activity="O",
        dual_activity_since="01/10/2026",
        dual_activity_hours="17,5",
        dual_activity_employer="732 829 320 00074",
    )

    assert line.errors == []
    assert (line.dual_activity_since, line.dual_activity_hours) == (
        date(2026, 10, 1),
        17_50,
    )
    assert line.dual_activity_employer == "73282932000074"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("4,99", [(Rule.ESAT_SHARE_BELOW_5, "esat_share")]),
        ("5,00", [(Rule.ESAT_SHARE_DIFFERS, "esat_share")]),
        ("10,00", [(Rule.ESAT_SHARE_DIFFERS, "esat_share")]),
        ("10,05", [(Rule.ESAT_SHARE_DIFFERS, "esat_share")]),
        ("10,06", []),
        ("15,00", []),
        ("15,08", []),
        ("15,09", [(Rule.ESAT_SHARE_DIFFERS, "esat_share")]),
        ("20,00", [(Rule.ESAT_SHARE_DIFFERS, "esat_share")]),
    ],
)
def test_the_share_of_the_esat_is_compared_with_the_remuneration_less_the_aid(
    part: str, expected: list[tuple[Rule, str]]
) -> None:
    """197,16 € of 1 867,02 € are 10,56 %: it may be from 70 to 105 percent of the gross share declared."""
    assert warned(esat_share=part) == expected


@pytest.mark.parametrize(
    ("part", "net", "aid"),
    [
        ("5", "914,76", "833,01"),
        ("10", "997,31", "833,01"),
        ("15", "1079,44", "833,01"),
        ("20", "1161,61", "833,01"),
        ("100", "1818,50", "175,79"),
    ],
)
@pytest.mark.parametrize("rate_", [100_00, 80_00, 33_33])
def test_at_88_percent_of_the_gross_figures_nothing_is_told(
    part: str, net: str, aid: str, rate_: int
) -> None:
    scaled = [f"{cents(amount) * rate_ // 100_00 / 100:.2f}" for amount in (net, aid)]

    assert (
        warned(
            esat_share=part,
            net_remuneration=scaled[0],
            net_aid=scaled[1],
            rate=f"{rate_ / 100}",
        )
        == []
    )


@pytest.mark.parametrize(
    ("aid", "expected"),
    [
        ("662,60", [(Rule.AID_DIFFERS, "net_aid")]),
        ("662,61", []),
        ("993,90", []),
        ("993,91", [(Rule.AID_DIFFERS, "net_aid")]),
    ],
)
def test_the_aid_is_compared_with_what_the_share_gives(
    aid: str, expected: list[tuple[Rule, str]]
) -> None:
    """946,58 € is the aid at full time: from 70 to 105 percent of it, nothing is told."""
    net = f"{(cents(aid) + 197_16) / 100:.2f}"

    assert warned(net_aid=aid, net_remuneration=net) == expected


def test_a_remuneration_far_below_the_minimum_is_told() -> None:
    """1 039,93 € is the minimum at full time: 70 percent of it are 727,951 €."""
    low = {"net_aid": "662,61", "esat_share": "5"}

    assert warned(**low, net_remuneration="727,96") == []
    assert warned(**low, net_remuneration="727,95") == [
        (Rule.ESAT_SHARE_DIFFERS, "esat_share"),
        (Rule.RG_BELOW_MIN, "net_remuneration"),
    ]


def test_nothing_is_compared_in_a_line_that_cannot_be_taken() -> None:
    assert (
        told(read(dual_activity="O", rate="100", nir="x", esat_share="3").warnings)
        == []
    )


# between lines


def _read_all(*cells: dict[str, Any]) -> list[Remuneration]:
    return CERTIFICATE.read_all([{**GOOD, **changed} for changed in cells])


OTHERS = ("291077899901729", "179035999910360")


def test_the_same_number_twice_rejects_both_lines_each_naming_the_other() -> None:
    lines = _read_all(
        {"client_reference": "A"},
        {"client_reference": "B", "nir": OTHERS[0], "birth_date": "01/07/1991"},
        {"client_reference": None, "nir": "1 85 05 75 999 042"},
    )

    assert [told(line.errors) for line in lines] == [
        [(Rule.WORKER_DUPLICATE_IN_BATCH, "nir")],
        [],
        [(Rule.WORKER_DUPLICATE_IN_BATCH, "nir")],
    ]
    assert [n.detail for line in lines for n in line.errors] == [
        "Voir : au rang 2.",
        "Voir : A.",
    ]


def test_a_duplicate_is_one_whatever_else_is_wrong_with_its_line() -> None:
    lines = _read_all({"rate": "x"}, {"client_reference": "L2"})

    assert [told(line.errors)[-1] for line in lines] == [
        (Rule.WORKER_DUPLICATE_IN_BATCH, "nir")
    ] * 2


def test_a_number_on_a_thousand_lines_names_a_few_of_the_others() -> None:
    lines = _read_all(*({"client_reference": f"L{i}"} for i in range(1000)))

    details = [notice.detail for line in lines for notice in line.errors]

    assert details[0] == "Voir : L1, L2, L3, L4, L5, …."
    assert details[999] == "Voir : L0, L1, L2, L3, L4, …."
    assert len(details) == 1000


def test_six_lines_of_one_number_name_the_five_others() -> None:
    lines = _read_all(*({"client_reference": f"L{i}"} for i in range(6)))

    assert lines[2].errors[0].detail == "Voir : L0, L1, L3, L4, L5."


def test_a_number_that_cannot_be_read_is_no_duplicate() -> None:
    lines = _read_all({"nir": "x"}, {"nir": "x"})

    assert [told(line.errors) for line in lines] == [[(Rule.NIR_FORMAT, "nir")]] * 2


def test_a_reference_that_serves_twice_is_told_and_takes_nothing_away() -> None:
    lines = _read_all(
        {}, {"nir": OTHERS[0]}, {"nir": OTHERS[1], "client_reference": "L2"}
    )

    assert [line.errors for line in lines] == [[], [], []]
    assert [
        (Rule.REFERENCE_DUPLICATE, "client_reference") in told(line.warnings)
        for line in lines
    ] == [
        True,
        True,
        False,
    ]


def test_lines_without_reference_do_not_repeat_one() -> None:
    lines = _read_all(
        {"client_reference": None}, {"client_reference": None, "nir": OTHERS[0]}
    )

    assert Rule.REFERENCE_DUPLICATE not in {
        n.rule for line in lines for n in line.warnings
    }


def test_an_empty_certificate_has_no_line() -> None:
    assert CERTIFICATE.read_all([]) == []


# whatever is typed

CELLS = [
    *GOOD,
    "used_name",
    "no_pay_reason",
    "dual_activity_since",
    "dual_activity_hours",
    "dual_activity_employer",
    "aah_beneficiary",
    "reference_month",
    "confirmation",
    "comment",
]


@given(st.sampled_from(CELLS), ANYTHING)
def test_a_cell_may_hold_anything_and_no_notice_repeats_it(
    cell: str, text: str
) -> None:
    line = read(**{cell: text})

    assert not [
        n.message for n in (*line.errors, *line.warnings) if repeats(n.message, text)
    ]


@given(
    st.sampled_from([cents, rate, share, day, name, flag, reference, prose]), ANYTHING
)
def test_a_reader_reads_or_refuses_and_repeats_nothing(
    reader: Callable[[str], object], text: str
) -> None:
    assert not repeats(sentence(reader, text), text)


@given(st.integers(0, 9999999_99))
def test_an_amount_written_with_a_comma_or_a_point_is_the_same_to_the_cent(
    amount: int,
) -> None:
    euros, rest = divmod(amount, 100)

    assert (
        cents(f"{euros},{rest:02}")
        == cents(f"{euros}.{rest:02}")
        == cents(f"{euros:,}.{rest:02}")
        == amount
    )


# references


@pytest.mark.parametrize(
    "opaque",
    [
        "1796079600000",
        "INV-1796079600000",
        "291077899901729",
        "2910778999017",
        "salarié 179035999910360",
    ],
)
def test_a_reference_is_opaque_though_it_reads_as_somebody_else_s_number(
    opaque: str,
) -> None:
    (line,) = _read_all({"client_reference": opaque})

    assert (line.reference, line.errors) == (opaque, [])


def test_a_thousand_references_that_are_millisecond_stamps_are_taken() -> None:
    stamps = [str(1_796_079_600_000 + step * 977) for step in range(1_000)]

    lines = _read_all(*({"client_reference": stamp} for stamp in stamps))

    assert [line.reference for line in lines] == stamps


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "salarié {}",
        "L-{}-2026",
        "{:.13}",
        "salarié {:.13}/1",
        "{0:.1} {0:.3}",
        "1.85.05.75.999.042",
    ],
)
def test_a_reference_that_holds_a_number_of_its_own_batch_is_refused_and_is_not_kept(
    written: str,
) -> None:
    mine = "185057599904209"
    reference = written.replace("{0:.1} {0:.3}", "1 85 05 75 999 042").format(mine)

    other, line = _read_all(
        {"nir": OTHERS[0], "client_reference": reference}, {"client_reference": "L2"}
    )

    assert (Rule.NIR_IN_TEXT, "client_reference") in told(other.errors)
    assert (other.reference, line.reference) == (None, "L2")


def test_a_reference_never_repeats_a_number_that_its_line_cannot_read() -> None:
    (line,) = _read_all({"nir": "185057599904210", "client_reference": "1850575999042"})

    assert told(line.errors) == [
        (Rule.NIR_IN_TEXT, "client_reference"),
        (Rule.NIR_KEY, "nir"),
    ]
    assert line.reference is None


# cells


@pytest.mark.parametrize("field", CELLS)
def test_a_cell_that_is_too_long_is_refused_before_it_is_read(field: str) -> None:
    line = read(**{field: "1" * 501})

    told_of_it = {(n.rule, n.detail) for n in line.errors if n.path[-1] == field}
    assert (Rule.VALUE_INVALID, "500 caractères au plus.") in told_of_it


@pytest.mark.parametrize("written", ["X", "x"])
@pytest.mark.parametrize(
    ("cell", "at"), [("dual_activity", "dual_activity"), ("aah_beneficiary", "aah_beneficiary"),
                     ("paying_organism_changed", "paying_organism_changed")],
)  # fmt: skip
def test_a_cross_is_read_as_yes_and_told_at_its_field(
    cell: str, at: str, written: str
) -> None:
    told_of = told(read(**{cell: written}).warnings)

    assert (Rule.CROSS_IS_YES, at) in told_of
    assert [
        each
        for each in told(read(**{cell: "oui"}).warnings)
        if each[0] is Rule.CROSS_IS_YES
    ] == []
