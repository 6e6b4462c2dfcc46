"""The bars of each act, in the order in which the act refuses."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import and_, false, func, not_

from persistence.records import Rule

from .opening_states import (
    contracts_elsewhere,
    ended_by_then,
    excluded,
    has,
    incomplete,
    is_not_live,
    lacks,
    last_national,
    no_closing_to_come,
    not_open,
    not_signed,
    opened_or_taken,
    own_siret,
    passed,
    replaced,
    siret_differs,
    unamended,
    unattested,
    unattested_at_first,
    uncovered,
    undecided,
    unsigned,
)
from .states import (
    At,
    Bar,
    Test,
    announced,
    another,
    covers_nothing,
    ended,
    in_force,
    is_centralised,
    is_machine,
    is_managed,
    is_managed_already,
    is_unattested,
    last_manager,
    lasts,
    left_by_organism,
    left_by_partner,
    no_mission,
    not_in_custody,
    not_leaving,
    of_affiliation,
    of_convention,
    only_announced,
    only_by_organism,
    only_by_partner,
    over,
    own_pause,
    pause,
    place_taken,
    still_wide,
    succession_underway,
    without_convention,
)

RECEIVED = (
    Bar(Rule.EXTRACT_PURGED, has("purged_on")),
    Bar(Rule.EXTRACT_NOT_RECEIVED, lacks("received_at")),
)

BARS: Mapping[tuple[str, str], tuple[Bar, ...]] = {
    ("partner", "partnerSiretChange"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, only_announced),
        Bar(Rule.SUCCESSOR_PREPARED, partial(succession_underway, of_mode=False)),
    ),
    ("partner", "delegationChange"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, without_convention),
        Bar(Rule.SUCCESSOR_PREPARED, partial(succession_underway, of_mode=True)),
    ),
    ("partner", "conventionRecord"): (
        Bar(
            Rule.ONE_CONVENTION,
            lambda at: another(at, lambda other: lasts(other, at.today), key="id"),
        ),
    ),
    ("partner", "cnaHandBack"): (
        Bar(Rule.CNA_NOT_ADMINISTERING, not_in_custody),
        Bar(Rule.CNA_STILL_WIDE, still_wide),
    ),
    ("establishment", "establishmentEnd"): (
        Bar(Rule.ESTABLISHMENT_OWN, own_siret),
        Bar(Rule.ALREADY_ENDED, passed("ended_on")),
    ),
    ("convention", "conventionSign"): (
        Bar(Rule.ATTESTATION_MISSING, is_unattested),
        Bar(Rule.CONVENTION_CLOSED, has("closed_on")),
        Bar(Rule.ALREADY_SIGNED, has("organism_signed_on")),
        Bar(Rule.MISSIONS_MISSING, no_mission),
        Bar(
            Rule.ONE_CONVENTION,
            lambda at: another(
                at,
                lambda other: and_(
                    other.c.in_force_on.is_not(None),
                    other.c.term_on.is_(None),
                    other.c.closed_on.is_(None),
                ),
            ),
        ),
    ),
    ("convention", "conventionAmend"): (
        Bar(Rule.CONVENTION_NOT_IN_FORCE, lambda at: not_(in_force(at.row, at.today))),
    ),
    ("convention", "conventionClose"): (Bar(Rule.CONVENTION_CLOSED, has("closed_on")),),
    ("convention", "conventionClosingCancel"): (
        Bar(Rule.CLOSING_PASSED, no_closing_to_come),
        Bar(Rule.ONE_CONVENTION, place_taken),
    ),
    ("convention", "bulletinPrepare"): (
        Bar(Rule.MISSION_DOES_NOT_COVER, covers_nothing),
    ),
    ("convention", "managerAppoint"): (
        Bar(Rule.MANAGER_ACTIVE, is_managed),
        Bar(Rule.CENTRALISED, is_centralised),
        Bar(Rule.CONVENTION_CLOSED, passed("closed_on")),
    ),
    ("bulletin", "bulletinSign"): (
        Bar(Rule.ALREADY_ENDED, has("closed_on")),
        Bar(Rule.BULLETIN_INCOMPLETE, incomplete),
        Bar(Rule.DEPARTMENT_EXCLUDED, excluded),
        Bar(
            Rule.CONVENTION_NOT_IN_FORCE,
            lambda at: of_convention(at, lambda c: c.c.in_force_on.is_(None)),
        ),
        Bar(
            Rule.CONVENTION_CLOSED,
            lambda at: of_convention(at, lambda c: over(c, at.today, "closed_on")),
        ),
        Bar(
            Rule.BULLETIN_OUTSIDE_CONVENTION,
            lambda at: of_convention(at, lambda c: not_(lasts(c, at.today))),
        ),
        Bar(Rule.ATTESTATION_MISSING, unattested_at_first),
        Bar(Rule.ALREADY_SIGNED, has("organism_signed_on")),
    ),
    ("bulletin", "serviceOpen"): (
        Bar(Rule.BULLETIN_OPENED, has("opened_on")),
        Bar(Rule.SUCCESSOR_ANNOUNCED, announced),
        Bar(Rule.SIGNATURE_MISSING, unsigned),
        Bar(
            Rule.CONVENTION_NOT_IN_FORCE,
            lambda at: of_convention(at, lambda c: not_(lasts(c, at.today))),
        ),
        Bar(Rule.DATE_ORDER, ended_by_then),
        Bar(Rule.DEPARTMENT_EXCLUDED, excluded),
        Bar(Rule.ELIGIBILITY_MISSING, undecided),
        Bar(Rule.ELIGIBILITY_REFUSED, partial(undecided, word="NOT_ELIGIBLE")),
        Bar(Rule.ELIGIBILITY_FORM_MISSING, partial(undecided, word="ELIGIBLE")),
        Bar(Rule.MISSION_DOES_NOT_COVER, uncovered),
        Bar(Rule.SIRET_DIFFERS_SAME_SIREN, partial(siret_differs, same_siren=True)),
        Bar(Rule.SIRET_DIFFERS, partial(siret_differs, same_siren=False)),
        Bar(Rule.ATTESTATION_MISSING, unattested),
        Bar(Rule.AMENDMENT_MISSING, unamended),
        Bar(Rule.ESTABLISHMENT_CONTRACTS, contracts_elsewhere),
        Bar(Rule.BULLETIN_OPENED, opened_or_taken),
    ),
    ("bulletin", "bulletinReplace"): (
        Bar(Rule.BULLETIN_NOT_OPEN, lacks("opened_on")),
        Bar(Rule.ALREADY_ENDED, has("closed_on")),
        Bar(Rule.SUCCESSOR_ANNOUNCED, announced),
    ),
    ("bulletin", "bulletinClose"): (
        Bar(Rule.ALREADY_ENDED, has("closed_on")),
        Bar(Rule.SUCCESSOR_ANNOUNCED, announced),
    ),
    ("bulletin", "bulletinClosingCancel"): (
        Bar(Rule.CLOSING_PASSED, no_closing_to_come),
        Bar(Rule.BULLETIN_OPENED, replaced),
    ),
    ("service_access", "serviceSuspend"): (
        Bar(Rule.SERVICE_NOT_OPEN, not_open),
        Bar(Rule.ALREADY_SUSPENDED, lambda at: pause(at, "access_id")),
    ),
    ("service_access", "serviceResume"): (
        Bar(Rule.NOT_SUSPENDED, lambda at: not_(pause(at, "access_id"))),
    ),
    ("service_access", "groupCreate"): (Bar(Rule.SERVICE_NOT_OPEN, not_signed),),
    ("group", "groupRoleAttach"): (
        Bar(Rule.SERVICE_NOT_OPEN, partial(not_signed, key="access_id")),
        Bar(Rule.GROUP_CLOSED, passed("closed_on")),
    ),
    ("group", "groupMembersAdd"): (
        Bar(Rule.GROUP_CLOSED, passed("closed_on")),
        Bar(Rule.SERVICE_NOT_OPEN, partial(not_signed, key="access_id")),
        Bar(Rule.ROLE_FIRST, lacks("role_id")),
    ),
    ("group", "groupClose"): (Bar(Rule.GROUP_CLOSED, has("closed_on")),),
    ("group", "groupClosingCancel"): (Bar(Rule.CLOSING_PASSED, no_closing_to_come),),
    ("affiliation", "invitationRenew"): (
        Bar(Rule.ALREADY_ENDED, ended),
        Bar(Rule.INVITATION_ACCEPTED, has("accepted_on")),
    ),
    ("affiliation", "userSuspend"): (
        Bar(Rule.LAST_MANAGER, last_manager),
        Bar(Rule.ALREADY_ENDED, ended),
        Bar(Rule.ALREADY_SUSPENDED, own_pause),
    ),
    ("affiliation", "userReinstate"): (
        Bar(Rule.NOT_SUSPENDED, lambda at: not_(pause(at, "affiliation_id"))),
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
        Bar(Rule.NOT_A_MACHINE, lambda at: not_(is_machine(at))),
        Bar(Rule.ALREADY_ENDED, ended),
    ),
    ("contract_manager", "invitationRenew"): (
        Bar(
            Rule.ALREADY_ENDED,
            lambda at: of_affiliation(at, lambda link: over(link, at.today, "ends_on")),
        ),
        Bar(
            Rule.INVITATION_ACCEPTED,
            lambda at: of_affiliation(at, lambda link: link.c.accepted_on.is_not(None)),
        ),
        Bar(Rule.MANAGER_ACTIVE, is_managed_already),
    ),
    ("contract_manager", "managerEnd"): (Bar(Rule.ALREADY_ENDED, ended),),
    ("agent", "agentEnd"): (
        Bar(Rule.LAST_NATIONAL, last_national),
        Bar(Rule.ALREADY_ENDED, ended),
    ),
    ("import", "importApply"): RECEIVED,
    ("import", "importPurge"): RECEIVED,
    ("import_line", "importArbitrate"): (
        Bar(Rule.EXTRACT_NOT_CONFLICT, lambda at: at.row.c.outcome != "CONFLICT"),
        Bar(Rule.EXTRACT_APPLIED, has("applied_on")),
    ),
    ("declaration_line", "remunerationsProcess"): (
        Bar(Rule.LINE_NOT_LIVE, is_not_live),
    ),
}
"""By (table, act); an act that is not here is forbidden by no state of its row."""


def rules_of(record: str, act: str, at: At) -> Sequence[tuple[Test, Rule]]:
    """Each rule that may bar the act, and whether it does on this row."""
    return [
        (func.coalesce(bar.holds(at), false()), bar.rule)
        for bar in BARS.get((record, act), ())
    ]
