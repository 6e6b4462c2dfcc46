"""The life of a worker in an establishment, computed from its events in force.

Pure: events in, spans out, or the first contradiction. Rates are in hundredths of a
percent, weekly hours in hundredths. The end of a span is the first day after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .activity_changes import ChangeKind, ChangeSource, DepartureReason
from .rules import Rule

RATES = frozenset(
    {ChangeKind.RATE_INCREASE, ChangeKind.RATE_DECREASE, ChangeKind.RATE_FOUND}
)
ORDER = {
    ChangeKind.DUAL_ACTIVITY_END: 0,
    ChangeKind.DEPARTURE: 1,
    ChangeKind.ADMISSION: 2,
    ChangeKind.RATE_INCREASE: 3,
    ChangeKind.RATE_DECREASE: 3,
    ChangeKind.RATE_FOUND: 3,
    ChangeKind.DUAL_ACTIVITY_START: 4,
    ChangeKind.DUAL_ACTIVITY_QUOTA: 5,
}
"""Within one day: what ends comes before what begins."""


class Event(NamedTuple):
    """An event of a life, with its values.

    `label` names it without any value. `is_replaced`: a certificate states it that the
    deposit under way takes the place of. `is_processed`: the Caf has answered.
    """

    id: str
    kind: ChangeKind
    on: date
    label: str = ""
    rate: int | None = None
    reason: DepartureReason | None = None
    hours: int | None = None
    employer: str | None = None
    source: ChangeSource = ChangeSource.CHANGE
    is_replaced: bool = False
    is_processed: bool = False

    @property
    def place(self) -> tuple[date, int]:
        """Where it stands in a life: a place has room for one event."""
        return self.on, ORDER[self.kind]

    @property
    def words(self) -> tuple[object, ...]:
        """What it states: an event with the same words is the same event."""
        return (self.kind, self.on, self.rate, self.reason, self.hours, self.employer)


class Stay(NamedTuple):
    starts_on: date
    ends_on: date | None = None
    reason: DepartureReason | None = None

    def holds(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def has_day_of(self, first: date, last: date) -> bool:
        """Whether it has a day of [first, last], both included."""
        return self.starts_on <= last and (self.ends_on is None or first < self.ends_on)


class DualSpan(NamedTuple):
    """The days of a dual activity with the same weekly hours."""

    starts_on: date
    ends_on: date | None = None
    hours: int | None = None
    employer: str | None = None


class Contradiction(Exception):
    """The first event that cannot be true beside those before it, and the rule."""

    def __init__(self, rule: Rule, event: Event) -> None:
        super().__init__(rule.name)
        self.rule = rule
        self.event = event


@dataclass(slots=True)
class Life:
    """What the events make of a worker: in order of days.

    A rate belongs to its stay: after a departure, none is known.
    """

    stays: list[Stay] = field(default_factory=list)
    rates: list[tuple[date, int]] = field(default_factory=list)
    dual_activities: list[DualSpan] = field(default_factory=list)

    def stay_on(self, day: date) -> Stay | None:
        return next((stay for stay in self.stays if stay.holds(day)), None)

    def rate_on(self, day: date) -> int | None:
        """The rate known that day; None for whoever is absent, or has none."""
        stay = self.stay_on(day)
        if stay is None:
            return None
        return next(
            (
                rate
                for starts_on, rate in reversed(self.rates)
                if stay.starts_on <= starts_on <= day
            ),
            None,
        )

    @property
    def running_dual_activity(self) -> DualSpan | None:
        last = self.dual_activities[-1] if self.dual_activities else None
        return last if last is not None and last.ends_on is None else None


def life(events: Iterable[Event]) -> Life:
    """The life that these events make, whatever their order.

    Raises Contradiction, at the first event that is false beside those before it.
    """
    walk = _Walk()
    for event in sorted(events, key=lambda event: event.place):
        walk.take(event)
    return walk.life


class _Walk:
    """The life up to an event."""

    def __init__(self) -> None:
        self.life = Life()
        self.rate: int | None = None
        self.last: Event | None = None

    def take(self, event: Event) -> None:
        if self.last is not None and self.last.place == event.place:
            raise Contradiction(Rule.CHANGE_DUPLICATE, event)
        self.last = event
        if event.kind is ChangeKind.ADMISSION:
            self._admit(event)
            return
        stays = self.life.stays
        if not stays:
            raise Contradiction(Rule.CHANGE_BEFORE_ENTRY, event)
        if stays[-1].ends_on is not None:
            raise Contradiction(Rule.WORKER_DEPARTED, event)
        match event.kind:
            case ChangeKind.DEPARTURE:
                self._depart(event)
            case ChangeKind.DUAL_ACTIVITY_START:
                self._start_dual_activity(event)
            case ChangeKind.DUAL_ACTIVITY_QUOTA:
                self._change_hours(event)
            case ChangeKind.DUAL_ACTIVITY_END:
                self._end_dual_activity(event, self._running(event))
            case _:
                self._change_rate(event)

    def _admit(self, event: Event) -> None:
        stays = self.life.stays
        if stays and stays[-1].ends_on is None:
            raise Contradiction(Rule.ALREADY_PRESENT, event)
        stays.append(Stay(event.on))
        self.rate = event.rate
        if event.rate is not None:
            self.life.rates.append((event.on, event.rate))

    def _depart(self, event: Event) -> None:
        stay = self.life.stays[-1]
        self.life.stays[-1] = stay._replace(ends_on=event.on, reason=event.reason)
        self.rate = None
        running = self.life.running_dual_activity
        if running is not None:
            self._end_dual_activity(event, running)

    def _change_rate(self, event: Event) -> None:
        rate = event.rate
        assert rate is not None
        if event.kind is not ChangeKind.RATE_FOUND:
            if self.rate is None:
                raise Contradiction(Rule.RATE_UNKNOWN, event)
            rises = event.kind is ChangeKind.RATE_INCREASE
            if not (rate > self.rate if rises else rate < self.rate):
                raise Contradiction(Rule.RATE_DIRECTION, event)
        rates = self.life.rates
        if rates and rates[-1][0] == event.on:
            rates.pop()
        rates.append((event.on, rate))
        self.rate = rate

    def _running(self, event: Event) -> DualSpan:
        running = self.life.running_dual_activity
        if running is None:
            raise Contradiction(Rule.DUAL_ACTIVITY_NONE, event)
        return running

    def _start_dual_activity(self, event: Event) -> None:
        if self.life.running_dual_activity is not None:
            raise Contradiction(Rule.DUAL_ACTIVITY_RUNNING, event)
        span = DualSpan(event.on, None, event.hours, event.employer)
        self.life.dual_activities.append(span)

    def _change_hours(self, event: Event) -> None:
        """Other hours are another span, unless the first one begins that very day."""
        running = self._running(event)
        employer = event.employer or running.employer
        span = DualSpan(event.on, None, event.hours, employer)
        if running.starts_on == event.on:
            self.life.dual_activities.pop()
        else:
            self._end_dual_activity(event, running)
        self.life.dual_activities.append(span)

    def _end_dual_activity(self, event: Event, running: DualSpan) -> None:
        self.life.dual_activities[-1] = running._replace(ends_on=event.on)


def has_contradiction(events: Sequence[Event]) -> bool:
    try:
        life(events)
    except Contradiction:
        return True
    return False
