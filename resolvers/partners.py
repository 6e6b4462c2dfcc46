"""Registering a partner, its establishments, and what is decided on it."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.intake.import_following import follow
from persistence.intake.import_locks import hold
from persistence.records import Establishment, Organism, Partner, Refused, Rule, Service
from persistence.records.corrections import (
    correct_establishment,
    correct_partner,
    require_scopes,
)
from persistence.records.decisions import ActivityAttestation, Decision, Eligibility
from persistence.records.identifiers import Finess, Siret
from persistence.records.partners import PartnerKind
from resolvers.acting import (
    Act,
    ActInput,
    ChangeInput,
    PreviewInput,
    at,
    permission,
)


@strawberry.input(
    description="Un partenaire à enregistrer, et son établissement s'il en est un."
)
class PartnerRegisterInput(ActInput):
    siret: str = strawberry.field(description="SIRET, avec ou sans espaces.")
    name: str = strawberry.field(description="Raison sociale.")
    kind: PartnerKind = strawberry.field(description="Nature.")
    organism_id: ID = strawberry.field(
        description="Organisme qui suivra le partenaire : l'un des vôtres."
    )
    department: str | None = strawberry.field(
        default=None,
        description="Département : le partenaire est alors aussi un établissement de "
        "ce SIRET.",
    )
    finess: str | None = strawberry.field(
        default=None, description="Numéro FINESS de l'établissement."
    )


@permission("Partner:register")
async def partner_register(act: Act, input: PartnerRegisterInput) -> Partner:
    """R2. For a SIRET of the register, the refusal says which organism follows it."""
    act.require_permission_on({"administering": input.organism_id})
    with at("siret"):
        siret = Siret.read(input.siret)
    other = await act.register.follower_of(siret)
    if other is not None:
        detail = f"Suivi par : {other.name} ({other.code})."
        raise Refused(Rule.SIRET_KNOWN, "siret", detail=detail)
    follower = await act.find(Organism, input.organism_id, "organism_id")
    partner = Partner.register(siret, input.name, input.kind, follower, act.today)
    if input.department is not None:
        department = (await act.department(input.department)).code
        await _require_free(act, siret)
        act.warn(partner.notices_at_registration(follower, department))
        finess = _finess(input.finess)
        partner.add_establishment(siret, input.name, department, finess, act.today)
    await hold(act.register)
    await follow(act.register, partner)
    act.register.session.add(partner)
    return partner


@strawberry.input(
    description="Ce qui se dit d'un partenaire, en entier : ce qui est laissé vide "
    "n'est plus dit."
)
class PartnerUpdateInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    name: str = strawberry.field(description="Raison sociale.")
    contact: str | None = strawberry.field(
        default=None, description="Où le joindre : adresse, téléphone."
    )


@permission("Partner:update", on=[Partner])
async def partner_update(act: Act, input: PartnerUpdateInput) -> Partner:
    """Its SIRET changes by an act of its own."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    correct_partner(partner, input.name, input.contact)
    return partner


@strawberry.input(
    description="Ce qui se dit d'un établissement, en entier : ce qui est laissé vide "
    "n'est plus dit."
)
class EstablishmentUpdateInput(ChangeInput):
    establishment_id: ID = strawberry.field(description="L'établissement.")
    name: str = strawberry.field(description="Nom.")
    department: str = strawberry.field(description="Code du département.")
    finess: str | None = strawberry.field(default=None, description="Numéro FINESS.")
    contact: str | None = strawberry.field(
        default=None, description="Où le joindre : adresse, téléphone."
    )


@permission("Establishment:update", on=[Establishment])
async def establishment_update(
    act: Act, input: EstablishmentUpdateInput
) -> Establishment:
    place = await act.take(Establishment, input.establishment_id, "establishment_id")
    assert act.partner is not None
    department = (await act.department(input.department)).code
    is_move = department != place.department
    finess = _finess(input.finess)
    correct_establishment(place, input.name, department, finess, input.contact)
    if is_move:
        require_scopes(act.partner, place, act.today)
    return place


@strawberry.input(description="Un établissement à rattacher à un partenaire.")
class EstablishmentAddInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    siret: str = strawberry.field(description="SIRET de l'établissement.")
    name: str = strawberry.field(description="Nom.")
    department: str = strawberry.field(description="Code du département.")
    finess: str | None = strawberry.field(default=None, description="Numéro FINESS.")
    acknowledge_other_siren: bool = strawberry.field(
        default=False,
        description="Confirme que le partenaire gère cet établissement d'une autre "
        "personne morale (R31).",
    )


@permission("Establishment:add", on=[Partner])
async def establishment_add(act: Act, input: EstablishmentAddInput) -> Establishment:
    partner = await act.take(Partner, input.partner_id, "partner_id")
    with at("siret"):
        siret = Siret.read(input.siret)
    await _require_free(act, siret)
    department = (await act.department(input.department)).code
    return partner.add_establishment(
        siret,
        input.name,
        department,
        _finess(input.finess),
        act.today,
        acknowledge_other_siren=input.acknowledge_other_siren,
    )


async def _require_free(act: Act, siret: Siret) -> None:
    """One partner at a time has an establishment.

    The refusal says which organism administers that partner: it can end it there.
    """
    holder = await act.register.administrator_of_establishment(siret)
    if holder is not None:
        detail = f"Le partenaire est administré par : {holder.name} ({holder.code})."
        raise Refused(Rule.ESTABLISHMENT_KNOWN, "siret", detail=detail)


@strawberry.input(
    description="La fin d'un établissement chez un partenaire : il sort de toutes les "
    "portées."
)
class EstablishmentEndInput(PreviewInput):
    establishment_id: ID = strawberry.field(description="L'établissement.")
    on: date = strawberry.field(description="Premier jour sans lui.")
    end_reason: str = strawberry.field(description="Motif.")


@permission("Establishment:end", on=[Establishment], moves_roster=True)
async def establishment_end(act: Act, input: EstablishmentEndInput) -> Establishment:
    """End an establishment here, to add it to another partner if it moves.

    What it has declared stays at the partner where it was.
    """
    place = await act.take(Establishment, input.establishment_id, "establishment_id")
    assert act.partner is not None
    act.partner.end_establishment(place, input.on, input.end_reason, act.today)
    return place


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
async def eligibility_decide(act: Act, input: EligibilityDecideInput) -> Eligibility:
    """R28, R50."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    service = await act.find(Service, input.service_id, "service_id")
    return partner.decide_eligibility(
        service,
        input.decision,
        input.ground,
        input.form_digest,
        act.actor,
        act.today,
    )


@strawberry.input(description="L'attestation que le partenaire est toujours actif.")
class ActivityAttestInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    evidence: str = strawberry.field(description="Comment on le sait.")


@permission("ActivityAttestation:attest", on=[Partner])
async def activity_attest(act: Act, input: ActivityAttestInput) -> ActivityAttestation:
    """R53."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    return partner.attest_activity(input.evidence, act.actor, act.today)


def _finess(text: str | None) -> Finess | None:
    with at("finess"):
        return Finess.read(text) if text else None
