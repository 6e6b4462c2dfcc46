"""What an act's input may hold at most: no column, index or journal takes more."""

from datetime import date
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from persistence.records import Refused, Rule

LONGEST, LONGEST_PROSE = 250, 2_000
PROSE = {
    "reason", "comment", "purpose", "ground", "evidence", "suspension_reason", "closing_reason",
    "conditions_of_exercise", "conditions_of_administration",
}  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2199  # 31/12/9999 is the register's own "for ever"


def check(given: Any, *path: str, longest: int = LONGEST) -> None:  # noqa: ANN401 an input as plain data
    """Refuse a text that is too long or a day out of reach, at its path."""
    match given:
        case dict():
            for name, value in given.items():
                check(value, *path, to_camel_case(name), longest=LONGEST_PROSE if name in PROSE else LONGEST)
        case list() | tuple():
            for index, value in enumerate(given):
                check(value, *path, str(index), longest=longest)
        case str() if len(given) > longest:
            raise Refused(Rule.VALUE_INVALID, *path, detail=f"{longest} caractères au plus.")
        case date() if not FIRST_YEAR <= given.year <= LAST_YEAR:
            raise Refused(Rule.VALUE_INVALID, *path, detail=f"Une année de {FIRST_YEAR} à {LAST_YEAR}.")
