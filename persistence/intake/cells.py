"""How a cell of a batch is read, as a payroll writes it.

Decimal commas, spaces, days in French.

Each reader takes the text of a cell and gives its value, or raises `Refused`; none
echoes what it was given.
"""

import re
from datetime import date
from typing import TypeVar

from persistence.records.identifiers import (
    SCIENTIFIC,
    Siret,
    compact,
    is_scientific,
    whole,
)
from persistence.records.names import INVISIBLE, has_invisible, is_spelled, person_name
from persistence.records.nir import holds_nir
from persistence.records.rules import Refused, Rule

T = TypeVar("T")
LINES = 1_000
"""What a batch holds at most."""
LONGEST_NAME, LONGEST_REFERENCE, LONGEST_TEXT = 80, 80, 500
SIRET, SHORTEST_SIRET = 14, 11
FULL = 100_00
"""A hundred percent, in hundredths."""
YES = frozenset({"o", "oui", "x", "1", "vrai", "true", "y", "yes"})
NO = frozenset({"n", "non", "0", "faux", "false", "no"})
CROSS = "x"
"""It says yes, and for some no: it is read, and told."""
SPACES = re.compile(r"[\s\u00a0\u202f]+")
MONEY = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
WORKER = re.compile(r"wrk_[0-9A-Za-z]{1,60}")
FRENCH = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")


def bounded(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text of a cell, refused when it is too long for anything to read it.

    Refused: VALUE_INVALID.
    """
    if len(text) > longest:
        raise Refused(Rule.VALUE_INVALID, detail=f"{longest} caractères au plus.")
    return text


def cents(text: str) -> int:
    """An amount in euros, in cents: `1 012,50`, `812.33`, `1.012,50`.

    Refused: AMOUNT_INVALID.
    """
    match = MONEY.fullmatch(text)
    if match is None:
        bare = SPACES.sub("", text).removesuffix("€")
        if "," in bare and "." in bare:
            bare = bare.replace("." if bare.rindex(",") > bare.rindex(".") else ",", "")
        match = MONEY.fullmatch(bare)
    if match is None:
        raise Refused(Rule.AMOUNT_INVALID)
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def _percent(text: str, rule: Rule) -> int:
    try:
        return cents(text.removesuffix("%"))
    except Refused:
        raise Refused(rule) from None


def rate(text: str) -> int:
    """An activity rate, above 0 and up to 100, in hundredths. RATE_RANGE."""
    value = _percent(text, Rule.RATE_RANGE)
    if not 0 < value <= FULL:
        raise Refused(Rule.RATE_RANGE)
    return value


def share(text: str) -> int:
    value = _percent(text, Rule.SHARE_RANGE)
    if value > FULL:
        raise Refused(Rule.SHARE_RANGE)
    return value


def day(text: str) -> date:
    """`27/06/1970` or `1970-06-27`, from 1900 on. DAY_INVALID."""
    match = FRENCH.fullmatch(text) or ISO.fullmatch(text)
    try:
        read = (
            date(*(int(match[part]) for part in ("year", "month", "day")))
            if match
            else None
        )
    except ValueError:
        read = None
    if read is None or not 1900 <= read.year <= 2199:  # noqa: PLR2004 as `sizes` says
        raise Refused(Rule.DAY_INVALID)
    return read


def name(text: str) -> str:
    """Letters of any alphabet with their marks; an apostrophe may come first.

    Refused: NAME_INVALID.
    """
    if has_invisible(text):
        raise Refused(Rule.NAME_INVALID, detail=INVISIBLE)
    name = person_name(text)
    if len(name) > LONGEST_NAME or not is_spelled(name):
        raise Refused(Rule.NAME_INVALID)
    return name


def siret(text: str) -> Siret:
    """Fourteen digits; a spreadsheet may have eaten the first zeros, the key decides.

    Refused: SIRET_FORMAT, SIRET_KEY.
    """
    if not text:
        raise Refused(Rule.SIRET_FORMAT, detail="Il manque.")
    if is_scientific(text):
        raise Refused(Rule.SIRET_FORMAT, detail=SCIENTIFIC)
    digits = compact(text)
    return Siret.read(
        digits.zfill(SIRET) if SHORTEST_SIRET <= len(digits) < SIRET else digits
    )


def flag(text: str) -> bool:
    word = whole(text).casefold()
    if word not in YES | NO:
        raise Refused(Rule.VALUE_INVALID, detail="Oui ou non.")
    return word in YES


def reference(text: str) -> str:
    """The caller's own name of a line: opaque.

    `refuse_numbers` looks at those of a whole batch.
    """
    return bounded(text, LONGEST_REFERENCE)


def identifier(text: str) -> str:
    """The id of a person, as the graph shows it. Refused: VALUE_INVALID."""
    if not WORKER.fullmatch(text):
        raise Refused(Rule.VALUE_INVALID)
    return text


def prose(text: str) -> str:
    if holds_nir(bounded(text)):
        raise Refused(Rule.NIR_IN_TEXT)
    return text
