"""The three cases of the instruction, and the one that it forgot: computed from facts, never chosen (R51 to R55).

`case_of` reads a partner's documents; the select of onboardings says the same in SQL, for lists and boards, and a
test holds both equal. `steps` turns the facts of one service into what is done, what is to do, and who does it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from .conventions import Convention
from .imports import Origin
from .partners import Partner
from .rules import Rule, require
from .services import Service

GRACE = timedelta(days=30)
"""What a partner has at least, from its registration, before its opening is late (R59)."""

MISSION = "mission"
"""What an amendment of case 3 verifies (R55)."""


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
    word = _word(partner, today)
    return CASES[
        is_known(partner, service, today), word is not None and word.known_habtiers
    ]


def _word(partner: Partner, day: date) -> Origin | None:
    """The file's word is the last one taken."""
    return next((o for o in reversed(partner.origins) if o.taken_on <= day), None)


def is_known(partner: Partner, service: Service, today: date) -> bool:
    """Known in MCP before this service was asked for: by the convention in force, or by the file's word (A6).

    A convention made for this very service makes nobody known: a fresh contracting would turn into case 3.
    """
    word = _word(partner, today)
    told = word is not None and word.known_mcp
    convention = partner.convention_on(today)
    if convention is None:
        over = any(
            c.in_force_on is not None and c.ends_on <= today
            for c in partner.conventions
        )
        return told and not over
    return (
        told
        or convention.originally_in_force_on is not None
        or _served_before(convention, service, today)
    )


def _served_before(convention: Convention, service: Service, today: date) -> bool:
    """Another service of the convention was open before this one's bulletin takes effect.

    The day of effect is never before the act of signing, where the date of a paper may be any.
    """
    mine = [a for a in convention.accesses if a.service.id == service.id]
    effective = [
        b.effective_from for a in mine for b in a.bulletins if b.effective_from
    ]
    asked = min(effective, default=today)
    others = (
        b
        for a in convention.accesses
        if a.service.id != service.id
        for b in a.bulletins
    )
    return any(b.opened_on is not None and b.opened_on < asked for b in others)


def require_onboarding_before_signing(
    convention: Convention, service: Service, today: date
) -> None:
    """R53: before anything of a service is signed, who comes from Habtiers is attested to be active; once is enough."""
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
    _require_attestation(partner, case_of(partner, service, today))


def require_onboarding_before_contract(partner: Partner, today: date) -> None:
    """R53: who comes from Habtiers is attested to be active before the papers are made; a switch is no first paper."""
    word = _word(partner, today)
    require(
        partner.attestations or word is None or not word.known_habtiers,
        Rule.ATTESTATION_MISSING,
    )


def require_onboarding_before_opening(
    convention: Convention, service: Service, today: date
) -> None:
    """R53 again, should the file have spoken since; R55: the mission verified for who is known in MCP."""
    if service.migration is None:
        return
    partner = convention.partner
    case = case_of(partner, service, today)
    _require_attestation(partner, case)
    verified = any(MISSION in a.verified_fields for a in convention.amendments)
    require(verified or not case.is_known, Rule.AMENDMENT_MISSING)


def _require_attestation(partner: Partner, case: Case) -> None:
    require(partner.attestations or not case.is_legacy, Rule.ATTESTATION_MISSING)


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

    `announced`, `opens_later`: the convention, or the opening, is agreed and waits for its first day.
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
    """A step of an opening: `blocked_by` are the steps that come first; without any, it waits for its day."""

    code: StepCode
    state: StepState
    blocked_by: tuple[StepCode, ...]
    by_partner: bool


def steps(at: Situation) -> list[OnboardingStep]:
    """What the case asks for, in order; what is not asked for is not there."""
    made: dict[StepCode, OnboardingStep] = {}
    agreed = dict.fromkeys(
        (StepCode.CONVENTION_RECORD, StepCode.CONVENTION_SIGN), at.announced
    )
    agreed[StepCode.SERVICE_OPEN] = at.opens_later
    for code, done, needs in _asked(at):
        waits = tuple(
            n for n in needs if n in made and made[n].state is not StepState.DONE
        )
        state = (
            StepState.DONE
            if done
            else StepState.BLOCKED
            if waits or agreed.get(code)
            else StepState.TODO
        )
        by_partner = at.delegated and code is StepCode.USERS_INCLUDE
        made[code] = OnboardingStep(code, state, () if done else waits, by_partner)
    return list(made.values())


def _asked(at: Situation) -> Iterator[tuple[StepCode, bool, tuple[StepCode, ...]]]:
    """(step, whether it is done, what must be done before it)."""
    s = StepCode
    legacy, known = Case(at.case).is_legacy, Case(at.case).is_known
    record = at.known_by_file and known
    contract = s.CONVENTION_RECORD if record else s.CONVENTION_SIGN
    verifies = known and at.migrates
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
    yield s.SERVICE_OPEN, at.opened, tuple(made for made in s if _precedes(made))
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
