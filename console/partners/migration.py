"""The chart of the migration: how far each organism is."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.kernel.masking import Mask


@dataclass(frozen=True, slots=True)
class OrganismProgress:
    """A line of the migration's chart; `remaining` is what is not late yet."""

    organism: str
    total: int
    done: int
    remaining: int
    late: int


def by_organism(board: Sequence[Mask]) -> list[OrganismProgress]:
    """The cases of each organism together."""
    found: dict[str, list[Mask]] = {}
    for row in board:
        found.setdefault(row.organism, []).append(row)
    made = []
    for name, rows in found.items():
        total, done, remaining, late = (
            sum(row[count] for row in rows) for count in ("total", "done", "remaining", "late")
        )
        made.append(OrganismProgress(name, total, done, remaining - late, late))
    return made
