"""What bars the acts on partners and on their establishments."""

from enum import StrEnum
from functools import partial

from sqlalchemy import and_, func, not_, or_

from persistence.reading.question import SqlTest
from persistence.records import PartnerState, Rule
from persistence.records.base import table
from persistence.records.periods import exists
from persistence.records.timeline import CNA

from .organisms import follower_id
from .states import At, Bar, Bars, in_force, lasts, passed, with_convention


def without_convention(at: At) -> SqlTest:
    """No convention is in force today."""
    return not_(with_convention(at, lambda row: in_force(row, at.today)))


def with_lasting_convention(at: At) -> SqlTest:
    """A convention is in force, or to come."""
    return with_convention(at, lambda row: lasts(row, at.today))


def only_announced(at: At) -> SqlTest:
    """No convention is in force today, and one is to come."""
    return and_(without_convention(at), with_lasting_convention(at))


class Change(StrEnum):
    """What a succession changes; the rest is the same in its draft."""

    MODE = "MODE"
    SIRET = "SIRET"
    ORGANISM = "ORGANISM"


def succession_underway(at: At, *, of: Change) -> SqlTest:
    """Another successor stands than the one that this act prepares.

    See `successions.prepare`.
    """
    former, later = table("convention").alias(), table("convention").alias()
    before, after = table("contract").alias(), table("contract").alias()
    is_same = {
        Change.MODE: after.c.mode == before.c.mode,
        Change.SIRET: later.c.siret == former.c.siret,
        Change.ORGANISM: later.c.organism_id == former.c.organism_id,
    }
    is_changed = not_(is_same.pop(of))
    is_prepared = and_(is_changed, *is_same.values())
    where = [
        former.c.partner_id == at.c.id,
        in_force(former, at.today),
        later.c.predecessor_id == former.c.id,
        later.c.closed_on.is_(None),
        before.c.convention_id == former.c.id,
        after.c.convention_id == later.c.id,
        or_(later.c.in_force_on.is_not(None), not_(is_prepared)),
    ]
    return exists(former, later, before, after, where=where)


def not_in_custody(at: At) -> SqlTest:
    """Unless the CNA administers, and somebody else signs, or follows."""
    now = table("partner_state").alias()
    other = func.coalesce(now.c.signing_id, follower_id(at.row, at.context))
    where = [
        now.c.partner_id == at.c.id,
        PartnerState.period.sql(now, at.today),
        now.c.administering_id == CNA,
        other != CNA,
    ]
    return not_(exists(now, where=where))


def still_wide(at: At) -> SqlTest:
    """R47: see `timeline.wide_spans`."""
    bulletin, convention = table("bulletin").alias(), table("convention").alias()
    begins = (bulletin.c.effective_from, convention.c.in_force_on)
    ends = (
        bulletin.c.effective_to,
        bulletin.c.closed_on,
        convention.c.term_on,
        convention.c.closed_on,
    )
    where = [
        convention.c.partner_id == at.c.id,
        bulletin.c.convention_id == convention.c.id,
        bulletin.c.organism_signed_on.is_not(None),
        bulletin.c.cna_acknowledged,
        convention.c.in_force_on.is_not(None),
    ]
    for end in ends:
        is_after = [end > begin for begin in begins]
        where.append(or_(end.is_(None), and_(end > at.today, *is_after)))
    return exists(bulletin, convention, where=where)


def own_siret(at: At) -> SqlTest:
    """Of an establishment: its SIRET is the partner's own."""
    siret = table("partner_siret").alias()
    where = [
        siret.c.partner_id == at.c.partner_id,
        siret.c.ends_on.is_(None),
        siret.c.siret == at.c.siret,
    ]
    return exists(siret, where=where)


PARTNER_BARS: Bars = {
    ("partner", "partnerSiretChange"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, only_announced),
        Bar(Rule.SUCCESSOR_PREPARED, partial(succession_underway, of=Change.SIRET)),
    ),
    ("partner", "partnerTransfer"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, only_announced),
        Bar(Rule.SUCCESSOR_PREPARED, partial(succession_underway, of=Change.ORGANISM)),
    ),
    ("partner", "delegationChange"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, without_convention),
        Bar(Rule.SUCCESSOR_PREPARED, partial(succession_underway, of=Change.MODE)),
    ),
    ("partner", "conventionRecord"): (
        Bar(Rule.ONE_CONVENTION, with_lasting_convention),
    ),
    ("partner", "cnaHandBack"): (
        Bar(Rule.CNA_NOT_ADMINISTERING, not_in_custody),
        Bar(Rule.CNA_STILL_WIDE, still_wide),
    ),
    ("establishment", "establishmentEnd"): (
        Bar(Rule.ESTABLISHMENT_OWN, own_siret),
        Bar(Rule.ALREADY_ENDED, passed("ended_on")),
    ),
}
