"""Le journal : qui a fait quoi, sur quel objet, pour le compte de qui."""

from datetime import date, datetime

from strawberry import ID
from strawberry.scalars import JSON

from persistence import records
from persistence.facts.columns import equal
from persistence.reading.question import Order
from resolvers.reading.bindings import FilterArgument

from .binding import column, mirrors, one, reference
from .nodes import IDENTIFIER, Node
from .orders import orders
from .refs import OrganismRef, PartnerRef, UserRef

JournalOrder = orders(
    "JournalOrder",
    "Du plus récent au plus ancien, ou l'inverse. On suit le journal par `EARLIEST` et"
    " `after` : chaque écriture y "
    "entre dans les deux secondes, après celles qui y sont ; `LATEST` montre aussi"
    " celle qui vient d'être faite.",
    LATEST=Order(("seq",), "pk_journal", descending=True),
    EARLIEST=Order(("position",), "uq_journal_seal_position", beside="journal_seal"),
)


JOURNAL_FILTERS = {
    "object_id": reference(
        None, equal("object_id"), "Objet de l'acte.", is_anchor=True
    ),
    "actor_id": reference(records.User, equal("actor_id"), "Auteur."),
    "act": FilterArgument(
        str, equal("act"), "Nom de l'acte, par exemple `conventionSign`."
    ),
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire concerné.", is_anchor=True
    ),
    "day": FilterArgument(date, equal("day", "day"), "Jour de l'acte."),
    "since": FilterArgument(
        date,
        lambda row, terms, v: row.c.day >= terms.value(v, "day"),
        "Depuis ce jour, inclus.",
    ),
    "until": FilterArgument(
        date,
        lambda row, terms, v: row.c.day <= terms.value(v, "day"),
        "Jusqu'à ce jour, inclus.",
    ),
}


@mirrors(
    records.JournalEntry,
    "Écriture du journal, jamais modifiée ; les valeurs personnelles n'y sont pas.",
)
class JournalEntry(Node):
    id: ID = column(IDENTIFIER)
    seq: int = column(
        "Numéro de l'écriture, pris pendant l'acte : il ne dit pas l'ordre où elle a"
        " pris effet."
    )
    position: int | None = column(
        "Rang dans le journal, donné une fois l'acte fait ; vide jusque-là, deux"
        " secondes."
    )
    at: datetime = column(
        "Instant de l'acte ; il ne recule jamais d'un rang au suivant."
    )
    day: date = column("Jour de l'acte, Europe/Paris.")
    act: str = column("Nom de l'acte.")
    source: str = column("D'où : API, CONSOLE, IMPORT ou CLI.")
    object_id: ID | None = column("Objet de l'acte.")
    before: JSON = column("Ce qui a changé, avant, par objet.")
    after: JSON = column("Ce qui a changé, après, par objet.")
    reason: str | None = column("Motif donné.")
    request_id: str = column("Requête.")
    policy_hash: str = column("Empreinte de la politique d'accès appliquée.")
    matched_rule: str = column("Ligne de la politique qui a permis l'acte.")
    actor: UserRef | None = one("L'auteur.", "actor_id")
    acting_for: OrganismRef | None = one(
        "L'organisme pour le compte duquel il a agi.", "acting_for"
    )
    acting_for_partner: PartnerRef | None = one(
        "Le partenaire pour le compte duquel il a agi.", "acting_for"
    )
    partner: PartnerRef | None = one("Le partenaire concerné.", "partner_id")
