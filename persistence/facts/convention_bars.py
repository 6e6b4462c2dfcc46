"""What bars the acts on conventions."""

from sqlalchemy import FromClause, and_, case, not_, or_

from persistence.reading.question import SqlTest
from persistence.records import Partner, Rule
from persistence.records.base import table
from persistence.records.cases import is_legacy
from persistence.records.periods import exists

from .states import (
    At,
    Bar,
    Bars,
    another,
    has,
    in_force,
    is_managed,
    lasts,
    no_closing_to_come,
    one_of,
    passed,
    pause,
)


def is_unattested(at: At) -> SqlTest:
    """R53: see `onboarding.require_onboarding_before_signing`."""
    partner = table("partner").alias()
    legacy = is_legacy.sql(partner, at.today)
    attested = Partner.is_attested_by.sql(partner, at.today)
    return one_of(partner, at.c.partner_id, and_(legacy, not_(attested)))


def no_mission(at: At) -> SqlTest:
    """The convention names no mission."""
    mission = table("convention_mission").alias()
    return not_(exists(mission, where=[mission.c.convention_id == at.c.id]))


def covers_nothing(at: At) -> SqlTest:
    """No mission of the convention is for a service."""
    mission = table("convention_mission").alias()
    service = table("mission_service").alias()
    where = [
        mission.c.convention_id == at.c.id,
        service.c.mission_id == mission.c.mission_id,
    ]
    return not_(exists(mission, service, where=where))


def is_endless(convention: FromClause) -> SqlTest:
    """Signed, without an end."""
    return and_(
        convention.c.in_force_on.is_not(None),
        convention.c.term_on.is_(None),
        convention.c.closed_on.is_(None),
    )


def another_is_endless(at: At) -> SqlTest:
    """Another convention of the partner is signed, without an end."""
    return another(at, is_endless)


def not_in_force(at: At) -> SqlTest:
    """The convention is not in force today."""
    return not_(in_force(at.row, at.today))


def is_centralised(at: At) -> SqlTest:
    """The contract is not delegated: the organism manages the partner's people."""
    contract = table("contract").alias()
    is_own = contract.c.convention_id == at.c.id
    return exists(contract, where=[is_own, contract.c.mode != "DELEGATED"])


def is_managed_by_partner(at: At) -> SqlTest:
    """The partner names its deputies itself, but after the organism has ended one."""
    post = table("contract_manager").alias()
    is_of_partner = post.c.partner_id == at.c.partner_id
    has_ended = exists(post, where=[is_of_partner, post.c.ends_on.is_not(None)])
    return and_(not_(at.by_partner), is_managed(at, "id"), not_(has_ended))


def place_taken(at: At) -> SqlTest:
    """See `Convention.cancel_closing`: another convention lasts beyond that closing."""
    own = at.c
    end = case((own.term_on < own.closed_on, own.term_on), else_=own.closed_on)

    def stands(other: FromClause) -> SqlTest:
        """The other convention lasts beyond the closing."""
        lasts_beyond = or_(other.c.closed_on.is_(None), lasts(other, end))
        return and_(other.c.in_force_on.is_not(None), lasts_beyond)

    return and_(own.in_force_on.is_not(None), another(at, stands))


def suspended(at: At) -> SqlTest:
    """A suspension of the convention runs."""
    return pause(at, "convention_id")


def not_suspended(at: At) -> SqlTest:
    """No suspension of the convention runs."""
    return not_(suspended(at))


CONVENTION_BARS: Bars = {
    ("convention", "conventionSign"): (
        Bar(Rule.ATTESTATION_MISSING, is_unattested),
        Bar(Rule.CONVENTION_CLOSED, has("closed_on")),
        Bar(Rule.ALREADY_SIGNED, has("organism_signed_on")),
        Bar(Rule.MISSIONS_MISSING, no_mission),
        Bar(Rule.ONE_CONVENTION, another_is_endless),
    ),
    ("convention", "conventionAmend"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, not_in_force),
    ),
    ("convention", "conventionClose"): (Bar(Rule.CONVENTION_CLOSED, has("closed_on")),),
    ("convention", "conventionClosingCancel"): (
        Bar(Rule.CLOSING_PASSED, no_closing_to_come),
        Bar(Rule.ONE_CONVENTION, place_taken),
    ),
    ("convention", "conventionSuspend"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, not_in_force),
        Bar(Rule.ALREADY_SUSPENDED, suspended),
    ),
    ("convention", "conventionResume"): (Bar(Rule.NOT_SUSPENDED, not_suspended),),
    ("convention", "bulletinPrepare"): (
        Bar(Rule.MISSION_DOES_NOT_COVER, covers_nothing),
    ),
    ("convention", "managerAppoint"): (
        Bar(Rule.MANAGER_ACTIVE, is_managed_by_partner),
        Bar(Rule.CENTRALISED, is_centralised),
        Bar(Rule.CONVENTION_CLOSED, passed("closed_on")),
    ),
}
