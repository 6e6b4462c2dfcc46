"""Les changements d'activité, déclarés toute l'année."""

from datetime import date, datetime
from enum import StrEnum

from strawberry import ID

from persistence import records
from persistence.facts.columns import decimal, equal
from persistence.facts.declarations import (
    change_is_processed,
    change_status,
    change_status_is,
    ender,
    place,
)
from persistence.facts.persons import names_person
from persistence.facts.queues import (
    at_siret,
    change_came_after,
    change_came_by,
    mentions_worker,
)
from persistence.reading.question import Order
from persistence.records.activity_changes import (
    ChangeAct,
    ChangeKind,
    ChangeSource,
    DepartureReason,
)
from persistence.records.treatments import Processing
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, listed, mirrors, one, reference
from .enums import labelled
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    EstablishmentRef,
    LineRef,
    OrganismRef,
    TreatmentRef,
    WorkerRef,
)
from .scalars import Hours, Percent
from .viewer_can import Permission, viewer_can

ActivityChangeOrder = orders(
    "ActivityChangeOrder",
    "Par organisme payeur, puis du plus ancien au plus récent, ou l'inverse.",
    PAYER=Order(("paying_id",), "ix_activity_change_paying_id"),
    LATEST=Order(("paying_id",), "ix_activity_change_paying_id", descending=True),
)


labelled(
    "Changement d'activité : taux, départ, entrée ou retour, cumul (R16, R23 à R26).",
    RATE_INCREASE="Taux en hausse",
    RATE_DECREASE="Taux en baisse",
    RATE_FOUND="Taux constaté",
    DEPARTURE="Départ",
    ADMISSION="Entrée ou retour",
    DUAL_ACTIVITY_START="Début d'un cumul",
    DUAL_ACTIVITY_QUOTA="Heures d'un cumul",
    DUAL_ACTIVITY_END="Fin d'un cumul",
)(ChangeKind)
labelled(
    "Un changement déclaré pour lui-même, la correction d'un autre, ou son annulation.",
    DECLARED="Déclaré",
    CORRECTION="Correction",
    CANCELLATION="Annulation",
)(ChangeAct)
labelled(
    "Un changement envoyé, ou ce que dit une ligne du certificat, traité avec elle.",
    CHANGE="Un changement envoyé",
    CERTIFICATE="Une ligne du certificat",
)(ChangeSource)


@labelled(
    "État d'un changement.", RECEIVED="Reçu", CORRECTED="Corrigé", CANCELLED="Annulé"
)
class ChangeStatus(StrEnum):
    RECEIVED = "RECEIVED"
    CORRECTED = "CORRECTED"
    CANCELLED = "CANCELLED"


CHANGE_FILTERS = {
    "kind": FilterArgument(ChangeKind, equal("kind"), "Nature."),
    "source": FilterArgument(ChangeSource, equal("source"), "Qui le dit."),
    "status": FilterArgument(ChangeStatus, change_status_is, "État."),
    "processed": FilterArgument(
        bool,
        change_is_processed,
        "Traité par la Caf, ou à traiter ; ce que dit une ligne se traite avec elle.",
    ),
    "since": FilterArgument(datetime, change_came_after, "Reçu après cet instant."),
    "as_of": FilterArgument(
        datetime,
        change_came_by,
        "Reçu à cet instant au plus tard : ce qui arrive ensuite n'est pas de"
        " l'ensemble.",
    ),
    "search": FilterArgument(
        str,
        mentions_worker,
        "Mots du nom de la personne, ou son matricule ; jamais un numéro de sécurité"
        " sociale.",
        person=True,
    ),
    "client_reference": FilterArgument(
        str, equal("client_reference"), "Référence de qui a déclaré."
    ),
    "siret": FilterArgument(
        str, at_siret, "SIRET de l'établissement, avec ou sans espaces."
    ),
    "establishment_id": reference(
        records.Establishment, equal("establishment_id"), "Établissement."
    ),
    "worker_id": reference(
        records.Worker,
        names_person,
        "Personne, sous toutes ses fiches.",
        is_anchor=True,
    ),
}


@mirrors(
    records.ActivityChange,
    "Changement d'activité d'une personne, déclaré toute l'année (§1, R23 à R27).",
)
class ActivityChange(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    act: ChangeAct = column("Déclaré pour lui-même, correction, ou annulation.")
    source: ChangeSource = column("Qui le dit.")
    kind: ChangeKind = column("Nature.")
    effective_on: date = column(
        "Jour d'effet ; pour un départ, premier jour d'absence."
    )
    rate_before: Percent | None = column(
        "Taux connu à ce jour (R24).", decimal("rate_before")
    )
    rate_after: Percent | None = column("Nouveau taux.", decimal("rate_after"))
    departure_reason: DepartureReason | None = column("Motif du départ (R26).")
    weekly_hours: Hours | None = column(
        "Heures par semaine en milieu ordinaire (R16).", decimal("weekly_hours")
    )
    employer_siret: str | None = column("SIRET de l'employeur du milieu ordinaire.")
    comment: str | None = column("Remarque de l'Esat.")
    client_reference: str | None = column("Référence de qui a déclaré.")
    received_at: datetime = column("Instant de réception.")
    status: ChangeStatus = column("État : reçu, corrigé ou annulé.", change_status)
    ended_at: datetime | None = column(
        "Instant depuis lequel il n'a plus lieu ; vide : il a lieu."
    )
    corrects: "ActivityChange | None" = one(
        "Le changement que celui-ci corrige ou annule.", "corrects_id"
    )
    corrected_by: "ActivityChange | None" = one(
        "Le changement à cause duquel il n'a plus lieu : sa correction, son annulation,"
        " un départ.",
        ender,
    )
    line: LineRef | None = one("La ligne du certificat qui le dit.", "line_id")
    processing: Processing | None = column("Ce que la Caf en a fait (R20).")
    processed_on: date | None = column("Jour de ce traitement.")
    processing_reason: str | None = column("Motif donné par la Caf.")
    treatments: list[TreatmentRef] = listed(
        "Ce que la Caf qui paie a répondu, du premier au dernier.",
        by("change_id"),
        "id",
    )
    establishment_siret: str = column("SIRET de l'établissement.", place("siret"))
    establishment_name: str = column("Nom de l'établissement.", place("name"))
    paid_by: OrganismRef = one(
        "La Caf qui paie l'AAH, copiée à la réception.", "paying_id"
    )
    worker: WorkerRef | None = one("La personne.", "worker_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
