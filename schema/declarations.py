"""Déclarations des Esat : le certificat annuel et ses lignes."""

from datetime import date, datetime
from enum import StrEnum

import orjson
from strawberry import ID

from persistence import records
from persistence.facts.columns import decimal, equal
from persistence.facts.declarations import (
    change_status,
    declaration_status,
    has_notices,
    lines_counted,
    not_superseded,
    of_campaign,
    place,
    removed,
    status_is,
)
from persistence.facts.replays import replay_until
from persistence.reading.question import Order
from persistence.records.activity_changes import ChangeKind, DepartureReason
from persistence.records.declarations import (
    BatchKind,
    BatchMode,
    LineStatus,
    NoPayReason,
    Processing,
)
from resolvers.acting.refusal_paths import as_graph_notice
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, derived, mirrors, one, page, reference
from .connections import Connection
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .payloads import Notice, Refusal
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
ActivityChangeOrder = orders(
    "ActivityChangeOrder",
    "Par organisme payeur, puis du plus ancien au plus récent, ou l'inverse.",
    PAYER=Order(("paying_id",), "ix_activity_change_paying_id"),
    LATEST=Order(("paying_id",), "ix_activity_change_paying_id", descending=True),
)
BatchOrder = orders(
    "BatchOrder",
    "Du plus récent au plus ancien, ou l'inverse.",
    LATEST=Order((), "pk_batch", descending=True),
    EARLIEST=Order((), "pk_batch"),
)
BatchResultOrder = orders(
    "BatchResultOrder",
    "Dans l'ordre des lignes envoyées.",
    RANK=Order((), "pk_batch_result"),
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
    "État d'un changement.", RECEIVED="Reçu", CORRECTED="Corrigé", CANCELLED="Annulé"
)
class ChangeStatus(StrEnum):
    RECEIVED = "RECEIVED"
    CORRECTED = "CORRECTED"
    CANCELLED = "CANCELLED"


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
CHANGE_FILTERS = {
    "kind": FilterArgument(ChangeKind, equal("kind"), "Nature."),
    "establishment_id": reference(
        records.Establishment, equal("establishment_id"), "Établissement."
    ),
    "worker_id": reference(
        records.Worker, equal("worker_id"), "Personne.", is_anchor=True
    ),
}
BATCH_FILTERS = {
    "establishment_id": reference(
        records.Establishment,
        equal("establishment_id"),
        "Établissement.",
        is_anchor=True,
    ),
    "kind": FilterArgument(BatchKind, equal("kind"), "Ce que le lot apporte."),
}
RESULT_FILTERS = {
    "status": FilterArgument(
        LineStatus, equal("status"), "Ce que la ligne est devenue."
    ),
    "with_notices": FilterArgument(
        bool,
        has_notices,
        "Avec une erreur ou un avertissement, ou sans.",
    ),
}


def _notices(stored: str | None) -> list[records.Notice]:
    kept = orjson.loads(stored) if stored else []
    return [
        as_graph_notice(records.Notice(records.Rule[code], tuple(path), detail))
        for code, path, detail in kept
    ]


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
    records.BatchResult,
    "Ce qu'est devenue une ligne d'un lot : rien n'est passé sous silence, aucune"
    " valeur n'est redite.",
)
class LineResult(Node):
    id: ID = column(IDENTIFIER)
    index: int = column("Rang de la ligne envoyée, à partir de 0.", "position")
    client_reference: str | None = column("Référence de l'appelant.")
    status: LineStatus = column("Ce qu'elle est devenue.")
    errors: list[Refusal] = derived(
        "Pourquoi elle est rejetée.", {"stored": lambda row, _: row.c.errors}, _notices
    )
    warnings: list[Notice] = derived(
        "Ce qui est à savoir.", {"stored": lambda row, _: row.c.warnings}, _notices
    )
    line: DeclarationLine | None = one("La ligne de la déclaration.", "object_id")
    change: "ActivityChange | None" = one("Le changement d'activité.", "object_id")


@mirrors(
    records.Batch,
    "Lot : ce qui a été envoyé, et son rapport, gardé même quand rien n'est appliqué.",
)
class Batch(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    kind: BatchKind = column("Ce qu'il apporte.")
    mode: BatchMode = column("Tout ou rien, ou les bonnes lignes seules.")
    received_at: datetime = column("Instant de réception : c'est lui qui compte (R22).")
    received: int = column("Lignes reçues : la somme des cinq suivantes.")
    created: int = column("Lignes d'une personne qui n'en avait pas.")
    replaced: int = column("Lignes qui en changent une.")
    unchanged: int = column("Lignes égales à celle d'avant.")
    rejected: int = column("Lignes rejetées.")
    held: int = column("Bonnes lignes retenues par une mauvaise.")
    removed: int = column(
        "Personnes de la déclaration remplacée qui ne sont plus dans celle-ci."
    )
    replay_until: datetime | None = column(
        "Jusqu'à quand le même envoi, avec sa clé, est rejoué au lieu d'avoir lieu ;"
        " vide : la clé est oubliée.",
        replay_until,
    )
    campaign: CampaignRef | None = one("La campagne.", "campaign_id")
    declaration: "Declaration | None" = one(
        "La déclaration qui en est née.", "declaration_id"
    )
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    sent_by: UserRef | None = one("Qui l'a envoyé.", "sent_by_id")
    results: Connection["LineResult"] = page(
        "Une ligne, un résultat.", by("batch_id"), BatchResultOrder, RESULT_FILTERS
    )


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


@mirrors(
    records.ActivityChange,
    "Changement d'activité d'une personne, déclaré toute l'année (§1, R23 à R27).",
)
class ActivityChange(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    kind: ChangeKind = column("Nature.")
    effective_on: date = column(
        "Jour d'effet ; pour un départ, premier jour d'absence."
    )
    rate_before: Percent | None = column(
        "Taux connu à ce jour (R24).", decimal("rate_before")
    )
    rate_after: Percent | None = column("Nouveau taux.", decimal("rate_after"))
    departure_reason: DepartureReason | None = column("Motif du départ (R26).")
    comment: str | None = column("Remarque de l'Esat.")
    client_reference: str | None = column("Référence de qui a déclaré.")
    received_at: datetime = column("Instant de réception.")
    status: ChangeStatus = column("État : reçu, corrigé ou annulé.", change_status)
    ended_at: datetime | None = column(
        "Instant où un autre changement l'a annulé ; vide : il a lieu."
    )
    corrected_by: "ActivityChange | None" = one(
        "Le changement qui l'a annulé.", "ended_by_id"
    )
    establishment_siret: str = column("SIRET de l'établissement.", place("siret"))
    establishment_name: str = column("Nom de l'établissement.", place("name"))
    paid_by: OrganismRef = one(
        "La Caf qui paie l'AAH, copiée à la réception.", "paying_id"
    )
    worker: WorkerRef | None = one("La personne.", "worker_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
