"""Les lignes du certificat, et ce que les Caf y ont répondu."""

from datetime import date, datetime

from strawberry import ID

from persistence import records
from persistence.facts.columns import decimal, equal
from persistence.facts.declarations import (
    not_superseded,
    of_campaign,
    place,
)
from persistence.facts.persons import names_person
from persistence.facts.queues import (
    answered_before,
    at_siret,
    campaign_of_line,
    has_warnings,
    line_came_after,
    line_came_by,
    line_warnings,
    mentions_worker,
)
from persistence.facts.treatments import (
    is_processed,
    is_withdrawn,
    payer_contact,
    previous_line,
    treatments_of_line,
)
from persistence.reading.question import Order
from persistence.records.declaration_lines import NoPayReason
from persistence.records.treatments import Processing, TreatmentOutcome, Withdrawal
from resolvers.reading.bindings import FilterArgument

from .binding import column, derived, listed, mirrors, one, reference
from .nodes import IDENTIFIER, VERSION, Node
from .notices import notices
from .orders import orders
from .payloads import Notice
from .receipts import Receipt, receipt_of_line
from .refs import (
    ActivityChangeRef,
    CampaignRef,
    DeclarationRef,
    EstablishmentRef,
    OrganismRef,
    UserRef,
    WorkerRef,
)
from .scalars import Hours, Money, Percent
from .viewer_can import Permission, viewer_can

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
        is_processed,
        "Traitée par la Caf, ou non ; d'une ligne retirée, retrait noté ou non.",
    ),
    "withdrawn": FilterArgument(
        bool, is_withdrawn, "Retirée du certificat en vigueur, ou non."
    ),
    "with_warnings": FilterArgument(
        bool, has_warnings, "Avec quelque chose à savoir, ou sans."
    ),
    "since": FilterArgument(
        datetime,
        line_came_after,
        "Reçue après cet instant ; d'une ligne retirée, retirée après lui.",
    ),
    "as_of": FilterArgument(
        datetime,
        line_came_by,
        "Reçue à cet instant au plus tard : ce qui arrive ensuite n'est pas de"
        " l'ensemble.",
    ),
    "search": FilterArgument(
        str,
        mentions_worker,
        "Mots du nom de la personne, ou son matricule ; jamais un numéro de sécurité"
        " sociale.",
        person=True,
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
    contact: str | None = column(
        "Où joindre la Caf qui a renvoyé la ligne.", payer_contact
    )
    withdrawn_at: datetime | None = column(
        "Instant où la ligne a quitté le certificat en vigueur, et cette Caf."
    )
    withdrawal: Withdrawal | None = column("Pourquoi elle l'a quitté.")
    treatments: list["Treatment"] = listed(
        "Ce que la Caf qui paie a répondu à ce que dit la ligne, du premier au"
        " dernier.",
        treatments_of_line,
        "id",
    )
    previous: "DeclarationLine | None" = one(
        "La ligne de la même personne dans la déclaration remplacée.", previous_line
    )
    answered_before: "DeclarationLine | None" = one(
        "La dernière ligne de la même personne à laquelle cette Caf a répondu, tant que"
        " celle-ci, qui dit autre chose, attend.",
        answered_before,
    )
    warnings: list[Notice] = derived(
        "Ce qui est à savoir de la ligne, depuis son dépôt.",
        {"stored": line_warnings},
        notices,
    )
    receipt: Receipt | None = receipt_of_line()
    campaign: CampaignRef = one("La campagne.", campaign_of_line)
    paid_by: OrganismRef = one(
        "La Caf qui paie l'AAH, copiée à la réception.", "paying_id"
    )
    worker: WorkerRef | None = one("La personne.", "worker_id")
    declaration: DeclarationRef | None = one("La déclaration.", "declaration_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")


@mirrors(
    records.Treatment,
    "Traitement : ce qu'une Caf a répondu à une ligne ; il n'est jamais changé (R20).",
)
class Treatment(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    outcome: TreatmentOutcome = column("La réponse.")
    reason: str | None = column("Son motif, pour l'Esat.")
    at: datetime = column("Instant de la réponse.")
    day: date = column("Son jour.")
    by: UserRef | None = one("Qui a répondu.", "by_id")
    line: DeclarationLine | None = one("La ligne traitée.", "line_id")
    change: ActivityChangeRef | None = one("Le changement traité.", "change_id")
