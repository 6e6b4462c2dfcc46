"""What the caller says of a declaration beside its lines."""

from collections.abc import Collection
from typing import NamedTuple

from persistence.records import Declaration, Rule
from persistence.records.rules import require

from .remuneration_lines import Remuneration


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


def require_coherence(intention: Intention, lines: Collection[Remuneration]) -> None:
    """R17: « néant » is said without a line, and a deposit without a line says it.

    Refused: NOTHING_UNSAID.
    """
    is_silent = intention.deposit and not lines and not intention.nothing_to_declare
    contradicts = intention.nothing_to_declare and bool(lines)
    require(
        not is_silent and not contradicts, Rule.NOTHING_UNSAID, "nothing_to_declare"
    )


def require_sequence(
    intention: Intention, deposited: Declaration | None, draft: Declaration | None
) -> None:
    """Nobody replaces what they have not seen.

    A deposit received since, or since the draft was prepared.
    """
    current = deposited.sequence if deposited is not None else 0
    expected = intention.sequence
    if expected is None and draft is not None and draft.sequence < current:
        expected = draft.sequence
    require(
        expected in (None, current),
        Rule.SEQUENCE_MOVED,
        "expected_sequence",
        detail=f"Rang actuel : {current}.",
    )
