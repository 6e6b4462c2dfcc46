"""The limits of an act's input: no column, index or journal takes more."""

import re
from dataclasses import is_dataclass
from datetime import date
from functools import cache
from typing import Any

import strawberry

from persistence.reading import dated_ids
from persistence.records import Refused, Rule
from persistence.records.names import INVISIBLE, has_invisible
from persistence.records.nir import holds_nir

LONGEST, LONGEST_PROSE = 250, 2_000
LONGEST_CURSOR = 10_000
"""A cursor carries the order key of its row, in hexadecimal."""
PROSE = {
    "reason",
    "comment",
    "purpose",
    "ground",
    "evidence",
    "suspension_reason",
    "closing_reason",
    "processing_reason",
    "purge_reason",
    "arbitration_reason",
    "conditions_of_exercise",
    "conditions_of_administration",
    "filter",
}
APART = {"lines", "put", "remove", "changes", "idempotency_key"}
"""Read elsewhere: lines and their keys by their batch, with their own errors; the key
of the caller, which is opaque."""
OPAQUE = re.compile(r"([a-z]{3}_)?[0-9a-f]{32}|[0-9a-f]{64}")
"""An id or a digest: by chance, some have fifteen digits that read as a NIR."""
FIRST_YEAR, LAST_YEAR = 1900, 2199  # 31/12/9999 is the register's own "for ever"


def check(input: Any, *path: str, longest: int = LONGEST) -> None:  # noqa: ANN401
    """Refuse, at its path, a value that is out of the limits.

    That is a text too long, a name with invisible characters, a NIR, an id that carries
    a day, a day of another century.
    """
    match input:
        case list() | tuple():
            for index, value in enumerate(input):
                check(value, *path, str(index), longest=longest)
        case str():
            _check_text(input, longest, *path)
        case date():
            _check_day(input, *path)
        case _ if is_dataclass(input):
            _check_members(input, *path)


def _check_members(input: Any, *path: str) -> None:  # noqa: ANN401 an input
    kind: type = type(input)
    for name, value in vars(input).items():
        if name not in APART:
            longest = LONGEST_PROSE if name in PROSE else LONGEST
            check(value, *path, name, longest=longest)
        if name in identifiers(kind):
            _require_no_day(value, *path, name)


def _check_day(day: date, *path: str) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        limit = f"Une année de {FIRST_YEAR} à {LAST_YEAR}."
        raise Refused(Rule.VALUE_INVALID, *path, detail=limit)


def _check_text(text: str, longest: int, *path: str) -> None:
    """Its length first: nothing reads a text that is too long."""
    if len(text) > longest:
        limit = f"{longest} caractères au plus."
        raise Refused(Rule.VALUE_INVALID, *path, detail=limit)
    is_name = longest < LONGEST_PROSE
    if is_name and has_invisible(text):
        raise Refused(Rule.VALUE_INVALID, *path, detail=INVISIBLE)
    if holds_nir(text) and not OPAQUE.fullmatch(text):
        raise Refused(Rule.NIR_IN_TEXT, *path)


@cache
def identifiers(kind: type) -> frozenset[str]:
    """The members of an input that name rows; a key of an act is the caller's own."""
    members = kind.__strawberry_definition__.fields  # type: ignore[attr-defined]
    ids = [each.python_name for each in members if _leaf(each.type) is strawberry.ID]
    return frozenset(ids) - {"idempotency_key"}


def _leaf(kind: Any) -> Any:  # noqa: ANN401 a type of Strawberry's
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind


def _require_no_day(value: Any, *path: str) -> None:  # noqa: ANN401 an id, or several
    """An act is of today: it changes the row itself, not the row of a day."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            _require_no_day(one, *path, str(index))
    elif isinstance(value, str) and dated_ids.day_of(value) is not None:
        raise Refused(Rule.ID_OF_ANOTHER_DAY, *path)
