"""Travailleurs d'un Esat : la fiche, masquée, que lit qui a leurs lignes."""

from datetime import date

from strawberry import ID

from persistence import records
from persistence.facts.columns import decimal, equal
from persistence.facts.persons import is_merged, of_person
from persistence.facts.workers import departed_on, known_rate
from persistence.reading.question import Order
from persistence.records.activity_changes import DepartureReason
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, listed, mirrors, one, page, reference
from .connections import Connection
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    ActivityChangeRef,
    EstablishmentRef,
    LineRef,
    OrganismRef,
    PartnerRef,
)
from .scalars import Hours, MaskedNir, Percent
from .viewer_can import Permission, viewer_can

WorkerOrder = orders(
    "WorkerOrder",
    "Par nom puis prénoms, sans accents.",
    NAME=Order(("sort_key",), "ix_worker_sort_key"),
)
LineOfWorkerOrder = orders(
    "LineOfWorkerOrder",
    "De la plus récente à la plus ancienne, ou l'inverse.",
    LATEST=Order((), "pk_declaration_line", descending=True),
    EARLIEST=Order((), "pk_declaration_line"),
)
ChangeOfWorkerOrder = orders(
    "ChangeOfWorkerOrder",
    "Du plus récent au plus ancien.",
    LATEST=Order((), "pk_activity_change", descending=True),
)
WORKER_FILTERS = {
    "search": FilterArgument(
        str,
        lambda row, terms, v: terms.mentions(row.c.sort_key, v),
        "Mots du nom, dans tout ordre, sans accents ni casse ; jamais un numéro de"
        " sécurité sociale.",
        person=True,
    ),
    "merged": FilterArgument(
        bool, is_merged, "Réunie à une autre fiche, ou fiche qui vaut pour sa personne."
    ),
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", is_anchor=True
    ),
}


@mirrors(records.WorkerRate, "Taux d'activité connu à partir d'un jour (§1, R24).")
class WorkerRate:
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    starts_on: date = column("Premier jour de ce taux.")
    rate: Percent = column("Taux d'activité.", decimal("rate"))


@mirrors(
    records.DualActivity,
    "Cumul d'une activité en Esat et en milieu ordinaire (§1, R16).",
)
class DualActivity:
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    starts_on: date = column("Premier jour.")
    ends_on: date | None = column("Premier jour sans cumul.")
    weekly_hours: Hours | None = column(
        "Heures par semaine en milieu ordinaire.", decimal("weekly_hours")
    )
    employer_siret: str | None = column("SIRET de l'employeur.")


@mirrors(
    records.WorkerStay,
    "Présence d'une personne dans un établissement, de son entrée à son départ (§1,"
    " R26).",
)
class WorkerStay:
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    starts_on: date = column("Jour d'entrée ou de retour.")
    ends_on: date | None = column("Premier jour d'absence ; vide : présente.")
    departure_reason: DepartureReason | None = column("Motif du départ (R26).")


@mirrors(
    records.Worker,
    "Travailleur accompagné : sa fiche appartient à un partenaire ; la lit qui peut"
    " lire une de ses lignes (§1, R17).",
)
class Worker(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    nir: MaskedNir = column("Numéro de sécurité sociale, masqué.", "nir_mask")
    birth_name: str = column("Nom de naissance.")
    used_name: str | None = column("Nom d'usage.")
    given_names: str = column("Prénoms.")
    birth_date: date = column("Jour de naissance.")
    matricule: str = column("Matricule allocataire.")
    entered_on: date = column("Jour d'entrée dans l'établissement.")
    aah_beneficiary: bool = column(
        "Tenue pour bénéficiaire de l'AAH, sauf réponse contraire de la Caf (R17)."
    )
    known_rate: Percent | None = column(
        "Dernier taux d'activité connu aujourd'hui (R24).", known_rate
    )
    paid_by: OrganismRef = one(
        "La Caf qui paie son AAH, selon la dernière ligne.", "paying_id"
    )
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    merged_into: "Worker | None" = one(
        "La fiche qui a absorbé celle-ci.", "merged_into_id"
    )
    departed_on: date | None = column(
        "Premier jour d'absence d'une personne partie ; vide : présente.", departed_on
    )
    stays: list["WorkerStay"] = listed(
        "Les présences, dans tout établissement.", by("worker_id"), "starts_on"
    )
    rates: list["WorkerRate"] = listed("Les taux connus.", by("worker_id"), "starts_on")
    dual_activities: list["DualActivity"] = listed(
        "Les cumuls déclarés.", by("worker_id"), "starts_on"
    )
    lines: Connection[LineRef] = page(
        "Ses lignes, sous toutes ses fiches.", of_person, LineOfWorkerOrder
    )
    changes: Connection[ActivityChangeRef] = page(
        "Ses changements d'activité, sous toutes ses fiches.",
        of_person,
        ChangeOfWorkerOrder,
    )
