"""A successor convention (R43, A7, A8): both change on one day, linked, and a switch gives nothing back."""

from collections.abc import Sequence
from datetime import date

import pytest

from persistence.records import (
    Bulletin,
    Convention,
    Department,
    Migration,
    Mode,
    Notice,
    OrganismKind,
    Origin,
    Partner,
    Rule,
    ServiceAccess,
    standing,
    timeline,
)
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.carrying import MembersAtSwitch
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.identifiers import Siret
from persistence.records.siret_changes import change_siret
from persistence.records.successions import (
    Papers,
    change_mode,
    prepare,
    switch,
)
from persistence.records.suspensions import suspend
from persistence.records.transfers import change_organism

from .build import (
    BY_ORGANISM,
    CAF,
    CANAL,
    CDAP,
    CONSULTANT,
    DECIDER,
    DECLARANT,
    ELSEWHERE,
    ESAT,
    PAPER,
    READER,
    REGISTERED,
    SAME_UNIT,
    SIRETS,
    TODAY,
    colleague,
    convention_of,
    day,
    draft_bulletin,
    draft_of,
    find_eligible,
    group_of,
    opened,
    organism,
    partner_in,
    ready_bulletin,
    refused,
    sign_bulletin,
    signed,
)
from .daybook import assert_well_formed, spread

END, CARRY = MembersAtSwitch.END, MembersAtSwitch.CARRY
MODE_CHANGE, SIRET_CHANGE = ClosingReason.DELEGATION_CHANGE, ClosingReason.SIRET_CHANGE


def papers(*services: str, cna: bool = False) -> Papers:
    return Papers(PAPER, PAPER, dict.fromkeys(services or (ESAT.id,), PAPER), cna)


def a_partner(
    *departments: str, mode: Mode = Mode.CENTRALISED, today: date = REGISTERED
) -> Partner:
    """A partner whose Esat service is open, with one group of one person."""
    partner = partner_in(*departments, today=today)
    access = opened(ready_bulletin(convention_of(partner, mode)))
    group_of(access).include(colleague(partner), TODAY)
    return partner


def switched(
    partner: Partner,
    on: date = TODAY,
    mode: Mode = Mode.DELEGATED,
    today: date = TODAY,
    *,
    cna: bool = False,
) -> tuple[Convention, list[Notice]]:
    """R43: prepared and switched at once."""
    successor = change_mode(partner, mode, today)
    return successor, switch(
        successor, papers(cna=cna), on, MODE_CHANGE, frozenset(), today, END
    )


def esat_of(convention: Convention) -> ServiceAccess:
    return next(a for a in convention.accesses if a.service is ESAT)


# one day


@pytest.mark.parametrize("on", [0, 7])
def test_a_change_of_mode_closes_the_convention_and_signs_its_successor_on_the_same_day(
    on: int,
) -> None:
    partner = a_partner()
    former = partner.conventions[0]

    successor, _ = switched(partner, day(on))

    assert (former.closed_on, former.closing_reason) == (day(on), MODE_CHANGE)
    assert (successor.in_force_on, successor.predecessor_id) == (day(on), former.id)
    assert [partner.span_on(day(on + d)).mode for d in (-1, 0)] == [
        Mode.CENTRALISED,
        Mode.DELEGATED,
    ]
    assert_well_formed(timeline(partner), REGISTERED)


def test_the_successor_has_the_missions_the_conditions_and_the_organism_of_the_former() -> (
    None
):
    partner = a_partner()
    former = partner.conventions[0]

    successor = change_mode(partner, Mode.DELEGATED, TODAY)

    for fact in (
        "missions",
        "conditions_of_exercise",
        "conditions_of_administration",
        "organism_id",
        "siret",
    ):
        assert getattr(successor, fact) == getattr(former, fact), fact
    assert successor.missions is not former.missions


def test_a_change_to_the_same_mode_is_refused() -> None:
    with refused(Rule.MODE_SAME, "mode"):
        change_mode(a_partner(), Mode.CENTRALISED, TODAY)


def test_without_a_convention_in_force_there_is_no_mode_to_change() -> None:
    ended = partner_in()
    signed(draft_of(ended), REGISTERED, TODAY, REGISTERED)

    for partner in (partner_in(), ended):
        with refused(Rule.CONVENTION_NOT_IN_FORCE):
            change_mode(partner, Mode.DELEGATED, TODAY)


def test_a_switch_is_neither_past_nor_before_the_former_begins() -> None:
    partner = a_partner()
    successor = change_mode(partner, Mode.DELEGATED, TODAY)

    with refused(Rule.DATE_PAST, "on"):
        switch(successor, papers(), day(-1), MODE_CHANGE, frozenset(), TODAY, END)


def test_a_switch_does_not_come_before_the_former_begins() -> None:
    """A successor prepared while the one that it follows is only announced."""
    partner = partner_in()
    former = signed(draft_of(partner), day(7), None, TODAY)
    successor = draft_of(partner, Mode.DELEGATED)
    assert successor.predecessor_id == former.id

    with refused(Rule.DATE_ORDER, "on"):
        switch(successor, papers(), day(6), MODE_CHANGE, frozenset(), TODAY, END)

    assert (former.closed_on, successor.in_force_on) == (None, None)
    switch(successor, papers(), day(7), MODE_CHANGE, frozenset(), TODAY, END)
    assert (former.closed_on, successor.in_force_on) == (day(7), day(7))


def test_no_day_passes_without_a_convention_between_the_former_and_its_successor() -> (
    None
):
    """A8: the successor begins on the day when the former ends at the latest."""
    partner = partner_in()
    former = signed(draft_of(partner), REGISTERED, day(5), REGISTERED)
    successor = change_mode(partner, Mode.DELEGATED, TODAY)

    with refused(Rule.CONVENTION_NOT_IN_FORCE, "on"):
        switch(successor, papers(), day(6), MODE_CHANGE, frozenset(), TODAY, END)

    assert (former.closed_on, successor.in_force_on) == (None, None)


def test_each_open_service_is_signed_again() -> None:
    partner = a_partner()
    successor = change_mode(partner, Mode.DELEGATED, TODAY)

    with refused(Rule.SIGNATURE_MISSING, "bulletins"):
        switch(successor, papers(CDAP.id), TODAY, MODE_CHANGE, frozenset(), TODAY, END)


def test_a_paper_signed_too_late_is_named_by_its_place() -> None:
    partner = a_partner()
    successor = change_mode(partner, Mode.DELEGATED, TODAY)
    late = PAPER._replace(partner_signed_on=day(1))
    wrong = Papers(PAPER, PAPER, {CDAP.id: PAPER, ESAT.id: late}, acknowledge_cna=False)

    with refused(Rule.DATE_FUTURE, "bulletins", "1", "signature", "partner_signed_on"):
        switch(successor, wrong, TODAY, MODE_CHANGE, frozenset(), TODAY, END)


def test_a_refused_partner_does_not_keep_its_service_by_a_switch() -> None:
    partner = a_partner()
    successor = change_mode(partner, Mode.DELEGATED, TODAY)
    partner.decide_eligibility(
        ESAT, Decision.NOT_ELIGIBLE, "Mission perdue", None, DECIDER, TODAY
    )

    with refused(Rule.ELIGIBILITY_REFUSED):
        switch(successor, papers(), TODAY, MODE_CHANGE, frozenset(), TODAY, END)


def test_an_establishment_that_contracts_elsewhere_does_not_stay_in_the_scope() -> None:
    successor = change_mode(a_partner(), Mode.DELEGATED, TODAY)

    with refused(Rule.ESTABLISHMENT_CONTRACTS):
        switch(successor, papers(), TODAY, MODE_CHANGE, frozenset({CANAL}), TODAY, END)


# what goes on


def test_the_service_goes_on_with_its_roles_its_scope_and_its_groups_without_members() -> (
    None
):
    """A7, A9."""
    partner = a_partner("75", "75")
    former = esat_of(partner.conventions[0])
    narrow = former.create_group("Annexe", [partner.establishments[1]], TODAY)

    successor, notices = switched(partner)

    access = esat_of(successor)
    (bulletin,) = access.bulletins
    live = former.bulletins[0]
    assert (bulletin.opened_on, bulletin.roles, bulletin.establishments) == (
        TODAY,
        live.roles,
        live.establishments,
    )
    assert [
        (g.name, g.role, g.all_establishments, g.establishments) for g in access.groups
    ] == [
        ("Déclarants", DECLARANT, True, []),
        (narrow.name, None, False, narrow.establishments),
    ]
    assert all(g.created_on == TODAY and not g.memberships for g in access.groups)
    assert Notice(Rule.MEMBERS_END) in notices
    assert standing(partner, TODAY).rights == frozenset()
    assert standing(partner, TODAY).services == {ESAT.id}


def test_a_scope_of_departments_is_written_again() -> None:
    partner = partner_in()
    convention = convention_of(partner)
    find_eligible(partner, CDAP)
    draft = ServiceAccess.of(convention, CDAP).prepare_bulletin(
        BulletinTerms(CANAL, [CONSULTANT], [], [Department(code="75")])
    )
    opened(sign_bulletin(draft))

    successor = change_mode(partner, Mode.DELEGATED, TODAY)
    switch(successor, papers(CDAP.id), TODAY, MODE_CHANGE, frozenset(), TODAY, END)

    (access,) = successor.accesses
    assert access.bulletins[0].covered_departments == {"75"}
    assert access.opened_bulletin(TODAY) is not None


def test_a_term_to_come_is_the_successors_too_and_so_is_that_of_its_bulletin() -> None:
    partner = partner_in()
    convention = signed(draft_of(partner), REGISTERED, day(30), REGISTERED)
    find_eligible(partner)
    opened(sign_bulletin(draft_bulletin(convention), TODAY, day(20)))

    successor, _ = switched(partner, day(5))

    assert successor.term_on == day(30)
    assert esat_of(successor).bulletins[0].ends_on == day(20)


def test_the_convention_may_be_switched_on_the_day_of_its_term() -> None:
    partner = partner_in()
    former = signed(draft_of(partner), REGISTERED, day(5), REGISTERED)

    successor, _ = switched(partner, day(5))

    assert (former.closed_on, successor.term_on) == (day(5), None)
    assert [partner.span_on(day(d)).convention_id for d in (4, 5)] == [
        former.id,
        successor.id,
    ]


def test_a_wide_bulletin_keeps_the_cna_and_asks_for_it_again() -> None:
    """R47."""
    partner = a_partner("92", "93")

    with refused(Rule.CNA_ACKNOWLEDGE, "acknowledge_cna"):
        switched(a_partner("92", "93"))
    _, notices = switched(partner, cna=True)

    assert Notice(Rule.CNA_TAKES_OVER) in notices
    assert [partner.span_on(day(d)).administering_id for d in (0, 9)] == [
        "org_CNA",
        "org_CNA",
    ]
    assert partner.span_on(TODAY).signing_id == "org_751"


def test_what_people_lose_comes_first_among_what_a_switch_announces() -> None:
    _, notices = switched(a_partner("92", "93"), cna=True)

    assert notices == [
        Notice(Rule.MEMBERS_END),
        Notice(Rule.CNA_TAKES_OVER),
        Notice(Rule.DELEGATED_WITHOUT_MANAGER),
    ]


def test_a_switch_is_no_first_paper_and_asks_for_no_attestation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R53: the file has spoken since the service is open, and nothing is asked again."""
    migration = Migration(label="Esat", opens_on=REGISTERED, deadline=TODAY, source="R")
    monkeypatch.setattr(ESAT, "migration", migration)
    partner = a_partner()
    partner.origins.append(
        Origin(known_mcp=False, known_habtiers=True, taken_on=TODAY, id="ori_1")
    )

    successor, _ = switched(partner)

    assert esat_of(successor).opened_bulletin(TODAY) is not None


def test_a_draft_that_was_given_up_does_not_stop_a_switch() -> None:
    partner = a_partner()
    successor = change_mode(partner, Mode.DELEGATED, TODAY)
    (draft,) = esat_of(successor).bulletins
    draft.close(TODAY, "Abandon", TODAY)

    switch(successor, papers(), TODAY, MODE_CHANGE, frozenset(), TODAY, END)

    opened_now = esat_of(successor).opened_bulletin(TODAY)
    assert opened_now is not None
    assert opened_now is not draft


# nothing is given back


@pytest.mark.parametrize("on", [0, 5])
def test_a_suspended_convention_stays_suspended(on: int) -> None:
    partner = a_partner()
    suspend(partner.conventions[0].suspensions, TODAY, "Précaution", BY_ORGANISM)

    successor, _ = switched(partner, day(on))

    assert partner.span_on(day(on)).convention_id is None
    assert not esat_of(successor).shows_on(day(on))


@pytest.mark.parametrize("on", [0, 5])
def test_a_suspended_service_stays_suspended(on: int) -> None:
    partner = a_partner()
    esat_of(partner.conventions[0]).suspend(TODAY, "Précaution", BY_ORGANISM)

    successor, _ = switched(partner, day(on))

    assert not esat_of(successor).shows_on(day(on))
    assert standing(partner, day(on)).services == frozenset()


def test_a_service_suspended_or_resumed_before_an_announced_switch_stays_so_after_it() -> (
    None
):
    partner = a_partner()
    former = esat_of(partner.conventions[0])
    successor, _ = switched(partner, day(5))

    former.suspend(day(2), "Précaution", BY_ORGANISM)
    assert not esat_of(successor).shows_on(day(5))
    former.resume(day(3), BY_ORGANISM)

    assert esat_of(successor).shows_on(day(5))
    assert not former.shows_on(day(2))


def test_a_convention_suspended_or_resumed_before_an_announced_switch_stays_so_after_it() -> (
    None
):
    partner = a_partner()
    (former,) = partner.conventions
    successor, _ = switched(partner, day(5))

    former.suspend(day(2), "Précaution", BY_ORGANISM)
    assert partner.span_on(day(5)).convention_id is None
    former.resume(day(3), BY_ORGANISM)

    assert partner.span_on(day(2)).convention_id is None
    assert partner.span_on(day(3)).convention_id == former.id
    assert partner.span_on(day(5)).convention_id == successor.id


def test_a_convention_is_suspended_while_it_is_in_force_only() -> None:
    partner = a_partner()
    (former,) = partner.conventions
    successor, _ = switched(partner, day(5))

    with refused(Rule.CONVENTION_NOT_IN_FORCE):
        successor.suspend(day(4), "Précaution", BY_ORGANISM)
    with refused(Rule.CONVENTION_NOT_IN_FORCE):
        former.suspend(day(5), "Précaution", BY_ORGANISM)
    former.suspend(day(4), "Précaution", BY_ORGANISM)
    with refused(Rule.ALREADY_SUSPENDED):
        former.suspend(day(4), "Encore", BY_ORGANISM)


def test_a_suspended_person_stays_suspended_and_may_not_be_included_again() -> None:
    partner = a_partner()
    (person,) = partner.affiliations
    person.suspend(TODAY, "Précaution", BY_ORGANISM)

    successor, _ = switched(partner)

    with refused(Rule.AFFILIATION_SUSPENDED):
        esat_of(successor).groups[0].include(person, TODAY)


def test_an_ended_group_does_not_come_back() -> None:
    partner = a_partner()
    former = esat_of(partner.conventions[0])
    former.groups[0].close(TODAY, TODAY)
    group_of(former).close(day(8), TODAY)

    successor, _ = switched(partner, day(5))

    assert [g.closed_on for g in esat_of(successor).groups] == [day(8)]


def test_a_closed_bulletin_does_not_come_back() -> None:
    partner = a_partner()
    esat_of(partner.conventions[0]).bulletins[0].close(day(3), "Retrait", TODAY)
    successor = change_mode(partner, Mode.DELEGATED, TODAY)

    switch(successor, papers(CDAP.id), day(3), MODE_CHANGE, frozenset(), TODAY, END)

    assert all(b.opened_on is None for a in successor.accesses for b in a.bulletins)
    assert standing(partner, day(3)).services == frozenset()


def test_an_announced_closing_of_a_bulletin_is_kept() -> None:
    partner = a_partner()
    esat_of(partner.conventions[0]).bulletins[0].close(day(8), "Retrait", TODAY)

    successor, _ = switched(partner, day(3))

    (bulletin,) = esat_of(successor).bulletins
    assert (bulletin.ends_on, bulletin.closing_reason) == (day(8), "Retrait")
    assert standing(partner, day(8)).services == frozenset()


def test_a_service_announced_for_later_does_not_open_sooner_by_a_switch() -> None:
    partner = partner_in()
    opened(ready_bulletin(convention_of(partner)), day(8))

    successor, _ = switched(partner, day(3))

    assert esat_of(successor).bulletins[0].opened_on == day(8)


def test_an_announced_replacement_is_withdrawn_before_a_switch_that_comes_first() -> (
    None
):
    """Which of the two the new paper repeats would be a guess, and one of them gives more than the other."""
    partner = a_partner()
    access = esat_of(partner.conventions[0])
    wider = sign_bulletin(draft_bulletin(access.convention, roles=(DECLARANT, READER)))
    access.bulletins[0].replace_with(wider, day(8), frozenset(), TODAY)

    with refused(Rule.BULLETIN_OPENED, "on"):
        switched(partner, day(3))


def test_an_ended_establishment_does_not_come_back() -> None:
    partner = a_partner("75", "92")
    gone = partner.establishments[1]
    gone.ended_on = TODAY

    successor, _ = switched(partner, cna=True)
    group = esat_of(successor).groups[0]
    group.include(partner.affiliations[0], TODAY)

    assert {r.establishment_id for r in standing(partner, TODAY).rights} == {
        partner.establishments[0].id
    }


def test_a_group_of_establishments_that_left_the_scope_reaches_nothing() -> None:
    partner = a_partner("75", "75")
    access = esat_of(partner.conventions[0])
    lost = partner.establishments[1]
    group = access.create_group("Annexe", [lost], TODAY)
    access.attach_role(group, DECLARANT, TODAY)
    narrow = draft_bulletin(access.convention)
    narrow.establishments = partner.establishments[:1]
    access.bulletins[0].replace_with(sign_bulletin(narrow), TODAY, frozenset(), TODAY)

    successor, _ = switched(partner)
    made = next(g for g in esat_of(successor).groups if g.name == "Annexe")
    made.include(partner.affiliations[0], TODAY)

    assert (made.all_establishments, made.establishments) == (False, [])
    assert standing(partner, TODAY).rights == frozenset()


def test_a_role_that_the_bulletin_no_longer_grants_is_not_attached_again() -> None:
    partner = a_partner()
    access = esat_of(partner.conventions[0])
    reading = sign_bulletin(draft_bulletin(access.convention, roles=(READER,)))
    access.bulletins[0].replace_with(reading, TODAY, frozenset(), TODAY)

    successor, _ = switched(partner)

    assert [g.role for g in esat_of(successor).groups] == [None]


# announced, cancelled, again


def test_a_switch_to_come_changes_nothing_before_its_day() -> None:
    partner = a_partner()
    before = standing(partner, day(4))

    switched(partner, day(5))

    assert standing(partner, day(4)) == before
    assert standing(partner, day(5)).mode is Mode.DELEGATED


def withdrawn(successor: Convention) -> Convention:
    """The switch to come is cancelled: the successor on its first day, then the closing of the former."""
    assert successor.in_force_on is not None
    former = next(
        c for c in successor.partner.conventions if c.id == successor.predecessor_id
    )
    successor.close(successor.in_force_on, ClosingReason.ABANDONED, None, TODAY)
    former.cancel_closing(TODAY)
    return former


def test_a_cancelled_switch_leaves_all_as_it_was() -> None:
    partner = a_partner()
    before = {d: standing(partner, day(d)) for d in (0, 5, 50)}
    spans = timeline(partner)
    successor, _ = switched(partner, day(5))

    withdrawn(successor)

    assert timeline(partner) == spans
    assert {d: standing(partner, day(d)) for d in before} == before


def test_after_a_cancelled_switch_another_one_is_prepared() -> None:
    partner = a_partner()
    former = withdrawn(switched(partner, day(5))[0])

    again, _ = switched(partner, day(3))

    assert again.predecessor_id == former.id
    assert [partner.span_on(day(d)).convention_id for d in (2, 3, 9)] == [
        former.id,
        again.id,
        again.id,
    ]


@pytest.mark.parametrize("later", [0, 2])
def test_a_second_switch_follows_the_first(later: int) -> None:
    partner = a_partner()
    first, _ = switched(partner)

    second, _ = switched(partner, day(later), Mode.CENTRALISED, day(later))
    third, _ = switched(partner, day(later), Mode.DELEGATED, day(later))

    assert (second.predecessor_id, third.predecessor_id) == (first.id, second.id)
    assert partner.span_on(day(later)).convention_id == third.id
    assert_well_formed(timeline(partner), REGISTERED)


def test_another_switch_waits_for_the_end_of_the_one_announced() -> None:
    partner = a_partner()
    successor, _ = switched(partner, day(5))

    with refused(Rule.SUCCESSOR_PREPARED) as refusal:
        change_mode(partner, Mode.DELEGATED, TODAY)

    assert refusal.value.notice.detail == successor.id


def test_a_successor_prepared_for_something_else_is_given_up_first() -> None:
    partner = a_partner()
    draft = prepare(partner, Mode.CENTRALISED, SAME_UNIT, TODAY)

    with refused(Rule.SUCCESSOR_PREPARED):
        change_mode(partner, Mode.DELEGATED, TODAY)
    draft.close(TODAY, ClosingReason.ABANDONED, None, TODAY)

    assert (
        change_mode(partner, Mode.DELEGATED, TODAY).predecessor_id
        == partner.conventions[0].id
    )


def test_a_successor_prepared_again_is_filled_again() -> None:
    partner = a_partner()
    access = esat_of(partner.conventions[0])
    prepared = change_mode(partner, Mode.DELEGATED, TODAY)
    reading = sign_bulletin(draft_bulletin(access.convention, roles=(READER,)))
    access.bulletins[0].replace_with(reading, TODAY, frozenset(), TODAY)

    again, _ = switched(partner)

    assert again is prepared
    assert [b.roles for b in esat_of(again).bulletins] == [[READER]]


def test_a_successor_repeats_the_bulletin_that_opens_last() -> None:
    """Whatever the order in which the two were prepared."""
    partner = partner_in()
    convention = convention_of(partner)
    prepared_first = ready_bulletin(convention, roles=(READER,))
    access = opened(sign_bulletin(draft_bulletin(convention)))
    access.bulletins[-1].replace_with(prepared_first, day(8), frozenset(), TODAY)

    successor = change_mode(partner, Mode.DELEGATED, TODAY)

    assert [b.roles for b in esat_of(successor).bulletins] == [[READER]]


def test_a_convention_that_is_to_close_is_not_switched_until_that_is_cancelled() -> (
    None
):
    partner = a_partner()
    former = partner.conventions[0]
    former.close(day(9), ClosingReason.TERMINATED_BY_CAF, None, TODAY)

    with refused(Rule.CONVENTION_CLOSED):
        switched(partner)
    former.cancel_closing(TODAY)
    switched(partner)

    assert former.closed_on == TODAY


# managers


def managed(mode: Mode = Mode.DELEGATED) -> Partner:
    partner = a_partner(mode=mode)
    if mode is Mode.DELEGATED:
        partner.conventions[0].contract.appoint(
            partner.affiliations[0], ManagerKind.MANAGER, TODAY
        )
    return partner


def test_managers_go_on_under_a_successor_of_the_same_mode() -> None:
    partner = managed()
    (manager,) = partner.conventions[0].contract.managers
    manager.end(day(9), TODAY)
    successor = prepare(partner, Mode.DELEGATED, SAME_UNIT, TODAY)
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    switch(successor, papers(), TODAY, SIRET_CHANGE, frozenset(), TODAY)

    assert [
        (m.user_id, m.starts_on, m.ends_on) for m in successor.contract.managers
    ] == [(manager.user_id, TODAY, day(9))]
    assert standing(partner, TODAY).managers == {manager.user_id}


def test_a_manager_whose_post_has_ended_does_not_come_back() -> None:
    partner = managed()
    contract = partner.conventions[0].contract
    gone = contract.appoint(colleague(partner, "Martin"), ManagerKind.DEPUTY, TODAY)
    gone.end(TODAY, TODAY)
    successor = prepare(partner, Mode.DELEGATED, SAME_UNIT, TODAY)
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    switch(successor, papers(), TODAY, SIRET_CHANGE, frozenset(), TODAY)

    assert gone.user_id not in {m.user_id for m in successor.contract.managers}


def test_managers_do_not_survive_a_change_of_mode() -> None:
    partner = managed()

    successor, _ = switched(partner, mode=Mode.CENTRALISED)

    assert successor.contract.managers == []
    assert standing(partner, TODAY).managers == frozenset()


def test_a_delegated_successor_without_a_manager_is_told() -> None:
    _, without = switched(a_partner())
    _, to_centralised = switched(managed(), mode=Mode.CENTRALISED)

    assert Notice(Rule.DELEGATED_WITHOUT_MANAGER) in without
    assert Notice(Rule.DELEGATED_WITHOUT_MANAGER) not in to_centralised


def test_a_delegated_successor_that_keeps_its_manager_is_told_nothing() -> None:
    partner = managed()
    successor = prepare(partner, Mode.DELEGATED, SAME_UNIT, TODAY)
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    notices = switch(successor, papers(), TODAY, SIRET_CHANGE, frozenset(), TODAY)

    assert Notice(Rule.DELEGATED_WITHOUT_MANAGER) not in notices


def test_a_suspended_manager_stays_suspended() -> None:
    partner = managed()
    partner.affiliations[0].suspend(TODAY, "Précaution", BY_ORGANISM)
    successor = prepare(partner, Mode.DELEGATED, SAME_UNIT, TODAY)
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    notices = switch(successor, papers(), TODAY, SIRET_CHANGE, frozenset(), TODAY)

    assert Notice(Rule.DELEGATED_WITHOUT_MANAGER) in notices
    assert standing(partner, TODAY).managers == frozenset()


# another SIRET


def moved(
    partner: Partner, siret: str, department: str | None = None, *, cna: bool = False
) -> Convention:
    successor = prepare(partner, partner.conventions[0].contract.mode, siret, TODAY)
    change_siret(partner, Siret.read(siret), department, TODAY)
    switch(successor, papers(cna=cna), TODAY, SIRET_CHANGE, frozenset(), TODAY)
    return successor


def places(partner: Partner) -> Sequence[tuple[str, str]]:
    return [(e.siret, e.department) for e in partner.establishments]


def test_the_partner_bears_its_new_siret_and_its_own_establishment_moves_with_it() -> (
    None
):
    partner = a_partner()
    (place,) = partner.establishments

    successor = moved(partner, SAME_UNIT, "92")

    assert (partner.siret, successor.siret, places(partner)) == (
        SAME_UNIT,
        SAME_UNIT,
        [(SAME_UNIT, "92")],
    )
    assert [(s.siret, s.ends_on) for s in partner.sirets] == [
        (CANAL, TODAY),
        (SAME_UNIT, None),
    ]
    assert esat_of(successor).bulletins[0].establishments == [place]
    assert esat_of(successor).opened_bulletin(TODAY) is not None


def test_a_siret_of_another_legal_unit_is_a_merger() -> None:
    partner = a_partner()

    successor = moved(partner, ELSEWHERE)

    assert (partner.siren, successor.siret) == (ELSEWHERE[:9], ELSEWHERE)


def test_the_siret_of_another_establishment_of_the_partner_moves_nothing() -> None:
    partner = a_partner("75", "75")

    successor = moved(partner, SIRETS[1])

    assert (partner.siret, places(partner)) == (
        SIRETS[1],
        [(SIRETS[0], "75"), (SIRETS[1], "75")],
    )
    assert len(esat_of(successor).bulletins[0].establishments) == len(
        partner.establishments
    )


def test_unsigned_papers_follow_the_new_siret_and_signed_ones_keep_theirs() -> None:
    partner = partner_in()
    draft = draft_of(partner)
    ended = signed(draft_of(partner), REGISTERED, TODAY, REGISTERED)

    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    assert (draft.siret, ended.siret) == (SAME_UNIT, CANAL)


def test_the_same_siret_is_no_change() -> None:
    with refused(Rule.SIRET_SAME, "siret"):
        change_siret(partner_in(), Siret.read(CANAL), None, TODAY)


@pytest.mark.parametrize(
    ("departments", "to"), [(("75", "75"), "92"), (("92", "75"), "75")]
)
def test_an_establishment_that_moves_leaves_the_past_as_it_was(
    departments: Sequence[str], to: str
) -> None:
    """Who administered is decided by what was signed, not by where the establishments are now."""
    partner = partner_in(*departments)
    convention = convention_of(partner)
    find_eligible(partner, today=REGISTERED)
    wide = len(set(departments)) > 1
    draft = draft_bulletin(convention)
    draft.sign(PAPER, REGISTERED, None, acknowledge_cna=wide, today=REGISTERED)
    draft.open_service(REGISTERED, frozenset(), REGISTERED)
    before = spread(timeline(partner), TODAY)

    moved(partner, "99990001200058", to, cna=True)

    assert spread(timeline(partner), TODAY) == before
    assert partner.span_on(TODAY).administering_id == "org_CNA"


def test_a_move_to_an_excluded_department_closes_the_way() -> None:
    with refused(Rule.DEPARTMENT_EXCLUDED):
        moved(a_partner(), SAME_UNIT, "976")


def live_bulletins(partner: Partner, on: date) -> list[Bulletin]:
    found = (a.opened_bulletin(on) for c in partner.conventions for a in c.accesses)
    return [b for b in found if b is not None]


def test_at_most_one_bulletin_of_a_service_is_open_on_any_day_of_a_switch() -> None:
    partner = a_partner()

    switched(partner, day(3))

    assert [len(live_bulletins(partner, day(d))) for d in range(6)] == [1] * 6


def test_what_is_signed_for_an_announced_successor_does_not_change_meanwhile() -> None:
    access = opened(ready_bulletin(convention_of(partner_in())))
    later = sign_bulletin(draft_bulletin(access.convention, roles=(READER,)))
    successor = change_mode(access.convention.partner, Mode.DELEGATED, TODAY)
    papers = Papers(PAPER, PAPER, {ESAT.id: PAPER}, acknowledge_cna=False)
    switch(successor, papers, day(5), MODE_CHANGE, frozenset(), TODAY, END)

    with refused(Rule.SUCCESSOR_ANNOUNCED):
        later.open_service(TODAY, frozenset(), TODAY)
    with refused(Rule.SUCCESSOR_ANNOUNCED):
        access.bulletins[0].close(day(2), "Motif", TODAY)


# another organism


OTHER = organism("921", OrganismKind.CAF, "92")


def transferred(partner: Partner, on: date) -> Convention:
    """R31: prepared for the other Caf, and switched at once."""
    successor = change_organism(partner, OTHER, TODAY)
    reason = ClosingReason.TRANSFER
    switch(successor, papers(), on, reason, frozenset(), TODAY)
    partner.transfer(OTHER, on)
    return successor


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("on", [0, 7])
def test_a_transfer_leaves_the_past_equal_and_gives_the_other_organism_the_same_rights(
    on: int, mode: Mode
) -> None:
    partner = a_partner(mode=mode)
    former, days = partner.conventions[0], [day(d) for d in range(-9, 20)]
    before = {d: (partner.span_on(d).facts, standing(partner, d)) for d in days}

    successor = transferred(partner, day(on))

    for d in days:
        facts, rights = before[d]
        if d < day(on):
            assert (partner.span_on(d).facts, standing(partner, d)) == (facts, rights)
            assert partner.follower_on(d) == former.organism_id
        else:
            assert partner.span_on(d).administering_id == OTHER.id
            assert partner.span_on(d).signing_id == OTHER.id
            assert standing(partner, d).rights == rights.rights != frozenset()
    assert (former.closed_on, former.organism_id) == (day(on), "org_751")
    assert (successor.predecessor_id, successor.organism_id) == (former.id, OTHER.id)
    successor.close(day(20), ClosingReason.TERMINATED_BY_CAF, None, TODAY)
    assert partner.span_on(day(30)).administering_id == OTHER.id
    assert_well_formed(timeline(partner), REGISTERED)


def test_without_a_convention_the_organism_changes_and_so_do_the_unsigned_papers() -> (
    None
):
    partner = partner_in()
    draft = draft_of(partner)

    partner.transfer(OTHER, TODAY)

    assert draft.organism_id == OTHER.id
    assert [partner.span_on(day(d)).administering_id for d in (-1, 0)] == [
        "org_751",
        OTHER.id,
    ]
    partner.transfer(CAF, TODAY)
    assert [f.organism_id for f in partner.followers] == ["org_751", "org_751"]


def test_a_transfer_goes_to_another_contracting_body_alone() -> None:
    partner = a_partner()

    with refused(Rule.FOLLOWER_SAME, "organism_id"):
        change_organism(partner, CAF, TODAY)
    with refused(Rule.ORGANISM_KIND, "organism_id"):
        change_organism(partner, organism("CR1", OrganismKind.RESOURCE_CENTRE), TODAY)

    assert len(partner.conventions) == 1


def test_an_announced_transfer_that_is_cancelled_leaves_the_organism() -> None:
    partner = a_partner()
    former = partner.conventions[0]
    before = timeline(partner)
    successor = transferred(partner, day(7))

    successor.close(day(7), ClosingReason.ABANDONED, None, TODAY)
    former.cancel_closing(TODAY)

    assert timeline(partner) == before
    assert partner.follower_on(day(30)) == "org_751"
    successor = transferred(partner, day(7))
    assert partner.follower_on(day(7)) == successor.organism_id == OTHER.id


def test_a_draft_prepared_for_one_change_is_not_that_of_another() -> None:
    partner = a_partner()
    change_organism(partner, OTHER, TODAY)

    assert change_organism(partner, OTHER, TODAY) is partner.conventions[-1]
    with refused(Rule.SUCCESSOR_PREPARED):
        prepare(partner, Mode.CENTRALISED, SAME_UNIT, TODAY)
    with refused(Rule.SUCCESSOR_PREPARED):
        change_mode(partner, Mode.DELEGATED, TODAY)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_change_of_siret_loses_none_of_eight_rights_at_midnight(mode: Mode) -> None:
    partner = a_partner("75", "75", mode=mode)
    (group,) = esat_of(partner.conventions[0]).groups
    for name in ("Ana", "Bob", "Cléo"):
        group.include(colleague(partner, name), TODAY)
    before = standing(partner, TODAY)
    assert len(before.rights) == 8

    successor = prepare(partner, mode, SAME_UNIT, TODAY)
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)
    switch(successor, papers(), TODAY, SIRET_CHANGE, frozenset(), TODAY)

    assert standing(partner, TODAY) == before
    assert standing(partner, day(1)) == before
