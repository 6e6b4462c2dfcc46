"""Users: one identity, affiliations that begin and end, suspensions; a stranger is nobody's colleague (R40)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from persistence.engine import Database
from persistence.records import Affiliation, Partner, Rule, Suspension, User
from persistence.records.suspensions import is_suspended

from .build import (
    BY_ORGANISM,
    BY_PARTNER,
    REGISTERED,
    TODAY,
    colleague,
    day,
    partner_in,
    refused,
)
from .keys import CANAL, accepted, broken, convention_in_force, one

NOW = datetime(2026, 12, 10, 8, tzinfo=UTC)


def _invited(partner: Partner) -> Affiliation:
    made = colleague(partner)
    made.accepted_on = None
    made.invitation_digest, made.invitation_expires_at = "d", NOW + timedelta(hours=72)
    return made


@pytest.mark.parametrize(
    "email", ["", "delphine", "a@b", "a b@c.invalid", "a@b.invalid.", "a@@b.invalid"]
)
def test_an_address_that_cannot_be_written_to_is_refused(email: str) -> None:
    with refused(Rule.EMAIL_FORMAT, "email"):
        User.person("Delphine", "Dubois", email)


def test_a_person_has_a_family_name() -> None:
    with refused(Rule.VALUE_INVALID, "family_name"):
        User.person("Delphine", " ", "delphine@example.invalid")


def test_a_shared_box_is_announced_not_refused() -> None:
    shared, own = (
        User.person("D", "Dubois", f"{box}@example.invalid")
        for box in ("Compta", "delphine")
    )

    assert [n.rule for n in shared.warnings()] == [Rule.EMAIL_SHARED]
    assert own.warnings() == []


def test_a_colleague_is_affiliated_once_at_a_time() -> None:
    partner = partner_in()
    first = colleague(partner)

    with refused(Rule.ALREADY_AFFILIATED, "email"):
        colleague(partner)
    first.end(TODAY, TODAY)

    assert colleague(partner).is_active_on(TODAY)


def test_a_stranger_is_no_colleague() -> None:
    partner, other = partner_in(), partner_in()
    mine, theirs = colleague(partner), colleague(other)

    assert partner.affiliation_of(mine.user_id, TODAY) is mine
    with refused(Rule.STRANGER):
        partner.affiliation_of(theirs.user_id, TODAY)
    mine.end(day(1), TODAY)
    with refused(Rule.STRANGER):
        partner.affiliation_of(mine.user_id, day(1))


def test_an_affiliation_is_ordered_by_the_name_of_its_person_corrected_or_accepted() -> (
    None
):
    invited = _invited(partner_in())
    assert invited.sort_key == invited.user.sort_key

    invited.correct("Ève", "Ærøskøbing", "eve@example.invalid", None)
    assert invited.sort_key == "aerøskøbing eve"

    invited.accept(User.person("Éric", "Élan", "eric@example.invalid"), NOW, TODAY)
    assert invited.sort_key == "elan eric"


def test_the_end_of_an_affiliation_is_the_first_day_without_it() -> None:
    affiliation = colleague(partner_in())

    with refused(Rule.DATE_PAST, "on"):
        affiliation.end(day(-1), TODAY)
    affiliation.end(day(2), TODAY)
    with refused(Rule.ALREADY_ENDED, "on"):
        affiliation.end(day(3), TODAY)

    assert [d for d in range(-1, 4) if affiliation.is_active_on(day(d))] == [0, 1]


def test_a_suspension_runs_from_the_day_it_is_said_until_the_reinstatement() -> None:
    affiliation = colleague(partner_in())

    with refused(Rule.VALUE_INVALID, "suspension_reason"):
        affiliation.suspend(TODAY, " ", BY_ORGANISM)
    affiliation.suspend(TODAY, "Absence", BY_ORGANISM)
    with refused(Rule.ALREADY_SUSPENDED):
        affiliation.suspend(day(1), "Encore", BY_ORGANISM)
    affiliation.reinstate(day(2), BY_ORGANISM, centralised=False)
    with refused(Rule.NOT_SUSPENDED):
        affiliation.reinstate(day(2), BY_ORGANISM, centralised=False)

    assert [
        d for d in range(-1, 4) if is_suspended(affiliation.suspensions, day(d))
    ] == [0, 1]
    assert affiliation.is_active_on(TODAY)


def test_a_suspension_lifted_the_same_day_leaves_nothing_suspended() -> None:
    affiliation = colleague(partner_in())
    affiliation.suspend(TODAY, "Erreur", BY_ORGANISM)

    affiliation.reinstate(TODAY, BY_ORGANISM, centralised=False)

    assert not is_suspended(affiliation.suspensions, TODAY)


def test_someone_who_has_left_is_not_suspended() -> None:
    affiliation = colleague(partner_in())
    affiliation.end(TODAY, TODAY)

    with refused(Rule.ALREADY_ENDED):
        affiliation.suspend(TODAY, "Absence", BY_ORGANISM)


def test_an_invitation_serves_once() -> None:
    affiliation = _invited(partner_in())
    identity = User.person("Delphine", "Dubois", "d@example.invalid")

    affiliation.accept(identity, NOW, TODAY)

    assert (
        affiliation.user,
        affiliation.accepted_on,
        affiliation.invitation_digest,
    ) == (identity, TODAY, None)
    with refused(Rule.INVITATION_INVALID, "invitation"):
        affiliation.accept(identity, NOW, TODAY)


def test_an_invitation_expires_and_ends_with_the_affiliation() -> None:
    late, gone = _invited(partner_in()), _invited(partner_in())
    gone.end(TODAY, TODAY)

    with refused(Rule.INVITATION_INVALID, "invitation"):
        late.accept(late.user, NOW + timedelta(hours=72), TODAY)
    with refused(Rule.INVITATION_INVALID, "invitation"):
        gone.accept(gone.user, NOW, TODAY)


# the keys


async def test_the_keys_suspend_exactly_one_object(database: Database) -> None:
    row = {"id": "sus_1", "version": 1, "starts_on": TODAY, "reason": "Motif"}
    convention = {"convention_id": await convention_in_force(database, CANAL)}
    affiliation = {
        "affiliation_id": await one(
            database, Affiliation.id, Affiliation.partner_id == CANAL
        )
    }

    two = await broken(
        database, insert(Suspension).values(**row, **convention, **affiliation)
    )
    none = await broken(database, insert(Suspension).values(**row))
    await accepted(database, insert(Suspension).values(**row, **convention))

    assert "one_object" in two
    assert "one_object" in none


async def test_the_keys_affiliate_a_person_once_at_a_time(database: Database) -> None:
    known = await one(
        database,
        Affiliation,
        Affiliation.partner_id == CANAL,
        Affiliation.ends_on.is_(None),
    )
    row = {
        "id": "aff_1",
        "version": 1,
        "partner_id": CANAL,
        "user_id": known.user_id,
        "starts_on": REGISTERED,
    }

    said = await broken(database, insert(Affiliation).values(**row))
    await accepted(database, insert(Affiliation).values(**row, ends_on=TODAY))

    assert "affiliation.partner_id" in said or "uq_affiliation_active" in said


def test_the_card_is_the_partner_s_until_the_person_accepts() -> None:
    affiliation = _invited(partner_in())

    notices = affiliation.correct(
        "Delphine", "Dubosc", "contact@example.invalid", "Comptable"
    )

    assert (affiliation.user.family_name, affiliation.job_title) == (
        "Dubosc",
        "Comptable",
    )
    assert [n.rule for n in notices] == [Rule.EMAIL_SHARED]


def test_an_accepted_identity_is_the_person_s_own_and_the_job_title_the_partner_s() -> (
    None
):
    affiliation = colleague(partner_in())
    user = affiliation.user

    affiliation.correct(
        user.given_name, user.family_name, user.email or "", "Directrice"
    )

    assert affiliation.job_title == "Directrice"
    with refused(Rule.IDENTITY_ACCEPTED):
        affiliation.correct("Autre", user.family_name, user.email or "", None)


def test_an_invitation_is_renewed_until_it_is_accepted_and_while_the_card_holds() -> (
    None
):
    invited, ended = _invited(partner_in()), _invited(partner_in())
    ended.end(TODAY, TODAY)

    invited.await_acceptance("new", NOW + timedelta(hours=144), TODAY)
    with refused(Rule.ALREADY_ENDED):
        ended.await_acceptance("new", NOW + timedelta(hours=144), TODAY)

    assert (invited.invitation_digest, ended.invitation_digest) == ("new", "d")
    invited.accept(invited.user, NOW, TODAY)
    with refused(Rule.INVITATION_ACCEPTED):
        invited.await_acceptance("newer", NOW + timedelta(hours=144), TODAY)


def test_a_departure_that_the_partner_brings_forward_stays_its_own() -> None:
    leaving = colleague(partner_in())
    leaving.leave(day(5), TODAY, BY_PARTNER)

    leaving.leave(day(3), TODAY, BY_PARTNER)
    leaving.cancel_leaving(TODAY, BY_PARTNER, centralised=False)

    assert leaving.ends_on is None
