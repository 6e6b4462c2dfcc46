"""The three cases of the instruction, and the one that it forgot (R51 to R55).

A case is computed from facts; nobody chooses it.

`case_of` reads a partner's documents; the select of onboardings says the same in SQL,
for lists and boards, and a test holds both equal. `steps` turns the facts of one
service into what is done, what is to do, and who does it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

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
from .rules import Rule, require
from .services import Service

GRACE = timedelta(days=30)
"""What a partner has at least, from its registration, before its opening is late
(R59)."""


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


def require_onboarding_before_signing(
    convention: Convention, service: Service, today: date
) -> None:
    """R53: a partner of Habtiers is attested to be active before the first signature.

    Once is enough for each service.
    """
    partner = convention.partner
    served = (
        b.opened_on
        for c in partner.conventions
        for a in c.accesses
        if a.service.id == service.id
        for b in a.bulletins
    )
    if service.migration is None or any(served):
        return
    _require_attestation(partner, today)


def require_onboarding_before_contract(partner: Partner, today: date) -> None:
    """R53: a partner of Habtiers is attested to be active before the papers are made.

    A switch is no first paper.
    """
    _require_attestation(partner, today)


def require_onboarding_before_opening(
    convention: Convention, service: Service, today: date
) -> None:
    """R53 again: the file may have spoken since.

    R55: the mission is verified for who is known in MCP.
    """
    if service.migration is None:
        return
    _require_attestation(convention.partner, today)
    verified = convention.is_amended_by(today)
    require(
        verified or not is_known(convention.partner, service, today),
        Rule.AMENDMENT_MISSING,
    )


def _require_attestation(partner: Partner, today: date) -> None:
    """R53: who comes from Habtiers is still active."""
    require(
        partner.is_attested_by(today) or not is_legacy(partner, today),
        Rule.ATTESTATION_MISSING,
    )


# the steps


class StepCode(StrEnum):
    CONVENTION_RECORD = "CONVENTION_RECORD"
    ACTIVITY_ATTEST = "ACTIVITY_ATTEST"
    ELIGIBILITY_DECIDE = "ELIGIBILITY_DECIDE"
    CONVENTION_SIGN = "CONVENTION_SIGN"
    CONVENTION_AMEND = "CONVENTION_AMEND"
    BULLETIN_COMPLETE = "BULLETIN_COMPLETE"
    BULLETIN_SIGN = "BULLETIN_SIGN"
    SIRET_COMPARE = "SIRET_COMPARE"
    SERVICE_OPEN = "SERVICE_OPEN"
    MANAGER_APPOINT = "MANAGER_APPOINT"
    GROUP_CREATE = "GROUP_CREATE"
    ROLE_ATTACH = "ROLE_ATTACH"
    USERS_INCLUDE = "USERS_INCLUDE"


class StepState(StrEnum):
    DONE = "DONE"
    TODO = "TODO"
    BLOCKED = "BLOCKED"


class Named(NamedTuple):
    """A step in words: what it is, the act that does it, the rule that asks for it."""

    label: str
    act: str
    rule: str


STEPS = {
    StepCode.CONVENTION_RECORD: Named(
        "Enregistrer la convention existante", "conventionRecord", "R57"
    ),
    StepCode.ACTIVITY_ATTEST: Named(
        "Attester que le partenaire est toujours actif", "activityAttest", "R53"
    ),
    StepCode.ELIGIBILITY_DECIDE: Named(
        "Décider de l'éligibilité", "eligibilityDecide", "R28"
    ),
    StepCode.CONVENTION_SIGN: Named(
        "Signer la convention et le contrat de services", "conventionSign", "R30"
    ),
    StepCode.CONVENTION_AMEND: Named(
        "Faire l'avenant qui vérifie la mission", "conventionAmend", "R55"
    ),
    StepCode.BULLETIN_COMPLETE: Named(
        "Compléter le bulletin d'adhésion", "bulletinPrepare", "R7"
    ),
    StepCode.BULLETIN_SIGN: Named(
        "Signer le bulletin d'adhésion", "bulletinSign", "R30"
    ),
    StepCode.SIRET_COMPARE: Named(
        "Comparer les SIRET du bulletin et de la convention", "bulletinPrepare", "R58"
    ),
    StepCode.SERVICE_OPEN: Named("Ouvrir le service", "serviceOpen", "R38"),
    StepCode.MANAGER_APPOINT: Named(
        "Nommer le premier gestionnaire des habilitations", "managerAppoint", "R39"
    ),
    StepCode.GROUP_CREATE: Named("Créer un groupe", "groupCreate", "R56"),
    StepCode.ROLE_ATTACH: Named(
        "Rattacher un rôle au groupe", "groupRoleAttach", "R56"
    ),
    StepCode.USERS_INCLUDE: Named(
        "Inclure les utilisateurs dans le groupe", "groupMembersAdd", "R56"
    ),
}


class Situation(NamedTuple):
    """The facts of one service of one partner, on a day.

    `announced`, `opens_later`: the convention, or the opening, is agreed and waits for
    its first day.
    """

    case: str
    migrates: bool
    in_force: bool
    announced: bool
    known_by_file: bool
    attested: bool
    eligible: bool
    amended: bool
    covered: bool
    complete: bool
    signed: bool
    siret_matches: bool
    available: bool
    opened: bool
    opens_later: bool
    delegated: bool
    managed: bool
    grouped: bool
    with_role: bool
    staffed: bool


class OnboardingStep(NamedTuple):
    """A step of an opening.

    `blocked_by`: the steps that come first; a step that has none waits for its day.
    """

    code: StepCode
    state: StepState
    blocked_by: tuple[StepCode, ...]
    by_partner: bool


def steps(at: Situation) -> list[OnboardingStep]:
    """What the case asks for, in order; what is not asked for is not there."""
    steps_by_code: dict[StepCode, OnboardingStep] = {}
    agreed = dict.fromkeys(
        (StepCode.CONVENTION_RECORD, StepCode.CONVENTION_SIGN), at.announced
    )
    agreed[StepCode.SERVICE_OPEN] = at.opens_later
    for code, done, needs in _steps_in_order(at):
        waits = tuple(
            n
            for n in needs
            if n in steps_by_code and steps_by_code[n].state is not StepState.DONE
        )
        state = (
            StepState.DONE
            if done
            else StepState.BLOCKED
            if waits or agreed.get(code)
            else StepState.TODO
        )
        by_partner = at.delegated and code is StepCode.USERS_INCLUDE
        steps_by_code[code] = OnboardingStep(
            code, state, () if done else waits, by_partner
        )
    return list(steps_by_code.values())


def _steps_in_order(
    at: Situation,
) -> Iterator[tuple[StepCode, bool, tuple[StepCode, ...]]]:
    """(step, whether it is done, what must be done before it)."""
    s = StepCode
    legacy, is_known_in_mcp = Case(at.case).is_legacy, Case(at.case).is_known
    record = at.known_by_file and is_known_in_mcp
    contract = s.CONVENTION_RECORD if record else s.CONVENTION_SIGN
    verifies = is_known_in_mcp and at.migrates
    amends = verifies or (at.in_force and not at.covered)
    if record:
        yield s.CONVENTION_RECORD, at.in_force, ()
    if legacy and (at.migrates or not (record or at.in_force)):
        yield s.ACTIVITY_ATTEST, at.attested, ()
    yield s.ELIGIBILITY_DECIDE, at.eligible, ()
    if not record:
        yield s.CONVENTION_SIGN, at.in_force, (s.ACTIVITY_ATTEST,)
    if amends:
        yield (
            s.CONVENTION_AMEND,
            at.covered and (at.amended or not verifies),
            (contract,),
        )
    before = (contract,) if at.covered or not amends else (contract, s.CONVENTION_AMEND)
    yield s.BULLETIN_COMPLETE, at.complete, before
    yield s.BULLETIN_SIGN, at.signed, (contract, s.ACTIVITY_ATTEST, s.BULLETIN_COMPLETE)
    yield s.SIRET_COMPARE, at.siret_matches, (s.BULLETIN_COMPLETE,)
    yield s.SERVICE_OPEN, at.opened, tuple(code for code in s if _precedes(code))
    if at.delegated:
        yield s.MANAGER_APPOINT, at.managed, (contract,)
    yield s.GROUP_CREATE, at.grouped, (s.BULLETIN_SIGN,)
    yield s.ROLE_ATTACH, at.with_role, (s.BULLETIN_SIGN, s.GROUP_CREATE)
    yield (
        s.USERS_INCLUDE,
        at.staffed,
        (s.BULLETIN_SIGN, s.ROLE_ATTACH, s.MANAGER_APPOINT),
    )


def _precedes(code: StepCode) -> bool:
    order = list(StepCode)
    return order.index(code) < order.index(StepCode.SERVICE_OPEN)
