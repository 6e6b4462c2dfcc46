"""French on the screen: days, hours, counts, SIRET, and spaces that no line breaks."""

from datetime import UTC, date, datetime

import pytest

from console.kernel import typography
from console.kernel.rendering import _typeset, last_day, print_value, query
from console.kernel.template_functions import siret_with_differences, tone
from console.kernel.wording import EnumWord

N, T = "\u00a0", "\u202f"  # unbreakable, and narrow


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Pourquoi ?", f"Pourquoi{T}?"),
        ("Attention !", f"Attention{T}!"),
        ("un ; deux", f"un{T}; deux"),
        ("Caf : Paris", f"Caf{N}: Paris"),
        ("« Esat »", f"«{T}Esat{T}»"),
        ("« Esat ».", f"«{T}Esat{T}»."),
        ("« Esat », puis", f"«{T}Esat{T}», puis"),
        ("(« Esat »)", f"(«{T}Esat{T}»)"),
        ("« Pourquoi ? »", f"«{T}Pourquoi{T}?{T}»"),
        ("12 %", f"12{N}%"),
        ("5 €", f"5{N}€"),
        ("l'accès d'Irène", "l’accès d’Irène"),
        ("à 14:05", "à 14:05"),
        ("https://exemple.fr?a=1", "https://exemple.fr?a=1"),
        ("", ""),
    ],
)
def test_the_spaces_of_french_punctuation_do_not_break(typed: str, set_: str) -> None:
    assert typography.spaced(typed) == set_
    assert typography.spaced(set_) == set_


@pytest.mark.parametrize(
    ("source", "set_"),
    [
        ("<b>Nom :</b>", f"<b>Nom{N}:</b>"),
        ("{{ title }} : suite", f"{{{{ title }}}}{N}: suite"),
        ("<b>{{ title }}</b> : suite", f"<b>{{{{ title }}}}</b>{N}: suite"),
        ("Garder « {{ mine }} »", f"Garder «{T}{{{{ mine }}}}{T}»"),
        ("{{ a }} ? {{ b }} !", f"{{{{ a }}}}{T}? {{{{ b }}}}{T}!"),
        ('<a title="a : b">c : d</a>', f'<a title="a : b">c{N}: d</a>'),
        ("{{ x ? y : z }}", "{{ x ? y : z }}"),
        ('{{ "a : b" if x else " ; " }}', f'{{{{ "a{N}: b" if x else "{T}; " }}}}'),
        ("{# a : b #}c : d", f"{{# a : b #}}c{N}: d"),
        ("{% if a == ':' %}x{% endif %}", "{% if a == ':' %}x{% endif %}"),
    ],
)
def test_a_template_is_set_between_its_tags_and_around_its_expressions(
    source: str, set_: str
) -> None:
    assert _typeset(source) == set_


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (date(2026, 12, 1), f"1er{N}décembre{N}2026", f"1er{N}déc.{N}2026"),
        (date(2026, 6, 30), f"30{N}juin{N}2026", f"30{N}juin{N}2026"),
        (date(2026, 7, 11), f"11{N}juillet{N}2026", f"11{N}juill.{N}2026"),
        (date(2027, 2, 21), f"21{N}février{N}2027", f"21{N}févr.{N}2027"),
    ],
)
def test_the_first_of_a_month_is_1er_and_it_alone(
    value: date, long: str, short: str
) -> None:
    assert typography.day(value) == long
    assert typography.short_day(value) == short


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 12, 1, 13, 5, tzinfo=UTC), f"1er{N}déc.{N}2026 à 14{N}h{N}05"),
        (
            datetime(2026, 6, 30, 22, 30, tzinfo=UTC),
            f"1er{N}juill.{N}2026 à 0{N}h{N}30",
        ),
    ],
)
def test_an_instant_is_told_at_paris_in_winter_and_in_summer(
    instant: datetime, expected: str
) -> None:
    assert typography.instant(instant) == expected


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        (0, "aujourd’hui"),
        (1, "demain"),
        (-1, "hier"),
        (2, f"dans 2{N}jours"),
        (-3, f"il y a 3{N}jours"),
        (12345, f"dans 12{T}345{N}jours"),
    ],
)
def test_a_deadline_is_told_from_today(away: int, expected: str) -> None:
    today = date(2026, 12, 10)

    assert (
        typography.relative(date.fromordinal(today.toordinal() + away), today)
        == expected
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (2025, "2025"),
        (12345, f"12{T}345"),
        (-12345, f"-12{T}345"),
        (1234567, f"1{T}234{T}567"),
    ],
)
def test_thousands_stand_apart_from_five_digits_on(value: int, expected: str) -> None:
    assert typography.number(value) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, f"0{N}partenaire"),
        (1, f"1{N}partenaire"),
        (2, f"2{N}partenaires"),
        (12345, f"12{T}345{N}partenaires"),
    ],
)
def test_zero_and_one_are_singular(count: int, expected: str) -> None:
    assert typography.plural(count, "partenaire") == expected


def test_a_plural_that_is_not_an_s_is_given() -> None:
    assert (
        typography.plural(2, "session fermée", "sessions fermées")
        == f"2{N}sessions fermées"
    )


def test_a_siret_is_read_by_three_three_three_five() -> None:
    assert typography.siret("99990001200017") == f"999{N}900{N}012{N}00017"
    assert typography.siret("999900012") == "999900012"


def test_the_digits_that_differ_are_marked_where_they_stand() -> None:
    marked = siret_with_differences("99990001200025", (13, 14))

    assert (
        marked
        == f'<span class="siret">999{N}900{N}012{N}000<mark>2</mark><mark>5</mark></span>'
    )


def test_what_a_template_prints_is_french_without_being_told() -> None:
    assert [
        print_value(value)
        for value in (None, True, False, 12345, EnumWord("OPEN", "Ouvert"), "12")
    ] == [
        "",
        "oui",
        "non",
        f"12{T}345",
        "Ouvert",
        "12",
    ]
    assert print_value(date(2026, 12, 1)) == f"1er{N}décembre{N}2026"
    assert (
        print_value(datetime(2026, 12, 1, 13, 5, tzinfo=UTC))
        == f"1er{N}déc.{N}2026 à 14{N}h{N}05"
    )


def test_a_stored_end_is_shown_as_the_last_day_with() -> None:
    assert last_day(date(2027, 1, 1)) == date(2026, 12, 31)


def test_a_state_has_a_tone_and_an_unknown_one_none() -> None:
    assert [
        tone(word) for word in ("OPEN", "SUSPENDED", "CLOSED", "DRAFT", "INVENTED")
    ] == [
        "ok",
        "warn",
        "bad",
        "info",
        "",
    ]


def test_an_address_keeps_its_words_and_changes_one() -> None:
    assert query({"a": "x y", "b": "&"}, b=None, c="é") == "?a=x+y&c=%C3%A9"
    assert query({"a": ""}) == "?"
