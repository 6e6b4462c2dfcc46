"""Two cards of one person: their changes are all true together, what certificates state yields (R23, R24, R26)."""

import itertools
from collections.abc import Sequence
from datetime import date

import pytest

from persistence.records import ChangeKind, ChangeSource, Rule
from persistence.records.histories import History
from persistence.records.life import Contradiction, Event, Stay, life
from persistence.records.merges import merge_histories

from .test_life import ENTRY, K, event

LAST_YEAR, THIS_YEAR = date(2025, 11, 1), date(2026, 11, 1)
SPRING, SUMMER = date(2026, 3, 1), date(2026, 7, 1)


def stated(kind: ChangeKind, on: date, rate: int | None = None, key: str = "") -> Event:
    """What a certificate states."""
    one = event(kind, on, rate, f"{kind}@{on}{key}")
    return one._replace(source=ChangeSource.CERTIFICATE)


def certificate(year: date, rate: int, card: str, entry: date = ENTRY) -> list[Event]:
    entered = stated(K.ADMISSION, entry, key=card)
    return [entered, stated(K.RATE_FOUND, max(year, entry), rate, card)]


TEMPORARY = certificate(LAST_YEAR, 50_00, "temporary", date(2015, 6, 28))
TRUE = certificate(THIS_YEAR, 50_00, "true", date(2015, 6, 28))


def merged(first: Sequence[Event], second: Sequence[Event]) -> tuple[list[Event], list[Event]]:  # fmt: skip
    made = merge_histories(History(list(first)), History(list(second)))
    return made.history.events, made.redundant


def test_what_the_second_certificate_states_is_known_already() -> None:
    for pair in ((TRUE, TEMPORARY), (TEMPORARY, TRUE)):
        events, ended = merged(*pair)

        assert set(events) == set(TEMPORARY)
        assert set(ended) == set(TRUE)


def test_changes_of_both_cards_follow_each_other() -> None:
    up = event(K.RATE_INCREASE, SPRING, 60_00)
    down = event(K.RATE_DECREASE, date(2026, 12, 1), 40_00)

    events, ended = merged([*TRUE, down], [*TEMPORARY, up])

    assert life(events).rates == [
        (LAST_YEAR, 50_00),
        (SPRING, 60_00),
        (date(2026, 12, 1), 40_00),
    ]
    assert set(ended) == set(TRUE)


def test_a_certificate_never_moves_the_rate_that_the_other_card_knows() -> None:
    other_rate = certificate(THIS_YEAR, 80_00, "true", date(2015, 6, 28))

    events, _ = merged(other_rate, TEMPORARY)

    assert life(events).rate_on(date(2026, 12, 1)) == 50_00


def test_a_change_that_counts_on_another_rate_contradicts() -> None:
    found = certificate(THIS_YEAR, 30_00, "true", date(2015, 6, 28))
    up = event(K.RATE_INCREASE, date(2026, 12, 1), 40_00)

    with pytest.raises(Contradiction) as told:
        merged([*found, up], TEMPORARY)

    assert (told.value.rule, told.value.event) == (Rule.RATE_DIRECTION, up)


def test_an_entry_that_was_declared_takes_the_place_of_one_that_a_certificate_states() -> (
    None
):
    entered = event(K.ADMISSION, SPRING, 50_00)
    day_before = certificate(THIS_YEAR, 50_00, "true", date(2026, 2, 27))

    events, ended = merged(day_before, [entered])

    assert life(events).stays == [Stay(SPRING)]
    assert set(ended) == set(day_before)


def test_a_departure_and_a_return_under_another_number() -> None:
    left = event(K.DEPARTURE, SPRING)
    back = certificate(THIS_YEAR, 50_00, "true", SUMMER)

    events, ended = merged(back, [*TEMPORARY, left])

    assert [stay.starts_on for stay in life(events).stays] == [
        date(2015, 6, 28),
        SUMMER,
    ]
    assert ended == []


@pytest.mark.parametrize("second", [TRUE, [event(K.ADMISSION, THIS_YEAR, 10_00)]])
def test_whoever_has_left_is_not_declared_again_without_a_return(
    second: list[Event],
) -> None:
    left = event(K.DEPARTURE, SPRING)
    if second is TRUE:
        with pytest.raises(Contradiction) as told:
            merged(second, [*TEMPORARY, left])
        assert told.value.event is TRUE[1]
    else:
        assert len(merged(second, [*TEMPORARY, left])[0]) == len(TEMPORARY) + 2


def test_two_changes_at_one_place_contradict() -> None:
    entries = [event(K.ADMISSION, SPRING, rate, f"{rate}") for rate in (50_00, 60_00)]

    with pytest.raises(Contradiction) as told:
        merged([entries[0]], [entries[1]])

    assert told.value.rule is Rule.CHANGE_DUPLICATE


def test_what_a_departure_had_ended_stays_with_it() -> None:
    left, later = event(K.DEPARTURE, SUMMER), event(K.RATE_INCREASE, THIS_YEAR, 60_00)
    second = History([*TEMPORARY, left], {left.id: [later]})

    made = merge_histories(History(), second)
    made.history.undo(left)

    assert later in made.history.events


DRAWN = [
    stated(K.ADMISSION, ENTRY, key="c"),
    stated(K.RATE_FOUND, SPRING, 50_00),
    event(K.RATE_INCREASE, SUMMER, 60_00),
    event(K.DEPARTURE, SUMMER),
    event(K.ADMISSION, SUMMER, 40_00),
    event(K.DUAL_ACTIVITY_START, SPRING),
    stated(K.DUAL_ACTIVITY_START, ENTRY),
    stated(K.DUAL_ACTIVITY_END, SUMMER),
    event(K.ADMISSION, SPRING, 70_00),
]


def lives() -> list[list[Event]]:
    """Each set of at most three of these events that makes a life."""
    made = []
    for size in range(4):
        for some in itertools.combinations(DRAWN, size):
            try:
                life(some)
            except Contradiction:
                continue
            made.append(list(some))
    return made


def test_of_all_pairs_of_lives_the_merge_is_a_life_or_a_contradiction() -> None:
    """No change is lost, nothing is lost but what certificates state, and the order of the cards does not matter."""
    counts = [0, 0]
    for first, second in itertools.product(lives(), repeat=2):
        other = [one._replace(id=f"{one.id}'") for one in second]
        try:
            events, ended = merged(first, other)
        except Contradiction:
            counts[1] += 1
            with pytest.raises(Contradiction):
                merged(other, first)
            continue
        counts[0] += 1
        life(events)
        assert sorted([*events, *ended]) == sorted([*first, *other])
        assert all(one.source is ChangeSource.CERTIFICATE for one in ended)
        assert merged(other, first)[0] == events
    assert min(counts) > 100
