"""Mandates: a machine client declares for a partner, until it is revoked; it is no person."""

from datetime import UTC, date, datetime, timedelta

import pytest

from persistence.records import Affiliation, Partner, Rule, User, UserKind

from .build import TODAY, colleague, day, partner_in, refused

NOW = datetime(2026, 12, 10, 8, tzinfo=UTC)


def _client() -> User:
    return User.person("", "Paie fictive", "paie@example.invalid", UserKind.MACHINE)


def _mandated(partner: Partner, until: date | None = None) -> Affiliation:
    return partner.mandate(_client(), until, TODAY)


def test_a_mandate_is_an_affiliation_that_holds_at_once_without_an_invitation() -> None:
    partner = partner_in()

    mandate = _mandated(partner)

    assert (mandate.starts_on, mandate.ends_on, mandate.accepted_on) == (
        TODAY,
        None,
        TODAY,
    )
    assert (mandate.invitation_digest, mandate.invitation_expires_at) == (None, None)
    assert partner.affiliation_of(mandate.user_id, TODAY) is mandate


def test_a_person_has_no_mandate() -> None:
    person = User.person("Delphine", "Dubois", "d@example.invalid")
    partner = partner_in()

    with refused(Rule.NOT_A_MACHINE, "client"):
        partner.mandate(person, None, TODAY)

    assert partner.affiliations == []


@pytest.mark.parametrize("offset", [-1, 0])
def test_a_mandate_ends_after_today(offset: int) -> None:
    with refused(Rule.DATE_PAST, "until"):
        _mandated(partner_in(), day(offset))


def test_the_end_of_a_mandate_is_the_first_day_without_it() -> None:
    mandate = _mandated(partner_in(), day(1))

    assert [mandate.is_active_on(day(offset)) for offset in (-1, 0, 1)] == [
        False,
        True,
        False,
    ]


def test_a_client_has_one_mandate_at_a_time_at_a_partner() -> None:
    partner, other, client = partner_in(), partner_in(), _client()
    first = partner.mandate(client, day(5), TODAY)

    with refused(Rule.ALREADY_AFFILIATED, "client"):
        partner.mandate(client, None, day(4))
    again = partner.mandate(client, None, day(5))

    assert (first.is_active_on(day(5)), again.is_active_on(day(5))) == (False, True)
    assert other.mandate(client, None, TODAY).is_active_on(TODAY)


def test_a_mandate_is_revoked_today_or_later_and_its_end_is_never_put_off() -> None:
    mandate = _mandated(partner_in(), day(5))

    with refused(Rule.DATE_PAST, "on"):
        mandate.revoke(day(-1), TODAY)
    with refused(Rule.ALREADY_ENDED, "on"):
        mandate.revoke(day(5), TODAY)
    mandate.revoke(day(2), TODAY)
    mandate.revoke(TODAY, TODAY)

    assert not mandate.is_active_on(TODAY)


def test_the_affiliation_of_a_person_is_no_mandate_to_revoke() -> None:
    affiliation = colleague(partner_in())

    with refused(Rule.NOT_A_MACHINE):
        affiliation.revoke(TODAY, TODAY)

    assert affiliation.ends_on is None


def test_a_machine_does_not_accept_an_invitation() -> None:
    affiliation = colleague(partner_in())
    invited = affiliation.user
    affiliation.accepted_on = None
    affiliation.invitation_digest, affiliation.invitation_expires_at = (
        "d",
        NOW + timedelta(hours=72),
    )

    with refused(Rule.NOT_A_PERSON):
        affiliation.accept(_client(), NOW, TODAY)

    assert (
        affiliation.user,
        affiliation.accepted_on,
        affiliation.invitation_digest,
    ) == (invited, None, "d")


def test_a_mandate_is_not_taken_by_a_person_either() -> None:
    mandate = _mandated(partner_in())

    with refused(Rule.INVITATION_INVALID, "invitation"):
        mandate.accept(
            User.person("Delphine", "Dubois", "d@example.invalid"), NOW, TODAY
        )


def test_the_name_of_a_client_is_not_the_partner_s_to_correct() -> None:
    mandate = _mandated(partner_in())

    with refused(Rule.IDENTITY_ACCEPTED):
        mandate.correct("", "Autre paie", "paie@example.invalid", None)
    mandate.correct("", "Paie fictive", "paie@example.invalid", "Éditeur")

    assert (mandate.user.family_name, mandate.job_title) == ("Paie fictive", "Éditeur")
