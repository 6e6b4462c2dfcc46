"""The campaign that a page shows when its address names none."""

from collections.abc import Mapping
from datetime import date

from .answering import Console

PREPARED_FROM = 9
"""The month from which the campaign of the year is shown, before it opens."""


def campaign_of(today: date) -> str:
    """The id of the campaign that a declarant works on, that day.

    It is the one of the last November; from September on, the one that is prepared.
    """
    is_prepared = today.month >= PREPARED_FROM
    return f"cmp_{today.year if is_prepared else today.year - 1}"


def current_campaign(console: Console, _: Mapping[str, str]) -> Mapping[str, str]:
    """The variable of a document that asks for the campaign of today."""
    return {"campaign": campaign_of(console.ports.today())}


def campaign_of_year(_: Console, parts: Mapping[str, str]) -> Mapping[str, str]:
    """The variable of a document whose address says the year."""
    return {"campaign": f"cmp_{parts['year']}"}
