"""What one line of an extraction says, and what it is read against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from persistence.records.rules import Notice, Rule

T = TypeVar("T")
FIELDS = (
    "siret",
    "name",
    "department",
    "organism_id",
    "known_mcp",
    "known_habtiers",
    "active",
    "last_seen_on",
    "finess",
    "contact",
)
"""What a line says, in the order of its fingerprint."""
TELLS = frozenset(
    {
        Rule.DAY_INVALID,
        Rule.EXTRACT_NEITHER,
        Rule.EXTRACT_INACTIVE,
        Rule.EXTRACT_DUPLICATE,
        Rule.CROSS_IS_YES,
    }
)
"""Reasons that are to be known, and reject nothing."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a line is read against.

    The Caf by code, the departments, those where the service is not open (R3).
    """

    organisms: Mapping[str, str]
    departments: frozenset[str]
    excluded: frozenset[str]
    opener_id: str


@dataclass(slots=True)
class ParsedImportLine:
    """One line as it is read.

    `number` is the one that a spreadsheet shows, `place` tells its sheet where it must.
    """

    sheet: str
    number: int
    place: str
    raw: dict[str, str]
    organism_id: str
    siret: str | None = None
    name: str | None = None
    department: str | None = None
    known_mcp: bool | None = None
    known_habtiers: bool | None = None
    active: bool | None = None
    last_seen_on: date | None = None
    finess: str | None = None
    contact: str | None = None
    fingerprint: str = ""
    reasons: list[Notice] = field(default_factory=list)

    def tell(self, rule: Rule, detail: str | None = None, *path: str) -> None:
        self.reasons.append(Notice(rule, path, detail))

    @property
    def is_rejected(self) -> bool:
        return any(reason.rule not in TELLS for reason in self.reasons)

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in FIELDS)


def makes_partner(line: Any) -> bool:  # noqa: ANN401 a word or a stored line
    """R52, R53: known in one list at least, and not said to be inactive."""
    return bool(line.known_mcp or line.known_habtiers) and line.active is not False
