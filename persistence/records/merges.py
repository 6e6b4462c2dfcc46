"""What the changes of two cards make, once they are known to be one person's.

Pure. Changes are facts: all of them must be true together. What certificates state
yields to them, and to what is known already, as in a certificate of one card.
"""

from dataclasses import dataclass, field

from .activity_changes import ChangeKind, ChangeSource
from .histories import History
from .life import Contradiction, Event, has_contradiction, life


@dataclass(slots=True)
class MergedHistory:
    """The history of both cards.

    `redundant`: what certificates stated and is known already.
    """

    history: History
    redundant: list[Event] = field(default_factory=list)


def merge_histories(first: History, second: History) -> MergedHistory:
    """The life of both, in one establishment.

    Raises Contradiction, at the first change that is false, or where a certificate
    states something of a day on which the person is away.
    """
    walk = _Merging(first, second)
    for event in sorted(walk.events, key=_order):
        walk.take(event)
    walk.require_presence()
    ended_by = first.ended_by | second.ended_by
    return MergedHistory(History(walk.facts, ended_by), walk.redundant)


def _order(event: Event) -> tuple[object, ...]:
    """By place; a change before a certificate, the oldest certificate first."""
    return event.place, event.source is ChangeSource.CERTIFICATE, event.id


class _Merging:
    """The events taken so far, which are true together."""

    def __init__(self, first: History, second: History) -> None:
        self.events = [*first.events, *second.events]
        self.of_first = {event.id for event in first.events}
        self.facts: list[Event] = []
        self.redundant: list[Event] = []

    def take(self, event: Event) -> None:
        if self._is_known_rate(event):
            self.redundant.append(event)
            return
        try:
            life([*self.facts, event])
        except Contradiction:
            self._make_room(event)
        else:
            self.facts.append(event)

    def _make_room(self, event: Event) -> None:
        """The statement of a certificate yields: this one, or the one in the way."""
        if event.source is ChangeSource.CERTIFICATE:
            self.redundant.append(event)
            return
        for one in reversed(self.facts):
            if one.source is ChangeSource.CERTIFICATE:
                rest = [other for other in self.facts if other is not one]
                if not has_contradiction([*rest, event]):
                    self.facts = [*rest, event]
                    self.redundant.append(one)
                    return
        life([*self.facts, event])

    def _is_known_rate(self, event: Event) -> bool:
        """A certificate never moves the rate that the other card knows."""
        if event.kind is not ChangeKind.RATE_FOUND:
            return False
        if life(self.facts).rate_on(event.on) is None:
            return False
        rates = [one for one in self.facts if one.rate is not None]
        return (rates[-1].id in self.of_first) != (event.id in self.of_first)

    def require_presence(self) -> None:
        """Nothing was stated of a day on which the person is away.

        The day of entry may differ: it is the first one that counts.
        """
        whole = life(self.facts)
        for event in self.redundant:
            is_entry = event.kind is ChangeKind.ADMISSION
            if not is_entry and whole.stay_on(event.on) is None:
                life([*self.facts, event])
