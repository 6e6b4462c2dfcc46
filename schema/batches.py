"""Les lots : ce qui a été envoyé, et ce que chaque ligne est devenue."""

from datetime import datetime

from strawberry import ID

from persistence import records
from persistence.facts.columns import equal
from persistence.facts.declarations import (
    has_notices,
)
from persistence.facts.replays import replay_until
from persistence.reading.question import Order
from persistence.records.batches import BatchKind, BatchMode, LineStatus
from resolvers.reading.bindings import FilterArgument

from .binding import by, called, column, derived, mirrors, one, page, reference
from .connections import Connection
from .nodes import IDENTIFIER, VERSION, Node
from .notices import notices
from .orders import orders
from .payloads import Notice, Refusal
from .receipts import Receipt, receipt
from .refs import (
    ActivityChangeRef,
    CampaignRef,
    DeclarationRef,
    DraftLineRef,
    EstablishmentRef,
    LineRef,
    UserRef,
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
        "Pourquoi elle est rejetée.",
        {"stored": lambda row, _: row.c.errors},
        notices,
    )
    warnings: list[Notice] = derived(
        "Ce qui est à savoir.", {"stored": lambda row, _: row.c.warnings}, notices
    )
    line: LineRef | None = one("La ligne de la déclaration.", "object_id")
    change: ActivityChangeRef | None = one("Le changement d'activité.", "object_id")
    draft_line: DraftLineRef | None = one(
        "La ligne du brouillon, bonne ou à corriger.", "object_id"
    )


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
    held_back: int = called(
        column("Bonnes lignes retenues par une mauvaise.", "held"), "held"
    )
    removed: int = column(
        "Personnes de la déclaration remplacée qui ne sont plus dans celle-ci."
    )
    replay_until: datetime | None = column(
        "Jusqu'à quand le même envoi, avec sa clé, est rejoué au lieu d'avoir lieu ;"
        " vide : la clé est oubliée.",
        replay_until,
    )
    receipt: Receipt | None = receipt("batch_id", "id")
    campaign: CampaignRef | None = one("La campagne.", "campaign_id")
    declaration: DeclarationRef | None = one(
        "La déclaration qui en est née.", "declaration_id"
    )
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    sent_by: UserRef | None = one("Qui l'a envoyé.", "sent_by_id")
    results: Connection["LineResult"] = page(
        "Une ligne, un résultat.", by("batch_id"), BatchResultOrder, RESULT_FILTERS
    )
