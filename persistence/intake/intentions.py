"""What the caller says of a declaration beside its lines."""

from collections.abc import Collection
from typing import Any, NamedTuple

from persistence.records import Rule
from persistence.records.rules import require

from .certificate_reads import Living

PERSONS = 10_000
"""What a declaration holds at most."""


class Intention(NamedTuple):
    """What the caller says of a declaration beside its lines.

    So nothing is declared by mistake. `nothing_to_declare`: nobody here receives the
    AAH. `removals`: how many persons are no longer declared.
    `sequence`: that of the declaration in force, 0 for none, as the caller knows it.
    """

    deposit: bool
    nothing_to_declare: bool = False
    removals: int | None = None
    reason: str | None = None
    sequence: int | None = None

    @property
    def has_reason(self) -> bool:
        return bool((self.reason or "").strip())


def require_coherence(intention: Intention, lines: Collection[Any]) -> None:
    """R17: « néant » is said without a line, and a deposit without a line says it.

    Refused: NOTHING_UNSAID.
    """
    is_silent = intention.deposit and not lines and not intention.nothing_to_declare
    contradicts = intention.nothing_to_declare and bool(lines)
    require(
        not is_silent and not contradicts, Rule.NOTHING_UNSAID, "nothing_to_declare"
    )


def require_sequence(
    intention: Intention, living: Living, base_sequence: int | None = None
) -> None:
    """Nobody replaces what they have not seen.

    A deposit received since, or since the draft of this `base_sequence` was prepared.
    Refused: SEQUENCE_MOVED.
    """
    expected = intention.sequence if intention.sequence is not None else base_sequence
    require(
        expected in (None, living.sequence),
        Rule.SEQUENCE_MOVED,
        "expected_sequence",
        detail=f"Rang actuel : {living.sequence}.",
    )


def require_size(count: int, path: str = "lines") -> None:
    """Refused: DECLARATION_TOO_LARGE."""
    require(count <= PERSONS, Rule.DECLARATION_TOO_LARGE, path)
