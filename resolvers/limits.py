"""What an act's input may hold at most: no column, index or journal takes more."""

import re
from dataclasses import is_dataclass
from datetime import date
from functools import cache
from typing import Any

import strawberry

from persistence.reading import dated_ids
from persistence.records import Refused, Rule
from persistence.records.identifiers import holds_nir
from persistence.records.names import INVISIBLE, has_invisible

LONGEST, LONGEST_PROSE = 250, 2_000
LONGEST_CURSOR = 10_000
"""A cursor carries the order key of its row, in hexadecimal."""
PROSE = {
    "reason", "comment", "purpose", "ground", "evidence", "suspension_reason", "closing_reason",
    "conditions_of_exercise", "conditions_of_administration", "processing_reason",
    "purge_reason", "arbitration_reason", "filter",
}  # fmt: skip
APART = {"lines", "changes", "idempotency_key"}
"""Read elsewhere: the lines by their batch, which tells each line's own, and the key, which is opaque."""
OPAQUE = re.compile(r"([a-z]{3}_)?[0-9a-f]{32}|[0-9a-f]{64}")
"""An id or a digest: chance puts in some of them fifteen digits that read as a NIR."""
FIRST_YEAR, LAST_YEAR = 1900, 2199  # 31/12/9999 is the register's own "for ever"


def check(input: Any, *path: str, longest: int = LONGEST) -> None:  # noqa: ANN401 an input
    """Refuse at its path a text too long, a name not seen whole, a NIR, an id of another day, a day out of reach."""
    if is_dataclass(input):
        for name, value in vars(input).items():
            if name not in APART:
                check(
                    value,
                    *path,
                    name,
                    longest=LONGEST_PROSE if name in PROSE else LONGEST,
                )
            if name in identifiers(type(input)):  # type: ignore[arg-type]
                _carries_no_day(value, *path, name)
        return
    match input:
        case list() | tuple():
            for index, value in enumerate(input):
                check(value, *path, str(index), longest=longest)
        case str():
            _check_text(input, longest, *path)
        case date() if not FIRST_YEAR <= input.year <= LAST_YEAR:
            raise Refused(
                Rule.VALUE_INVALID,
                *path,
                detail=f"Une année de {FIRST_YEAR} à {LAST_YEAR}.",
            )


def _check_text(text: str, longest: int, *path: str) -> None:
    """Its length first: nothing reads a text that is too long. What is no prose is a name, seen whole."""
    if len(text) > longest:
        raise Refused(
            Rule.VALUE_INVALID, *path, detail=f"{longest} caractères au plus."
        )
    if longest < LONGEST_PROSE and has_invisible(text):
        raise Refused(Rule.VALUE_INVALID, *path, detail=INVISIBLE)
    if holds_nir(text) and not OPAQUE.fullmatch(text):
        raise Refused(Rule.NIR_IN_TEXT, *path)


@cache
def identifiers(kind: type) -> frozenset[str]:
    """The members of an input that name rows; the key of an act is the caller's own word, whatever it holds."""
    members = kind.__strawberry_definition__.fields  # type: ignore[attr-defined]
    return frozenset(
        m.python_name for m in members if _leaf(m.type) is strawberry.ID
    ) - {"idempotency_key"}


def _leaf(kind: Any) -> Any:  # noqa: ANN401 a type of Strawberry's
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind


def _carries_no_day(value: Any, *path: str) -> None:  # noqa: ANN401 an id, or several
    """An act is of today: it changes the row itself, not the row as it stands on a day."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            _carries_no_day(one, *path, str(index))
    elif isinstance(value, str) and dated_ids.day_of(value) is not None:
        raise Refused(Rule.ID_OF_ANOTHER_DAY, *path)
