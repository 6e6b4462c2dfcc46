"""Conventions, contrats de services, avenants et gestionnaires des habilitations."""

from datetime import date
from enum import StrEnum

from strawberry import ID

from persistence import records
from persistence.facts.columns import equal, through
from persistence.facts.conventions import (
    convention_status,
    ends_by,
    has_mode,
    of_contract,
)
from persistence.reading.question import Order
from persistence.records.contracts import ManagerKind, Mode
from persistence.records.conventions import ClosingReason
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, listed, mirrors, one, reference
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    AffiliationRef,
    BulletinRef,
    ConventionRef,
    MissionRef,
    OrganismRef,
    PartnerRef,
    ServiceAccessRef,
    UserRef,
)
from .viewer_can import Permission, viewer_can

ConventionOrder = orders(
    "ConventionOrder",
    "De la dernière préparée à la première, ou l'inverse.",
    LATEST=Order(("prepared_on",), "ix_convention_prepared_on", descending=True),
    EARLIEST=Order(("prepared_on",), "ix_convention_prepared_on"),
)


@labelled(
    "État d'une convention, calculé de ses dates.",
    DRAFT="Brouillon",
    ANNOUNCED="Annoncée",
    IN_FORCE="En vigueur",
    SUSPENDED="Suspendue",
    EXPIRED="Terme échu",
    CLOSED="Clôturée",
)
class ConventionStatus(StrEnum):
    DRAFT = "DRAFT"
    ANNOUNCED = "ANNOUNCED"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    CLOSED = "CLOSED"


CONVENTION_FILTERS = {
    "status": FilterArgument(
        ConventionStatus,
        lambda row, terms, v: convention_status(row, terms) == terms.value(v),
        "État.",
    ),
    "organism_id": reference(
        records.Organism, equal("organism_id"), "Organisme signataire."
    ),
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", is_anchor=True
    ),
    "ending_by": FilterArgument(
        date,
        ends_by,
        "En vigueur, même suspendue, et dont le dernier jour, par son terme ou sa"
        " clôture, est ce jour-là ou avant.",
    ),
}


CONVENTION_FILTERS["mode"] = FilterArgument(
    Mode, has_mode, "Mode de gestion du contrat."
)


@mirrors(
    records.ContractManager,
    "Gestionnaire des habilitations d'un partenaire délégué, ou son suppléant (§3,"
    " R39, R40).",
)
class Manager(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    kind: ManagerKind = column("Gestionnaire ou suppléant.")
    starts_on: date = column("Premier jour.")
    ends_on: date | None = column("Premier jour sans le droit.")
    user: UserRef | None = one("La personne.", "user_id")
    affiliation: AffiliationRef | None = one(
        "Son rattachement au partenaire.", "affiliation_id"
    )
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")


@mirrors(
    records.Contract,
    "Contrat de services : les engagements, et seule demeure du mode de gestion (§2,"
    " R33 ; §3, R41).",
)
class ServiceContract:
    mode: Mode = column(
        "Mode de gestion, pour tous les services (R42) ; il ne change qu'avec la"
        " convention (R43)."
    )
    partner_signed_on: date | None = column("Signature du partenaire.")
    organism_signed_on: date | None = column("Signature de l'organisme.")
    digest: str | None = column("Empreinte SHA-256 du document signé.")
    convention: ConventionRef | None = one("Sa convention.", of_contract)
    managers: list["Manager"] = listed(
        "Gestionnaires des habilitations.",
        lambda child, parent, _: child.c.convention_id == parent.c.convention_id,
        "starts_on",
    )


@mirrors(
    records.Amendment,
    "Avenant à la convention : ce qui a été vérifié, notamment la mission (§5, cas 3,"
    " R55).",
)
class Amendment(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    number: int = column("Rang de l'avenant.")
    verified_fields: list[str] = column("Ce qui a été vérifié.")
    missions_before: list[str] = column("Codes des missions avant.")
    missions_after: list[str] = column("Codes des missions après.")
    recorded_on: date = column("Jour de l'enregistrement.")
    digest: str | None = column("Empreinte SHA-256 du document.")
    convention: ConventionRef | None = one("Sa convention.", "convention_id")


@mirrors(
    records.Convention,
    "Convention d'accès Mon Compte Partenaire, entre une Caf et un partenaire (§2,"
    " R31, R32, R36).",
)
class Convention(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    number: str | None = column("Numéro, s'il en existe un.")
    siret: str = column(
        "SIRET écrit sur la convention, figé dès qu'un bulletin est ouvert (R58)."
    )
    status: ConventionStatus = column("État d'aujourd'hui, calculé.", convention_status)
    conditions_of_exercise: str | None = column("Conditions d'exercice (R32).")
    conditions_of_administration: str | None = column(
        "Conditions d'administration (R32)."
    )
    prepared_on: date = column("Jour de préparation.")
    partner_signed_on: date | None = column("Signature du partenaire (R30).")
    organism_signed_on: date | None = column("Signature de l'organisme (R30).")
    digest: str | None = column("Empreinte SHA-256 du document signé.")
    in_force_on: date | None = column("Premier jour d'effet.")
    originally_in_force_on: date | None = column(
        "Premier jour d'effet d'origine, pour une convention d'avant le registre (R57)."
    )
    term_on: date | None = column(
        "Premier jour après le terme ; vide : sans limitation de durée."
    )
    closed_on: date | None = column("Premier jour sans la convention.")
    closing_reason: ClosingReason | None = column("Motif de clôture.")
    closing_comment: str | None = column("Commentaire de clôture.")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    organism: OrganismRef | None = one("L'organisme signataire.", "organism_id")
    contract: "ServiceContract | None" = one(
        "Son contrat de services.",
        lambda child, parent, _: child.c.convention_id == parent.c.id,
    )
    missions: list[MissionRef] = listed(
        "Les missions (R32).",
        through("convention_mission", "mission_id", "convention_id"),
        "code",
    )
    amendments: list["Amendment"] = listed(
        "Les avenants (R55).", by("convention_id"), "number"
    )
    services: list[ServiceAccessRef] = listed(
        "Les services.", by("convention_id"), "service_id"
    )
    bulletins: list[BulletinRef] = listed(
        "Tous les bulletins d'adhésion.", by("convention_id")
    )
    predecessor: ConventionRef | None = one(
        "La convention qu'elle remplace (R43).", "predecessor_id"
    )
    successor: ConventionRef | None = one(
        "La convention qui la remplace.",
        lambda child, parent, _: child.c.predecessor_id == parent.c.id,
    )
