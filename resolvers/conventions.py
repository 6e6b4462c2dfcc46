"""Conventions and their contract: prepare, sign, record, amend, close."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Convention,
    Mission,
    Mode,
    Partner,
    Refused,
    Rule,
)
from persistence.records.amendments import Amendment
from persistence.records.conventions import ClosingReason
from persistence.records.onboarding import require_onboarding_before_contract
from persistence.records.scans import DocumentKind
from resolvers.acting import Act, ChangeInput, PreviewInput, permission

from .papers import SignatureInput, attach, attach_papers


@strawberry.input(
    description="Une convention à préparer, avec son contrat de services."
)
class ConventionPrepareInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    mode: Mode = strawberry.field(description="Mode de gestion, au contrat (R41).")
    mission_ids: list[ID] = strawberry.field(description="Les missions (R32).")
    conditions_of_exercise: str | None = strawberry.field(
        default=None, description="Conditions d'exercice (R32)."
    )
    conditions_of_administration: str | None = strawberry.field(
        default=None, description="Conditions d'administration (R32)."
    )


@permission("Convention:prepare", on=[Partner])
async def convention_prepare(act: Act, input: ConventionPrepareInput) -> Convention:
    """R31, R32, R41; the contract is prepared with it."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    missions = await act.find_all(Mission, input.mission_ids, "mission_ids")
    return partner.prepare_convention(
        input.mode,
        missions,
        input.conditions_of_exercise,
        input.conditions_of_administration,
        act.today,
    )


@strawberry.input(description="Les signatures d'une convention et de son contrat.")
class ConventionSignInput(ChangeInput):
    convention_id: ID = strawberry.field(description="La convention.")
    convention: SignatureInput = strawberry.field(
        description="Signatures de la convention."
    )
    contract: SignatureInput = strawberry.field(
        description="Signatures du contrat de services."
    )
    in_force_on: date = strawberry.field(
        description="Premier jour d'effet : aujourd'hui ou après."
    )
    term_on: date | None = strawberry.field(
        default=None,
        description="Premier jour après le terme ; vide : sans limitation de durée.",
    )


@permission("Convention:sign", on=[Convention])
async def convention_sign(act: Act, input: ConventionSignInput) -> Convention:
    """R30, R32, R36, R53."""
    convention = await act.take(Convention, input.convention_id, "convention_id")
    if await act.register.in_scope_elsewhere(convention.partner, input.in_force_on):
        raise Refused(Rule.IN_SCOPE_ELSEWHERE, "in_force_on")
    require_onboarding_before_contract(convention.partner, act.today)
    papers = (input.convention.signature, input.contract.signature)
    convention.sign(*papers, input.in_force_on, input.term_on, act.today)
    attach_papers(act, convention.id, *papers)
    return convention


@strawberry.input(
    description="Une convention qui existait avant le registre, avec son contrat de "
    "services."
)
class ConventionRecordInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    number: str = strawberry.field(description="Son numéro.")
    mode: Mode = strawberry.field(description="Mode de gestion, au contrat (R41).")
    mission_ids: list[ID] = strawberry.field(description="Ses missions (R32).")
    convention: SignatureInput = strawberry.field(
        description="Signatures de la convention."
    )
    contract: SignatureInput = strawberry.field(
        description="Signatures du contrat de services."
    )
    originally_in_force_on: date = strawberry.field(
        description="Premier jour d'effet d'origine. Le registre, lui, ne donne aucun "
        "droit avant aujourd'hui."
    )
    term_on: date | None = strawberry.field(
        default=None,
        description="Premier jour après le terme ; vide : sans limitation de durée.",
    )
    conditions_of_exercise: str | None = strawberry.field(
        default=None, description="Conditions d'exercice (R32)."
    )
    conditions_of_administration: str | None = strawberry.field(
        default=None, description="Conditions d'administration (R32)."
    )


@permission("Convention:record", on=[Partner])
async def convention_record(act: Act, input: ConventionRecordInput) -> Convention:
    """R36, R55, R57: on the partner's SIRET, in force from today on."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    if await act.register.in_scope_elsewhere(partner, act.today):
        raise Refused(Rule.IN_SCOPE_ELSEWHERE, "partner_id")
    missions = await act.find_all(Mission, input.mission_ids, "mission_ids")
    convention = partner.prepare_convention(
        input.mode,
        missions,
        input.conditions_of_exercise,
        input.conditions_of_administration,
        act.today,
    )
    papers = (input.convention.signature, input.contract.signature)
    convention.record(
        input.number, *papers, input.originally_in_force_on, input.term_on, act.today
    )
    attach_papers(act, convention.id, *papers)
    return convention


@strawberry.input(description="Un avenant à une convention en vigueur.")
class ConventionAmendInput(ChangeInput):
    convention_id: ID = strawberry.field(description="La convention.")
    verified_fields: list[str] = strawberry.field(
        description="Ce qui a été vérifié, par exemple `mission` (R55)."
    )
    mission_ids: list[ID] = strawberry.field(
        description="Les missions après l'avenant."
    )
    digest: str | None = strawberry.field(
        default=None, description="SHA-256 de l'avenant numérisé."
    )


@permission("Convention:amend", on=[Convention])
async def convention_amend(act: Act, input: ConventionAmendInput) -> Amendment:
    """R55, R9."""
    convention = await act.take(Convention, input.convention_id, "convention_id")
    missions = await act.find_all(Mission, input.mission_ids, "mission_ids")
    amendment = convention.amend(
        input.verified_fields, missions, input.digest, act.today
    )
    if input.digest:
        attach(act, DocumentKind.AMENDMENT, input.digest, amendment.id)
    return amendment


@strawberry.input(description="La clôture d'une convention.")
class ConventionCloseInput(PreviewInput):
    convention_id: ID = strawberry.field(description="La convention.")
    on: date = strawberry.field(
        description="Premier jour sans la convention : aujourd'hui ou après."
    )
    closing_reason: ClosingReason = strawberry.field(description="Motif.")
    comment: str | None = strawberry.field(default=None, description="Commentaire.")


@permission("Convention:close", on=[Convention])
async def convention_close(act: Act, input: ConventionCloseInput) -> Convention:
    """One date is written: all that hangs from the convention closes with it."""
    convention = await act.take(Convention, input.convention_id, "convention_id")
    convention.close(input.on, input.closing_reason, input.comment, act.today)
    return convention


@strawberry.input(description="L'annulation d'une clôture à venir.")
class ConventionClosingCancelInput(PreviewInput):
    convention_id: ID = strawberry.field(description="La convention.")


@permission("Convention:cancel_closing", on=[Convention])
async def convention_closing_cancel(
    act: Act, input: ConventionClosingCancelInput
) -> Convention:
    convention = await act.take(Convention, input.convention_id, "convention_id")
    act.set_effect_day(convention.closed_on)
    if convention.in_force_on is not None:
        on = convention.closed_on or act.today
        await _require_free_place(act, convention, on)
    convention.cancel_closing(act.today)
    return convention


async def _require_free_place(act: Act, convention: Convention, on: date) -> None:
    """R35: nobody else has meanwhile the partner in its scope, or an establishment."""
    if await act.register.in_scope_elsewhere(convention.partner, on):
        raise Refused(Rule.IN_SCOPE_ELSEWHERE)
    sirets = sorted(_covered_sirets(convention, on))
    elsewhere = await act.register.contracting_elsewhere(convention.partner, sirets, on)
    if elsewhere:
        raise Refused(Rule.ESTABLISHMENT_CONTRACTS, detail=", ".join(sorted(elsewhere)))


def _covered_sirets(convention: Convention, on: date) -> set[str]:
    """The SIRET of each establishment that an opened bulletin still covers after."""
    sirets: set[str] = set()
    for access in convention.accesses:
        for bulletin in access.bulletins:
            if bulletin.opened_on is not None and bulletin.ends_on > on:
                sirets.update(place.siret for place in bulletin.establishments)
    return sirets


@strawberry.input(
    description="La remise par le CNA d'un partenaire à l'organisme signataire."
)
class CnaHandBackInput(PreviewInput):
    partner_id: ID = strawberry.field(
        description="Le partenaire que le CNA administre."
    )


@permission("Cna:hand_back", on=[Partner])
async def cna_hand_back(act: Act, input: CnaHandBackInput) -> Partner:
    """R47, A13.

    Refused while a bulletin over two departments is in force or announced.
    """
    partner = await act.take(Partner, input.partner_id, "partner_id")
    partner.hand_back(act.actor, act.today)
    return partner
