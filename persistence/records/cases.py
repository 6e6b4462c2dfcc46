"""The three cases of the instruction, and the one that it forgot (R51 to R55).

A case is computed from facts; nobody chooses it. `case_of` reads a partner's documents.
The select of onboardings says the same in SQL, for lists and boards, and a test holds
both equal.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)

from .base import table
from .conventions import Convention
from .origins import Origin
from .partners import Partner
from .periods import Day, exists, predicate
from .services import Service


class Case(StrEnum):
    CASE_1 = "CASE_1"
    CASE_2 = "CASE_2"
    CASE_3 = "CASE_3"
    CASE_3_AND_LEGACY = "CASE_3_AND_LEGACY"

    @property
    def is_known(self) -> bool:
        """Known in MCP."""
        return self in (Case.CASE_3, Case.CASE_3_AND_LEGACY)

    @property
    def is_legacy(self) -> bool:
        """Known in Habtiers."""
        return self in (Case.CASE_2, Case.CASE_3_AND_LEGACY)


CASES = {
    (False, False): Case.CASE_1,
    (False, True): Case.CASE_2,
    (True, False): Case.CASE_3,
    (True, True): Case.CASE_3_AND_LEGACY,
}
"""(known in MCP, known in Habtiers) → the case; the last one is A5's."""


def case_of(partner: Partner, service: Service, today: date) -> Case:
    return CASES[is_known(partner, service, today), is_legacy(partner, today)]


def sql_case(
    in_mcp: ColumnElement[bool], legacy: ColumnElement[bool]
) -> ColumnElement[str]:
    """`case_of`, from what `is_known` and `is_legacy` say of a row."""
    whens = [
        (and_(in_mcp == is_known, legacy == is_legacy), case_)
        for (is_known, is_legacy), case_ in CASES.items()
    ]
    return case(*((when, literal(case_.value)) for when, case_ in whens))


def last_origin(partner: Partner, day: date) -> Origin | None:
    """What the Cnaf's file says of the partner: the line taken last speaks (A6)."""
    origins = [origin for origin in partner.origins if origin.taken_on <= day]
    return max(origins, key=lambda origin: origin.id, default=None)


def sql_last_origin(partner: FromClause, day: Day) -> ColumnElement[str]:
    """The id of `last_origin`, null where there is none."""
    origin = table("partner_origin").alias()
    conditions = [origin.c.partner_id == partner.c.id, origin.c.taken_on <= day]
    return (
        select(func.max(origin.c.id))
        .where(*conditions)
        .correlate(partner)
        .scalar_subquery()
    )


@predicate
def is_legacy(partner: Partner, day: date) -> bool:
    """Known in Habtiers: the file says so."""
    origin = last_origin(partner, day)
    return origin is not None and origin.known_habtiers


@is_legacy.in_sql
def _(partner: FromClause, day: Day) -> ColumnElement[bool]:
    return file_says("known_habtiers", partner, day)


def file_says(fact: str, partner: FromClause, day: Day) -> ColumnElement[bool]:
    """Whether the partner's last line taken says so: `known_mcp`, `known_habtiers`."""
    origin = table("partner_origin").alias()
    return exists(
        origin, where=[origin.c.id == sql_last_origin(partner, day), origin.c[fact]]
    )


@predicate
def is_known(partner: Partner, service: Service, day: date) -> bool:
    """Known in MCP before this service was asked for.

    The convention in force says so, or the file (A6).

    A convention made for this very service makes nobody known: a fresh contracting
    would turn into case 3.
    """
    origin = last_origin(partner, day)
    named = origin is not None and origin.known_mcp
    convention = partner.convention_on(day)
    if convention is None:
        return named and not has_ended_convention(partner, day)
    return named or is_known_by(convention, service, day)


@is_known.in_sql
def _(
    partner: FromClause,
    service: FromClause,
    convention: FromClause,
    named: ColumnElement[bool],
    day: Day,
) -> ColumnElement[bool]:
    """`convention`: the one that holds that day, or a row of nulls.

    `named`: what the file says.
    """
    without = and_(named, not_(has_ended_convention.sql(partner, day)))
    return case(
        (convention.c.id.is_(None), without),
        else_=or_(named, is_known_by.sql(convention, service, day)),
    )


@predicate
def has_ended_convention(partner: Partner, day: date) -> bool:
    """A convention that was signed is over."""
    signed = [
        convention
        for convention in partner.conventions
        if convention.in_force_on is not None
    ]
    return any(convention.period.has_ended(convention, day) for convention in signed)


@has_ended_convention.in_sql
def _(partner: FromClause, day: Day) -> ColumnElement[bool]:
    convention = table("convention").alias()
    signed = [
        convention.c.partner_id == partner.c.id,
        convention.c.in_force_on.is_not(None),
    ]
    return exists(
        convention,
        where=[*signed, not_(Convention.period.sql_not_ended(convention, day))],
    )


@predicate
def is_known_by(convention: Convention, service: Service, day: date) -> bool:
    """The convention makes the partner known.

    It is older than the register, or it serves another service first.
    """
    return convention.originally_in_force_on is not None or has_served_another(
        convention, service, day
    )


@is_known_by.in_sql
def _(convention: FromClause, service: FromClause, day: Day) -> ColumnElement[bool]:
    return or_(
        convention.c.originally_in_force_on.is_not(None),
        has_served_another.sql(convention, service, day),
    )


@predicate
def has_served_another(convention: Convention, service: Service, day: date) -> bool:
    """Another service was open before this one's bulletin takes effect.

    The day of effect is never before the act of signing, where the date of a paper may
    be any.
    """
    mine = [access for access in convention.accesses if access.service.id == service.id]
    effective = [
        b.effective_from
        for access in mine
        for b in access.bulletins
        if b.effective_from
    ]
    asked_on = min(effective, default=day)
    others = [
        access for access in convention.accesses if access.service.id != service.id
    ]
    openings = [
        b.opened_on for access in others for b in access.bulletins if b.opened_on
    ]
    return any(opened_on < asked_on for opened_on in openings)


@has_served_another.in_sql
def _(convention: FromClause, service: FromClause, day: Day) -> ColumnElement[bool]:
    mine, other = table("bulletin").alias(), table("bulletin").alias()
    of_service = [
        mine.c.convention_id == convention.c.id,
        mine.c.service_id == service.c.id,
    ]
    effective = (
        select(func.min(mine.c.effective_from))
        .where(*of_service)
        .correlate(convention, service)
    )
    asked_on = func.coalesce(effective.scalar_subquery(), day)
    of_another = [
        other.c.convention_id == convention.c.id,
        other.c.service_id != service.c.id,
    ]
    return exists(other, where=[*of_another, other.c.opened_on < asked_on])
