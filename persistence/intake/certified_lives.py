"""The events that a line of the certificate states, in the life of its worker.

Pure. A certificate never makes a change false, and never moves a known rate: what it
states is written where it is true beside all that is in force.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from persistence.records.activity_changes import ChangeKind, ChangeSource
from persistence.records.life import (
    Contradiction,
    Event,
    Life,
    Stay,
    has_contradiction,
    life,
)

from .november import Certificate
from .remuneration_lines import Remuneration

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class CertifiedLife:
    """What a line makes of a life: its events, those it begins, those it ends."""

    events: list[Event]
    life: Life
    new: list[Event] = field(default_factory=list)
    ended: list[Event] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return bool(self.new or self.ended)


def certified_life(
    events: list[Event], line: Remuneration | None, certificate: Certificate
) -> CertifiedLife:
    """The life after a line, or after the want of one."""
    former = [event for event in events if event.is_replaced]
    rest, lived = _without(events, former) if former else (events, life(events))
    stated = (
        []
        if line is None
        else _statements(
            line,
            lived,
            certificate,
        )
    )
    same = {event.words: event for event in former if event not in rest}
    new = []
    result = list(rest)
    for event in stated:
        same_event = same.pop(event.words, None)
        result.append(same_event or event)
        if same_event is None:
            new.append(event)
    ended = list(same.values())
    try:
        return CertifiedLife(
            result,
            life(result),
            new,
            ended,
        )
    except Contradiction:
        return _as_far_as_true(
            rest,
            former,
            stated,
        )


def _without(events: list[Event], former: list[Event]) -> tuple[list[Event], Life]:
    """The events without those of the replaced certificates on which none depends."""
    rest = [event for event in events if event not in former]
    try:
        return rest, life(rest)
    except Contradiction:
        rest = list(events)
    for event in sorted(
        former,
        key=lambda one: one.place,
        reverse=True,
    ):
        without = [one for one in rest if one is not event]
        if not has_contradiction(without):
            rest = without
    return rest, life(rest)


def _as_far_as_true(
    rest: list[Event], former: list[Event], stated: list[Event]
) -> CertifiedLife:
    """Each statement that is true beside the rest, one by one."""
    same = {event.words: event for event in former if event not in rest}
    result = list(rest)
    new = []
    for event in stated:
        same_event = same.get(event.words)
        if has_contradiction([*result, same_event or event]):
            continue
        same.pop(event.words, None)
        result.append(same_event or event)
        if same_event is None:
            new.append(event)
    return CertifiedLife(
        result,
        life(result),
        new,
        list(same.values()),
    )


def _statements(
    line: Remuneration, lived: Life, certificate: Certificate
) -> list[Event]:
    """What a line states that the life does not say: in order."""
    entered, rate = line.entered_on, line.rate
    assert entered is not None
    assert rate is not None
    events = []
    last = lived.stays[-1] if lived.stays else None
    if last is None or (last.ends_on is not None and last.ends_on <= entered):
        events.append(_event(ChangeKind.ADMISSION, entered))
        stay = Stay(entered)
    else:
        stay = _november_stay(lived, certificate) or last
    if lived.rate_on(last_day_present(stay, certificate)) is None:
        day = max(stay.starts_on, certificate.first_day)
        events.append(_event(ChangeKind.RATE_FOUND, day)._replace(rate=rate))
    if line.dual_activity:
        events += _dual_activity_start(
            line,
            lived,
            stay,
        )
    elif line.dual_activity_until is not None:
        event = _event(ChangeKind.DUAL_ACTIVITY_END, line.dual_activity_until)
        events.append(event)
    return events


def _dual_activity_start(
    line: Remuneration,
    lived: Life,
    stay: Stay,
) -> list[Event]:
    """A dual activity that its line dates, unless it is known to run that day.

    One that began before the stay is dual from the entry on.
    """
    since = line.dual_activity_since
    if since is None:
        return []
    day = max(since, stay.starts_on)
    for span in lived.dual_activities:
        if span.starts_on <= day and (span.ends_on is None or day < span.ends_on):
            return []
    event = _event(ChangeKind.DUAL_ACTIVITY_START, day)
    hours, employer = line.dual_activity_hours, line.dual_activity_employer
    return [event._replace(hours=hours, employer=employer)]


def _event(kind: ChangeKind, day: date) -> Event:
    return Event(
        "",
        kind,
        day,
        source=ChangeSource.CERTIFICATE,
    )


def _november_stay(lived: Life, certificate: Certificate) -> Stay | None:
    """The last stay that has a day of the reference month."""
    first, last = certificate.first_day, certificate.last_day
    stays = [stay for stay in lived.stays if stay.has_day_of(first, last)]
    return stays[-1] if stays else None


def last_day_present(stay: Stay | None, certificate: Certificate) -> date:
    """The last day of November, or the last one of whoever left in that month."""
    last = certificate.last_day
    if stay is None or stay.ends_on is None:
        return last
    return min(last, stay.ends_on - ONE_DAY)


def known_rate(lived: Life, certificate: Certificate) -> int | None:
    """The rate known on the last day of November that the worker is present."""
    stay = _november_stay(lived, certificate)
    return lived.rate_on(last_day_present(stay, certificate))


def has_left_before(lived: Life, certificate: Certificate) -> bool:
    """Whether the worker was gone by the first day of November, for good (A21)."""
    if not lived.stays or _november_stay(lived, certificate) is not None:
        return False
    first = certificate.first_day
    return any(
        stay.ends_on is not None and stay.ends_on <= first for stay in lived.stays
    )
