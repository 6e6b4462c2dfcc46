"""French on the screen: days, hours, numbers, SIRET, and unbreakable spaces."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
NARROW = "\u202f"
PARIS = ZoneInfo("Europe/Paris")
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT_MONTHS = [
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juill.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
]
SMALLEST_WITH_SPACES = 10_000
"""A smaller number may be a year, which stands in one piece."""
SIRET_LENGTH = 14
_TIGHT = re.compile(r"(?<!\s) (?=[;!?»](?:[\s<.,)]|$))")
_COLON = re.compile(r"(?<!\s) (?=:(?:[\s<]|$))")
_UNIT = re.compile(r"(?<=\d) (?=[%€])")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def spaced(text: str) -> str:
    """Make unbreakable the spaces of French punctuation, and set the apostrophe."""
    text = _TIGHT.sub(NARROW, text)
    text = _COLON.sub(NBSP, text)
    text = _UNIT.sub(NBSP, text)
    text = text.replace("« ", f"«{NARROW}")
    return _APOSTROPHE.sub("’", text)


def day(value: date) -> str:
    """« 1er décembre 2026 »."""
    return _day(value, MONTHS)


def short_day(value: date) -> str:
    """« 1er déc. 2026 »."""
    return _day(value, SHORT_MONTHS)


def _day(value: date, months: list[str]) -> str:
    number = "1er" if value.day == 1 else value.day
    return f"{number}{NBSP}{months[value.month - 1]}{NBSP}{value.year}"


def instant(value: datetime) -> str:
    """« 1er déc. 2026 à 14 h 05 », in Paris."""
    there = value.astimezone(PARIS)
    return f"{short_day(there)} à {there.hour}{NBSP}h{NBSP}{there.minute:02d}"


def paris_day(value: datetime) -> date:
    """The day of an instant, in Paris."""
    return value.astimezone(PARIS).date()


def amount(value: str, unit: str) -> str:
    """« 1 234,56 € » from « 1234.56 », and « 80 % » from « 80.00 »."""
    units, _, decimals = value.partition(".")
    whole = f"{int(units):,}".replace(",", NARROW)
    figure = f"{whole},{decimals}" if decimals.strip("0") else whole
    return f"{figure}{NBSP}{unit}"


def relative(value: date, today: date) -> str:
    """« dans 7 jours », « aujourd'hui », « il y a 3 jours »."""
    days = (value - today).days
    match days:
        case 0:
            return "aujourd’hui"
        case 1:
            return "demain"
        case -1:
            return "hier"
    before = "dans" if days > 0 else "il y a"
    return f"{before} {number(abs(days))}{NBSP}jours"


def number(value: int) -> str:
    """« 12 345 »; but « 2025 », which is a year as often as a count."""
    if abs(value) < SMALLEST_WITH_SPACES:
        return str(value)
    return f"{value:,}".replace(",", NARROW)


def siret(value: str) -> str:
    """« 999 900 012 00017 »; another text, as it is."""
    if len(value) != SIRET_LENGTH:
        return value
    return NBSP.join((value[:3], value[3:6], value[6:9], value[9:]))


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 partenaire », « 3 partenaires »; in French, zero is singular."""
    is_singular = count <= 1
    noun = one if is_singular else many or one + "s"
    return f"{number(count)}{NBSP}{noun}"
