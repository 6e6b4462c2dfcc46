"""Les changements d'activité, déclarés toute l'année."""

from datetime import date, datetime
from enum import StrEnum

from strawberry import ID

from persistence import records
from persistence.facts.columns import decimal, equal
from persistence.facts.declarations import (
    change_status,
    place,
)
from persistence.reading.question import Order
from persistence.records.activity_changes import ChangeKind, DepartureReason
from resolvers.reading.bindings import FilterArgument

from .binding import column, mirrors, one, reference
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    EstablishmentRef,
    OrganismRef,
    WorkerRef,
)
from .scalars import Percent

ActivityChangeOrder = orders(
    "ActivityChangeOrder",
    "Par organisme payeur, puis du plus ancien au plus récent, ou l'inverse.",
    PAYER=Order(("paying_id",), "ix_activity_change_paying_id"),
    LATEST=Order(("paying_id",), "ix_activity_change_paying_id", descending=True),
)


@labelled(
    "État d'un changement.", RECEIVED="Reçu", CORRECTED="Corrigé", CANCELLED="Annulé"
)
class ChangeStatus(StrEnum):
    RECEIVED = "RECEIVED"
    CORRECTED = "CORRECTED"
    CANCELLED = "CANCELLED"


CHANGE_FILTERS = {
    "kind": FilterArgument(ChangeKind, equal("kind"), "Nature."),
    "establishment_id": reference(
        records.Establishment, equal("establishment_id"), "Établissement."
    ),
    "worker_id": reference(
        records.Worker, equal("worker_id"), "Personne.", is_anchor=True
    ),
}


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
