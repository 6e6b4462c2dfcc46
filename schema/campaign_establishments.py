"""Les établissements qu'une campagne attend, et où ils en sont."""

from datetime import date, datetime

from strawberry import ID

from persistence import records
from persistence.facts.campaign_places import (
    has_declared,
    reminder_day,
    with_some,
)
from persistence.facts.columns import equal
from persistence.facts.declarants import last_sign
from persistence.reading.question import Order
from persistence.records.declarations import Conformity
from persistence.records.reminders import EstablishmentStanding
from resolvers.reading.bindings import FilterArgument

from .binding import column, mirrors, one, reference
from .enums import labelled
from .orders import orders
from .refs import CampaignRef, DeclarationRef, EstablishmentRef, OrganismRef, PartnerRef

CampaignEstablishmentOrder = orders(
    "CampaignEstablishmentOrder",
    "Par nom, ou selon les personnes à risque.",
    NAME=Order(("sort_key",), "ix_establishment_partner_id"),
    AT_RISK=Order(("at_risk",), "ix_establishment_partner_id", descending=True),
)

labelled(
    "Où en est un établissement attendu.",
    DECLARED="Déposé",
    DRAFT="Brouillon",
    EMPTY="Rien",
)(EstablishmentStanding)

CAMPAIGN_ESTABLISHMENT_FILTERS = {
    "organism_id": reference(
        records.Organism, equal("administering_id"), "L'organisme qui administre."
    ),
    "search": FilterArgument(
        str,
        lambda row, terms, v: terms.mentions(row.c.sort_key, v),
        "Mots du nom, dans tout ordre, sans accents ni casse.",
    ),
    "standing": FilterArgument(
        EstablishmentStanding, equal("standing"), "Où ils en sont."
    ),
    "declared": FilterArgument(bool, has_declared, "Un certificat déposé, ou aucun."),
    "conformity": FilterArgument(
        Conformity, equal("conformity"), "Résultat des contrôles du certificat."
    ),
    "nothing_to_declare": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(row.c.nothing_to_declare, v),
        "« Néant », ou non.",
    ),
    "at_risk": FilterArgument(
        bool, with_some("at_risk"), "Des personnes à risque, ou aucune."
    ),
    "missing": FilterArgument(
        bool, with_some("missing"), "Des personnes manquent, ou aucune."
    ),
    "returned": FilterArgument(
        bool, with_some("returned"), "Des lignes sont renvoyées, ou aucune."
    ),
    "pending": FilterArgument(
        bool, with_some("pending"), "Des lignes restent à traiter, ou aucune."
    ),
}
ROOT_CAMPAIGN_ESTABLISHMENT_FILTERS = {
    "campaign_id": FilterArgument(
        ID,
        equal("campaign_id"),
        "La campagne.",
        of=records.Campaign.__tablename__,
        is_required=True,
    ),
    **CAMPAIGN_ESTABLISHMENT_FILTERS,
}


class _PlaceView:
    """An establishment in a campaign has no table: a select stands for its rows."""

    __tablename__ = "campaign_place"


@mirrors(
    _PlaceView,  # type: ignore[arg-type]
    "Un établissement qu'une campagne attend : dans la portée d'un bulletin Esat"
    " ouvert le jour du tableau ; des nombres, jamais des personnes (R17).",
)
class CampaignEstablishment:
    name: str = column("Son nom.")
    siret: str = column("Son SIRET.")
    standing: EstablishmentStanding = column("Où il en est.")
    nothing_to_declare: bool = column("Son certificat dit « néant ».")
    conformity: Conformity | None = column(
        "Résultat des contrôles de son certificat ; vide sans certificat."
    )
    draft_since: datetime | None = column("Depuis quand un brouillon est en cours.")
    expected: int = column("Personnes attendues.")
    missing: int = column("Personnes dont aucune ligne n'est déposée.")
    returned: int = column("Lignes renvoyées par une Caf.")
    pending: int = column("Lignes non traitées par les Caf.")
    at_risk: int = column(
        "Personnes dont l'AAH risque de s'interrompre, à partir du 16 janvier."
    )
    last_sign_at: datetime | None = column(
        "Quand il en est venu un brouillon, un dépôt, un lot ou un changement.",
        last_sign,
    )
    reminded_on: date | None = column(
        "Jour de la dernière relance, pour cette campagne.",
        reminder_day("campaign_id"),
    )
    campaign: CampaignRef = one("La campagne.", "campaign_id")
    establishment: EstablishmentRef | None = one("L'établissement.", "establishment_id")
    partner: PartnerRef | None = one("Son partenaire.", "partner_id")
    administered_by: OrganismRef = one(
        "L'organisme qui l'administre.", "administering_id"
    )
    declaration: DeclarationRef | None = one(
        "Son certificat en vigueur.", "declaration_id"
    )
