"""Activity changes: the rate up or down against the one known, a departure with its reason (R23 to R27)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.intake.change_lines import (
    HORIZON,
    ActivityChangeLine,
    in_order,
    read_changes,
)
from persistence.intake.declared_changes import declare_change
from persistence.intake.known_workers import KnownWorker
from persistence.records import ChangeKind, DepartureReason, Rule
from persistence.records.histories import History
from persistence.records.life import Event
from persistence.records.nir import Nir
from persistence.records.workers import Card

from .build import TODAY, day
from .november import ANYTHING, repeats, told

CARD = Card(
    id="wrk_1",
    nir_index="index",
    nir_mask="1 85 05 ** *** *** **",
    birth_name="Lefèvre",
    used_name=None,
    given_names="Élodie",
    birth_date=date(1985, 5, 27),
    matricule="1000000",
    paying_id="org_751",
    entered_on=date(2012, 9, 9),
    aah_beneficiary=True,
)
ENTRY = CARD.entered_on
UP = {
    "client_reference": "C1",
    "worker_id": "wrk_1",
    "kind": "RATE_INCREASE",
    "effective_on": "01/12/2026",
    "rate": "80",
}
DOWN = {**UP, "kind": "RATE_DECREASE", "rate": "20"}
LEAVES = {
    "worker_id": "wrk_1",
    "kind": "DEPARTURE",
    "effective_on": "01/12/2026",
    "departure_reason": "RETIREMENT",
}


def _change(**cells: Any) -> ActivityChangeLine:  # noqa: ANN401 a cell, or None for an empty one
    return read_changes([cells], TODAY)[0]


def _known(departed_on: date | None = None) -> KnownWorker:
    """Half time since the entry, four fifths since November."""
    events = [
        event(ChangeKind.ADMISSION, ENTRY, 50_00),
        event(ChangeKind.RATE_INCREASE, date(2026, 11, 1), 80_00),
    ]
    if departed_on is not None:
        events.append(event(ChangeKind.DEPARTURE, departed_on))
    return KnownWorker(CARD, History(events))


def event(kind: ChangeKind, on: date, rate: int | None = None) -> Event:
    """An event in force, that its client calls C9."""
    reason = DepartureReason.RETIREMENT if kind is ChangeKind.DEPARTURE else None
    return Event(f"chg_{kind}_{on}", kind, on, "C9", rate, reason)


def _entered(rate: int, *events: Event) -> KnownWorker:
    first = event(ChangeKind.ADMISSION, ENTRY, rate)
    return KnownWorker(CARD, History([first, *events]))


def _declared(known: KnownWorker, *lines: dict[str, str]) -> list[ActivityChangeLine]:
    """The lines of a batch, in the order that it was sent; each good one takes effect."""
    changes = read_changes(lines, TODAY)
    for change in in_order(changes):
        if not change.errors:
            declare_change(known, change, None, f"chg_{change.index}")
    return changes


def _judged(known: KnownWorker, *lines: dict[str, str]) -> list[list[tuple[Rule, str]]]:
    """What blocks each line of a batch."""
    return [told(change.errors) for change in _declared(known, *lines)]


# a line


def test_a_change_is_read_to_its_values() -> None:
    assert _change(**UP, comment="Avenant") == ActivityChangeLine(
        index=0,
        reference="C1",
        worker_id="wrk_1",
        kind=ChangeKind.RATE_INCREASE,
        effective_on=date(2026, 12, 1),
        rate=80_00,
        comment="Avenant",
    )


def test_a_departure_is_read_with_its_reason() -> None:
    change = _change(**LEAVES)

    assert (change.errors, change.departure_reason, change.rate) == (
        [],
        DepartureReason.RETIREMENT,
        None,
    )


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({**LEAVES, "rate": "80"}, "rate"),
        ({**UP, "rate": "90", "departure_reason": "MOVE"}, "departure_reason"),
    ],
)
def test_a_cell_that_the_kind_has_no_use_for_is_told(
    change: dict[str, str], at: str
) -> None:
    assert [(n.rule, n.path[-1]) for n in _change(**change).errors] == [
        (Rule.VALUE_INVALID, at)
    ]


def test_a_departure_ends_what_was_to_follow_it_and_names_it() -> None:
    """A rise planned for the new year, then a death: the death is taken, and the rise takes place no more."""
    known = _known()
    known.history.declare(event(ChangeKind.RATE_INCREASE, day(1), 90_00))

    death = {**LEAVES, "effective_on": "30/11/2026", "departure_reason": "DEATH"}
    (change,) = _declared(known, death)

    assert (change.errors, told(change.warnings)) == (
        [],
        [(Rule.LATER_CHANGES_ENDED, "effective_on")],
    )
    assert change.warnings[0].message.endswith("Voir : C9.")
    lived = known.history.life()
    assert lived.rates[-1] == (date(2026, 11, 1), 80_00)
    assert lived.stay_on(day(30)) is None


def test_a_planned_departure_is_corrected_and_not_ended_by_another() -> None:
    known = _known(day(20))

    assert _judged(known, {**LEAVES, "effective_on": day(5).isoformat()}) == [
        [(Rule.WORKER_DEPARTED, "effective_on")]
    ]


def test_a_departure_planned_for_the_very_day_of_another_departure_is_the_same() -> (
    None
):
    again = {**LEAVES, "effective_on": day(20).isoformat()}

    assert _judged(_known(day(20)), again) == [[]]
    assert _judged(_known(day(20)), again | {"departure_reason": "MOVE"}) == [
        [(Rule.CHANGE_DUPLICATE, "effective_on")]
    ]


def test_a_change_put_before_another_that_it_would_contradict_is_refused_and_names_it() -> (
    None
):
    """Up to 80 in June; up to 90 in March would make of June a fall that nobody declared."""
    june = event(ChangeKind.RATE_INCREASE, date(2026, 6, 1), 80_00)

    too_much, enough = (
        _declared(
            _entered(50_00, june), {**UP, "effective_on": "01/03/2026", "rate": rate}
        )[0]
        for rate in ("90", "60")
    )

    assert told(too_much.errors) == [(Rule.CHANGE_BREAKS_LATER, "effective_on")]
    assert too_much.errors[0].message.endswith("Voir : C9.")
    assert enough.errors == []


def test_a_day_has_room_for_one_change_of_rate() -> None:
    known = _known()
    known.history.declare(event(ChangeKind.RATE_INCREASE, date(2026, 12, 1), 90_00))

    assert _judged(known, DOWN) == [[(Rule.CHANGE_DUPLICATE, "effective_on")]]


def test_a_departure_comes_before_a_change_of_the_same_day_whatever_their_order_in_the_batch() -> (
    None
):
    rise = {**UP, "rate": "90"}

    assert _judged(_known(), rise, LEAVES) == [
        [(Rule.WORKER_DEPARTED, "effective_on")],
        [],
    ]
    assert _judged(_known(), LEAVES, rise) == [
        [],
        [(Rule.WORKER_DEPARTED, "effective_on")],
    ]


def test_a_worker_who_came_back_after_a_departure_changes_again() -> None:
    known = _known(date(2026, 11, 10))
    back = {"worker_id": "wrk_1", "kind": "ADMISSION", "effective_on": "20/11/2026", "rate": "60"}  # fmt: skip
    away, later = (
        {**UP, "effective_on": on, "rate": "90"} for on in ("15/11/2026", "01/12/2026")
    )

    assert _judged(known, back, away, later) == [
        [],
        [(Rule.WORKER_DEPARTED, "effective_on")],
        [],
    ]


@pytest.mark.parametrize(
    ("rate", "kind"),
    [("90", ChangeKind.RATE_INCREASE), ("70", ChangeKind.RATE_DECREASE)],
)
def test_the_direction_of_a_rate_may_be_left_to_the_register(
    rate: str, kind: ChangeKind
) -> None:
    known = _known()

    (change,) = _declared(known, {**UP, "kind": "RATE_CHANGE", "rate": rate})

    assert change.errors == []
    assert known.history.events[-1].kind is kind
    assert _judged(known, {**UP, "kind": "RATE_CHANGE", "rate": rate}) == [[]]
    assert len(known.history.events) == 3, "the same again"


def test_an_equal_rate_has_no_direction() -> None:
    assert _judged(_known(), {**UP, "kind": "RATE_CHANGE"}) == [
        [(Rule.RATE_DIRECTION, "rate")]
    ]


# a correction


def _corrected(known: KnownWorker, former: Event, **cells: str) -> ActivityChangeLine:
    (line,) = read_changes([{"corrects_id": former.id, **cells}], TODAY)
    declare_change(known, line, former, "chg_new")
    return line


def test_a_correction_says_only_what_it_changes() -> None:
    known = _known()
    former = known.history.events[-1]

    line = _corrected(known, former, rate="70")

    assert line.errors == []
    corrected = known.history.find("chg_new")
    assert corrected is not None
    assert corrected.words[:3] == (ChangeKind.RATE_INCREASE, former.on, 70_00)
    assert known.history.find(former.id) is None


def test_a_corrected_departure_gives_back_what_it_had_ended() -> None:
    known = _known()
    rise = event(ChangeKind.RATE_INCREASE, day(5), 90_00)
    left = event(ChangeKind.DEPARTURE, day(1))
    for declared in (rise, left):
        known.history.declare(declared)

    line = _corrected(known, left, effective_on=day(9).isoformat())

    assert line.errors == []
    assert known.history.life().rate_on(day(8)) == 90_00
    assert known.history.ended_by == {}


def test_what_did_not_happen_is_undone_unless_a_later_change_counts_on_it() -> None:
    known = _known()
    first = known.history.events[-1]
    fall = event(ChangeKind.RATE_DECREASE, day(5), 60_00)
    known.history.declare(fall)

    refused = _corrected(known, first, did_not_happen="oui")
    assert told(refused.errors) == [(Rule.CHANGE_BREAKS_LATER, "effective_on")]
    assert known.history.find(first.id) is not None

    assert _corrected(known, fall, did_not_happen="oui").errors == []
    assert known.history.life().rate_on(day(6)) == 80_00


KINDS = st.sampled_from(
    [
        ChangeKind.RATE_INCREASE,
        ChangeKind.RATE_DECREASE,
        ChangeKind.DEPARTURE,
        ChangeKind.ADMISSION,
    ]
)
ACTS = st.lists(
    st.tuples(KINDS, st.integers(-30, 30), st.integers(1, 100)), max_size=12
)


@given(ACTS)
def test_no_sequence_of_accepted_changes_leaves_a_false_history(
    acts: list[tuple[ChangeKind, int, int]],
) -> None:
    """Whatever is declared in whatever order: the life that it leaves has no contradiction."""
    known = _entered(50_00)
    for rank, (kind, offset, rate) in enumerate(acts):
        cells = {
            "worker_id": "wrk_1",
            "kind": kind.name,
            "effective_on": day(offset).isoformat(),
        }
        more = (
            {"departure_reason": "OTHER"}
            if kind is ChangeKind.DEPARTURE
            else {"rate": str(rate)}
        )
        (change,) = read_changes([{**cells, **more}], TODAY)
        declare_change(known, change, None, f"chg_{rank}")

        lived = known.history.life()
        last = lived.stays[-1]
        assert all(stay.ends_on is not None for stay in lived.stays[:-1])
        assert lived.rate_on(last.starts_on) is not None


def test_a_worker_is_named_by_number_where_not_by_id() -> None:
    change = _change(**{**UP, "worker_id": None, "nir": "1 85 05 75 999 042"})

    assert (change.errors, change.nir) == ([], Nir.read("185057599904209"))


@pytest.mark.parametrize(
    ("cells", "rule", "at"),
    [
        ({**UP, "worker_id": None}, Rule.NIR_FORMAT, "nir"),
        ({**UP, "nir": "185057599904210"}, Rule.NIR_KEY, "nir"),
        ({**UP, "kind": None}, Rule.CHANGE_KIND, "kind"),
        ({**UP, "kind": "rate_increase"}, Rule.CHANGE_KIND, "kind"),
        ({**UP, "kind": "ILLNESS"}, Rule.CHANGE_KIND, "kind"),
        ({**UP, "effective_on": None}, Rule.DAY_INVALID, "effective_on"),
        (
            {**UP, "effective_on": "1/1/99999999999999999999"},
            Rule.DAY_INVALID,
            "effective_on",
        ),
        ({**UP, "rate": None}, Rule.RATE_RANGE, "rate"),
        ({**UP, "rate": "0"}, Rule.RATE_RANGE, "rate"),
        ({**DOWN, "rate": "100,01"}, Rule.RATE_RANGE, "rate"),
        (
            {**LEAVES, "departure_reason": None},
            Rule.DEPARTURE_REASON_MISSING,
            "departure_reason",
        ),
        (
            {**LEAVES, "departure_reason": "ILLNESS"},
            Rule.DEPARTURE_REASON_MISSING,
            "departure_reason",
        ),
        ({**UP, "comment": "voir 185057599904209"}, Rule.NIR_IN_TEXT, "comment"),
        (
            {**UP, "nir": "185057599904209", "client_reference": "185057599904209"},
            Rule.NIR_IN_TEXT,
            "client_reference",
        ),
    ],
)
def test_what_cannot_be_read_blocks_at_its_field(
    cells: dict[str, str | None], rule: Rule, at: str
) -> None:
    assert told(_change(**cells).errors) == [(rule, at)]


@pytest.mark.parametrize("reason", DepartureReason)
def test_each_reason_of_the_list_is_taken(reason: DepartureReason) -> None:
    assert (
        _change(**{**LEAVES, "departure_reason": reason.name}).departure_reason
        is reason
    )


@pytest.mark.parametrize(
    ("offset", "expected"), [(366, []), (367, [(Rule.CHANGE_TOO_FAR, "effective_on")])]
)
def test_an_effect_is_at_most_a_year_ahead(
    offset: int, expected: list[tuple[Rule, str]]
) -> None:
    assert HORIZON.days == 366
    assert (
        told(_change(**{**UP, "effective_on": day(offset).isoformat()}).errors)
        == expected
    )


@pytest.mark.parametrize("on", ["01/08/2026", "15/01/2027"])
def test_a_change_is_read_all_year_long(on: str) -> None:
    """R27: neither the window nor the campaign counts."""
    assert _change(**{**UP, "effective_on": on}).errors == []


# the known rate (R24)


@pytest.mark.parametrize(
    ("line", "on", "rate", "accepted"),
    [
        (UP, "01/12/2026", "80,01", True),
        (UP, "01/12/2026", "80", False),
        (UP, "01/12/2026", "79,99", False),
        (DOWN, "01/12/2026", "79,99", True),
        (DOWN, "01/12/2026", "80", False),
        (DOWN, "01/12/2026", "80,01", False),
        (UP, "31/10/2026", "50,01", True),
        (DOWN, "31/10/2026", "50,01", False),
    ],
)
def test_the_direction_is_judged_against_the_rate_known_on_the_day_of_effect(
    line: dict[str, str], on: str, rate: str, *, accepted: bool
) -> None:
    said = _judged(_known(), {**line, "effective_on": on, "rate": rate})

    assert said == [[] if accepted else [(Rule.RATE_DIRECTION, "rate")]]


def test_a_change_before_any_known_rate_has_nothing_to_be_compared_with() -> None:
    known = KnownWorker(CARD, History([event(ChangeKind.ADMISSION, ENTRY)]))

    assert _judged(known, {**UP, "effective_on": "31/10/2026"}) == [
        [(Rule.RATE_UNKNOWN, "rate")]
    ]


def test_a_change_before_the_entry_is_refused() -> None:
    left, rose = (
        _judged(_known(), {**LEAVES, "effective_on": "08/09/2012"}),
        _judged(_known(), {**UP, "effective_on": "08/09/2012"}),
    )

    assert left == [[(Rule.CHANGE_BEFORE_ENTRY, "effective_on")]]
    assert rose == [[(Rule.CHANGE_BEFORE_ENTRY, "effective_on")]]


def test_a_change_on_the_very_day_of_the_entry_is_judged() -> None:
    assert _judged(_entered(50_00), {**UP, "effective_on": "09/09/2012"}) == [[]]


# the same change, a departure (R26)


def test_another_change_on_the_same_day_is_a_duplicate() -> None:
    known = _known()
    known.history.declare(event(ChangeKind.RATE_INCREASE, date(2026, 12, 1), 85_00))

    again = _judged(
        known, {**UP, "rate": "90"}, {**UP, "effective_on": "02/12/2026", "rate": "95"}
    )

    assert again == [[(Rule.CHANGE_DUPLICATE, "effective_on")], []]


def test_two_lines_of_one_batch_for_one_day_are_one_change() -> None:
    line = {**UP, "rate": "90"}

    assert _judged(_known(), line, {**line, "rate": "95"}) == [
        [],
        [(Rule.CHANGE_DUPLICATE, "effective_on")],
    ]


def test_a_departure_sent_twice_is_one_and_of_another_day_is_refused() -> None:
    known = _known(date(2026, 12, 1))

    judged = _judged(known, LEAVES, {**LEAVES, "effective_on": "30/11/2026"})

    assert judged == [[], [(Rule.WORKER_DEPARTED, "effective_on")]]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("30/11/2026", []),
        ("01/12/2026", [(Rule.WORKER_DEPARTED, "effective_on")]),
        ("02/12/2026", [(Rule.WORKER_DEPARTED, "effective_on")]),
    ],
)
def test_nothing_changes_from_the_departure_on(
    on: str, expected: list[tuple[Rule, str]]
) -> None:
    """The day of a departure is the first one of absence."""
    assert _judged(
        _known(date(2026, 12, 1)), {**UP, "effective_on": on, "rate": "90"}
    ) == [expected]


# a batch


def test_a_batch_takes_effect_in_the_order_of_its_days_whatever_its_ranks() -> None:
    later = {**DOWN, "effective_on": "01/02/2027", "rate": "85"}
    sooner = {**UP, "effective_on": "01/01/2027", "rate": "90"}

    known = _known()

    assert _judged(known, later, sooner) == [[], []]
    assert known.history.life().rate_on(date(2027, 2, 1)) == 85_00
    assert _judged(_known(), later) == [[(Rule.RATE_DIRECTION, "rate")]]


def test_a_departure_told_first_blocks_what_follows_it_and_not_what_precedes() -> None:
    leaves = {**LEAVES, "effective_on": "01/01/2027"}
    before = {**UP, "effective_on": "31/12/2026", "rate": "90"}
    after = {**UP, "effective_on": "02/01/2027", "rate": "95"}

    assert _judged(_known(), leaves, after, before) == [
        [],
        [(Rule.WORKER_DEPARTED, "effective_on")],
        [],
    ]


def test_a_line_that_is_refused_takes_no_effect() -> None:
    wrong = {**UP, "effective_on": "01/01/2027", "rate": "70"}

    known = _known()

    assert _judged(
        known, wrong, {**UP, "effective_on": "02/01/2027", "rate": "81"}
    ) == [
        [(Rule.RATE_DIRECTION, "rate")],
        [],
    ]
    assert known.history.life().rate_on(date(2027, 1, 1)) == 80_00


def test_a_line_without_a_readable_day_or_kind_is_not_judged_further() -> None:
    assert _judged(
        _known(date(2020, 1, 1)), {**UP, "effective_on": "x"}, {**UP, "kind": "x"}
    ) == [
        [(Rule.DAY_INVALID, "effective_on")],
        [(Rule.CHANGE_KIND, "kind")],
    ]


@given(
    st.sampled_from([*UP, "nir", "departure_reason", "comment"]),
    st.sampled_from([UP, LEAVES]),
    ANYTHING,
)
def test_a_cell_may_hold_anything_and_no_notice_repeats_it(
    cell: str, line: dict[str, str], text: str
) -> None:
    change = _change(**{**line, cell: text})
    if not change.errors:
        declare_change(_known(), change, None, "chg_0")

    assert not [n.message for n in change.errors if repeats(n.message, text)]
