"""Bulletins d'adhésion and the services they open."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Bulletin,
    Convention,
    Refused,
    Role,
    Rule,
    Service,
    ServiceAccess,
)
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.identifiers import Siret
from persistence.records.scans import DocumentKind
from resolvers.acting import Act, ChangeInput, PreviewInput, at, permission

from .papers import SignatureInput, attach


@strawberry.input(
    description="Le brouillon d'un bulletin d'adhésion : préparé, ou rempli de nouveau "
    "tant qu'il n'est pas signé."
)
class BulletinPrepareInput(ChangeInput):
    convention_id: ID = strawberry.field(description="La convention.")
    service_id: ID = strawberry.field(description="Le service (R34).")
    siret: str = strawberry.field(
        description="SIRET tel qu'écrit sur le bulletin (R58)."
    )
    role_ids: list[ID] = strawberry.field(
        description="Rôles disponibles pour le partenaire (R35)."
    )
    establishment_ids: list[ID] = strawberry.field(
        default_factory=list, description="Établissements de la portée (R35)."
    )
    departments: list[str] = strawberry.field(
        default_factory=list,
        description="Départements de la portée, quand aucun établissement n'est nommé.",
    )


@permission("MembershipBulletin:prepare", on=[Convention])
async def bulletin_prepare(act: Act, input: BulletinPrepareInput) -> Bulletin:
    """R7, R34, R35, R9: a mission of the convention covers the service."""
    convention = await act.take(Convention, input.convention_id, "convention_id")
    service = await act.find(Service, input.service_id, "service_id")
    with at("siret"):
        siret = Siret.read(input.siret)
    roles = await act.find_all(Role, input.role_ids, "role_ids")
    establishments = act.establishments(input.establishment_ids)
    departments = await act.departments(input.departments)
    terms = BulletinTerms(siret, roles, establishments, departments)
    act.warn(convention.partner.other_sirens(establishments))
    return ServiceAccess.of(convention, service).prepare_bulletin(terms)


@strawberry.input(description="Les signatures d'un bulletin, et ses dates d'effet.")
class BulletinSignInput(PreviewInput):
    bulletin_id: ID = strawberry.field(description="Le bulletin.")
    signature: SignatureInput = strawberry.field(
        description="Les deux signatures (R30)."
    )
    effective_from: date = strawberry.field(description="Premier jour d'effet (R8).")
    effective_to: date | None = strawberry.field(
        default=None, description="Premier jour sans effet."
    )
    acknowledge_cna: bool = strawberry.field(
        default=False,
        description="Confirme que le CNA administrera toute la convention (R47).",
    )


@permission("MembershipBulletin:sign", on=[Bulletin])
async def bulletin_sign(act: Act, input: BulletinSignInput) -> Bulletin:
    """R3, R7, R8, R30, R47."""
    bulletin = await act.take(Bulletin, input.bulletin_id, "bulletin_id")
    paper = input.signature.signature
    notices = bulletin.sign(
        paper,
        input.effective_from,
        input.effective_to,
        acknowledge_cna=input.acknowledge_cna,
        today=act.today,
    )
    act.warn(notices)
    attach(act, DocumentKind.BULLETIN, paper.digest, bulletin.id)
    return bulletin


@strawberry.input(description="L'ouverture d'un service, selon un bulletin signé.")
class ServiceOpenInput(PreviewInput):
    bulletin_id: ID = strawberry.field(
        description="Le bulletin : il dit les rôles et la portée (R55)."
    )
    on: date = strawberry.field(description="Premier jour d'ouverture.")


@permission("ServiceAccess:open", on=[Bulletin])
async def service_open(act: Act, input: ServiceOpenInput) -> ServiceAccess:
    """R3, R9, R10, R28, R30, R34, R38, R55, R58."""
    bulletin = await act.take(Bulletin, input.bulletin_id, "bulletin_id")
    elsewhere = await _elsewhere(act, bulletin, input.on)
    bulletin.open_service(input.on, elsewhere, act.today)
    return bulletin.access


@strawberry.input(
    description="Le remplacement d'un bulletin ouvert par un autre, signé."
)
class BulletinReplaceInput(PreviewInput):
    bulletin_id: ID = strawberry.field(description="Le bulletin ouvert.")
    successor_id: ID = strawberry.field(
        description="Le bulletin signé qui le remplace."
    )
    on: date = strawberry.field(description="Premier jour du nouveau bulletin.")


@permission("MembershipBulletin:replace", on=[Bulletin])
async def bulletin_replace(act: Act, input: BulletinReplaceInput) -> Bulletin:
    """R34: the bulletin closes on the day its successor opens."""
    bulletin = await act.take(Bulletin, input.bulletin_id, "bulletin_id")
    successor = next(
        (b for b in bulletin.access.bulletins if b.id == input.successor_id), None
    )
    if successor is None:
        raise Refused(Rule.NOT_FOUND, "successor_id")
    elsewhere = await _elsewhere(act, successor, input.on)
    bulletin.replace_with(successor, input.on, elsewhere, act.today)
    return successor


async def _elsewhere(act: Act, bulletin: Bulletin, on: date) -> frozenset[str]:
    sirets = [e.siret for e in bulletin.establishments]
    return await act.register.contracting_elsewhere(
        bulletin.access.convention.partner, sirets, on
    )


@strawberry.input(description="La clôture d'un bulletin.")
class BulletinCloseInput(PreviewInput):
    bulletin_id: ID = strawberry.field(description="Le bulletin.")
    on: date = strawberry.field(description="Premier jour sans le bulletin.")
    closing_reason: str = strawberry.field(description="Motif.")


@permission("MembershipBulletin:close", on=[Bulletin])
async def bulletin_close(act: Act, input: BulletinCloseInput) -> Bulletin:
    bulletin = await act.take(Bulletin, input.bulletin_id, "bulletin_id")
    bulletin.close(input.on, input.closing_reason, act.today)
    return bulletin


@strawberry.input(description="L'annulation d'une clôture à venir.")
class BulletinClosingCancelInput(PreviewInput):
    bulletin_id: ID = strawberry.field(description="Le bulletin.")


@permission("MembershipBulletin:close", on=[Bulletin])
async def bulletin_closing_cancel(
    act: Act, input: BulletinClosingCancelInput
) -> Bulletin:
    bulletin = await act.take(Bulletin, input.bulletin_id, "bulletin_id")
    act.set_effect_day(bulletin.closed_on)
    on = bulletin.closed_on or act.today
    elsewhere = await _elsewhere(act, bulletin, on)
    if bulletin.opened_on is not None and elsewhere:
        raise Refused(Rule.ESTABLISHMENT_CONTRACTS, detail=", ".join(sorted(elsewhere)))
    bulletin.cancel_closing(act.today)
    return bulletin


@strawberry.input(
    description="La suspension d'un service : les droits s'arrêtent, les dates restent."
)
class ServiceSuspendInput(PreviewInput):
    access_id: ID = strawberry.field(description="Le service de la convention.")
    suspension_reason: str = strawberry.field(description="Motif de la suspension.")


@permission("ServiceAccess:suspend", on=[ServiceAccess])
async def service_suspend(act: Act, input: ServiceSuspendInput) -> ServiceAccess:
    access = await act.take(ServiceAccess, input.access_id, "access_id")
    access.suspend(act.today, input.suspension_reason, act.author)
    return access


@strawberry.input(description="La fin de la suspension d'un service.")
class ServiceResumeInput(ChangeInput):
    access_id: ID = strawberry.field(description="Le service de la convention.")


@permission("ServiceAccess:resume", on=[ServiceAccess])
async def service_resume(act: Act, input: ServiceResumeInput) -> ServiceAccess:
    access = await act.take(ServiceAccess, input.access_id, "access_id")
    act.warn(access.resume(act.today, act.author))
    return access
