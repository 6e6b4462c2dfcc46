"""Déclarations des Esat : le certificat annuel."""

from datetime import date, datetime
from enum import StrEnum

from strawberry import ID

from persistence import records
from persistence.facts.campaign_boards import is_of_day
from persistence.facts.campaign_places import is_expected
from persistence.facts.columns import equal
from persistence.facts.declarations import (
    declaration_status,
    is_in_force,
    lines_counted,
    place,
    progress,
    progress_is,
    removed,
    status_is,
)
from persistence.reading.question import Order
from persistence.records.declarations import (
    Conformity,
)
from resolvers.reading.bindings import FilterArgument

from .batches import BATCH_FILTERS, Batch, BatchOrder
from .binding import by, column, mirrors, one, page, reference
from .connections import Connection
from .declaration_lines import (
    LINE_FILTERS,
    DeclarationLine,
    LineOfDeclarationOrder,
)
from .draft_lines import DRAFT_LINE_FILTERS, DraftLine, DraftLineOrder
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .receipts import Receipt, receipt
from .refs import (
    CampaignRef,
    EstablishmentRef,
    PartnerRef,
    UserRef,
    WorkerRef,
)
from .viewer_can import Permission, viewer_can
from .workers import WORKER_FILTERS, WorkerOrder

DeclarationOrder = orders(
    "DeclarationOrder",
    "De la plus récente à la plus ancienne, ou l'inverse : l'identifiant suit le"
    " temps.",
    LATEST=Order((), "pk_declaration", descending=True),
    EARLIEST=Order((), "pk_declaration"),
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


@labelled(
    "Compte rendu : où en sont les Caf des lignes en vigueur.",
    PENDING="À traiter",
    RETURNED="Renvoyée",
    TAKEN_INTO_ACCOUNT="Prise en compte",
)
class Progress(StrEnum):
    PENDING = "PENDING"
    RETURNED = "RETURNED"
    TAKEN_INTO_ACCOUNT = "TAKEN_INTO_ACCOUNT"


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
    "conformity": FilterArgument(
        Conformity, equal("conformity"), "Résultat des contrôles."
    ),
    "progress": FilterArgument(Progress, progress_is, "Compte rendu des Caf."),
    "received": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(row.c.received_at.is_not(None), v),
        "Déposée, même remplacée depuis ; ou en brouillon.",
    ),
    "received_on": FilterArgument(date, is_of_day, "Jour du dépôt, à Paris."),
    "expected": FilterArgument(
        bool,
        is_expected,
        "Sa campagne attend l'établissement (tableau de la campagne), ou non.",
    ),
    "nothing_to_declare": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(row.c.nothing_to_declare, v),
        "« Néant », ou non.",
    ),
}


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
    base_sequence: int | None = column(
        "D'un brouillon, le rang du certificat en vigueur dont il part, 0 pour aucun :"
        " s'il a changé, le dépôt le dit dans `expectedSequence`."
    )
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
    conformity: Conformity | None = column(
        "Résultat des contrôles, fixé au dépôt : certificat de conformité, ou bilan"
        " d'anomalies ; vide : un brouillon, ou un dépôt d'avant."
    )
    missing_count: int | None = column(
        "Personnes qui manquaient au dépôt : déclarées l'an dernier, et non parties.",
        "missing",
    )
    progress: Progress | None = column(
        "Compte rendu : où en sont les Caf de ses lignes ; vide : elle n'est pas en"
        " vigueur.",
        progress,
    )
    in_force: bool = column("En vigueur : déposée, et non remplacée.", is_in_force)
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
    receipt: Receipt | None = receipt("declaration_id", "id")
    campaign: CampaignRef = one("La campagne.", "campaign_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    declared_by: UserRef | None = one("Qui a déclaré.", "declared_by_id")
    supersedes: "Declaration | None" = one(
        "La déclaration qu'elle remplace.", "supersedes_id"
    )
    lines: Connection[DeclarationLine] = page(
        "Ses lignes, pour qui peut les lire.",
        by("declaration_id"),
        LineOfDeclarationOrder,
        LINE_FILTERS,
    )
    draft_lines: Connection[DraftLine] = page(
        "Les lignes d'un brouillon, pour le seul Esat.",
        by("declaration_id"),
        DraftLineOrder,
        DRAFT_LINE_FILTERS,
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
