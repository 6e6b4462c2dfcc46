"""The changes of activity in force of a worker: what another change must agree with."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from persistence.records.activity_changes import ChangeKind

NAMED_CHANGES = 3
"""How many of the changes that stand in the way are named."""


class DeclaredChange(NamedTuple):
    """A change in force.

    `label` names it without any value: the reference of its client, else its id or its
    rank.
    """

    kind: ChangeKind
    effective_on: date
    rate: int | None
    label: str
    id: str | None = None

    def agrees_with(self, before: int) -> bool:
        """Whether it still moves the rate the way that it says, from `before`."""
        if self.rate is None:
            return True
        rises = self.kind is ChangeKind.RATE_INCREASE
        return self.rate > before if rises else self.rate < before


def is_same_kind(one: ChangeKind, other: ChangeKind) -> bool:
    """Two departures, or two changes of rate: a day has room for one of each."""
    return (one is ChangeKind.DEPARTURE) == (other is ChangeKind.DEPARTURE)


def naming(changes: Sequence[DeclaredChange]) -> str:
    """The changes that stand in the way, by their labels.

    A sentence without any value.
    """
    labels = ", ".join(change.label for change in changes[:NAMED_CHANGES])
    more = ", …" if len(changes) > NAMED_CHANGES else ""
    return f"Voir : {labels}{more}."
