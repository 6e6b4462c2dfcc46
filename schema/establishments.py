"""Les établissements d'un partenaire."""

from datetime import date

from strawberry import ID

from persistence import records
from persistence.facts.campaign_places import reminder_day
from persistence.facts.declarants import addresses
from persistence.reading.question import Order

from .binding import (
    by,
    column,
    mirrors,
    one,
    page,
)
from .connections import Connection
from .declarations import DECLARATION_FILTERS, DeclarationOrder
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    DeclarationRef,
    PartnerRef,
    RosterEntryRef,
)
from .rosters import ROSTER_FILTERS, RosterOrder
from .viewer_can import Permission, viewer_can

EstablishmentOrder = orders(
    "EstablishmentOrder",
    "Par nom.",
    NAME=Order(("sort_key",), "ix_establishment_partner_id"),
)


@mirrors(
    records.Establishment,
    "Établissement d'un partenaire : un SIRET, un département, parfois un FINESS.",
)
class Establishment(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    name: str = column("Nom.")
    siret: str = column("SIRET, quatorze chiffres.")
    finess: str | None = column("Numéro FINESS de l'établissement.")
    department: str = column("Code du département.")
    contact: str | None = column("Où le joindre.")
    added_on: date = column("Jour de son rattachement.")
    ended_on: date | None = column(
        "Premier jour sans lui chez le partenaire, passé ou à venir."
    )
    end_reason: str | None = column("Motif de cette fin.")
    declarant_addresses: list[str] = column(
        "Adresses de qui peut y déposer aujourd'hui une déclaration, pour qui lit ces"
        " personnes.",
        addresses,
    )
    reminded_on: date | None = column(
        "Jour de la dernière relance pour un certificat.", reminder_day()
    )
    partner: PartnerRef | None = one("Son partenaire.", "partner_id")
    declarations: Connection[DeclarationRef] = page(
        "Ses déclarations.",
        by("establishment_id"),
        DeclarationOrder,
        DECLARATION_FILTERS,
    )
    roster: Connection[RosterEntryRef] = page(
        "Les personnes attendues à son certificat, pour une campagne.",
        by("establishment_id"),
        RosterOrder,
        ROSTER_FILTERS,
    )
