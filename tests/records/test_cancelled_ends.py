"""An end still to come is undone, and all is as it was; what has come, or was agreed, or is taken, stays."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from persistence.records import (
    Affiliation,
    Rule,
    ServiceAccess,
    User,
    UserKind,
    standing,
)

from .build import (
    BY_PARTNER,
    TODAY,
    colleague,
    day,
    draft_bulletin,
    esat_access,
    group_of,
    refused,
    sign_bulletin,
)


def staffed() -> tuple[ServiceAccess, Affiliation]:
    access = esat_access()
    person = colleague(access.convention.partner)
    group_of(access).include(person, TODAY)
    return access, person


def endings() -> dict[
    str, Callable[[ServiceAccess, Affiliation, date], Callable[[date], None]]
]:
    """What ends on a day, and how that end is cancelled on another."""

    def bulletin(
        access: ServiceAccess, _: Affiliation, on: date
    ) -> Callable[[date], None]:
        access.bulletins[0].close(on, "Départ", TODAY)
        return access.bulletins[0].cancel_closing

    def group(
        access: ServiceAccess, _: Affiliation, on: date
    ) -> Callable[[date], None]:
        access.groups[0].close(on, TODAY)
        return access.groups[0].cancel_closing

    def affiliation(
        _: ServiceAccess, person: Affiliation, on: date
    ) -> Callable[[date], None]:
        person.leave(on, TODAY, BY_PARTNER)
        return partial(person.cancel_leaving, author=BY_PARTNER, centralised=False)

    return {"bulletin": bulletin, "group": group, "affiliation": affiliation}


@pytest.mark.parametrize("what", endings())
def test_an_end_to_come_is_cancelled_and_all_is_as_before(what: str) -> None:
    access, person = staffed()
    partner = access.convention.partner
    before = standing(partner, day(9))
    cancel = endings()[what](access, person, day(5))
    assert standing(partner, day(9)).rights == frozenset()

    cancel(day(4))

    assert standing(partner, day(9)) == before


@pytest.mark.parametrize("what", endings())
def test_an_end_that_has_come_is_not_cancelled(what: str) -> None:
    for on in (TODAY, day(5)):
        access, person = staffed()
        cancel = endings()[what](access, person, on)

        with refused(Rule.CLOSING_PASSED):
            cancel(on)


def test_what_does_not_end_has_no_end_to_cancel() -> None:
    access, person = staffed()
    cancel_leaving = partial(
        person.cancel_leaving, author=BY_PARTNER, centralised=False
    )

    for cancel in (
        access.bulletins[0].cancel_closing,
        access.groups[0].cancel_closing,
        cancel_leaving,
    ):
        with refused(Rule.CLOSING_PASSED):
            cancel(TODAY)


def test_a_closing_is_not_cancelled_once_another_bulletin_has_the_place() -> None:
    """R34."""
    access, _ = staffed()
    former = access.bulletins[0]
    successor = sign_bulletin(draft_bulletin(access.convention))
    former.replace_with(successor, day(5), frozenset(), TODAY)

    with refused(Rule.BULLETIN_OPENED):
        former.cancel_closing(TODAY)
    successor.close(day(5), "Retrait", TODAY)
    former.cancel_closing(TODAY)

    assert access.opened_bulletin(day(9)) is former
    with refused(Rule.BULLETIN_OPENED):
        successor.cancel_closing(TODAY)


def test_the_end_of_a_mandate_is_agreed_and_not_cancelled() -> None:
    partner = esat_access().convention.partner
    client = User.person("", "Paie Fictive", "paie@editeur.invalid", UserKind.MACHINE)
    mandate = partner.mandate(client, day(5), TODAY)

    with refused(Rule.NOT_A_PERSON):
        mandate.cancel_leaving(TODAY, BY_PARTNER, centralised=False)

    assert mandate.ends_on == day(5)
