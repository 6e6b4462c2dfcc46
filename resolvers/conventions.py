"""Conventions and their contract: prepare, sign, amend, close; the habilitation managers."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Affiliation,
    ContractManager,
    Convention,
    Mission,
    Mode,
    Partner,
    Refused,
    Rule,
    ScannedPaper,
)
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import Amendment, ClosingReason, DocumentKind
from persistence.records.onboarding import require_onboarding_before_contract
from persistence.records.papers import Signature
from resolvers.acting import Act, ChangeInput, Done, PreviewInput, at, permission

from .users import PersonInput, invite, keep_a_manager


@strawberry.input(
    description="Les deux signatures d'un document papier, et l'empreinte de sa numérisation (R30)."
)
class SignatureInput:
    partner_signed_on: date = strawberry.field(
        description="Jour de signature du partenaire."
    )
    organism_signed_on: date = strawberry.field(
        description="Jour de signature de l'organisme."
    )
    partner_signatory: str = strawberry.field(
        description="Qui a signé pour le partenaire."
    )
    organism_signatory: str = strawberry.field(
        description="Qui a signé pour l'organisme."
    )
    digest: str = strawberry.field(
        description="SHA-256 de la numérisation, en hexadécimal."
    )

    @property
    def signature(self) -> Signature:
        return Signature(
            self.partner_signed_on,
            self.organism_signed_on,
            self.partner_signatory,
            self.organism_signatory,
            self.digest.lower(),
        )


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
    description="Une convention qui existait avant le registre, avec son contrat de services."
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
        description="Premier jour d'effet d'origine. Le registre, lui, ne donne aucun droit avant aujourd'hui."
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
    """Written once: everything below closes because this does."""
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
        await _require_free_place(act, convention, convention.closed_on or act.today)
    convention.cancel_closing(act.today)
    return convention


async def _require_free_place(act: Act, convention: Convention, on: date) -> None:
    """R35: meanwhile nobody has taken the partner in its scope, nor contracted for an establishment of its own."""
    if await act.register.in_scope_elsewhere(convention.partner, on):
        raise Refused(Rule.IN_SCOPE_ELSEWHERE)
    live = [
        b
        for a in convention.accesses
        for b in a.bulletins
        if b.opened_on is not None and b.ends_on > on
    ]
    sirets = sorted({e.siret for b in live for e in b.establishments})
    elsewhere = await act.register.contracting_elsewhere(convention.partner, sirets, on)
    if elsewhere:
        raise Refused(Rule.ESTABLISHMENT_CONTRACTS, detail=", ".join(sorted(elsewhere)))


@strawberry.input(
    description="Un gestionnaire des habilitations à nommer : une personne connue du partenaire, ou à inviter."
)
class ManagerAppointInput(ChangeInput):
    convention_id: ID = strawberry.field(
        description="La convention, au contrat délégué."
    )
    kind: ManagerKind = strawberry.field(description="Gestionnaire ou suppléant.")
    user_id: ID | None = strawberry.field(
        default=None, description="Une personne déjà rattachée au partenaire."
    )
    person: PersonInput | None = strawberry.field(
        default=None, description="Une personne à inviter."
    )


@permission("Manager:appoint", "Manager:appoint_deputy", on=[Convention])
async def manager_appoint(act: Act, input: ManagerAppointInput) -> Done:
    """R39, R45: by the Caf whenever none is active, or whom it had ended; then the manager names its deputies."""
    by_manager = input.kind is ManagerKind.DEPUTY and bool(act.subject.administered)
    needs = "Manager:appoint_deputy" if by_manager else "Manager:appoint"
    convention = await act.take(
        Convention, input.convention_id, "convention_id", needs=needs
    )
    again = input.user_id is not None and convention.partner.ended_as_manager(
        input.user_id
    )
    if (
        not act.is_by_partner
        and not again
        and convention.contract.managers_on(act.today)
    ):
        raise Refused(Rule.MANAGER_ACTIVE)
    affiliation, secret = _affiliated(act, input)
    manager = convention.contract.appoint(
        affiliation, input.kind, act.today, act.author.side
    )
    return Done([manager], secret)


def _affiliated(
    act: Act, input: ManagerAppointInput
) -> tuple[Affiliation, dict[str, str]]:
    assert act.partner is not None
    if (input.user_id is None) == (input.person is None):
        raise Refused(
            Rule.VALUE_INVALID, "user_id", detail="Donnez `userId` ou `person`."
        )
    if input.person is not None:
        affiliation, secret = invite(act, act.partner, input.person)
        return affiliation, {"invitation": secret}
    with at("user_id"):
        return act.partner.affiliation_of(input.user_id or "", act.today), {}


@strawberry.input(description="La fin d'un gestionnaire des habilitations.")
class ManagerEndInput(PreviewInput):
    manager_id: ID = strawberry.field(description="Le gestionnaire.")
    on: date = strawberry.field(description="Premier jour sans le droit.")


@permission("Manager:end", on=[ContractManager])
async def manager_end(act: Act, input: ManagerEndInput) -> ContractManager:
    manager = await act.take(ContractManager, input.manager_id, "manager_id")
    keep_a_manager(act, manager.affiliation)
    manager.end(input.on, act.today)
    return manager


@strawberry.input(
    description="La remise par le CNA d'un partenaire à l'organisme signataire."
)
class CnaHandBackInput(PreviewInput):
    partner_id: ID = strawberry.field(
        description="Le partenaire que le CNA administre."
    )


@permission("Cna:hand_back", on=[Partner])
async def cna_hand_back(act: Act, input: CnaHandBackInput) -> Partner:
    """R47, A13: refused while a bulletin over two departments is in force or announced."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    partner.hand_back(act.actor, act.today)
    return partner


def attach_papers(
    act: Act, convention_id: str, convention: Signature, contract: Signature
) -> None:
    """Keep the digests of a convention and of its contract."""
    attach(act, DocumentKind.CONVENTION, convention.digest, convention_id)
    attach(act, DocumentKind.CONTRACT, contract.digest, convention_id)


def attach(act: Act, kind: DocumentKind, digest: str, attached_to: str) -> None:
    """Keep the digest of a scanned paper."""
    assert act.partner is not None
    act.register.session.add(
        ScannedPaper(
            partner_id=act.partner.id, kind=kind, digest=digest, attached_to=attached_to
        )
    )
