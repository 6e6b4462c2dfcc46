"""A change of mode, of SIRET or of organism.

A successor convention is prepared, then it takes the place of the one in force.
"""

from datetime import date

import strawberry
from strawberry import ID

from persistence.intake.import_following import follow
from persistence.intake.import_locks import hold
from persistence.records import Convention, Mode, Organism, Partner, Refused, Rule
from persistence.records.carrying import MembersAtSwitch
from persistence.records.conventions import ClosingReason
from persistence.records.identifiers import Siret
from persistence.records.rules import require
from persistence.records.scans import DocumentKind
from persistence.records.siret_changes import change_siret
from persistence.records.successions import (
    Papers,
    change_mode,
    prepare,
    switch,
)
from persistence.records.transfers import change_organism
from resolvers.acting import Act, PreviewInput, at, permission, under

from .papers import SignatureInput, attach, attach_papers


@strawberry.input(description="Le bulletin d'un service, signé de nouveau.")
class ServicePaperInput:
    service_id: ID = strawberry.field(description="Le service.")
    signature: SignatureInput = strawberry.field(
        description="Les deux signatures (R30)."
    )


@strawberry.input(
    description="Ce qui a été signé de nouveau : une convention ne se change pas, elle "
    "se remplace (R43)."
)
class NewPapersInput:
    convention: SignatureInput = strawberry.field(
        description="Signatures de la convention."
    )
    contract: SignatureInput = strawberry.field(
        description="Signatures du contrat de services."
    )
    bulletins: list[ServicePaperInput] = strawberry.field(
        description="Signatures des bulletins, un par service ouvert (A7)."
    )
    acknowledge_cna: bool = strawberry.field(
        default=False,
        description="Confirme que le CNA administre, quand un bulletin couvre "
        "plusieurs départements.",
    )

    @property
    def papers(self) -> Papers:
        bulletins = {str(b.service_id): b.signature.signature for b in self.bulletins}
        return Papers(
            self.convention.signature,
            self.contract.signature,
            bulletins,
            self.acknowledge_cna,
        )


@strawberry.input(
    description="La bascule d'une convention à celle qui la remplace, un même jour."
)
class SwitchInput(NewPapersInput):
    on: date = strawberry.field(
        description="Dernière convention close et nouvelle en vigueur ce jour : "
        "aujourd'hui ou après."
    )


@strawberry.input(
    description="Un changement de mode de gestion : prépare la convention suivante, "
    "puis bascule (R43)."
)
class DelegationChangeInput(PreviewInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    mode: Mode = strawberry.field(
        description="Le nouveau mode, pour tous les services (R42)."
    )
    switch: SwitchInput | None = strawberry.field(
        default=None,
        description="Vide : prépare seulement, avec les copies préremplies.",
    )
    members: MembersAtSwitch | None = strawberry.field(
        default=None,
        description="Ce que deviennent les personnes incluses (A7). À dire à la "
        "bascule, quand il y en a (R43).",
    )

    def effect_on(self, today: date) -> date:
        return max(self.switch.on, today) if self.switch else today


@permission("Delegation:change", on=[Partner])
async def delegation_change(act: Act, input: DelegationChangeInput) -> Convention:
    """R42, R43, A7, A8: both conventions change on one day, in one transaction."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    successor = change_mode(partner, input.mode, act.today)
    if input.switch is not None:
        reason, on = ClosingReason.DELEGATION_CHANGE, input.switch.on
        await _switch(act, successor, input.switch, on, reason, input.members)
    return successor


@strawberry.input(
    description="Un changement de SIRET : déménagement, fusion. Le partenaire reste le "
    "même (A2)."
)
class PartnerSiretChangeInput(PreviewInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    siret: str = strawberry.field(description="Le nouveau SIRET.")
    department: str | None = strawberry.field(
        default=None,
        description="Le nouveau département de son établissement, s'il en change.",
    )
    switch: NewPapersInput | None = strawberry.field(
        default=None,
        description="Les nouveaux papiers : le changement a lieu aujourd'hui. Vide : "
        "prépare seulement, "
        "sauf sans convention en vigueur, où rien n'est à signer.",
    )


@permission("Partner:update", on=[Partner])
async def partner_siret_change(act: Act, input: PartnerSiretChangeInput) -> Partner:
    """R58, A2: a successor convention on the new SIRET.

    Groups, people and declarations go on.
    """
    await hold(act.register)  # before the partner's lock, as an import does
    partner = await act.take(Partner, input.partner_id, "partner_id")
    with at("siret"):
        siret = Siret.read(input.siret)
    department = None
    if input.department:
        department = (await act.department(input.department)).code
    await _require_free_siret(act, partner, siret)
    former = next((c for c in partner.conventions if c.ends_after(act.today)), None)
    if former is None:
        change_siret(partner, siret, department, act.today)
        await follow(act.register, partner)
        return partner
    with at("siret"):
        successor = prepare(partner, former.contract.mode, siret, act.today)
    if input.switch is not None:
        change_siret(partner, siret, department, act.today)
        await follow(act.register, partner)
        await _switch(
            act, successor, input.switch, act.today, ClosingReason.SIRET_CHANGE
        )
    return partner


@strawberry.input(
    description="Le transfert d'un partenaire à un autre organisme, qui le suit dès "
    "lors (R31)."
)
class PartnerTransferInput(PreviewInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    organism_id: ID = strawberry.field(
        description="L'organisme qui le suivra, et signera la convention suivante."
    )
    switch: SwitchInput | None = strawberry.field(
        default=None,
        description="La bascule, quand une convention est en vigueur. Vide : prépare "
        "seulement, sauf sans convention en vigueur, où l'organisme change "
        "aujourd'hui.",
    )

    def effect_on(self, today: date) -> date:
        return max(self.switch.on, today) if self.switch else today


@permission("Partner:transfer", on=[Partner])
async def partner_transfer(act: Act, input: PartnerTransferInput) -> Partner:
    """R31: a convention is of one organism, so another one signs its successor."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    organism = await act.find(Organism, input.organism_id, "organism_id")
    act.organism = partner.span_on(act.today).administering_id
    if not any(c.ends_after(act.today) for c in partner.conventions):
        is_same = organism.id == partner.follower_on(act.today)
        require(not is_same, Rule.FOLLOWER_SAME, "organism_id")
        partner.transfer(organism, act.today)
        return partner
    successor = change_organism(partner, organism, act.today)
    if input.switch is not None:
        on = input.switch.on
        await _switch(act, successor, input.switch, on, ClosingReason.TRANSFER)
        partner.transfer(organism, on)
    return partner


async def _require_free_siret(act: Act, partner: Partner, siret: Siret) -> None:
    """The SIRET is nobody else's, neither as a partner nor as an establishment."""
    if siret == partner.siret:
        raise Refused(Rule.SIRET_SAME, "siret")
    follower = await act.register.follower_of(siret)
    if follower is not None:
        detail = f"Suivi par : {follower.name} ({follower.code})."
        raise Refused(Rule.SIRET_KNOWN, "siret", detail=detail)
    place = await act.register.establishment_of(siret)
    mine = {e.id for e in partner.establishments}
    if place is not None and place not in mine:
        raise Refused(Rule.ESTABLISHMENT_KNOWN, "siret")


async def _switch(
    act: Act,
    successor: Convention,
    input: NewPapersInput,
    on: date,
    reason: ClosingReason,
    members: MembersAtSwitch | None = None,
) -> None:
    papers, partner = input.papers, successor.partner
    sirets = [e.siret for e in partner.establishments if e.ended_on is None]
    elsewhere = await act.register.contracting_elsewhere(partner, sirets, on)
    with under("switch", but=("members",)):
        notices = switch(successor, papers, on, reason, elsewhere, act.today, members)
    act.warn(notices)
    attach_papers(act, successor.id, papers.convention, papers.contract)
    for access in successor.accesses:
        for bulletin in access.bulletins:
            if bulletin.digest is not None:
                attach(act, DocumentKind.BULLETIN, bulletin.digest, bulletin.id)
