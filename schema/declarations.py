"""Déclarations des Esat : le certificat annuel et ses lignes."""

from datetime import date, datetime
from enum import StrEnum

from strawberry import ID

from persistence import records
from persistence.facts.columns import decimal, equal
from persistence.facts.declarations import (
    declaration_status,
    lines_counted,
    not_superseded,
    of_campaign,
    place,
    removed,
    status_is,
)
from persistence.reading.question import Order
from persistence.records.declarations import (
    NoPayReason,
    Processing,
)
from resolvers.reading.bindings import FilterArgument

from .batches import BATCH_FILTERS, Batch, BatchOrder
from .binding import by, column, mirrors, one, page, reference
from .connections import Connection
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    CampaignRef,
    EstablishmentRef,
    OrganismRef,
    PartnerRef,
    UserRef,
    WorkerRef,
)
from .scalars import Hours, Money, Percent
from .viewer_can import Permission, viewer_can
from .workers import WORKER_FILTERS, WorkerOrder

DeclarationOrder = orders(
    "DeclarationOrder",
    "De la plus récente à la plus ancienne, ou l'inverse : l'identifiant suit le"
    " temps.",
    LATEST=Order((), "pk_declaration", descending=True),
    EARLIEST=Order((), "pk_declaration"),
)
LineOrder = orders(
    "LineOrder",
    "Par organisme payeur, puis dans l'ordre de réception.",
    PAYER=Order(("paying_id",), "ix_declaration_line_paying_id"),
)
LineOfDeclarationOrder = orders(
    "LineOfDeclarationOrder",
    "Dans l'ordre des lignes reçues.",
    RANK=Order((), "pk_declaration_line"),
)


@labelled(
    "État d'une déclaration.",
    DRAFT="Brouillon",
    DEPOSITED="Déposée",
    SUPERSEDED="Remplacée",
)
class DeclarationStatus(StrEnum):
    DRAFT = "DRAFT"
    DEPOSITED = "DEPOSITED"
    SUPERSEDED = "SUPERSEDED"


DECLARATION_FILTERS = {
    "campaign_id": reference(records.Campaign, equal("campaign_id"), "Campagne."),
    "establishment_id": reference(
        records.Establishment,
        equal("establishment_id"),
        "Établissement.",
        is_anchor=True,
    ),
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", is_anchor=True
    ),
    "status": FilterArgument(DeclarationStatus, status_is, "État."),
}
LINE_FILTERS = {
    "live": FilterArgument(
        bool, not_superseded, "D'une déclaration déposée et non remplacée, ou non."
    ),
    "campaign_id": reference(records.Campaign, of_campaign, "Campagne."),
    "processing": FilterArgument(
        Processing, equal("processing"), "Ce que la Caf en a fait."
    ),
    "processed": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(row.c.processing.is_not(None), v),
        "Traitée par la Caf, ou non.",
    ),
    "establishment_id": reference(
        records.Establishment, equal("establishment_id"), "Établissement."
    ),
    "worker_id": reference(
        records.Worker, equal("worker_id"), "Personne.", is_anchor=True
    ),
}


@mirrors(
    records.DeclarationLine,
    "Ligne du certificat : la rémunération de novembre d'une personne (§1, R17, R18).",
)
class DeclarationLine(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    position: int = column("Rang dans la déclaration.")
    client_reference: str | None = column("Référence de qui a déclaré.")
    establishment_siret: str = column("SIRET de l'établissement.", place("siret"))
    establishment_name: str = column("Nom de l'établissement.", place("name"))
    matricule: str = column("Matricule allocataire.")
    entered_on: date = column("Jour d'entrée dans l'établissement.")
    rate: Percent = column("Taux d'activité.", decimal("rate"))
    net_remuneration: Money | None = column(
        "Rémunération garantie nette.", decimal("net_remuneration")
    )
    net_aid: Money | None = column("Aide au poste nette.", decimal("net_aid"))
    esat_share: Percent | None = column(
        "Part financée par l'Esat, en pour cent du Smic.", decimal("esat_share")
    )
    no_pay_reason: NoPayReason | None = column("Motif d'une absence de paie.")
    dual_activity: bool = column("Cumul avec le milieu ordinaire (R16).")
    dual_activity_since: date | None = column("Premier jour du cumul, s'il est dit.")
    dual_activity_hours: Hours | None = column(
        "Heures par semaine en milieu ordinaire, si elles sont dites.",
        decimal("dual_activity_hours"),
    )
    dual_activity_employer: str | None = column(
        "SIRET de l'employeur du milieu ordinaire, s'il est dit."
    )
    confirmation: str | None = column("Motif d'un montant confirmé.")
    comment: str | None = column("Remarque de l'Esat.")
    changed_sequence: int = column(
        "Rang de la déclaration où la ligne a changé pour la dernière fois."
    )
    processing: Processing | None = column(
        "Ce que la Caf qui paie en a fait ; vide : rien encore (R20)."
    )
    processed_on: date | None = column("Jour de ce traitement.")
    processing_reason: str | None = column("Son motif, pour l'Esat.")
    paid_by: OrganismRef = one(
        "La Caf qui paie l'AAH, copiée à la réception.", "paying_id"
    )
    worker: WorkerRef | None = one("La personne.", "worker_id")
    declaration: "Declaration | None" = one("La déclaration.", "declaration_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")


@mirrors(
    records.Declaration,
    "Déclaration : le certificat d'un établissement pour une campagne ; un dépôt"
    " remplace le précédent (§1, R17, R18).",
)
class Declaration(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    status: DeclarationStatus = column(
        "État, calculé : brouillon, déposée, remplacée.", declaration_status
    )
    sequence: int = column("Rang, qui ne revient jamais en arrière.")
    siret: str = column("SIRET déclaré.")
    establishment_name: str = column("Nom de l'établissement.", place("name"))
    prepared_at: datetime = column("Instant de sa préparation.")
    received_at: datetime | None = column(
        "Instant du dépôt, qui compte (R22) ; vide : un brouillon."
    )
    superseded_at: datetime | None = column("Instant de son remplacement.")
    line_count: int = column("Nombre de lignes.")
    nothing_to_declare: bool = column(
        "Néant : dit qu'aucun bénéficiaire de l'AAH n'y travaille (R17)."
    )
    pending_count: int = column(
        "Lignes que les Caf n'ont pas encore traitées.", lines_counted(None)
    )
    taken_count: int = column(
        "Lignes prises en compte.", lines_counted("TAKEN_INTO_ACCOUNT")
    )
    returned_count: int = column(
        "Lignes renvoyées à l'Esat.", lines_counted("RETURNED")
    )
    not_beneficiary_count: int = column(
        "Lignes de personnes sans AAH.", lines_counted("NOT_BENEFICIARY")
    )
    campaign: CampaignRef = one("La campagne.", "campaign_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    declared_by: UserRef | None = one("Qui a déclaré.", "declared_by_id")
    supersedes: "Declaration | None" = one(
        "La déclaration qu'elle remplace.", "supersedes_id"
    )
    lines: Connection["DeclarationLine"] = page(
        "Ses lignes, pour qui peut les lire.",
        by("declaration_id"),
        LineOfDeclarationOrder,
        LINE_FILTERS,
    )
    removed_workers: Connection[WorkerRef] = page(
        "Les personnes de la déclaration remplacée qui n'y sont plus.",
        removed,
        WorkerOrder,
        WORKER_FILTERS,
    )
    batches: Connection["Batch"] = page(
        "Les lots qui l'ont apportée.", by("declaration_id"), BatchOrder, BATCH_FILTERS
    )
