"""Registering a partner, its establishments, and what is decided on it."""

import strawberry
from strawberry import ID

from persistence.extract_taking import follow
from persistence.records import Establishment, Organism, Partner, Refused, Rule, Service
from persistence.records.identifiers import Finess, Siret
from persistence.records.partners import ActivityAttestation, Decision, Eligibility, PartnerKind

from .acting import Act, ActInput, ChangeInput, at, permission


@strawberry.input(description="Un partenaire à enregistrer, et son établissement s'il en est un.")
class PartnerRegisterInput(ActInput):
    siret: str = strawberry.field(description="SIRET, avec ou sans espaces.")
    name: str = strawberry.field(description="Raison sociale.")
    kind: PartnerKind = strawberry.field(description="Nature.")
    organism_id: ID = strawberry.field(description="Organisme qui suivra le partenaire : l'un des vôtres.")
    department: str | None = strawberry.field(
        default=None, description="Département : le partenaire est alors aussi un établissement de ce SIRET."
    )
    finess: str | None = strawberry.field(default=None, description="Numéro FINESS de l'établissement.")


@permission("Partner:register")
async def partner_register(act: Act, given: PartnerRegisterInput) -> Partner:
    """R2; a SIRET already known tells a managing agent which organism follows it."""
    act.may_create({"administering": given.organism_id})
    with at("siret"):
        siret = Siret.read(given.siret)
    known = await act.register.follower_of(siret)
    if known is not None:
        raise Refused(Rule.SIRET_KNOWN, "siret", detail=f"Suivi par : {known.name} ({known.code}).")
    follower = await act.known(Organism, given.organism_id, "organismId")
    partner = Partner.register(siret, given.name, given.kind, follower, act.today)
    if given.department is not None:
        department = (await act.departments([given.department], "department"))[0].code
        act.warn(partner.notices_at_registration(follower, department))
        partner.add_establishment(siret, given.name, department, _finess(given.finess), act.today)
    await follow(act.register, partner)
    act.register.session.add(partner)
    return partner


@strawberry.input(description="Un établissement à rattacher à un partenaire.")
class EstablishmentAddInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    siret: str = strawberry.field(description="SIRET de l'établissement.")
    name: str = strawberry.field(description="Nom.")
    department: str = strawberry.field(description="Code du département.")
    finess: str | None = strawberry.field(default=None, description="Numéro FINESS.")


@permission("Establishment:add", on=[Partner])
async def establishment_add(act: Act, given: EstablishmentAddInput) -> Establishment:
    partner = await act.take(Partner, given.partner_id, "partnerId")
    with at("siret"):
        siret = Siret.read(given.siret)
    department = (await act.departments([given.department], "department"))[0].code
    return partner.add_establishment(siret, given.name, department, _finess(given.finess), act.today)


@strawberry.input(description="Une décision d'éligibilité.")
class EligibilityDecideInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    service_id: ID = strawberry.field(description="Le service.")
    decision: Decision = strawberry.field(description="La décision.")
    ground: str = strawberry.field(description="Son motif.")
    form_digest: str | None = strawberry.field(
        default=None, description="Empreinte SHA-256 du formulaire d'éligibilité (R50)."
    )


@permission("Eligibility:decide", on=[Partner])
async def eligibility_decide(act: Act, given: EligibilityDecideInput) -> Eligibility:
    """R28, R50."""
    partner = await act.take(Partner, given.partner_id, "partnerId")
    service = await act.known(Service, given.service_id, "serviceId")
    return partner.decide_eligibility(service, given.decision, given.ground, given.form_digest, act.actor, act.today)


@strawberry.input(description="L'attestation que le partenaire est toujours actif.")
class ActivityAttestInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    evidence: str = strawberry.field(description="Comment on le sait.")


@permission("ActivityAttestation:attest", on=[Partner])
async def activity_attest(act: Act, given: ActivityAttestInput) -> ActivityAttestation:
    """R53."""
    partner = await act.take(Partner, given.partner_id, "partnerId")
    return partner.attest_activity(given.evidence, act.actor, act.today)


def _finess(text: str | None) -> Finess | None:
    with at("finess"):
        return Finess.read(text) if text else None
