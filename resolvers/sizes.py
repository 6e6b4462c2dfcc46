"""What an act's input may hold at most: no column, index or journal takes more."""

import re
from dataclasses import is_dataclass
from datetime import date
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from persistence.records import Refused, Rule
from persistence.records.identifiers import holds_nir

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


def check(given: Any, *path: str, longest: int = LONGEST) -> None:  # noqa: ANN401 an input
    """Refuse a text that is too long or holds a NIR, or a day out of reach, at its path."""
    if is_dataclass(given):
        for name, value in vars(given).items():
            if name not in APART:
                check(value, *path, to_camel_case(name), longest=LONGEST_PROSE if name in PROSE else LONGEST)
        return
    match given:
        case list() | tuple():
            for index, value in enumerate(given):
                check(value, *path, str(index), longest=longest)
        case str() if len(given) > longest:
            raise Refused(Rule.VALUE_INVALID, *path, detail=f"{longest} caractères au plus.")
        case str() if holds_nir(given) and not OPAQUE.fullmatch(given):
            raise Refused(Rule.NIR_IN_TEXT, *path)
        case date() if not FIRST_YEAR <= given.year <= LAST_YEAR:
            raise Refused(Rule.VALUE_INVALID, *path, detail=f"Une année de {FIRST_YEAR} à {LAST_YEAR}.")
