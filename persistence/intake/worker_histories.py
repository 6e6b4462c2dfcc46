"""What is known of a worker in one establishment, on a day."""

from dataclasses import dataclass, field
from datetime import date

from persistence.records.activity_changes import ChangeKind
from persistence.records.workers import Card

from .declared_changes import DeclaredChange


@dataclass(slots=True)
class WorkerHistory:
    """A worker's card, and their history in this establishment.

    `first_entry` and `last_entry` are the days of entry that the declarations in force
    state here; None for a worker that none names. `is_declared`: some deposit of the
    partner has named them, once; `_here`: one of this establishment's.
    """

    card: Card
    first_entry: date | None = None
    last_entry: date | None = None
    is_declared: bool = False
    is_declared_here: bool = False
    rates: dict[date, int] = field(default_factory=dict)
    changes: list[DeclaredChange] = field(default_factory=list)
    running_dual_activities: set[date] = field(default_factory=set)

    def rate_on(self, on: date) -> int | None:
        """The last rate known that day, in hundredths of a percent (R24)."""
        return next(
            (self.rates[d] for d in sorted(self.rates, reverse=True) if d <= on), None
        )

    def departure_by(self, on: date) -> date | None:
        """The first day of absence of a worker who had left by that day.

        None for whoever is there, or has come back since.
        """
        days = [
            c.effective_on
            for c in self.changes
            if c.kind is ChangeKind.DEPARTURE and c.effective_on <= on
        ]
        if not days:
            return None
        left = max(days)
        came_back = self.last_entry is not None and left <= self.last_entry <= on
        return None if came_back else left

    def changes_from(self, on: date) -> list[DeclaredChange]:
        """The changes in force from that day on, in their order."""
        return sorted(
            (c for c in self.changes if c.effective_on >= on),
            key=lambda c: c.effective_on,
        )

    def next_rate_change(self, on: date) -> DeclaredChange | None:
        """The next change of rate after that day.

        It is told against the rate of that day.
        """
        return next(
            (
                c
                for c in self.changes_from(on)
                if c.effective_on > on and c.rate is not None
            ),
            None,
        )

    def is_after_a_return(self, later: DeclaredChange, left: date) -> bool:
        return (
            self.last_entry is not None and left < self.last_entry <= later.effective_on
        )
