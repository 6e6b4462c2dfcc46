"""Partners: who may contract (R2), the legitimacy (R28, R50), the establishments, the last manager (R39)."""

import pytest
from sqlalchemy import insert

from persistence.engine import Database
from persistence.records import (
    Establishment,
    Mode,
    OrganismKind,
    Partner,
    PartnerSiret,
    Rule,
)
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.identifiers import Finess, Siret
from persistence.records.partners import PartnerKind
from persistence.types import folded

from .build import (
    BY_ORGANISM,
    CAF,
    CANAL,
    CDAP,
    DECIDER,
    ELSEWHERE,
    ESAT,
    REGISTERED,
    TODAY,
    colleague,
    convention_of,
    day,
    draft_of,
    esat_access,
    find_eligible,
    organism,
    partner_in,
    refused,
    signed,
)
from .keys import ESTABLISHED, accepted, broken

# registering


@pytest.mark.parametrize(
    "kind", [OrganismKind.CAF, OrganismKind.MULTI_BRANCH, OrganismKind.CNA]
)
def test_a_caf_a_multi_branch_body_and_the_cna_contract(kind: OrganismKind) -> None:
    follower = organism("X", kind)

    partner = Partner.register(
        Siret.read(CANAL), "ESAT du Canal", PartnerKind.ESAT, follower, TODAY
    )

    assert (partner.follower_on(TODAY), partner.siret, partner.siren) == (
        "org_X",
        CANAL,
        CANAL[:9],
    )


@pytest.mark.parametrize("kind", [OrganismKind.RESOURCE_CENTRE, OrganismKind.NATIONAL])
def test_a_resource_centre_and_the_cnaf_do_not_contract(kind: OrganismKind) -> None:
    with refused(Rule.ORGANISM_KIND, "organism_id"):
        Partner.register(
            Siret.read(CANAL),
            "ESAT du Canal",
            PartnerKind.ESAT,
            organism("X", kind),
            TODAY,
        )


def test_a_partner_outside_the_department_of_its_organism_is_announced() -> None:
    partner = partner_in()

    assert [n.rule for n in partner.notices_at_registration(CAF, "93")] == [
        Rule.OTHER_DEPARTMENT
    ]
    assert partner.notices_at_registration(CAF, "75") == []


@pytest.mark.parametrize("written", ["Œuvre d'été", "œuvre d'ÉTÉ", " OEUVRE D'ETE "])
def test_a_name_is_found_whatever_its_accents_its_case_and_its_ligatures(
    written: str,
) -> None:
    assert folded(written) == "oeuvre d'ete"


# establishments


def test_a_finess_of_another_department_is_refused() -> None:
    finess = Finess.read("370000390")

    with refused(Rule.FINESS_DEPARTMENT, "finess"):
        partner_in().add_establishment(
            Siret.read("99990002000010"), "Atelier", "75", finess, TODAY
        )


def test_an_establishment_is_declared_once() -> None:
    partner = partner_in()

    with refused(Rule.ESTABLISHMENT_KNOWN, "siret"):
        partner.add_establishment(Siret.read(CANAL), "Encore", "75", None, TODAY)


# the legitimacy


def test_a_partner_without_a_decision_is_not_eligible() -> None:
    partner = partner_in()
    find_eligible(partner, CDAP)

    with refused(Rule.ELIGIBILITY_MISSING):
        partner.require_eligibility(ESAT, TODAY)


def test_the_last_decision_is_the_one_that_counts() -> None:
    partner = partner_in()
    find_eligible(partner)
    partner.require_eligibility(ESAT, TODAY)
    partner.decide_eligibility(
        ESAT, Decision.NOT_ELIGIBLE, "Mission éteinte", None, DECIDER, TODAY
    )

    with refused(Rule.ELIGIBILITY_REFUSED):
        partner.require_eligibility(ESAT, TODAY)


def test_a_favourable_decision_without_the_form_that_its_service_needs_opens_nothing() -> (
    None
):
    partner = partner_in()
    find_eligible(partner)
    partner.eligibilities[-1].form_digest = None

    with refused(Rule.ELIGIBILITY_FORM_MISSING):
        partner.require_eligibility(ESAT, TODAY)


def test_an_establishment_of_another_legal_entity_is_told_at_its_rank() -> None:
    partner = partner_in()
    elsewhere = Establishment(siret="99990002000010")

    [notice] = partner.other_sirens([partner.establishments[0], elsewhere])

    assert (notice.rule, notice.path, notice.detail) == (
        Rule.OTHER_SIREN, ("establishment_ids", "1"), "99990002000010",
    )  # fmt: skip
    assert partner.other_sirens(partner.establishments) == []


def test_a_favourable_decision_on_esat_needs_the_form() -> None:
    partner = partner_in()

    partner.decide_eligibility(
        ESAT, Decision.NOT_ELIGIBLE, "Hors champ", None, DECIDER, TODAY
    )
    partner.decide_eligibility(
        CDAP, Decision.ELIGIBLE, "Mission sociale", None, DECIDER, TODAY
    )
    with refused(Rule.ELIGIBILITY_FORM_MISSING, "form_digest"):
        partner.decide_eligibility(
            ESAT, Decision.ELIGIBLE, "Mission vérifiée", None, DECIDER, TODAY
        )

    assert len(partner.eligibilities) == 2


def test_a_decision_says_who_when_and_on_which_ground() -> None:
    partner = partner_in()

    with refused(Rule.VALUE_INVALID, "ground"):
        partner.decide_eligibility(
            ESAT, Decision.ELIGIBLE, "  ", "1" * 64, DECIDER, TODAY
        )
    find_eligible(partner)

    made = partner.eligibilities[0]
    assert (made.decided_by_id, made.decided_on, made.ground) == (
        DECIDER.id,
        TODAY,
        "Mission vérifiée",
    )


def test_an_attestation_of_activity_has_its_evidence() -> None:
    partner = partner_in()

    with refused(Rule.VALUE_INVALID, "evidence"):
        partner.attest_activity(" ", DECIDER, TODAY)

    assert partner.attestations == []


def test_an_establishment_of_another_legal_entity_is_added_when_it_is_said() -> None:
    partner, siret = partner_in(), Siret.read(ELSEWHERE)

    with refused(Rule.OTHER_SIREN, "acknowledge_other_siren"):
        partner.add_establishment(siret, "Ailleurs", "75", None, TODAY)

    assert (
        partner.add_establishment(
            siret, "Ailleurs", "75", None, TODAY, acknowledge_other_siren=True
        ).siret
        == siret
    )


def test_an_establishment_is_the_partner_s_no_more_from_the_day_of_its_end() -> None:
    partner = partner_in("75", "75")
    annex = partner.establishments[1]

    partner.end_establishment(annex, day(2), "Fermeture", TODAY)

    assert [annex.is_ended_on(day(d)) for d in (1, 2, 3)] == [False, True, True]


def test_an_establishment_ends_today_or_later_with_a_reason_and_its_end_is_never_put_off() -> (
    None
):
    partner = partner_in("75", "75")
    own, annex = partner.establishments

    for place, on, reason, rule, field in (
        (own, TODAY, "Fermeture", Rule.ESTABLISHMENT_OWN, "establishment_id"),
        (annex, TODAY, " ", Rule.VALUE_INVALID, "end_reason"),
        (annex, day(-1), "Fermeture", Rule.DATE_PAST, "on"),
    ):
        with refused(rule, field):
            partner.end_establishment(place, on, reason, TODAY)
    partner.end_establishment(annex, day(2), "Fermeture", TODAY)
    for late in (2, 3):
        with refused(Rule.ALREADY_ENDED, "on"):
            partner.end_establishment(annex, day(late), "Fermeture", TODAY)
    partner.end_establishment(annex, TODAY, "Fermeture", TODAY)

    assert annex.ended_on == TODAY
    assert own.ended_on is None


# managers


def test_a_centralised_contract_has_no_manager() -> None:
    partner = partner_in()
    contract = convention_of(partner, Mode.CENTRALISED).contract

    with refused(Rule.CENTRALISED):
        contract.appoint(colleague(partner), ManagerKind.MANAGER, TODAY)


def test_a_person_is_appointed_once() -> None:
    partner = partner_in()
    contract = convention_of(partner, Mode.DELEGATED).contract
    manager = contract.appoint(colleague(partner), ManagerKind.MANAGER, TODAY)

    with refused(Rule.MANAGER_KNOWN, "user_id"):
        contract.appoint(manager.affiliation, ManagerKind.DEPUTY, TODAY)


def test_nobody_is_appointed_under_a_convention_from_its_last_day_on() -> None:
    partner = partner_in()
    convention = convention_of(partner, Mode.DELEGATED)
    convention.close(day(1), ClosingReason.PARTNER_CEASED, None, TODAY)

    assert convention.contract.appoint(
        colleague(partner), ManagerKind.MANAGER, TODAY
    ).is_active_on(TODAY)
    with refused(Rule.CONVENTION_CLOSED):
        convention.contract.appoint(
            colleague(partner, "Perrin"), ManagerKind.DEPUTY, day(1)
        )


def test_a_suspended_person_is_not_appointed() -> None:
    partner = partner_in()
    contract = convention_of(partner, Mode.DELEGATED).contract
    person = colleague(partner)
    person.suspend(TODAY, "Absence", BY_ORGANISM)

    with refused(Rule.AFFILIATION_SUSPENDED, "user_id"):
        contract.appoint(person, ManagerKind.MANAGER, TODAY)


def test_a_manager_who_is_suspended_gone_or_ended_does_not_act() -> None:
    partner = partner_in()
    contract = convention_of(partner, Mode.DELEGATED).contract
    suspended, gone, ended, acting = (
        contract.appoint(colleague(partner, name), ManagerKind.DEPUTY, TODAY)
        for name in "abcd"
    )

    suspended.affiliation.suspend(TODAY, "Absence", BY_ORGANISM)
    gone.affiliation.end(day(1), TODAY)
    ended.end(day(1), TODAY)

    assert contract.managers_on(TODAY) == [gone, ended, acting]
    assert contract.managers_on(day(1)) == [acting]


def test_the_last_manager_stays() -> None:
    partner = partner_in()
    contract = convention_of(partner, Mode.DELEGATED).contract
    alone = contract.appoint(colleague(partner), ManagerKind.MANAGER, TODAY).affiliation

    with refused(Rule.LAST_MANAGER):
        partner.keep_a_manager(alone, TODAY)
    contract.appoint(colleague(partner, "Perrin"), ManagerKind.DEPUTY, TODAY)

    partner.keep_a_manager(alone, TODAY)


def test_a_manager_who_will_go_does_not_let_the_last_one_go() -> None:
    partner = partner_in()
    contract = convention_of(partner, Mode.DELEGATED).contract
    staying, going = (
        contract.appoint(colleague(partner, name), ManagerKind.MANAGER, TODAY)
        for name in "ab"
    )
    going.affiliation.end(day(5), TODAY)

    partner.keep_a_manager(going.affiliation, TODAY)
    with refused(Rule.LAST_MANAGER):
        partner.keep_a_manager(staying.affiliation, TODAY)


def test_the_manager_of_a_closed_convention_may_go() -> None:
    partner = partner_in()
    former = convention_of(partner, Mode.DELEGATED)
    leaving = former.contract.appoint(
        colleague(partner), ManagerKind.MANAGER, TODAY
    ).affiliation
    former.close(TODAY, ClosingReason.SIRET_CHANGE, None, TODAY)
    successor = signed(draft_of(partner, Mode.DELEGATED))
    successor.contract.appoint(colleague(partner, "Perrin"), ManagerKind.MANAGER, TODAY)

    partner.keep_a_manager(leaving, TODAY)

    with refused(Rule.LAST_MANAGER):
        partner.keep_a_manager(successor.contract.managers[0].affiliation, TODAY)


def test_anyone_else_may_go() -> None:
    access = esat_access(Mode.DELEGATED)
    partner = access.convention.partner
    access.convention.contract.appoint(colleague(partner), ManagerKind.MANAGER, TODAY)

    partner.keep_a_manager(colleague(partner, "Perrin"), TODAY)


# the keys


async def test_a_siret_is_borne_by_one_partner_at_a_time(database: Database) -> None:
    row = {"partner_id": "ptr_99990001200025", "siret": CANAL, "starts_on": REGISTERED}

    said = await broken(database, insert(PartnerSiret).values(**row))
    await accepted(database, insert(PartnerSiret).values(**row, ends_on=TODAY))

    assert "partner_siret" in said


async def test_an_establishment_is_declared_by_one_partner_at_a_time(
    database: Database,
) -> None:
    row = ESTABLISHED | {
        "id": "est_again",
        "partner_id": "ptr_99990001200017",
        "siret": "99990001200025",
    }

    said = await broken(database, insert(Establishment).values(**row))
    await accepted(database, insert(Establishment).values(**row, ended_on=TODAY))

    assert "establishment" in said
