"""Names: what can be declared, what is refused, and the key that finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.intake.cells import name
from persistence.records import Rule
from persistence.records.base import name_key
from persistence.records.names import clean_name, has_invisible, person_name

from .build import refused

UNSEEN = [
    "Du\nbois", "Du\rbois", "Du\tbois", "Du\u200bbois", "Du\u202ebois", "Du\u2066bois\u2069", "Du\u00adbois",
    "\ufeffDubois", "Du\u2028bois", "Du\u034fbois", "Du\u3164bois", "Du\ufe0fbois", "Du\x00bois", "Du\x7fbois",
    "Du\u2060bois", "Du\ue000bois", "Du\ud800bois", "Du\u180ebois", "Du\u061cbois", "Du\u2800bois",
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("’t Hooft", "’t Hooft"),
        ("'t Hooft", "’t Hooft"),
        ("Adébọ̀wálé", "Adébọ̀wálé"),
        (
            "Ade\u0301bo\u0323\u0300wa\u0301le\u0301",
            "Ad\u00e9b\u1ecd\u0300w\u00e1l\u00e9",
        ),
        ("D´Angelo", "D’Angelo"),
        ("D`Angelo", "D’Angelo"),
        ("D‘Angelo", "D’Angelo"),
        ("Martin–Dupont", "Martin-Dupont"),
        ("Martin—Dupont", "Martin-Dupont"),
        ("Martin\u2011Dupont", "Martin-Dupont"),
        ("Oʼbrien", "O’brien"),
        ("O'Brien", "O’Brien"),
        ("Le\u00a0Goff", "Le Goff"),
        ("  Anne   Marie ", "Anne Marie"),
        ("Nguyễn", "Nguyễn"),
        ("हरिश्चंद्र", "हरिश्चंद्र"),
        ("St. John", "St. John"),
    ],
)
def test_a_name_is_declared_as_its_language_writes_it(written: str, kept: str) -> None:
    assert name(written) == kept
    assert name(name(written)) == kept


@pytest.mark.parametrize("written", UNSEEN)
def test_a_line_feed_or_what_is_not_seen_is_refused_in_a_declared_name(
    written: str,
) -> None:
    with refused(Rule.NAME_INVALID) as raised:
        name(written)

    assert raised.value.notice.detail == "Ni saut de ligne, ni caractère invisible."


@pytest.mark.parametrize("written", UNSEEN)
def test_a_line_feed_or_what_is_not_seen_is_refused_in_any_name(written: str) -> None:
    for kept in (clean_name, person_name):
        with refused(Rule.VALUE_INVALID, "name"):
            kept(written, "name")


@pytest.mark.parametrize(
    "written", ["’", "''Hooft", "’ Hooft", "-Dupont", "1", "Dupont2", "=1+1", "Z\u0301\u0301", "\u0301a", "Ⅷ",
                "a\u0300\u0301\u0302\u0303", "a\u20dd", "<b>", "😀"],
)  # fmt: skip
def test_what_is_no_letter_makes_no_declared_name(written: str) -> None:
    with refused(Rule.NAME_INVALID):
        name(written)


@given(st.text(max_size=30))
def test_a_name_that_is_kept_is_seen_and_stays_as_it_is(written: str) -> None:
    if not has_invisible(written):
        kept = person_name(written)

        assert person_name(kept) == kept
        assert not has_invisible(kept)


# the key


@pytest.mark.parametrize(
    "written",
    [
        "O’Brien",
        "o'brien",
        "O BRIEN",
        "O-Brien",
        "Oʼbrien",
        " o´brien ",
        "O.Brien",
        "Ó’Brien",
        "O‑Bri\u00aden",
    ],
)
def test_apostrophes_dashes_and_spaces_are_equal_in_the_key_of_a_name(
    written: str,
) -> None:
    assert name_key(written) == "o brien"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Œuvres d’Été", "oeuvres d ete"),
        ("ESAT du Canal Saint-Martin", "esat du canal saint martin"),
        ("S.A.R.L. « Les Oliviers 2 »", "s a r l les oliviers 2"),
        ("Straße", "strasse"),
        ("…", ""),
    ],
)
def test_the_key_of_a_name_is_its_words(written: str, key: str) -> None:
    assert name_key(written) == key


@given(st.text(max_size=30))
def test_the_key_of_a_key_is_itself(written: str) -> None:
    assert name_key(name_key(written)) == name_key(written)


def test_a_letter_bears_three_marks_at_most() -> None:
    marks = "\u0301\u0323\u0308\u0330"

    assert name("Aq" + marks[:3] + "a")
    with refused(Rule.NAME_INVALID):
        name("Aq" + marks + "a")
