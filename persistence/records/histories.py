"""What an act does to the life of a worker: declare, correct, cancel.

Pure. A history has the events in force and those that a departure has ended, which come
back when it is undone. An act that would leave a contradiction raises it, and changes
nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from .activity_changes import ChangeKind
from .life import ORDER, Contradiction, Event, Life, life
from .rules import Rule

DEPARTURE = ORDER[ChangeKind.DEPARTURE]


@dataclass(slots=True)
class History:
    """The events of a worker in an establishment.

    `ended_by` has, by the id of a departure in force, the events that it has ended.
    """

    events: list[Event] = field(default_factory=list)
    ended_by: dict[str, list[Event]] = field(default_factory=dict)

    def copy(self) -> "History":
        return History(list(self.events), dict(self.ended_by))

    def life(self) -> Life:
        return life(self.events)

    def find(self, change_id: str) -> Event | None:
        return next((event for event in self.events if event.id == change_id), None)

    def at_place_of(self, event: Event) -> Event | None:
        """The event in force that has the same place in the life."""
        place = event.place
        return next((one for one in self.events if one.place == place), None)

    def declare(
        self,
        event: Event,
        unjudged: Collection[str] = (),
    ) -> list[Event]:
        """The event takes its place: the events that it ends.

        `unjudged`: events that the same call is about to correct.
        Raises Contradiction, at the event or at another one.
        """
        ended = []
        if event.kind is ChangeKind.DEPARTURE:
            ended = self._after_departure(event, unjudged)
        remaining = [one for one in self.events if one not in ended]
        judged = [one for one in remaining if one.id not in unjudged]
        life([*judged, event])
        self.events = [*remaining, event]
        if ended:
            self.ended_by[event.id] = ended
        return ended

    def _after_departure(
        self,
        event: Event,
        unjudged: Collection[str],
    ) -> list[Event]:
        """What was to follow a departure, until the next return.

        Refused: WORKER_DEPARTED, when the stay already has a departure.
        """
        place = event.place
        rest = sorted(
            (one for one in self.events if one.place > place),
            key=lambda one: one.place,
        )
        ended = []
        for one in rest:
            if one.kind is ChangeKind.ADMISSION:
                break
            if one.kind is ChangeKind.DEPARTURE and one.id not in unjudged:
                raise Contradiction(Rule.WORKER_DEPARTED, event)
            ended.append(one)
        return [one for one in ended if one.id not in unjudged]

    def undo(self, event: Event) -> list[Event]:
        """The event takes place no more: the events that come back.

        The life is not judged: another event may be about to take the place.
        """
        restored = self.ended_by.pop(event.id, [])
        self.events = [one for one in self.events if one.id != event.id]
        self.events += restored
        return restored

    def judge(self, unjudged: Collection[str] = ()) -> None:
        """Raises Contradiction, at the first event that is false."""
        life(one for one in self.events if one.id not in unjudged)


def rate_before(events: Iterable[Event], day: date) -> int | None:
    """The rate known that day before any change of rate of that very day.

    Raises Contradiction, as `life` does.
    """
    place = (day, ORDER[ChangeKind.RATE_INCREASE])
    return life(one for one in events if one.place < place).rate_on(day)
