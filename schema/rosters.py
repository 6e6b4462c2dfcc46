"""Les personnes attendues au certificat d'un établissement, et où elles en sont."""

from datetime import date, datetime

from strawberry import ID

from persistence import records
from persistence.facts.columns import equal
from persistence.facts.declarations import place
from persistence.facts.queues import at_siret, mentions_worker
from persistence.facts.roster_columns import (
    answer_column,
    has_standing,
    is_at_risk,
    is_missing,
    november_rate,
)
from persistence.reading.question import Order, Test
from persistence.records.rosters import BeneficiaryAnswer, RosterStanding
from resolvers.reading.bindings import FilterArgument

from .binding import column, mirrors, one, reference
from .orders import orders
from .refs import EstablishmentRef, LineRef, OrganismRef, WorkerRef
from .scalars import Percent

RosterOrder = orders(
    "RosterOrder",
    "Dans un ordre stable, celui des fiches.",
    RANK=Order((), "pk_worker"),
)
AtRiskOrder = orders(
    "AtRiskOrder",
    "Par établissement, puis dans l'ordre des fiches.",
    RANK=Order(("establishment_id",), "pk_establishment"),
)


def _campaign(test: Test) -> FilterArgument:
    """The campaign of a roster, which is required."""
    of = records.Campaign.__tablename__
    return FilterArgument(
        ID, test, "La campagne.", is_anchor=True, of=of, is_required=True
    )


ROSTER_FILTERS = {
    "campaign_id": _campaign(equal("campaign_id")),
    "standing": FilterArgument(list[RosterStanding], has_standing, "Où elles en sont."),
}
AT_RISK_FILTERS = {
    "campaign_id": _campaign(is_at_risk),
}
MISSING_FILTERS = {
    "current": FilterArgument(
        bool,
        is_missing,
        "De la campagne en cours, ou de la dernière ; faux : de toute campagne.",
        default=True,
    ),
    "campaign_id": reference(
        records.Campaign, equal("campaign_id"), "La campagne.", is_anchor=True
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
}


class _RosterView:
    """A roster has no table: a select stands for its rows."""

    __tablename__ = "roster"


@mirrors(
    _RosterView,  # type: ignore[arg-type]
    "Une personne attendue au certificat d'un établissement : déclarée cette année ou"
    " l'an dernier, ou présente en novembre (R17, A21).",
)
class RosterEntry:
    standing: RosterStanding = column("Où elle en est.")
    establishment_siret: str = column("SIRET de l'établissement.", place("siret"))
    establishment_name: str = column("Nom de l'établissement.", place("name"))
    departed_on: date | None = column(
        "Premier jour d'absence, d'une personne partie de l'établissement."
    )
    known_rate: Percent | None = column(
        "Taux d'activité connu au 30 novembre (R24).", november_rate
    )
    answer: BeneficiaryAnswer | None = column(
        "Ce que l'établissement a répondu d'elle, pour cette campagne.",
        answer_column("answer"),
    )
    answered_at: datetime | None = column(
        "Instant de cette réponse.", answer_column("at")
    )
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    worker: WorkerRef | None = one("La personne, pour qui lit sa fiche.", "worker_id")
    line: LineRef | None = one("Sa ligne en vigueur.", "line_id")
    last_year: LineRef | None = one("Sa ligne de l'an dernier.", "before_id")
    paid_by: OrganismRef = one("La Caf qui paie son AAH.", "paying_id")
