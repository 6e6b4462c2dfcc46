"""What a line of November must agree with, and what it states: a departure, the payer, the rate, a dual activity (R16, R24, R26)."""

from datetime import date, timedelta
from typing import Any

import pytest

from persistence.intake.certified_lives import certified_life
from persistence.intake.declared_changes import naming
from persistence.intake.identities import meet_identity
from persistence.intake.known_workers import KnownWorker
from persistence.intake.remuneration_lines import Remuneration
from persistence.records import ChangeKind, DepartureReason, Rule
from persistence.records.activity_changes import ChangeSource
from persistence.records.histories import History
from persistence.records.life import Event, Stay

from .november import CERTIFICATE, YEAR, read, told
from .test_activity_changes import CARD

K = ChangeKind
FIRST, LAST = date(YEAR, 11, 1), date(YEAR, 11, 30)
DAY = timedelta(days=1)
ENTRY = CARD.entered_on


def event(kind: ChangeKind, on: date, rate: int | None = None, **more: Any) -> Event:  # noqa: ANN401 values
    """Declared by a change, unless `more` says otherwise."""
    reason = DepartureReason.OTHER if kind is K.DEPARTURE else None
    key = f"chg_{kind}_{on}"
    return Event(key, kind, on, f"{kind}", rate, reason)._replace(**more)


def certified(
    kind: ChangeKind,
    on: date,
    rate: int | None = None,
    **more: Any,  # noqa: ANN401 values
) -> Event:
    """Stated by the certificate that the deposit under way replaces."""
    source = {"source": ChangeSource.CERTIFICATE, "is_replaced": True}
    return event(kind, on, rate, **source, **more)


ENTERED = event(K.ADMISSION, ENTRY)


def known(*events: Event) -> KnownWorker:
    return KnownWorker(CARD, History([ENTERED, *events]), is_declared=True)


def met(worker: KnownWorker, **cells: Any) -> Remuneration:  # noqa: ANN401 cells
    """The good line with these cells, against what is known."""
    line = read(**cells)
    assert line.errors == []
    line.warnings.clear()
    worker.meet(line, CERTIFICATE)
    return line


def new(worker: KnownWorker) -> list[tuple[ChangeKind, date, int | None]]:
    """What the line that was met states."""
    assert worker.certified is not None
    return [(one.kind, one.on, one.rate) for one in worker.certified.new]


def ended(worker: KnownWorker) -> list[ChangeKind]:
    assert worker.certified is not None
    return [one.kind for one in worker.certified.ended]


# the first line


def test_the_first_line_of_a_person_states_the_entry_and_the_rate() -> None:
    after = certified_life([], read(), CERTIFICATE)

    assert [(e.kind, e.on, e.rate) for e in after.new] == [
        (K.ADMISSION, ENTRY, None),
        (K.RATE_FOUND, FIRST, 100_00),
    ]
    assert after.life.stays == [Stay(ENTRY)]


def test_the_rate_of_who_entered_in_november_is_found_on_that_day() -> None:
    after = certified_life([], read(entered_on="12/11/2026"), CERTIFICATE)

    assert [one.on for one in after.new] == [date(YEAR, 11, 12)] * 2


def test_the_same_line_again_states_nothing_new_and_its_absence_ends_all() -> None:
    events = [certified(K.ADMISSION, ENTRY), certified(K.RATE_FOUND, FIRST, 100_00)]

    again = certified_life(events, read(), CERTIFICATE)
    gone = certified_life(events, None, CERTIFICATE)

    assert (again.new, again.ended, again.events) == ([], [], events)
    assert (gone.ended, gone.life.stays) == (events, [])


def test_what_a_later_change_depends_on_does_not_end() -> None:
    """A rise in December stands on the rate of November: the certificate cannot take it away."""
    rise = event(K.RATE_INCREASE, LAST + DAY, 100_00)
    events = [
        certified(K.ADMISSION, ENTRY),
        certified(K.RATE_FOUND, FIRST, 80_00),
        rise,
    ]

    gone = certified_life(events, None, CERTIFICATE)
    other = certified_life(events, read(rate="90"), CERTIFICATE)

    for after in (gone, other):
        assert (after.new, after.ended, after.events) == ([], [], events)


def test_another_day_of_entry_corrects_that_of_the_replaced_line() -> None:
    worker = KnownWorker(
        CARD,
        History(
            [certified(K.ADMISSION, ENTRY), certified(K.RATE_FOUND, FIRST, 100_00)]
        ),
        is_declared=True,
    )

    met(worker, entered_on="10/09/2012")

    assert new(worker) == [(K.ADMISSION, date(2012, 9, 10), None)]
    assert ended(worker) == [K.ADMISSION]


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
    assert told(met(known(event(K.DEPARTURE, on))).errors) == errors


@pytest.mark.parametrize(
    ("entry", "returned"), [("01/06/2026", True), ("31/05/2026", False)]
)
def test_an_entry_from_the_day_of_the_departure_on_is_a_return(
    entry: str, *, returned: bool
) -> None:
    worker = known(event(K.DEPARTURE, date(YEAR, 6, 1)))

    line = met(worker, entered_on=entry)

    assert (line.errors == []) is returned
    assert told(line.warnings) == (
        [(Rule.WORKER_RETURNED, "entered_on")] if returned else []
    )
    if returned:
        assert new(worker)[0] == (K.ADMISSION, date(YEAR, 6, 1), None)


def test_who_has_come_back_by_a_change_is_certified() -> None:
    worker = known(
        event(K.DEPARTURE, date(YEAR, 6, 1)),
        event(K.ADMISSION, date(YEAR, 9, 1), 100_00),
    )

    line = met(worker)

    assert (line.errors, line.warnings, new(worker)) == ([], [], [])


# the payer


def test_a_payer_other_than_the_cards_is_confirmed() -> None:
    worker = known()

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
        "nothing is in force of the person yet"
    )


# the rate


def test_another_rate_than_the_known_one_is_told_and_moves_nothing() -> None:
    worker = known(event(K.RATE_FOUND, ENTRY, 80_00))

    assert told(met(worker).warnings) == [(Rule.RATE_DIFFERS, "rate")]
    assert new(worker) == []
    assert met(known(event(K.RATE_FOUND, ENTRY, 100_00))).warnings == []
    assert met(known()).warnings == [], "no rate is known"


def test_the_rate_of_who_left_in_november_is_that_of_their_last_day() -> None:
    worker = known(
        event(K.RATE_FOUND, ENTRY, 100_00), event(K.DEPARTURE, date(YEAR, 11, 20))
    )

    assert met(worker).warnings == []


def test_a_certificate_corrects_the_rate_that_the_one_it_replaces_has_found() -> None:
    worker = known(certified(K.RATE_FOUND, FIRST, 80_00))

    line = met(worker)

    assert line.warnings == []
    assert new(worker) == [(K.RATE_FOUND, FIRST, 100_00)]
    assert ended(worker) == [K.RATE_FOUND]


@pytest.mark.parametrize(
    "events",
    [
        [event(K.RATE_FOUND, FIRST, 80_00)],
        [event(K.RATE_FOUND, ENTRY, 50_00), event(K.RATE_INCREASE, FIRST, 80_00)],
        [certified(K.RATE_FOUND, FIRST, 80_00), event(K.RATE_INCREASE, LAST, 90_00)],
    ],
)
def test_no_other_rate_is_a_certificates_to_move(events: list[Event]) -> None:
    worker = known(*events)

    assert told(met(worker).warnings) == [(Rule.RATE_DIFFERS, "rate")]
    assert (new(worker), ended(worker)) == ([], [])


# a dual activity

SINCE = date(YEAR, 9, 1)
DUAL = {"dual_activity": "O", "rate": "80", "dual_activity_since": "01/09/2026"}


def dual(on: date = SINCE, **more: Any) -> Event:  # noqa: ANN401 values
    return event(K.DUAL_ACTIVITY_START, on, **more)


def test_a_dated_dual_activity_is_stated_once() -> None:
    worker = known(event(K.RATE_FOUND, ENTRY, 80_00))
    met(worker, **DUAL)
    assert new(worker) == [(K.DUAL_ACTIVITY_START, SINCE, None)]

    for since in (SINCE, SINCE - DAY):
        running = known(event(K.RATE_FOUND, ENTRY, 80_00), dual(since))
        met(running, **DUAL)
        assert new(running) == []


def test_a_dual_activity_from_before_the_entry_is_dual_from_the_entry_on() -> None:
    line = read(**DUAL | {"dual_activity_since": "01/01/2000"})

    after = certified_life([], line, CERTIFICATE)

    assert [span.starts_on for span in after.life.dual_activities] == [ENTRY]


def test_no_dual_activity_while_one_runs_is_refused_unless_the_replaced_line_had_begun_it() -> (
    None
):
    assert told(met(known(dual())).errors) == [
        (Rule.DUAL_ACTIVITY_RUNNING, "dual_activity")
    ]
    stated = known(certified(K.DUAL_ACTIVITY_START, SINCE))
    assert met(stated).errors == []
    assert ended(stated) == [K.DUAL_ACTIVITY_START]
    assert met(known()).errors == []


@pytest.mark.parametrize(
    ("until", "accepted"), [("01/09/2026", False), ("02/09/2026", True)]
)
def test_a_dual_activity_ends_after_it_has_begun(until: str, *, accepted: bool) -> None:
    line = met(known(dual()), dual_activity_until=until)

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


@pytest.mark.parametrize(("count", "more"), [(3, False), (4, True)])
def test_three_of_the_changes_that_stand_in_the_way_are_named(
    count: int, *, more: bool
) -> None:
    labels = naming([dual(FIRST, label=f"C{n}") for n in range(count)])

    assert labels.startswith("Voir : C0, C1, C2")
    assert labels.endswith(", ….") is more


def test_a_change_that_the_caf_has_treated_is_told_so() -> None:
    assert naming([dual(label="C1", is_processed=True)]) == (
        "Voir : C1 (traité par la Caf)."
    )


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
