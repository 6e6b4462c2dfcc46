"""French on the screen: days, hours, numbers, SIRET, and the spaces that a line may not break."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

NBSP, NARROW = "\u00a0", "\u202f"
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
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."]
_TIGHT = re.compile(r"(?<!\s) (?=[;!?»](?:[\s<.,)]|$))")
_COLON = re.compile(r"(?<!\s) (?=:(?:[\s<]|$))")
_UNIT = re.compile(r"(?<=\d) (?=[%€])")


def spaced(text: str) -> str:
    """The spaces of French punctuation, made unbreakable; the apostrophe made typographic."""
    text = _UNIT.sub(NBSP, _COLON.sub(NBSP, _TIGHT.sub(NARROW, text))).replace("« ", f"«{NARROW}")
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def day(value: date) -> str:
    """« 1er décembre 2026 »."""
    return f"{'1er' if value.day == 1 else value.day}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def short_day(value: date) -> str:
    """« 1er déc. 2026 »."""
    return f"{'1er' if value.day == 1 else value.day}{NBSP}{SHORT[value.month - 1]}{NBSP}{value.year}"


def instant(value: datetime) -> str:
    """« 1er déc. 2026 à 14 h 05 », at Paris."""
    there = value.astimezone(PARIS)
    return f"{short_day(there)} à {there.hour}{NBSP}h{NBSP}{there.minute:02d}"


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
    return f"dans {number(days)}{NBSP}jours" if days > 0 else f"il y a {number(-days)}{NBSP}jours"


def number(value: int) -> str:
    """« 12 345 »; « 2025 », a year as often as a count, in one piece."""
    return f"{value:,}".replace(",", NARROW) if abs(value) >= 10_000 else str(value)  # noqa: PLR2004


def siret(value: str) -> str:
    """« 999 900 012 00017 »."""
    return NBSP.join((value[:3], value[3:6], value[6:9], value[9:])) if len(value) == 14 else value  # noqa: PLR2004


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 partenaire », « 3 partenaires »; zero is singular."""
    return f"{number(count)}{NBSP}{one if count < 2 else many or one + 's'}"  # noqa: PLR2004
