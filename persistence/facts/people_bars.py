"""What bars the acts on affiliations, on managers and on agents."""

from collections.abc import Callable

from sqlalchemy import FromClause, and_, false, func, not_, or_

from persistence.reading.question import SqlTest
from persistence.records import ContractManager, Convention, Rule
from persistence.records.base import table
from persistence.records.periods import exists

from .states import (
    At,
    Bar,
    Bars,
    ended,
    has,
    has_mode,
    is_managed,
    one_of,
    over,
    pause,
)

# affiliations


def paused(at: At) -> SqlTest:
    """A suspension of the affiliation runs, of either side."""
    return pause(at, "affiliation_id")


def not_paused(at: At) -> SqlTest:
    """No suspension of the affiliation runs."""
    return not_(paused(at))


def paused_by_partner(at: At) -> SqlTest:
    """A suspension by the partner runs."""
    return pause(at, "affiliation_id", "PARTNER")


def paused_by_organism(at: At) -> SqlTest:
    """A suspension by the organism runs."""
    return pause(at, "affiliation_id", "ORGANISM")


def paused_by_own_side(at: At) -> SqlTest:
    """By the side of whoever asks."""
    return or_(
        and_(at.by_partner, paused_by_partner(at)),
        and_(not_(at.by_partner), paused_by_organism(at)),
    )


def only_by_organism(at: At) -> SqlTest:
    """The partner cannot lift the organism's suspension."""
    mine, other = paused_by_partner(at), paused_by_organism(at)
    return and_(at.by_partner, other, not_(mine))


def only_by_partner(at: At) -> SqlTest:
    """Nor the organism the partner's, unless the mode is centralised."""
    mine, other = paused_by_organism(at), paused_by_partner(at)
    is_centralised = has_mode(at, "CENTRALISED")
    return and_(not_(at.by_partner), other, not_(mine), not_(is_centralised))


def not_leaving(at: At) -> SqlTest:
    """No departure is announced."""
    return not_(func.coalesce(at.c.ends_on > at.today, false()))


def left_by_organism(at: At) -> SqlTest:
    """The organism announced the departure: the partner cannot cancel it."""
    return and_(at.by_partner, at.c.end_side == "ORGANISM")


def left_by_partner(at: At) -> SqlTest:
    """The partner announced the departure."""
    is_centralised = has_mode(at, "CENTRALISED")
    is_by_partner = at.c.end_side == "PARTNER"
    return and_(not_(at.by_partner), is_by_partner, not_(is_centralised))


def is_machine(at: At) -> SqlTest:
    """The affiliation is that of a machine."""
    user = table("user").alias()
    return one_of(user, at.c.user_id, user.c.kind == "MACHINE")


def is_person(at: At) -> SqlTest:
    """The affiliation is that of a person."""
    return not_(is_machine(at))


def last_manager(at: At) -> SqlTest:
    """R39: see `Partner.keep_a_manager`.

    Of a convention that lasts, nobody else stays who is there today.
    """
    convention, post = table("convention").alias(), table("contract_manager").alias()
    where = [
        convention.c.partner_id == at.c.partner_id,
        Convention.period.sql_lasts(convention, at.today),
        post.c.convention_id == convention.c.id,
        post.c.affiliation_id == at.c.id,
        ContractManager.acts_on.sql(post, at.today),
        not_(_has_other_manager(at, convention)),
    ]
    return and_(at.by_partner, exists(convention, post, where=where))


def _has_other_manager(at: At, convention: FromClause) -> SqlTest:
    """Another manager acts today, and no departure of theirs is announced."""
    post, link = table("contract_manager").alias(), table("affiliation").alias()
    where = [
        post.c.convention_id == convention.c.id,
        post.c.affiliation_id != at.c.id,
        ContractManager.acts_on.sql(post, at.today),
        post.c.ends_on.is_(None),
        link.c.id == post.c.affiliation_id,
        link.c.ends_on.is_(None),
    ]
    return exists(post, link, where=where)


# managers


def _of_affiliation(at: At, test: Callable[[FromClause], SqlTest]) -> SqlTest:
    """The affiliation of a manager is so."""
    link = table("affiliation").alias()
    return one_of(link, at.c.affiliation_id, test(link))


def affiliation_ended(at: At) -> SqlTest:
    """The affiliation of the manager has ended."""
    return _of_affiliation(at, lambda link: over(link, at.today, "ends_on"))


def affiliation_accepted(at: At) -> SqlTest:
    """The manager has accepted the invitation."""
    return _of_affiliation(at, lambda link: link.c.accepted_on.is_not(None))


# agents


def last_national(at: At) -> SqlTest:
    """No other national agent stays."""
    other = table("agent").alias()
    others = [
        other.c.profile == "NATIONAL",
        other.c.id != at.c.id,
        other.c.ends_on.is_(None),
    ]
    return and_(at.c.profile == "NATIONAL", not_(exists(other, where=others)))


PEOPLE_BARS: Bars = {
    ("affiliation", "invitationRenew"): (
        Bar(Rule.ALREADY_ENDED, ended),
        Bar(Rule.INVITATION_ACCEPTED, has("accepted_on")),
    ),
    ("affiliation", "userSuspend"): (
        Bar(Rule.LAST_MANAGER, last_manager),
        Bar(Rule.ALREADY_ENDED, ended),
        Bar(Rule.ALREADY_SUSPENDED, paused_by_own_side),
    ),
    ("affiliation", "userReinstate"): (
        Bar(Rule.NOT_SUSPENDED, not_paused),
        Bar(Rule.SUSPENDED_BY_ORGANISM, only_by_organism),
        Bar(Rule.SUSPENDED_BY_PARTNER, only_by_partner),
    ),
    ("affiliation", "userDeactivate"): (
        Bar(Rule.LAST_MANAGER, last_manager),
        Bar(Rule.ALREADY_ENDED, ended),
    ),
    ("affiliation", "userDeactivationCancel"): (
        Bar(Rule.NOT_A_PERSON, is_machine),
        Bar(Rule.CLOSING_PASSED, not_leaving),
        Bar(Rule.ENDED_BY_ORGANISM, left_by_organism),
        Bar(Rule.ENDED_BY_PARTNER, left_by_partner),
    ),
    ("affiliation", "mandateRevoke"): (
        Bar(Rule.NOT_A_MACHINE, is_person),
        Bar(Rule.ALREADY_ENDED, ended),
    ),
    ("contract_manager", "invitationRenew"): (
        Bar(Rule.ALREADY_ENDED, affiliation_ended),
        Bar(Rule.INVITATION_ACCEPTED, affiliation_accepted),
        Bar(Rule.MANAGER_ACTIVE, is_managed),
    ),
    ("contract_manager", "managerEnd"): (Bar(Rule.ALREADY_ENDED, ended),),
    ("agent", "agentEnd"): (
        Bar(Rule.LAST_NATIONAL, last_national),
        Bar(Rule.ALREADY_ENDED, ended),
    ),
}
