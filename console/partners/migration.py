"""The chart of the migration: how far each organism is."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.kernel.masking import Mask


@dataclass(frozen=True, slots=True)
class OrganismProgress:
    """A bar of the chart: counts of partners; `remaining` are those not late yet."""

    organism: str
    total: int
    done: int
    remaining: int
    late: int


def by_organism(board: Sequence[Mask]) -> list[OrganismProgress]:
    """The cases of each organism together."""
    rows_by_organism: dict[str, list[Mask]] = {}
    for row in board:
        rows_by_organism.setdefault(row.organism, []).append(row)
    return [_progress(organism, rows) for organism, rows in rows_by_organism.items()]


def _progress(organism: str, rows: Sequence[Mask]) -> OrganismProgress:
    late = sum(row.late for row in rows)
    return OrganismProgress(
        organism=organism,
        total=sum(row.total for row in rows),
        done=sum(row.done for row in rows),
        remaining=sum(row.remaining for row in rows) - late,
        late=late,
    )
