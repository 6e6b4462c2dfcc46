"""R10: everything is prepared once a bulletin is signed; the right comes from the bulletin opened that day.

An inclusion has a first and a last day, and goes on under a successor as the switch says (R43, A7).
"""

from datetime import date

import pytest

from persistence.records import (
    Convention,
    Group,
    Mode,
    Partner,
    Rule,
    ServiceAccess,
    standing,
)
from persistence.records.carrying import MembersAtSwitch
from persistence.records.conventions import ClosingReason
from persistence.records.identifiers import Siret
from persistence.records.siret_changes import change_siret
from persistence.records.successions import Papers, change_mode, prepare, switch

from .build import (
    DECLARANT,
    ESAT,
    PAPER,
    READER,
    SAME_UNIT,
    TODAY,
    colleague,
    convention_of,
    day,
    draft_bulletin,
    draft_of,
    esat_access,
    group_of,
    opened,
    partner_in,
    ready_bulletin,
    refused,
)

CARRY, END = MembersAtSwitch.CARRY, MembersAtSwitch.END
PAPERS = Papers(PAPER, PAPER, {ESAT.id: PAPER}, acknowledge_cna=False)


def who(partner: Partner, on: date) -> set[str]:
    return {right.user_id for right in standing(partner, on).rights}


def codes(access: ServiceAccess, group: Group) -> list[Rule]:
    return [notice.rule for notice in access.notices(group, TODAY)]


# before the opening


def test_all_is_prepared_on_a_signed_bulletin_and_gives_no_right_before_the_opening() -> (
    None
):
    bulletin = ready_bulletin(convention_of(partner_in()))
    access, partner = bulletin.access, bulletin.access.convention.partner
    person = colleague(partner)

    group = group_of(access)
    group.include(person, TODAY)

    assert codes(access, group) == [Rule.SERVICE_NOT_OPEN_YET]
    assert who(partner, TODAY) == who(partner, day(30)) == set()
    opened(bulletin, day(5))
    assert codes(access, group) == [Rule.SERVICE_NOT_OPEN_YET]
    assert who(partner, day(4)) == set()
    assert who(partner, day(5)) == {person.user.id}


def test_once_the_service_is_open_nothing_is_noticed() -> None:
    access = esat_access()

    assert codes(access, group_of(access)) == []


def test_what_only_a_bulletin_to_come_grants_is_prepared_with_a_notice() -> None:
    access = esat_access()
    later = draft_bulletin(access.convention, roles=(READER,))
    later.sign(PAPER, day(5), None, acknowledge_cna=False, today=TODAY)
    group = access.create_group("Lecteurs", None, TODAY)

    access.attach_role(group, READER, TODAY)
    group.include(colleague(access.convention.partner), TODAY)

    assert codes(access, group) == [Rule.SERVICE_NOT_OPEN_YET]
    assert who(access.convention.partner, TODAY) == set()


def test_nothing_is_prepared_on_a_bulletin_that_is_not_signed_or_that_is_over() -> None:
    draft = draft_bulletin(convention_of(partner_in())).access
    withdrawn = ready_bulletin(convention_of(partner_in())).access
    withdrawn.bulletins[0].close(TODAY, "Retrait", TODAY)
    closed = ready_bulletin(convention_of(partner_in())).access
    closed.convention.close(TODAY, ClosingReason.TERMINATED_BY_CAF, None, TODAY)

    for access in (draft, withdrawn, closed):
        with refused(Rule.SERVICE_NOT_OPEN):
            access.create_group("Déclarants", None, TODAY)


def test_nothing_is_prepared_on_a_bulletin_that_is_withdrawn_before_it_takes_effect() -> (
    None
):
    bulletin = draft_bulletin(convention_of(partner_in()))
    bulletin.sign(PAPER, day(5), None, acknowledge_cna=False, today=TODAY)
    bulletin.close(day(3), "Retrait", TODAY)

    with refused(Rule.SERVICE_NOT_OPEN):
        bulletin.access.create_group("Déclarants", None, TODAY)


def test_an_establishment_that_only_a_bulletin_to_come_names_is_prepared_with_a_notice() -> (
    None
):
    access = esat_access()
    partner = access.convention.partner
    (here,) = partner.establishments
    there = partner.add_establishment(
        Siret.read(SAME_UNIT), "Annexe", "75", None, TODAY
    )
    later = draft_bulletin(access.convention)
    later.sign(PAPER, day(5), None, acknowledge_cna=False, today=TODAY)
    notices = {}
    for place in (here, there):
        group = access.create_group(place.name, [place], TODAY)
        access.attach_role(group, DECLARANT, TODAY)
        notices[place.name] = codes(access, group)

    assert notices == {here.name: [], there.name: [Rule.SERVICE_NOT_OPEN_YET]}


def test_nobody_is_included_once_the_service_is_over() -> None:
    access = esat_access()
    group, person = group_of(access), colleague(access.convention.partner)
    access.bulletins[0].close(TODAY, "Retrait", TODAY)

    with refused(Rule.SERVICE_NOT_OPEN):
        group.include(person, TODAY)


def test_somebody_is_included_in_a_successor_that_is_announced() -> None:
    partner, former, _ = staffed()
    successor = switched(partner, day(5), END)
    (group,) = esat_of(successor).groups
    newcomer = colleague(partner, "Nouvelle")

    group.include(newcomer, TODAY)

    assert codes(group.access, group) == [Rule.SERVICE_NOT_OPEN_YET]
    assert newcomer.user.id not in who(partner, day(4))
    assert who(partner, day(5)) == {newcomer.user.id}
    assert former.closed_on == day(5)


# a first and a last day


def test_an_inclusion_gives_its_right_from_its_first_day_to_its_last() -> None:
    access = esat_access()
    partner = access.convention.partner
    person = colleague(partner)

    group_of(access).include(person, TODAY, day(2), day(4))

    assert [d for d in range(6) if who(partner, day(d))] == [2, 3]


def test_an_inclusion_neither_begins_before_today_nor_ends_before_it_begins() -> None:
    access = esat_access()
    group, person = group_of(access), colleague(access.convention.partner)

    with refused(Rule.DATE_PAST, "starts_on"):
        group.include(person, TODAY, day(-1))
    with refused(Rule.DATE_ORDER, "ends_on"):
        group.include(person, TODAY, day(2), day(2))


def test_two_inclusions_of_a_person_in_a_group_do_not_overlap_and_a_longer_one_puts_off_the_end() -> (
    None
):
    access = esat_access()
    group, person = group_of(access), colleague(access.convention.partner)
    group.include(person, TODAY, None, day(4))

    with refused(Rule.ALREADY_MEMBER):
        group.include(person, TODAY, day(1), day(3))
    group.include(person, TODAY, day(2), day(6))
    group.include(person, TODAY, day(8), day(9))

    assert [(m.starts_on, m.ends_on) for m in group.memberships] == [
        (TODAY, day(6)),
        (day(8), day(9)),
    ]
    with refused(Rule.ALREADY_MEMBER):
        group.include(person, TODAY, day(7))


def test_an_inclusion_may_end_on_the_day_on_which_another_begins() -> None:
    access = esat_access()
    group, person = group_of(access), colleague(access.convention.partner)
    group.include(person, TODAY, day(4))

    group.include(person, TODAY, None, day(4))

    assert [(m.starts_on, m.ends_on) for m in group.memberships] == [
        (day(4), None),
        (TODAY, day(4)),
    ]


def test_an_inclusion_told_again_with_its_own_end_is_known_and_with_none_goes_on() -> (
    None
):
    access = esat_access()
    group, person = group_of(access), colleague(access.convention.partner)
    first = group.include(person, TODAY, None, day(4))

    with refused(Rule.ALREADY_MEMBER):
        group.include(person, TODAY, None, day(4))

    assert group.include(person, TODAY) is first
    assert first.ends_on is None


def test_an_inclusion_to_come_is_removed_before_it_begins() -> None:
    access = esat_access()
    partner = access.convention.partner
    group, person = group_of(access), colleague(partner)
    group.include(person, TODAY, day(3))

    group.exclude(person, TODAY, TODAY)

    assert who(partner, day(3)) == set()
    with refused(Rule.NOT_MEMBER):
        group.exclude(person, TODAY, TODAY)


# at a switch


def staffed(mode: Mode = Mode.CENTRALISED) -> tuple[Partner, Convention, Group]:
    access = esat_access(mode)
    group = group_of(access)
    for name in ("Dubois", "Durand"):
        group.include(colleague(access.convention.partner, name), TODAY)
    return access.convention.partner, access.convention, group


def switched(
    partner: Partner,
    on: date,
    members: MembersAtSwitch | None,
    mode: Mode = Mode.DELEGATED,
) -> Convention:
    successor = change_mode(partner, mode, TODAY)
    reason = ClosingReason.DELEGATION_CHANGE
    notices = switch(successor, PAPERS, on, reason, frozenset(), TODAY, members)
    assert (Rule.MEMBERS_END in {n.rule for n in notices}) is (members is END)
    return successor


def esat_of(convention: Convention) -> ServiceAccess:
    return next(a for a in convention.accesses if a.service is ESAT)


def test_a_change_of_siret_carries_the_memberships_over_and_loses_no_right() -> None:
    partner, former, group = staffed()
    before = standing(partner, TODAY).rights
    successor = prepare(partner, Mode.CENTRALISED, SAME_UNIT, TODAY)
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    notices = switch(
        successor, PAPERS, TODAY, ClosingReason.SIRET_CHANGE, frozenset(), TODAY
    )

    assert notices == []
    assert len(before) == 2
    assert (
        standing(partner, TODAY).rights == standing(partner, day(30)).rights == before
    )
    (again,) = esat_of(successor).groups
    assert {m.starts_on for m in again.memberships} == {TODAY}
    assert not {m.id for m in again.memberships} & {m.id for m in group.memberships}
    assert former.closed_on == TODAY


def test_a_change_of_siret_does_not_carry_a_role_that_the_new_bulletin_does_not_grant() -> (
    None
):
    partner, _, _ = staffed()
    successor = prepare(partner, Mode.CENTRALISED, SAME_UNIT, TODAY)
    esat_of(successor).bulletins[0].roles = [READER]
    change_siret(partner, Siret.read(SAME_UNIT), None, TODAY)

    notices = switch(
        successor, PAPERS, TODAY, ClosingReason.SIRET_CHANGE, frozenset(), TODAY
    )

    assert [n.rule for n in notices] == [Rule.MEMBERS_END]
    assert who(partner, TODAY) == set()


def test_a_change_of_mode_says_what_becomes_of_the_people_when_there_are_some() -> None:
    partner, _, _ = staffed()
    with refused(Rule.MEMBERS_CHOICE, "members"):
        switched(partner, TODAY, None)

    empty = opened(ready_bulletin(convention_of(partner_in()))).convention.partner
    successor = change_mode(empty, Mode.DELEGATED, TODAY)
    switch(
        successor, PAPERS, TODAY, ClosingReason.DELEGATION_CHANGE, frozenset(), TODAY
    )


@pytest.mark.parametrize("on", [0, 5])
def test_a_change_of_mode_carries_or_ends_the_memberships_as_it_says(on: int) -> None:
    for members, staying in ((CARRY, 2), (END, 0)):
        partner, _, _ = staffed()
        switched(partner, day(on), members)

        assert len(who(partner, day(on))) == staying
        assert len(who(partner, day(on - 1))) == (2 if on else 0)


def test_what_is_carried_keeps_its_last_day_and_who_has_left_is_not_carried() -> None:
    access = esat_access()
    partner, group = access.convention.partner, group_of(access)
    short, gone = colleague(partner, "Courte"), colleague(partner, "Partie")
    group.include(short, TODAY, None, day(8))
    group.include(gone, TODAY)
    gone.end(day(3), TODAY)

    successor = change_mode(partner, Mode.DELEGATED, TODAY)
    notices = switch(
        successor,
        PAPERS,
        day(5),
        ClosingReason.DELEGATION_CHANGE,
        frozenset(),
        TODAY,
        CARRY,
    )

    assert Rule.MEMBERS_END in {n.rule for n in notices}
    assert [
        (m.starts_on, m.ends_on) for m in esat_of(successor).groups[0].memberships
    ] == [(day(5), day(8))]


def test_what_is_taken_away_before_an_announced_switch_does_not_come_back_with_it() -> (
    None
):
    """Removed, closed or given a lesser role meanwhile, under the former: the successor follows."""
    partner, _, group = staffed()
    successor = switched(partner, day(5), CARRY)
    (again,) = esat_of(successor).groups
    first, second = (m.affiliation_id for m in group.memberships)
    people = {a.id: a for a in partner.affiliations}

    group.exclude(people[first], day(1), TODAY)
    assert who(partner, day(5)) == {people[second].user.id}
    group.close(day(2), TODAY)
    assert who(partner, day(5)) == set()
    group.cancel_closing(TODAY)
    assert who(partner, day(5)) == {people[second].user.id}
    group.take_role(READER, TODAY)
    assert (again.role, again.role_id) == (READER, READER.id)
    group.take_role(DECLARANT, TODAY)
    assert len(who(partner, day(5))) == 1


def test_a_group_closed_on_the_day_of_a_switch_does_not_close_the_one_that_has_followed_it() -> (
    None
):
    partner, former, _ = staffed()
    successor = switched(partner, day(5), CARRY)
    (old,), (new,) = esat_of(former).groups, esat_of(successor).groups

    old.close(day(5), day(5))

    assert (old.closed_on, new.closed_on) == (day(5), None)


def test_a_draft_of_a_successor_changes_nothing_of_what_is_done_to_a_group() -> None:
    partner, former, _ = staffed()
    draft_of(partner)
    (group,) = esat_of(former).groups

    group.close(day(1), TODAY)

    assert group.closed_on == day(1)
