"""A line of a batch of changes, against the history of its worker.

Pure. A good line takes effect: the lines that follow it are judged after it.
"""

from collections.abc import Collection, Sequence

from persistence.records.activity_changes import ChangeKind
from persistence.records.histories import History, rate_before
from persistence.records.life import RATES, Contradiction, Event
from persistence.records.rules import Rule

from .change_lines import ActivityChangeLine
from .known_workers import KnownWorker

NAMED_CHANGES = 3
"""How many of the changes that stand in the way are named."""
AT_RATE = frozenset({Rule.RATE_UNKNOWN, Rule.RATE_DIRECTION})


def declare_change(
    worker: KnownWorker,
    change: ActivityChangeLine,
    former: Event | None,
    key: str,
    unjudged: Collection[str] = (),
) -> Event | None:
    """The event that the line makes; None where it makes none.

    `former`: what it corrects. `key`: the id of its event.
    `unjudged`: what the lines that follow correct.
    A line that is refused has its errors, and leaves the history as it was. The very
    same event again is that event, which is in force already.
    """
    history = worker.history.copy()
    event = None
    try:
        if former is not None:
            history.undo(former)
        if change.did_not_happen:
            history.judge(unjudged)
        else:
            event = _event(
                change,
                former,
                history,
                key,
            )
            same = history.at_place_of(event)
            for one in (former, same):
                if one is not None and one.words == event.words:
                    return one
            ended = history.declare(event, unjudged)
            _tell_ended(change, ended)
    except Contradiction as contradiction:
        _refuse(
            change,
            contradiction,
            key,
        )
        return None
    worker.history = history
    return event


def _event(
    change: ActivityChangeLine, former: Event | None, history: History, key: str
) -> Event:
    """The event as the line says it; a correction leaves out what it does not change.

    Raises Contradiction, where the direction of a rate cannot be told.
    """
    on = change.effective_on or (former.on if former is not None else None)
    assert on is not None
    kind = change.kind
    is_same_kind = kind is None and not change.moves_rate
    if is_same_kind and former is not None:
        kind = former.kind
    values = (
        change.rate,
        change.departure_reason,
        change.weekly_hours,
        change.employer_siret,
    )
    if former is not None and (is_same_kind or kind is former.kind):
        former_values = (former.rate, former.reason, former.hours, former.employer)
        pairs = zip(
            values,
            former_values,
            strict=True,
        )
        values = tuple(  # type: ignore[assignment]
            old if new is None else new for new, old in pairs
        )
    label = change.reference or f"au rang {change.index}"
    event = Event(
        key,
        kind or ChangeKind.RATE_INCREASE,
        on,
        label,
        *values,
    )
    if change.moves_rate or (is_same_kind and event.kind in RATES):
        event = event._replace(kind=_direction(event, history))
    return event


def _direction(event: Event, history: History) -> ChangeKind:
    """Up or down, against the rate of before; that of an equal rate is refused."""
    same = history.at_place_of(event)
    if same is not None and same.rate == event.rate:
        return same.kind
    before = rate_before(history.events, event.on)
    assert event.rate is not None
    falls = before is not None and event.rate < before
    return ChangeKind.RATE_DECREASE if falls else ChangeKind.RATE_INCREASE


def _refuse(
    change: ActivityChangeLine,
    contradiction: Contradiction,
    key: str,
) -> None:
    rule, event = contradiction.rule, contradiction.event
    if event.id != key:
        change.reject(
            Rule.CHANGE_BREAKS_LATER,
            "effective_on",
            naming([event]),
        )
    elif rule in AT_RATE:
        change.reject(rule, "rate")
    else:
        change.reject(rule, "effective_on")


def _tell_ended(change: ActivityChangeLine, ended: Sequence[Event]) -> None:
    if ended:
        change.warn(
            Rule.LATER_CHANGES_ENDED,
            "effective_on",
            naming(ended),
        )


def naming(events: Sequence[Event]) -> str:
    """The events that stand in the way, by their labels, and those already treated.

    A sentence without any value.
    """
    labels = [
        f"{event.label} (traité par la Caf)" if event.is_processed else event.label
        for event in events[:NAMED_CHANGES]
    ]
    more = ", …" if len(events) > NAMED_CHANGES else ""
    return f"Voir : {', '.join(labels)}{more}."
