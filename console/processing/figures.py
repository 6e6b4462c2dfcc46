"""Figures and days as a dense list shows them: in columns, without a unit."""

from collections.abc import Mapping
from datetime import date, datetime

from console.kernel.typography import NARROW, instant


def decimals(value: str) -> str:
    """« 1 112,32 » from « 1112.32 »: always with its decimals, to be compared."""
    units, _, rest = value.partition(".")
    whole = f"{int(units):,}".replace(",", NARROW)
    return f"{whole},{rest}" if rest else whole


def numeric_day(day: date) -> str:
    """« 27/06/1970 »."""
    return f"{day:%d/%m/%Y}"


def instant_of(text: str) -> str:
    """« 1er déc. 2026 à 14 h 05 », from an instant as it was saved."""
    return instant(datetime.fromisoformat(text))


def without(pairs: Mapping[str, str], name: str) -> dict[str, str]:
    """The parameters of an address but one."""
    return {key: value for key, value in pairs.items() if key != name}
