"""What the state of a row forbids whatever one may: the rules of `records/`, said in SQL for `viewerCan`.

A bar is a rule that no input of the act gets round on that day. What depends on the input is for the act. A test
walks each act over the rows of the demonstration: it is barred where each of its inputs is refused, and by that rule.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, not_, or_
from sqlalchemy.sql.selectable import NamedFromClause

from persistence.reading.context import SqlContext
from persistence.records import (
    Contract,
    ContractManager,
    Convention,
    Partner,
    PartnerState,
    Rule,
)
from persistence.records.base import table
from persistence.records.onboarding import is_legacy
from persistence.records.periods import exists
from persistence.records.suspensions import suspended_by
from persistence.records.timeline import CNA

Test: TypeAlias = ColumnElement[bool]


class At(NamedTuple):
    """The row, the statement on the day of the caller's rights, and whether the partner's own person asks."""

    row: FromClause
    context: SqlContext
    by_partner: Test

    @property
    def today(self) -> ColumnElement[object]:
        return self.context.day


class Bar(NamedTuple):
    rule: Rule
    holds: Callable[[At], Test]


def one_of(row: NamedFromClause, key: ColumnElement[str], holds: Test) -> Test:
    """Whether the row of this key is so."""
    return exists(row, where=[row.c.id == key, holds])


def over(row: FromClause, day: ColumnElement[object], *ends: str) -> Test:
    return func.coalesce(or_(*(row.c[end] <= day for end in ends)), false())


# people


def ended(at: At) -> Test:
    return over(at.row, at.today, "ends_on")


def not_leaving(at: At) -> Test:
    return not_(func.coalesce(at.row.c.ends_on > at.today, false()))


def pause(at: At, column: str, side: str | None = None) -> Test:
    """A suspension of the row runs today, of that side if one is named."""
    return suspended_by(column).sql(at.row, at.today, side=side)


def own_pause(at: At) -> Test:
    return or_(
        and_(at.by_partner, pause(at, "affiliation_id", "PARTNER")),
        and_(not_(at.by_partner), pause(at, "affiliation_id", "ORGANISM")),
    )


def has_mode(at: At, mode: str) -> Test:
    now = table("partner_state").alias()
    return exists(
        now,
        where=[
            now.c.partner_id == at.row.c.partner_id,
            PartnerState.period.sql(now, at.today),
            now.c.mode == mode,
        ],
    )


def only_by_organism(at: At) -> Test:
    mine, other = (
        pause(at, "affiliation_id", "PARTNER"),
        pause(at, "affiliation_id", "ORGANISM"),
    )
    return and_(at.by_partner, other, not_(mine))


def only_by_partner(at: At) -> Test:
    mine, other = (
        pause(at, "affiliation_id", "ORGANISM"),
        pause(at, "affiliation_id", "PARTNER"),
    )
    return and_(
        not_(at.by_partner), other, not_(mine), not_(has_mode(at, "CENTRALISED"))
    )


def left_by_organism(at: At) -> Test:
    return and_(at.by_partner, at.row.c.end_side == "ORGANISM")


def left_by_partner(at: At) -> Test:
    return and_(
        not_(at.by_partner),
        at.row.c.end_side == "PARTNER",
        not_(has_mode(at, "CENTRALISED")),
    )


def is_machine(at: At) -> Test:
    user = table("user").alias()
    return one_of(user, at.row.c.user_id, user.c.kind == "MACHINE")


def last_manager(at: At) -> Test:
    """R39: see `Partner.keep_a_manager`: of a convention that lasts, nobody else stays who is there today."""
    convention, post = table("convention").alias(), table("contract_manager").alias()
    return and_(
        at.by_partner,
        exists(
            convention,
            post,
            where=[
                convention.c.partner_id == at.row.c.partner_id,
                Convention.period.sql_lasts(convention, at.today),
                post.c.convention_id == convention.c.id,
                post.c.affiliation_id == at.row.c.id,
                ContractManager.acts_on.sql(post, at.today),
                not_(_others(at, convention)),
            ],
        ),
    )


def _others(at: At, convention: FromClause) -> Test:
    """Another manager who acts today, and of whom no departure is announced."""
    post, link = table("contract_manager").alias(), table("affiliation").alias()
    another = [
        post.c.convention_id == convention.c.id,
        post.c.affiliation_id != at.row.c.id,
    ]
    acts = ContractManager.acts_on.sql(post, at.today)
    stays = [
        post.c.ends_on.is_(None),
        link.c.id == post.c.affiliation_id,
        link.c.ends_on.is_(None),
    ]
    return exists(post, link, where=[*another, acts, *stays])


def of_affiliation(at: At, holds: Callable[[FromClause], Test]) -> Test:
    """Of a manager: the affiliation is so."""
    link = table("affiliation").alias()
    return one_of(link, at.row.c.affiliation_id, holds(link))


def is_managed_already(at: At) -> Test:
    return Contract.is_managed_on.sql(at.row, at.today)


# conventions


def lasts(row: FromClause, day: ColumnElement[object]) -> Test:
    """Of a convention: see `Convention.ends_after`."""
    return Convention.period.sql_lasts(row, day)


def in_force(row: FromClause, day: ColumnElement[object]) -> Test:
    """Of a convention: see `Convention.holds_on`."""
    return and_(row.c.in_force_on.is_not(None), Convention.period.sql(row, day))


def another(
    at: At, *holds: Callable[[FromClause], Test], key: str = "partner_id"
) -> Test:
    """Another convention of the partner is so."""
    other = table("convention").alias()
    where = [other.c.partner_id == at.row.c[key], *(test(other) for test in holds)]
    return exists(
        other, where=where if key == "id" else [*where, other.c.id != at.row.c.id]
    )


def of_convention(
    at: At, holds: Callable[[FromClause], Test], key: str = "convention_id"
) -> Test:
    row = table("convention").alias()
    return one_of(row, at.row.c[key], holds(row))


def announced(at: At, key: str = "convention_id") -> Test:
    """R43: a successor of the convention is signed and to come."""
    later = table("convention").alias()
    succeeds = later.c.predecessor_id == at.row.c[key]
    return exists(
        later, where=[succeeds, Convention.is_announced_on.sql(later, at.today)]
    )


def is_unattested(at: At) -> Test:
    """R53, of a convention: see `onboarding.may_contract`."""
    partner = table("partner").alias()
    legacy, attested = (
        is_legacy.sql(partner, at.today),
        Partner.is_attested_by.sql(partner, at.today),
    )
    return one_of(partner, at.row.c.partner_id, and_(legacy, not_(attested)))


def no_mission(at: At) -> Test:
    named = table("convention_mission").alias()
    return not_(exists(named, where=[named.c.convention_id == at.row.c.id]))


def covers_nothing(at: At) -> Test:
    named, covers = (
        table("convention_mission").alias(),
        table("mission_service").alias(),
    )
    where = [
        named.c.convention_id == at.row.c.id,
        covers.c.mission_id == named.c.mission_id,
    ]
    return not_(exists(named, covers, where=where))


def is_centralised(at: At) -> Test:
    contract = table("contract").alias()
    return exists(
        contract,
        where=[contract.c.convention_id == at.row.c.id, contract.c.mode != "DELEGATED"],
    )


def is_managed(at: At) -> Test:
    """The partner names its deputies itself, but for whom the organism has ended."""
    post = table("contract_manager").alias()
    ended_once = exists(
        post,
        where=[post.c.partner_id == at.row.c.partner_id, post.c.ends_on.is_not(None)],
    )
    return and_(
        not_(at.by_partner),
        Contract.is_managed_on.sql(at.row, at.today, "id"),
        not_(ended_once),
    )


def place_taken(at: At) -> Test:
    """See `Convention.cancel_closing`."""
    row = at.row.c
    first = case((row.term_on < row.closed_on, row.term_on), else_=row.closed_on)
    is_replaced = another(
        at,
        lambda other: and_(
            other.c.in_force_on.is_not(None),
            or_(other.c.closed_on.is_(None), lasts(other, first)),
        ),
    )
    return and_(at.row.c.in_force_on.is_not(None), is_replaced)


# partners


def without_convention(at: At) -> Test:
    return not_(another(at, lambda other: in_force(other, at.today), key="id"))


def only_announced(at: At) -> Test:
    return and_(
        without_convention(at),
        another(at, lambda other: lasts(other, at.today), key="id"),
    )


def succession_underway(at: At, *, of_mode: bool) -> Test:
    """Another successor stands than the one that this act prepares: see `successions.prepare`."""
    former, later = table("convention").alias(), table("convention").alias()
    before, after = table("contract").alias(), table("contract").alias()
    same_mode = after.c.mode == before.c.mode
    mine = (
        and_(not_(same_mode), later.c.siret == former.c.siret) if of_mode else same_mode
    )
    return exists(
        former,
        later,
        before,
        after,
        where=[
            former.c.partner_id == at.row.c.id,
            in_force(former, at.today),
            later.c.predecessor_id == former.c.id,
            later.c.closed_on.is_(None),
            before.c.convention_id == former.c.id,
            after.c.convention_id == later.c.id,
            or_(later.c.in_force_on.is_not(None), not_(mine)),
        ],
    )


def not_in_custody(at: At) -> Test:
    """The CNA administers, and somebody else signs, or follows."""
    now = table("partner_state").alias()
    rest = func.coalesce(now.c.signing_id, at.row.c.follower_id) != CNA
    is_now = [now.c.partner_id == at.row.c.id, PartnerState.period.sql(now, at.today)]
    where = [*is_now, now.c.administering_id == CNA, rest]
    return not_(exists(now, where=where))


def still_wide(at: At) -> Test:
    """R47: see `timeline.wide_spans`."""
    bulletin, convention = table("bulletin").alias(), table("convention").alias()
    ends = [
        (bulletin, "effective_to"),
        (bulletin, "closed_on"),
        (convention, "term_on"),
        (convention, "closed_on"),
    ]
    begins = (bulletin.c.effective_from, convention.c.in_force_on)
    after = (
        or_(
            row.c[end].is_(None),
            and_(row.c[end] > at.today, *(row.c[end] > first for first in begins)),
        )
        for row, end in ends
    )
    signed = [
        bulletin.c.organism_signed_on.is_not(None),
        bulletin.c.cna_acknowledged,
        convention.c.in_force_on.is_not(None),
    ]
    where = [
        convention.c.partner_id == at.row.c.id,
        bulletin.c.convention_id == convention.c.id,
        *signed,
        *after,
    ]
    return exists(bulletin, convention, where=where)
