"""An id that carries a day: `ptr_…@2026-02-28` is the partner as it stands on that day.

Facts of another day come under another id, so that a client's cache never shows the
past as the present. A row is found by its key alone: what is stored, sent in a cursor
or written in the journal has no day.
"""

from collections.abc import Iterable
from datetime import date

from persistence.types import iso_day

MARK = "@"
NO_YEAR = "0000"
"""A year that Python's calendar does not have.

It is read as the year 1, so that it is refused as out of reach.
"""
MOST_DAYS = 4
"""Days that one `nodes` mixes: each is compiled on its own."""


def key_of(identifier: str) -> str:
    """The id of the row, without its day."""
    return identifier.partition(MARK)[0]


def day_of(identifier: str) -> date | None:
    """The day that an id carries.

    None where it carries none, or something else than a day.
    """
    day = identifier.partition(MARK)[2]
    try:
        return iso_day(
            day.replace(NO_YEAR, "0001", 1) if day.startswith(NO_YEAR) else day
        )
    except ValueError:
        return None


def days_of(identifiers: Iterable[str]) -> list[date]:
    """The days that some ids carry, each once, in their order."""
    return sorted(
        {day for identifier in identifiers if (day := day_of(identifier)) is not None}
    )


def nth_day(identifiers: Iterable[str], n: int) -> date | None:
    """The day of this rank among those that the ids carry.

    None where they carry fewer.
    """
    return next(iter(days_of(identifiers)[n:]), None)


def stamp(day: date | None) -> str | None:
    """What follows a key in an id of that day."""
    return None if day is None else f"{MARK}{day.isoformat()}"
