"""Bulletins d'adhésion, et services d'une convention."""

from datetime import date
from enum import StrEnum

from strawberry import ID

from persistence import records
from persistence.facts.bulletins import (
    bulletin_status,
    convention_siret,
    covers_several_departments,
    is_open,
    lacks_nothing,
    needs_establishment,
    opened,
)
from persistence.facts.columns import count_of, equal, through
from persistence.reading.question import Order
from persistence.records.bulletin_terms import gaps
from persistence.records.identifiers import differences, differing
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, derived, listed, mirrors, one, page, reference
from .connections import Connection
from .enums import labelled
from .groups import GROUP_FILTERS, GroupOrder
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    ConventionRef,
    EstablishmentRef,
    GroupRef,
    PartnerRef,
    RoleRef,
    ServiceRef,
)
from .viewer_can import Permission, viewer_can

BulletinOrder = orders(
    "BulletinOrder",
    "Du dernier préparé au premier, ou l'inverse : l'identifiant suit le temps.",
    LATEST=Order((), "pk_bulletin", descending=True),
    EARLIEST=Order((), "pk_bulletin"),
)


@labelled(
    "État d'un bulletin d'adhésion, calculé de ses dates et de la convention.",
    DRAFT="Brouillon",
    SIGNED="Signé",
    ANNOUNCED="Annoncé",
    OPEN="Ouvert",
    SUSPENDED="Suspendu",
    CLOSED="Clôturé",
)
class BulletinStatus(StrEnum):
    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    ANNOUNCED = "ANNOUNCED"
    OPEN = "OPEN"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


BULLETIN_FILTERS = {
    "status": FilterArgument(
        BulletinStatus,
        lambda row, terms, v: bulletin_status(row, terms) == terms.value(v),
        "État.",
    ),
    "service_id": reference(records.Service, equal("service_id"), "Service."),
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", is_anchor=True
    ),
    "siret_matches": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(
            row.c.siret == convention_siret(row, terms), v
        ),
        "Le SIRET est celui de la convention, ou non (R58).",
    ),
    "complete": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(lacks_nothing(row), v),
        "Rien n'y manque (`missing` est vide), ou non (R7).",
    ),
}


SIRETS = {"written": lambda row, _: row.c.siret, "signed": convention_siret}


def advice(written: str, signed: str) -> str | None:
    broken = differing(written, signed)
    return broken and broken.sentence


@mirrors(
    records.Bulletin,
    "Bulletin d'adhésion d'un service : les rôles disponibles et la portée des"
    " habilitations (§2, R34, R35).",
)
class MembershipBulletin(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    siret: str = column("SIRET tel qu'écrit sur le bulletin (§5, R58).")
    convention_siret: str = column(
        "SIRET de la convention, à comparer (§5, R58).", convention_siret
    )
    siret_matches: bool = column(
        "Les deux SIRET sont égaux : sans cela le service ne s'ouvre pas (R58).",
        lambda row, terms: row.c.siret == convention_siret(row, terms),
    )
    siret_differences: list[int] = derived(
        "Positions, de 1 à 14, où les deux SIRET diffèrent ; vide : ils sont égaux"
        " (§5, R58).",
        SIRETS,
        differences,
    )
    siret_advice: str | None = derived(
        "Ce que dit la règle quand les deux SIRET diffèrent ; vide : ils sont égaux"
        " (§5, R58).",
        SIRETS,
        advice,
    )
    status: BulletinStatus = column("État d'aujourd'hui, calculé.", bulletin_status)
    missing: list[str] = derived(
        "Ce qui manque au bulletin avant sa signature (en-tête, R7).",
        {
            "roles": count_of("bulletin_role", "bulletin_id"),
            "establishments": count_of("bulletin_establishment", "bulletin_id"),
            "departments": count_of("bulletin_department", "bulletin_id"),
            "needs_establishment": needs_establishment,
        },
        gaps,
    )
    partner_signed_on: date | None = column("Signature du partenaire (R30).")
    organism_signed_on: date | None = column("Signature de l'organisme (R30).")
    digest: str | None = column("Empreinte SHA-256 du document signé.")
    effective_from: date | None = column("Premier jour d'effet.")
    effective_to: date | None = column(
        "Premier jour sans effet ; vide : celui de la convention."
    )
    opened_on: date | None = column("Premier jour d'ouverture du service (R55).")
    closed_on: date | None = column("Premier jour sans le bulletin.")
    closing_reason: str | None = column("Motif de clôture.")
    cna_acknowledged: bool = column(
        "La prise en charge par le CNA a été confirmée à la signature (R47)."
    )
    departments: list[str] = column(
        "Codes des départements que la portée couvre : ceux des établissements nommés,"
        " à défaut ceux écrits (§2, R35).",
        lambda row, terms: terms.spelling.texts_in(
            records.Bulletin.sql_covered_departments(row)
        ),
    )
    covers_several_departments: bool = column(
        "La portée couvre plusieurs départements : à la signature, le CNA administrera"
        " toute la convention (§3, R47).",
        covers_several_departments,
    )
    roles: list[RoleRef] = listed(
        "Les rôles accordés.",
        through("bulletin_role", "role_id", "bulletin_id"),
        "code",
    )
    establishments: list[EstablishmentRef] = listed(
        "Les établissements de la portée.",
        through("bulletin_establishment", "establishment_id", "bulletin_id"),
        "sort_key",
    )
    service: ServiceRef = one("Le service.", "service_id")
    access: "ServiceAccess | None" = one("Le service de la convention.", "access_id")
    convention: ConventionRef | None = one("La convention.", "convention_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")


@mirrors(
    records.ServiceAccess,
    "Service d'une convention : ce que les bulletins ouvrent, ce que montre l'onglet"
    " (§5, R49).",
)
class ServiceAccess(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    open: bool = column(
        "Ouvert aujourd'hui : convention en vigueur, bulletin ouvert, rien de suspendu"
        " (R29, R49).",
        is_open,
    )
    suspended: bool = column(
        "Suspendu aujourd'hui.",
        lambda row, terms: records.ServiceAccess.is_suspended_on.sql(row, terms.day),
    )
    service: ServiceRef = one("Le service.", "service_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    convention: ConventionRef | None = one("La convention.", "convention_id")
    opened_bulletin: "MembershipBulletin | None" = one(
        "Le bulletin ouvert aujourd'hui.", opened
    )
    bulletins: Connection["MembershipBulletin"] = page(
        "Tous les bulletins.", by("access_id"), BulletinOrder, BULLETIN_FILTERS
    )
    groups: Connection[GroupRef] = page(
        "Ses groupes.", by("access_id"), GroupOrder, GROUP_FILTERS
    )
