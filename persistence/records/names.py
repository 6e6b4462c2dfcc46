"""Names of people, groups, partners and places: what is written there is seen."""

import unicodedata
from itertools import groupby

from .rules import Refused, Rule, require

INVISIBLE = "Ni saut de ligne, ni caractère invisible."
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Categories of characters that are not seen: line feeds, zero-width marks,
bidirectional overrides."""
FILLERS = frozenset(
    map(
        chr,
        (
            0x034F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            0x2800,
            0x3164,
            0xFFA0,
            *range(0xFE00, 0xFE10),
        ),
    )
)
"""Letters and marks that show nothing."""
APOSTROPHES, DASHES = "'´`‘ʼ′＇", "‐‑‒–—−"
AS_WRITTEN = str.maketrans(
    {**dict.fromkeys(APOSTROPHES, "’"), **dict.fromkeys(DASHES, "-")}
)
BETWEEN = str.maketrans("", "", " ’-.")
MARKS = 3
"""So many marks on a letter, each once: beyond, it is no writing."""


def has_invisible(text: str) -> bool:
    """Whether the text holds a character that is not seen."""
    if text.isascii():
        return not text.isprintable()
    return any(c in FILLERS or unicodedata.category(c) in HIDDEN for c in text)


def clean_name(text: str, *path: str) -> str:
    """A name as it is kept: composed, one space between words.

    VALUE_INVALID where something is not seen.
    """
    if has_invisible(text):
        raise Refused(Rule.VALUE_INVALID, *path, detail=INVISIBLE)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def required_name(text: str, *path: str) -> str:
    """A name as it is kept, which says something. VALUE_INVALID."""
    name = clean_name(text, *path)
    require(name, Rule.VALUE_INVALID, *path)
    return name


def person_name(text: str, *path: str) -> str:
    """A person's name: its apostrophes are « ’ », its dashes « - ».

    The keyboard that it comes from changes nothing.
    """
    return clean_name(text.translate(AS_WRITTEN), *path)


def is_spelled(name: str) -> bool:
    """Whether a person's name is made of letters and marks of any alphabet.

    Only what parts names may stand between them.
    """
    letters = name.translate(BETWEEN)
    if letters.isalpha() and name[0].isalpha():
        return True
    first = name.removeprefix("’")[:1]
    return (
        first.isalpha()
        and all(c.isalpha() or _is_mark(c) for c in letters)
        and _is_marked_with_measure(letters)
    )


def _is_mark(c: str) -> bool:
    return unicodedata.category(c) in ("Mn", "Mc")


def _is_marked_with_measure(letters: str) -> bool:
    marks = (
        "".join(group)
        for is_marks, group in groupby(unicodedata.normalize("NFD", letters), _is_mark)
        if is_marks
    )
    return all(len(each) <= MARKS and len(set(each)) == len(each) for each in marks)
