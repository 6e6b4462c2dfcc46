"""Who suspends ends it: the partner and the organism each have a suspension of their own (R40, R45)."""

from itertools import product

import pytest

from persistence.records import Affiliation, Mode, Rule, User, UserKind
from persistence.records.contracts import ManagerKind
from persistence.records.suspensions import (
    Author,
    SuspensionSide,
    is_suspended,
    suspending,
)

from .build import (
    BY_ORGANISM,
    BY_PARTNER,
    TODAY,
    colleague,
    convention_of,
    day,
    partner_in,
    refused,
)

PARTNER, ORGANISM = SuspensionSide.PARTNER, SuspensionSide.ORGANISM
RULES = {PARTNER: Rule.SUSPENDED_BY_PARTNER, ORGANISM: Rule.SUSPENDED_BY_ORGANISM}
ENDED = {PARTNER: Rule.ENDED_BY_PARTNER, ORGANISM: Rule.ENDED_BY_ORGANISM}


def suspended_by(*sides: SuspensionSide) -> Affiliation:
    person = colleague(partner_in())
    for side in sides:
        person.suspend(TODAY, "Vérification", Author(side, f"usr_{side}"))
    return person


@pytest.mark.parametrize(
    ("side", "centralised"), list(product(SuspensionSide, (False, True)))
)
def test_a_suspension_is_ended_by_its_own_side_and_in_centralised_mode_by_the_organism(
    side: SuspensionSide, *, centralised: bool
) -> None:
    for author in (BY_PARTNER, BY_ORGANISM):
        person = suspended_by(side)
        if author.side is side or (centralised and author.side is ORGANISM):
            assert person.reinstate(day(1), author, centralised=centralised) == []
            assert not is_suspended(person.suspensions, day(1))
        else:
            with refused(RULES[side]):
                person.reinstate(day(1), author, centralised=centralised)
            assert is_suspended(person.suspensions, day(1))


def test_a_suspension_without_a_reason_is_refused_at_the_reason_of_the_suspension() -> (
    None
):
    person = colleague(partner_in())

    with refused(Rule.VALUE_INVALID, "suspension_reason"):
        person.suspend(TODAY, " ", BY_PARTNER)

    assert not person.suspensions


def test_both_sides_suspend_and_the_rights_stop_until_the_last_one_ends() -> None:
    person = suspended_by(PARTNER, ORGANISM)

    notices = person.reinstate(
        day(1), Author(PARTNER, "usr_manager"), centralised=False
    )

    assert [n.rule for n in notices] == [Rule.STILL_SUSPENDED]
    assert suspending(person.suspensions, day(1)) == {ORGANISM}
    with refused(Rule.SUSPENDED_BY_ORGANISM):
        person.reinstate(day(1), BY_PARTNER, centralised=False)
    assert person.reinstate(day(2), BY_ORGANISM, centralised=False) == []
    assert not is_suspended(person.suspensions, day(2))


def test_the_organism_that_manages_the_people_ends_both_at_once() -> None:
    person = suspended_by(PARTNER, ORGANISM)

    assert person.reinstate(day(1), BY_ORGANISM, centralised=True) == []

    assert not is_suspended(person.suspensions, day(1))


def test_a_side_suspends_once_and_both_authors_are_recorded() -> None:
    person = suspended_by(PARTNER)
    with refused(Rule.ALREADY_SUSPENDED):
        person.suspend(TODAY, "Encore", BY_PARTNER)

    person.reinstate(day(1), Author(PARTNER, "usr_other"), centralised=False)

    (one,) = person.suspensions
    assert (one.side, one.set_by_id, one.ended_by_id) == (
        PARTNER,
        "usr_PARTNER",
        "usr_other",
    )


def test_who_left_and_comes_back_is_still_suspended_by_the_organism() -> None:
    """The partner could else lift it: deactivate, then invite again."""
    person = suspended_by(PARTNER, ORGANISM)
    partner = person.partner
    identity, person.user_id = person.user, "usr_one"
    identity.id = "usr_one"
    person.leave(day(1), day(1), BY_PARTNER)
    again = partner.invite(
        User.person("Delphine", "Dubois", "d@example.invalid"), None, day(2)
    )

    partner.welcome(again, identity, day(2))

    assert suspending(again.suspensions, day(2)) == {ORGANISM}
    assert suspending(person.suspensions, day(2)) == {
        PARTNER
    }  # it has moved, and is ended once for all


def test_a_mandate_given_again_is_still_suspended_by_the_organism() -> None:
    partner = partner_in()
    client = User.person("", "Paie Fictive", "paie@editeur.invalid", UserKind.MACHINE)
    mandate = partner.mandate(client, None, TODAY)
    mandate.suspend(TODAY, "Vérification", BY_ORGANISM)
    mandate.revoke(day(1), day(1))

    again = partner.mandate(client, None, day(1))

    assert suspending(again.suspensions, day(1)) == {ORGANISM}


@pytest.mark.parametrize(
    ("side", "centralised"), list(product(SuspensionSide, (False, True)))
)
def test_a_departure_to_come_is_undone_by_who_announced_it(
    side: SuspensionSide, *, centralised: bool
) -> None:
    for author in (BY_PARTNER, BY_ORGANISM):
        person = colleague(partner_in())
        person.leave(day(5), TODAY, Author(side))
        if author.side is side or (centralised and author.side is ORGANISM):
            person.cancel_leaving(day(1), author, centralised=centralised)
            assert person.ends_on is None
        else:
            with refused(ENDED[side]):
                person.cancel_leaving(day(1), author, centralised=centralised)
            assert person.ends_on == day(5)


def test_bringing_forward_the_departure_that_the_organism_announced_does_not_make_it_one_s_own() -> (
    None
):
    person = colleague(partner_in())
    person.leave(day(5), TODAY, BY_ORGANISM)
    person.leave(day(4), TODAY, BY_PARTNER)

    with refused(Rule.ENDED_BY_ORGANISM):
        person.cancel_leaving(day(1), BY_PARTNER, centralised=False)


def test_a_deputy_does_not_appoint_again_whom_the_organism_has_ended() -> None:
    """R39: else a post taken away by the Caf would be given back by the partner."""
    partner = partner_in()
    contract = convention_of(partner, Mode.DELEGATED).contract
    person, other = colleague(partner, "Ancienne"), colleague(partner, "Autre")
    post = contract.appoint(person, ManagerKind.MANAGER, TODAY)
    post.end(TODAY, TODAY)

    with refused(Rule.MANAGER_ENDED, "user_id"):
        contract.appoint(person, ManagerKind.DEPUTY, TODAY, PARTNER)
    contract.appoint(other, ManagerKind.DEPUTY, TODAY, PARTNER)
    contract.appoint(person, ManagerKind.MANAGER, TODAY, ORGANISM)
