"""The steps of an opening, computed from facts (R51 to R55).

`steps` turns the facts of one service into what is done, what is to do, and by whom.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from .cases import Case


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
