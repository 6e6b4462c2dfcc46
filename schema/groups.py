"""Groupes et inclusions."""

from datetime import date

from strawberry import ID

from persistence import records
from persistence.facts.columns import equal, through
from persistence.facts.groups import is_current, is_live, members
from persistence.reading.question import Order
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, listed, mirrors, one, page, reference
from .connections import Connection
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import (
    AffiliationRef,
    EstablishmentRef,
    PartnerRef,
    RoleRef,
    ServiceAccessRef,
    ServiceRef,
    UserRef,
)
from .users import USER_FILTERS, UserOrder
from .viewer_can import Permission, viewer_can

GroupOrder = orders(
    "GroupOrder",
    "Par nom sans accents.",
    NAME=Order(("sort_key",), "ix_group_sort_key"),
)
MembershipOrder = orders(
    "MembershipOrder",
    "Dans l'ordre des inclusions : l'identifiant suit le temps.",
    EARLIEST=Order((), "ix_membership_group_id"),
)


GROUP_FILTERS = {
    "live": FilterArgument(bool, is_live, "Non clôturé, ou clôturé."),
    "service_id": reference(records.Service, equal("service_id"), "Service."),
    "role_id": reference(records.Role, equal("role_id"), "Rôle rattaché."),
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", is_anchor=True
    ),
    "search": FilterArgument(
        str,
        lambda row, terms, v: terms.mentions(row.c.sort_key, v),
        "Mots du nom, dans tout ordre, sans accents ni casse.",
    ),
}
MEMBERSHIP_FILTERS = {
    "current": FilterArgument(bool, is_current, "En cours aujourd'hui, ou non.")
}


@mirrors(records.Membership, "Inclusion d'une personne dans un groupe (§5, R56).")
class Membership(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    starts_on: date = column("Premier jour.")
    ends_on: date | None = column("Premier jour sans le droit.")
    group: "Group | None" = one("Le groupe.", "group_id")
    role: RoleRef = one("Le rôle du groupe.", "role_id")
    user: UserRef | None = one("La personne.", "user_id")
    affiliation: AffiliationRef | None = one(
        "Son rattachement au partenaire.", "affiliation_id"
    )
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")


@mirrors(
    records.Group,
    "Groupe d'un service, avec un seul rôle, sur des établissements (§5, R56).",
)
class Group(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    name: str = column("Nom.")
    all_establishments: bool = column(
        "Porte sur tous les établissements du bulletin, présents et à venir."
    )
    created_on: date = column("Jour de création.")
    closed_on: date | None = column("Premier jour sans le groupe.")
    role: RoleRef | None = one("Le rôle rattaché.", "role_id")
    establishments: list[EstablishmentRef] = listed(
        "Les établissements nommés, quand il n'a pas tous ceux du bulletin.",
        through("group_establishment", "establishment_id", "group_id"),
        "sort_key",
    )
    access: ServiceAccessRef | None = one("Le service de la convention.", "access_id")
    service: ServiceRef = one("Le service.", "service_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    memberships: Connection["Membership"] = page(
        "Les inclusions, passées comprises.",
        by("group_id"),
        MembershipOrder,
        MEMBERSHIP_FILTERS,
    )
    members: Connection[UserRef] = page(
        "Les personnes incluses aujourd'hui.", members, UserOrder, USER_FILTERS
    )
