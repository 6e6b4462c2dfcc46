"""Organismes et agents."""

from datetime import date

from strawberry import ID

from persistence import records
from persistence.facts.columns import equal, texts, through
from persistence.facts.organisms import administered
from persistence.reading.question import Order
from persistence.records.organisms import NetworkRole, OrganismKind, Profile
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, mirrors, one, page
from .connections import Connection
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import AgentRef, OrganismRef, PartnerRef, UserRef
from .viewer_can import Permission, viewer_can

AgentOrder = orders(
    "AgentOrder",
    "Par date de nomination.",
    STARTS_ON=Order(("starts_on",), "ix_agent_organism_id"),
)
OrganismOrder = orders(
    "OrganismOrder",
    "Par nom sans accents, ou par code.",
    NAME=Order(("sort_key",), "ix_organism_sort_key"),
    CODE=Order(("code",), "uq_organism_code"),
)
PartnerOrder = orders(
    "PartnerOrder",
    "Par nom sans accents, ou du dernier enregistré au premier.",
    NAME=Order(("sort_key",), "ix_partner_sort_key"),
    LATEST=Order(("registered_on",), "ix_partner_registered_on", descending=True),
)
ORGANISM_FILTERS = {
    "search": FilterArgument(
        str,
        lambda row, terms, v: terms.mentions(row.c.sort_key, v),
        "Mots du nom, dans tout ordre, sans accents ni casse.",
    ),
    "kind": FilterArgument(OrganismKind, equal("kind"), "Nature."),
}


@mirrors(
    records.Organism,
    "Organisme : Caf, caisse multibranche, CNA, Centre de ressources ou Cnaf (en-tête,"
    " R2).",
)
class Organism(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    code: str = column(
        "Code à trois caractères, opaque : il ne dit pas le département."
    )
    kind: OrganismKind = column("Nature de l'organisme.")
    name: str = column("Nom.")
    contact: str | None = column("Où adresser ses questions (R60).")
    network_role: NetworkRole | None = column("Rôle de la Caf dans le réseau.")
    departments: list[str] = column(
        "Codes des départements de son ressort.",
        texts("organism_department", "department", "organism_id"),
    )
    piloted_by: OrganismRef | None = one(
        "L'organisme qui le pilote : le CNA l'est par la Caf des Yvelines (R47).",
        "piloted_by_id",
    )
    supports: Connection[OrganismRef] = page(
        "Les Caf que soutient un Centre de ressources.",
        through("organism_support", "organism_id", "centre_id"),
        OrganismOrder,
    )
    supported_by: Connection[OrganismRef] = page(
        "Ses Centres de ressources (R60).",
        through("organism_support", "centre_id", "organism_id"),
        OrganismOrder,
    )
    partners: Connection[PartnerRef] = page(
        "Les partenaires qu'il administre aujourd'hui.", administered, PartnerOrder
    )
    agents: Connection[AgentRef] = page("Ses agents.", by("organism_id"), AgentOrder)


@mirrors(
    records.Agent,
    "Agent : une personne d'un organisme, avec un profil, entre deux dates.",
)
class Agent(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    profile: Profile = column("Ce qu'il fait : lire, gérer, soutenir, administrer.")
    starts_on: date = column("Premier jour.")
    ends_on: date | None = column("Premier jour sans le droit.")
    user: UserRef | None = one("La personne.", "user_id")
    organism: OrganismRef | None = one("L'organisme.", "organism_id")
