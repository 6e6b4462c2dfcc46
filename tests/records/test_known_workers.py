"""What a line of November must agree with: a departure, the payer, the known rate, a dual activity (R16, R24, R26)."""

from datetime import date, timedelta
from typing import Any

import pytest

from persistence.intake.change_lines import ActivityChangeLine, read_changes
from persistence.intake.declared_changes import DeclaredChange, naming
from persistence.intake.identities import meet_identity
from persistence.intake.known_workers import KnownWorker, PreviousLine
from persistence.intake.remuneration_lines import Remuneration
from persistence.records import ChangeKind, Rule

from .build import TODAY, day
from .november import CERTIFICATE, YEAR, read, told
from .test_activity_changes import CARD

FIRST, LAST = date(YEAR, 11, 1), date(YEAR, 11, 30)
DAY = timedelta(days=1)


def previous(**facts: Any) -> PreviousLine:  # noqa: ANN401 what a former line says
    known: dict[str, Any] = {
        "changed_sequence": 1,
        "words_digest": None,
        "not_beneficiary": False,
        "rate": 100_00,
        "dual_activity_since": None,
    }
    return PreviousLine(**known | facts)


def met(
    worker: KnownWorker,
    former: PreviousLine | None = None,
    **cells: Any,  # noqa: ANN401 cells
) -> Remuneration:
    """The good line with these cells, against what is known."""
    line = read(**cells)
    assert line.errors == []
    line.warnings.clear()
    worker.meet(line, former, CERTIFICATE)
    return line


def departed(on: date) -> KnownWorker:
    return KnownWorker(
        CARD, changes=[DeclaredChange(ChangeKind.DEPARTURE, on, None, "C1")]
    )


# a departure


@pytest.mark.parametrize(
    ("on", "errors"),
    [
        (FIRST - DAY, [(Rule.WORKER_LEFT_BEFORE, "entered_on")]),
        (FIRST, [(Rule.WORKER_LEFT_BEFORE, "entered_on")]),
        (FIRST + DAY, []),
    ],
)
def test_who_was_absent_all_november_is_not_certified(
    on: date, errors: list[tuple[Rule, str]]
) -> None:
    """A21: the day of a departure is the first one of absence."""
    assert told(met(departed(on)).errors) == errors


@pytest.mark.parametrize(
    ("entry", "returned"), [("01/06/2026", True), ("31/05/2026", False)]
)
def test_an_entry_from_the_day_of_the_departure_on_is_a_return(
    entry: str, *, returned: bool
) -> None:
    line = met(departed(date(YEAR, 6, 1)), entered_on=entry)

    assert (line.errors == []) is returned
    assert told(line.warnings) == (
        [(Rule.WORKER_RETURNED, "entered_on")] if returned else []
    )


def test_who_has_come_back_is_absent_between_the_two_days_alone() -> None:
    worker = departed(date(YEAR, 6, 1))
    worker.last_entry = date(YEAR, 9, 1)

    absent = [
        worker.departure_by(on) is not None
        for on in (date(YEAR, 5, 31), date(YEAR, 6, 1))
    ]
    back = [
        worker.departure_by(on) is not None
        for on in (date(YEAR, 8, 31), date(YEAR, 9, 1))
    ]

    assert (absent, back) == ([False, True], [True, False])


def test_an_entry_before_the_departure_is_no_return() -> None:
    worker = departed(date(YEAR, 6, 1))
    worker.last_entry = date(YEAR, 5, 31)

    assert worker.departure_by(FIRST) == date(YEAR, 6, 1)


# the payer


def test_a_payer_other_than_the_cards_is_confirmed() -> None:
    worker = KnownWorker(CARD, is_declared=True)

    assert told(met(worker, paying_organism="921").errors) == [
        (Rule.PAYER_CHANGE_UNCONFIRMED, "paying_organism")
    ]
    assert (
        met(worker, paying_organism="921", paying_organism_changed="non").errors != []
    )
    assert (
        met(worker, paying_organism="921", paying_organism_changed="oui").errors == []
    )
    assert met(worker).errors == []
    assert met(KnownWorker(CARD), paying_organism="921").errors == [], (
        "no deposit has named the person yet"
    )


# the rate


def rated(*rates: tuple[date, int]) -> KnownWorker:
    return KnownWorker(CARD, rates=dict(rates))


def test_another_rate_than_the_known_one_is_told() -> None:
    assert told(met(rated((CARD.entered_on, 80_00))).warnings) == [
        (Rule.RATE_DIFFERS, "rate")
    ]
    assert met(rated((CARD.entered_on, 100_00))).warnings == []
    assert met(rated()).warnings == [], "no rate is known"
    assert met(rated((LAST + DAY, 80_00))).warnings == [], (
        "the rate of December is not that of November"
    )


def test_the_rate_of_who_left_in_november_is_that_of_their_last_day() -> None:
    worker = departed(date(YEAR, 11, 20))
    worker.rates |= {CARD.entered_on: 100_00, date(YEAR, 11, 20): 80_00}

    assert met(worker).warnings == []


@pytest.mark.parametrize(
    ("rates", "former", "found"),
    [
        ([(FIRST, 80_00)], previous(rate=80_00), FIRST),
        ([(FIRST, 80_00)], None, None),
        ([(FIRST, 80_00)], previous(rate=70_00), None),
        ([(FIRST - DAY, 80_00)], previous(rate=80_00), None),
        ([(FIRST, 80_00), (LAST + DAY, 90_00)], previous(rate=80_00), None),
        ([], previous(rate=80_00), None),
    ],
)
def test_a_certificate_corrects_the_rate_that_the_one_it_replaces_has_found_and_no_other(
    rates: list[tuple[date, int]], former: PreviousLine | None, found: date | None
) -> None:
    assert rated(*rates).rate_of_the_replaced(former, CERTIFICATE) == found


def test_a_rate_that_somebody_declared_is_never_a_certificates() -> None:
    worker = rated((FIRST, 80_00))
    worker.changes.append(DeclaredChange(ChangeKind.RATE_INCREASE, FIRST, 80_00, "C1"))

    assert worker.rate_of_the_replaced(previous(rate=80_00), CERTIFICATE) is None


# a dual activity

SINCE = date(YEAR, 9, 1)


def test_no_dual_activity_while_one_runs_is_refused_unless_the_replaced_line_had_begun_it() -> (
    None
):
    worker = KnownWorker(CARD, running_dual_activities={SINCE})

    assert told(met(worker).errors) == [(Rule.DUAL_ACTIVITY_RUNNING, "dual_activity")]
    assert told(met(worker, previous(dual_activity_since=SINCE + DAY)).errors) != []
    assert met(worker, previous(dual_activity_since=SINCE)).errors == []
    assert met(KnownWorker(CARD)).errors == []


@pytest.mark.parametrize(
    ("until", "accepted"), [("01/09/2026", False), ("02/09/2026", True)]
)
def test_a_dual_activity_ends_after_it_has_begun(until: str, *, accepted: bool) -> None:
    line = met(
        KnownWorker(CARD, running_dual_activities={SINCE}), dual_activity_until=until
    )

    assert told(line.errors) == (
        [] if accepted else [(Rule.DUAL_ACTIVITY_NONE, "dual_activity_until")]
    )


# the identity


@pytest.mark.parametrize(
    ("cells", "errors", "warnings"),
    [
        ({}, [], []),
        ({"birth_name": "Lefevre"}, [], []),
        ({"birth_name": "Durand"}, [], [(Rule.WORKER_CHANGED, "birth_name")]),
        ({"birth_date": "28/05/1985"}, [], [(Rule.WORKER_CHANGED, "birth_name")]),
        (
            {"birth_name": "Durand", "birth_date": "28/05/1985"},
            [(Rule.WORKER_MISMATCH, "nir")],
            [],
        ),
        (
            {"aah_beneficiary": "non"},
            [(Rule.WORKER_NOT_BENEFICIARY, "aah_beneficiary")],
            [],
        ),
    ],
)
def test_a_known_number_is_of_the_person_that_it_was(
    cells: dict[str, str],
    errors: list[tuple[Rule, str]],
    warnings: list[tuple[Rule, str]],
) -> None:
    line = read(**cells)
    line.warnings.clear()

    meet_identity(line, CARD)

    assert (told(line.errors), told(line.warnings)) == (errors, warnings)


def test_a_new_person_comes_with_a_matricule_and_a_caf() -> None:
    line = read(matricule=None, paying_organism=None)

    meet_identity(line, None)

    assert told(line.errors) == [
        (Rule.MATRICULE_MISSING, "matricule"),
        (Rule.MATRICULE_MISSING, "paying_organism"),
    ]


def test_who_is_no_beneficiary_is_declared_again_only_when_confirmed() -> None:
    card = CARD._replace(aah_beneficiary=False)
    silent, confirmed = read(), read(aah_beneficiary="oui")

    for line in (silent, confirmed):
        meet_identity(line, card)

    assert told(silent.errors) == [(Rule.WORKER_NOT_BENEFICIARY, "aah_beneficiary")]
    assert confirmed.errors == []


# changes beside one another


def rise(on: date, rate: int | None = 90_00, label: str = "C9") -> DeclaredChange:
    return DeclaredChange(ChangeKind.RATE_INCREASE, on, rate, label, f"chg_{label}")


def judged(worker: KnownWorker, **cells: str) -> ActivityChangeLine:
    """A change read and judged on the day of the tests, that takes effect where it is good."""
    (change,) = read_changes([{"worker_id": "wrk_1", **cells}], TODAY)
    worker.judge(change, TODAY)
    if not change.errors:
        worker.apply(change)
    return change


def leaves(on: date) -> dict[str, str]:
    return {
        "kind": "DEPARTURE",
        "effective_on": on.isoformat(),
        "departure_reason": "OTHER",
    }


def test_who_comes_back_on_the_very_day_of_the_departure_has_not_left() -> None:
    worker = departed(date(YEAR, 6, 1))
    worker.last_entry = date(YEAR, 6, 1)

    assert worker.departure_by(FIRST) is None


def test_a_departure_ends_what_was_planned_for_its_very_day() -> None:
    worker = rated((CARD.entered_on, 50_00), (day(5), 90_00))
    worker.changes.append(rise(day(5)))

    assert told(judged(worker, **leaves(day(5))).warnings) == [
        (Rule.LATER_CHANGES_ENDED, "effective_on")
    ]


@pytest.mark.parametrize(
    ("entry", "errors"), [(-20, []), (-10, []), (-30, [Rule.CHANGE_BREAKS_LATER])]
)
def test_what_follows_a_return_does_not_contradict_the_departure_before_it(
    entry: int, errors: list[Rule]
) -> None:
    """Gone thirty days ago, a rise ten days ago: it is true when the person came back in between."""
    worker = rated((CARD.entered_on, 50_00), (day(-10), 90_00))
    worker.changes.append(rise(day(-10)))
    worker.last_entry = day(entry)

    assert [
        rule for rule, _ in told(judged(worker, **leaves(day(-30))).errors)
    ] == errors


def test_a_rate_that_cannot_be_read_is_judged_against_nothing() -> None:
    worker = rated((CARD.entered_on, 50_00), (day(5), 90_00))
    worker.changes.append(rise(day(5)))

    change = judged(
        worker, kind="RATE_INCREASE", effective_on=day(1).isoformat(), rate="?"
    )

    assert told(change.errors) == [(Rule.RATE_RANGE, "rate")]


def test_the_next_change_of_rate_is_neither_of_the_same_day_nor_a_departure() -> None:
    worker = KnownWorker(CARD)
    leaving = DeclaredChange(ChangeKind.DEPARTURE, day(2), None, "C2")
    worker.changes += [rise(day(1), label="C1"), leaving, rise(day(3), label="C3")]

    following = worker.next_rate_change(day(1))

    assert following is not None
    assert following.label == "C3"
    assert worker.next_rate_change(day(3)) is None


@pytest.mark.parametrize(
    ("reference", "label"), [({"client_reference": "R7"}, "R7"), ({}, "au rang 0")]
)
def test_a_change_of_the_batch_is_named_by_its_reference_or_its_rank(
    reference: dict[str, str], label: str
) -> None:
    worker = rated((CARD.entered_on, 50_00))
    judged(
        worker,
        kind="RATE_INCREASE",
        effective_on=day(5).isoformat(),
        rate="60",
        **reference,
    )

    early = judged(
        worker, kind="RATE_INCREASE", effective_on=day(1).isoformat(), rate="70"
    )

    assert [error.message.rpartition("Voir : ")[2] for error in early.errors] == [
        f"{label}."
    ]


def test_the_found_rate_of_the_last_day_is_corrected_and_a_change_of_another_day_is_no_matter() -> (
    None
):
    worker = rated((LAST, 80_00))
    worker.changes += [
        rise(FIRST - DAY, 70_00),
        DeclaredChange(ChangeKind.DEPARTURE, LAST, None, "C2"),
    ]

    assert worker.rate_of_the_replaced(previous(rate=80_00), CERTIFICATE) == LAST


@pytest.mark.parametrize(("count", "more"), [(3, False), (4, True)])
def test_three_of_the_changes_that_stand_in_the_way_are_named(
    count: int, *, more: bool
) -> None:
    labels = naming([rise(day(n), label=f"C{n}") for n in range(count)])

    assert labels.startswith("Voir : C0, C1, C2")
    assert labels.endswith(", ….") is more


def test_a_new_person_who_comes_with_both_is_taken() -> None:
    line = read()

    meet_identity(line, None)

    assert line.errors == []


def test_a_doubtful_number_names_nobody_whose_name_could_have_changed() -> None:
    line = read(birth_name="Durand")
    line.warnings.clear()
    line.reject(Rule.WORKER_DUPLICATE_IN_BATCH, "nir")

    meet_identity(line, CARD)

    assert line.warnings == []
