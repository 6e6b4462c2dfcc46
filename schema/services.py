"""Services, rôles, missions, campagnes, paramètres : le référentiel, lu de tous."""

from datetime import date, datetime

import strawberry
from strawberry import ID

from persistence import records
from persistence.facts.board import board
from persistence.facts.campaign_boards import is_of_campaign, is_of_organism
from persistence.facts.columns import texts, through
from persistence.facts.declarations import campaign_status
from persistence.records.campaigns import CampaignStatus
from persistence.records.cases import Case
from persistence.records.services import RoleProfile

from .binding import by, column, derived, listed, mirrors, one, page
from .boards import CampaignBoard, one_by
from .campaign_establishments import (
    CAMPAIGN_ESTABLISHMENT_FILTERS,
    CampaignEstablishment,
    CampaignEstablishmentOrder,
)
from .connections import Connection
from .declarations import DECLARATION_FILTERS, DeclarationOrder
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .refs import DeclarationRef, MigrationRef, MissionRef, RoleRef, ServiceRef


@mirrors(
    records.Service,
    "Service de Mon Compte Partenaire : un onglet, des rôles, des conditions"
    " d'ouverture (R9, R10, R14).",
)
class Service(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    code: str = column("Code, par exemple `ESAT`.")
    label: str = column("Nom.")
    tab_label: str = column("Libellé de l'onglet (§5, R49).")
    available_from: date = column("Aucun accès avant ce jour (R10).")
    bulletins_from: date | None = column(
        "Aucun bulletin ne prend effet avant ce jour (R8)."
    )
    needs_establishment: bool = column("La portée nomme des établissements.")
    needs_eligibility_form: bool = column(
        "Le formulaire d'éligibilité est requis (§5, R50)."
    )
    illustrative: bool = column("Service fictif de la démonstration.")
    excluded_departments: list[str] = column(
        "Départements hors champ (Mayotte : R3).",
        texts("service_excluded_department", "department", "service_id"),
    )
    roles: list[RoleRef] = listed("Ses rôles.", by("service_id"), "code")
    missions: list[MissionRef] = listed(
        "Les missions qui le couvrent.",
        through("mission_service", "mission_id", "service_id"),
        "code",
    )
    migration: MigrationRef | None = one(
        "Sa campagne de migration, s'il en a une (R59).", by("service_id")
    )


@strawberry.type(
    description="Les partenaires d'un organisme et d'un cas, dans une migration (R59)."
)
class MigrationCount:
    organism_id: ID = strawberry.field(description="L'organisme qui administre.")
    organism_code: str = strawberry.field(
        description="Code de l'organisme qui administre."
    )
    organism: str = strawberry.field(description="Son nom.")
    case: Case = strawberry.field(description="Le cas.")
    total: int = strawberry.field(description="Partenaires concernés.")
    done: int = strawberry.field(description="Service ouvert.")
    remaining: int = strawberry.field(description="Service à ouvrir.")
    late: int = strawberry.field(
        description="À ouvrir, leur échéance étant passée : c'est signalé, jamais"
        " refusé."
    )
    done_late: int = strawberry.field(description="Ouvert après l'échéance.")


def _count(
    organism: str,
    code: str,
    name: str,
    case_: str,
    total: int,
    done: int,
    done_late: int,
    late: int,
) -> MigrationCount:
    return MigrationCount(
        organism_id=ID(organism),
        organism_code=code,
        organism=name,
        case=Case(case_),
        total=total,
        done=done,
        remaining=total - done,
        late=late,
        done_late=done_late,
    )


@mirrors(
    records.Migration,
    "Campagne de migration d'un service vers Mon Compte Partenaire, et son échéance"
    " (§5, R59).",
)
class Migration(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    label: str = column("Nom.")
    opens_on: date = column("Premier jour.")
    deadline: date = column(
        "Dernier jour : « pour le 30 juin 2025 au plus tard » ; après, c'est signalé,"
        " pas refusé."
    )
    source: str = column("D'où vient l'échéance.")
    service: ServiceRef = one("Le service.", "service_id")
    board: list[MigrationCount] = derived(
        "Où l'on en est, par organisme et par cas, parmi les partenaires dont vous"
        " lisez l'accueil.",
        {"rows": lambda row, terms: board(terms, row)},
        lambda rows: [_count(*row) for row in rows],
    )


@mirrors(
    records.Role,
    "Rôle d'un service, que le bulletin accorde et que le groupe porte (§2, R35 ; §5,"
    " R56).",
)
class Role(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    code: str = column("Code.")
    label: str = column("Nom.")
    profile: RoleProfile = column("Ce qu'il permet.")
    purpose: str | None = column("Finalité.")
    service: ServiceRef = one("Son service.", "service_id")


@mirrors(
    records.Mission,
    "Mission que définit une convention, et les services qu'elle couvre (§2, R32).",
)
class Mission(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    code: str = column("Code.")
    label: str = column("Nom.")
    services: list[ServiceRef] = listed(
        "Les services couverts.",
        through("mission_service", "service_id", "mission_id"),
        "code",
    )


labelled(
    "État d'une campagne, calculé.",
    NOT_OPEN="À venir",
    OPEN="Ouverte",
    CLOSED="Fermée",
)(CampaignStatus)


@mirrors(
    records.Campaign,
    "Campagne annuelle : rémunérations de novembre N, droits de N+1 (§1, R18, R19,"
    " R22).",
)
class Campaign(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    year: int = column("Année N.")
    rights_year: int = column(
        "Année des droits : N+1, à partir du 1er janvier (R19).",
        lambda row, _: row.c.year + 1,
    )
    reference_month: str = derived(
        "Mois de référence : novembre N (R18), AAAA-MM.",
        {"year": lambda row, _: row.c.year},
        lambda year: f"{year}-11",
    )
    continuity_on: date = derived(
        "Jour avant lequel déclarer pour ne pas interrompre l'AAH : 15 janvier N+1.",
        {"year": lambda row, _: row.c.year},
        lambda year: date(year + 1, 1, 15),
    )
    opens_at: datetime = column(
        "Ouverture, le 1er décembre N à 0 h, Europe/Paris (R22)."
    )
    closes_at: datetime = column(
        "Fermeture, exclusive : le 1er mars N+1 à 0 h, Europe/Paris (R22)."
    )
    status: CampaignStatus = column(
        "État, à cet instant.",
        campaign_status,
    )
    legacy: bool = column("Campagne d'avant le registre (Habtiers).")
    establishments: Connection[CampaignEstablishment] = page(
        "Les établissements qu'elle attend, et où ils en sont.",
        by("campaign_id"),
        CampaignEstablishmentOrder,
        CAMPAIGN_ESTABLISHMENT_FILTERS,
    )
    declarations: Connection[DeclarationRef] = page(
        "Ses certificats.", by("campaign_id"), DeclarationOrder, DECLARATION_FILTERS
    )
    board: CampaignBoard | None = one_by(
        "Où elle en est, pour un organisme ou pour tous ; vide pour un organisme"
        " inconnu.",
        is_of_campaign,
        {"organism_id": (ID, is_of_organism, "L'organisme qui administre.")},
    )


@mirrors(
    records.Parameter, "Paramètre daté : centimes d'euro ou centièmes de pour cent."
)
class Parameter(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    name: str = column("Nom : SMIC horaire, bornes de la rémunération garantie.")
    starts_on: date = column("Premier jour de cette valeur.")
    value: int = column("Valeur, en centimes ou en centièmes de pour cent.")


@strawberry.type(
    description="Règle que le logiciel fait tenir : son code est celui des refus."
)
class Rule:
    code: str | None = strawberry.field(
        description="Code stable, celui des refus ; vide quand la forme du registre"
        " tient la règle."
    )
    number: str | None = strawberry.field(
        description="Numéro de la règle, R1 à R60 ; vide pour une règle du registre."
    )
    paragraph: str | None = strawberry.field(
        description="Paragraphe de l'instruction IT 2025-061."
    )
    sentence: str = strawberry.field(description="La règle, en une phrase.")
