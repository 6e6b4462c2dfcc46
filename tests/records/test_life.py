"""The life of a worker in an establishment: whatever is declared, corrected or cancelled, it stays true (R23 to R27)."""

import itertools
from collections.abc import Iterator
from datetime import date

import pytest

from persistence.records import ChangeKind, DepartureReason, Rule
from persistence.records.histories import History, rate_before
from persistence.records.life import (
    Contradiction,
    DualSpan,
    Event,
    Life,
    Stay,
    has_contradiction,
    life,
)

K = ChangeKind
DAYS = tuple(date(2026, 6, number) for number in (1, 2, 3))
ONE, TWO, THREE = DAYS
ENTRY = date(2026, 1, 1)


def event(kind: ChangeKind, on: date, rate: int | None = None, key: str = "") -> Event:
    reason = DepartureReason.OTHER if kind is K.DEPARTURE else None
    hours = 10_00 if kind in {K.DUAL_ACTIVITY_START, K.DUAL_ACTIVITY_QUOTA} else None
    return Event(
        key or f"{kind}@{on}", kind, on, f"{kind}", rate, reason=reason, hours=hours
    )


ENTERED = event(K.ADMISSION, ENTRY, 50_00)


def contradiction(*events: Event) -> tuple[Rule, Event]:
    with pytest.raises(Contradiction) as told:
        life(events)
    return told.value.rule, told.value.event


# the spans


def test_a_whole_life() -> None:
    first = event(K.RATE_INCREASE, ONE, 60_00)
    start = event(K.DUAL_ACTIVITY_START, ONE)
    more = event(K.DUAL_ACTIVITY_QUOTA, TWO)._replace(hours=12_00)
    left = event(K.DEPARTURE, THREE)
    back = event(K.ADMISSION, date(2026, 9, 1), 40_00)

    assert life([back, left, more, start, first, ENTERED]) == Life(
        stays=[Stay(ENTRY, THREE, DepartureReason.OTHER), Stay(date(2026, 9, 1))],
        rates=[(ENTRY, 50_00), (ONE, 60_00), (date(2026, 9, 1), 40_00)],
        dual_activities=[DualSpan(ONE, TWO, 10_00), DualSpan(TWO, THREE, 12_00)],
    )


def test_a_rate_belongs_to_its_stay() -> None:
    back = event(K.ADMISSION, TWO)
    lived = life([ENTERED, event(K.DEPARTURE, ONE), back])

    assert [lived.rate_on(day) for day in (ENTRY, ONE, TWO)] == [50_00, None, None]


def test_one_day_may_end_and_begin() -> None:
    lived = life(
        [
            ENTERED,
            event(K.DUAL_ACTIVITY_START, ONE),
            event(K.DUAL_ACTIVITY_END, TWO),
            event(K.DEPARTURE, TWO),
            event(K.ADMISSION, TWO, 30_00),
            event(K.DUAL_ACTIVITY_START, TWO),
        ]
    )

    assert [stay.starts_on for stay in lived.stays] == [ENTRY, TWO]
    assert [span[:2] for span in lived.dual_activities] == [(ONE, TWO), (TWO, None)]


def test_other_hours_of_the_first_day_replace_those_of_the_start() -> None:
    more = event(K.DUAL_ACTIVITY_QUOTA, ONE)._replace(hours=12_00)

    lived = life([ENTERED, event(K.DUAL_ACTIVITY_START, ONE), more])

    assert lived.dual_activities == [DualSpan(ONE, None, 12_00)]


@pytest.mark.parametrize(
    ("events", "rule"),
    [
        ([event(K.RATE_INCREASE, ONE, 60_00)], Rule.CHANGE_BEFORE_ENTRY),
        ([event(K.DEPARTURE, ENTRY), ENTERED], Rule.CHANGE_BEFORE_ENTRY),
        ([ENTERED, event(K.ADMISSION, ONE)], Rule.ALREADY_PRESENT),
        (
            [ENTERED, event(K.DEPARTURE, ONE), event(K.DEPARTURE, TWO)],
            Rule.WORKER_DEPARTED,
        ),
        (
            [ENTERED, event(K.DEPARTURE, ONE), event(K.RATE_INCREASE, ONE, 60_00)],
            Rule.WORKER_DEPARTED,
        ),
        ([ENTERED, event(K.RATE_INCREASE, ONE, 50_00)], Rule.RATE_DIRECTION),
        ([ENTERED, event(K.RATE_DECREASE, ONE, 50_00)], Rule.RATE_DIRECTION),
        (
            [event(K.ADMISSION, ENTRY), event(K.RATE_INCREASE, ONE, 50_00)],
            Rule.RATE_UNKNOWN,
        ),
        (
            [
                ENTERED,
                event(K.RATE_INCREASE, ONE, 60_00),
                event(K.RATE_DECREASE, ONE, 40_00),
            ],
            Rule.CHANGE_DUPLICATE,
        ),
        ([ENTERED, event(K.DUAL_ACTIVITY_END, ONE)], Rule.DUAL_ACTIVITY_NONE),
        ([ENTERED, event(K.DUAL_ACTIVITY_QUOTA, ONE)], Rule.DUAL_ACTIVITY_NONE),
        (
            [
                ENTERED,
                event(K.DUAL_ACTIVITY_START, ONE),
                event(K.DUAL_ACTIVITY_START, TWO),
            ],
            Rule.DUAL_ACTIVITY_RUNNING,
        ),
    ],
)
def test_what_cannot_be_true_is_told_by_its_rule(
    events: list[Event], rule: Rule
) -> None:
    told, _ = contradiction(*events)
    assert told is rule


def test_the_rate_before_a_change_is_that_of_the_day_before_it() -> None:
    rise = event(K.RATE_INCREASE, ONE, 60_00)

    assert rate_before([ENTERED, rise], ONE) == 50_00
    assert rate_before([ENTERED, rise], TWO) == 60_00
    assert rate_before([ENTERED, event(K.DEPARTURE, ONE)], TWO) is None


# the acts


def test_a_planned_rise_and_then_a_death() -> None:
    history = History([ENTERED])
    rise = event(K.RATE_INCREASE, THREE, 60_00)
    death = event(K.DEPARTURE, TWO)
    history.declare(rise)

    assert history.declare(death) == [rise]
    assert history.life().rates == [(ENTRY, 50_00)]
    assert history.undo(death) == [rise]
    assert history.life().rate_on(THREE) == 60_00


def test_a_departure_ends_nothing_that_follows_a_return() -> None:
    history = History([ENTERED])
    first, second = event(K.DEPARTURE, ONE), event(K.ADMISSION, TWO, 40_00)
    for declared in (first, second, event(K.RATE_INCREASE, THREE, 60_00)):
        history.declare(declared)
    history.undo(first)

    with pytest.raises(Contradiction) as told:
        history.judge()
    assert (told.value.rule, told.value.event) == (Rule.ALREADY_PRESENT, second)
    assert history.declare(first) == []


def test_a_stay_is_not_ended_twice() -> None:
    history = History([ENTERED, event(K.DEPARTURE, THREE)])

    for day in (ONE, THREE):
        with pytest.raises(Contradiction) as told:
            history.declare(event(K.DEPARTURE, day, key="again"))
        assert told.value.rule in {Rule.WORKER_DEPARTED, Rule.CHANGE_DUPLICATE}
    assert len(history.events) == 2


# every history of at most four acts over three days

RATES = (40_00, 60_00)


def _events(key: str) -> Iterator[Event]:
    for day in DAYS:
        for kind in (K.RATE_INCREASE, K.RATE_DECREASE):
            yield from (event(kind, day, rate, key) for rate in RATES)
        yield event(K.DEPARTURE, day, None, key)
        yield event(K.ADMISSION, day, 50_00, key)
        yield event(K.DUAL_ACTIVITY_START, day, None, key)
        yield event(K.DUAL_ACTIVITY_QUOTA, day, None, key)
        yield event(K.DUAL_ACTIVITY_END, day, None, key)


def _after_one_more_act(history: History, key: str) -> Iterator[History]:
    """Each history that one act makes of this one: declared, cancelled, corrected."""
    for new in _events(key):
        after = history.copy()
        if _is_done(after, None, new):
            yield after
    for former in history.events:
        after = history.copy()
        if _is_done(after, former, None):
            yield after
        for new in _events(key):
            if new.kind is former.kind:
                after = history.copy()
                if _is_done(after, former, new):
                    yield after


def _is_done(history: History, former: Event | None, new: Event | None) -> bool:
    try:
        if former is not None:
            history.undo(former)
        if new is not None:
            history.declare(new)
        history.judge()
    except Contradiction:
        return False
    return True


def _state(history: History) -> tuple[object, ...]:
    events = sorted(one.words for one in history.events)
    ended = sorted(
        (history.find(by).place, sorted(one.words for one in some))  # type: ignore[union-attr]
        for by, some in history.ended_by.items()
    )
    return tuple(map(str, (events, ended)))


def test_no_sequence_of_four_acts_leaves_a_false_life() -> None:
    """Each distinct history is continued once; what an act has ended comes back with it."""
    known: dict[tuple[object, ...], History] = {}
    last = [History([event(K.ADMISSION, ENTRY, 50_00, "entry")])]
    for rank in range(4):
        following = []
        for history in last:
            for after in _after_one_more_act(history, f"act{rank}"):
                state = _state(after)
                if state not in known:
                    known[state] = after
                    following.append(after)
        last = following
    assert len(known) > 1_500
    assert not any(has_contradiction(history.events) for history in known.values())
    for history in itertools.islice(known.values(), 0, None, 7):
        ids = {one.id for one in history.events}
        assert set(history.ended_by) <= ids, "who ended it is in force"
