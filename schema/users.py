"""Utilisateurs, rattachements, et la personne qui demande."""

from datetime import date, datetime

import strawberry
from sqlalchemy import select
from strawberry import ID

from persistence import records
from persistence.question import Order, Table, Value
from persistence.reader import Terms
from persistence.records.users import UserKind
from persistence.visibility import table
from resolvers.bindings import Filter

from .binding import Connection, Permission, SqlTest, by, column, listed, mirrors, one, orders, page, viewer_can
from .expressions import equal, is_suspended
from .nodes import IDENTIFIER, VERSION, Node
from .refs import AgentRef, GroupRef, MembershipRef, OrganismRef, PartnerRef, ServiceAccessRef

UserOrder = orders("UserOrder", "Par nom puis prénom, sans accents.", NAME=Order(("sort_key",), "ix_user_sort_key"))
AffiliationOrder = orders(
    "AffiliationOrder",
    "De la première à la dernière, ou l'inverse : l'identifiant suit le temps.",
    EARLIEST=Order((), "ix_affiliation_partner_id"),
    LATEST=Order((), "ix_affiliation_partner_id", descending=True),
)


def works_for(row: Table, terms: Terms, value: Value) -> SqlTest:
    link = table("affiliation").alias()
    known = terms.seen("affiliation", link)
    return row.c.id.in_(select(link.c.user_id).where(link.c.partner_id == terms.value(value), terms.runs(link), *known))


USER_FILTERS = {
    "search": Filter(
        str, lambda row, terms, v: terms.mentions(row.c.sort_key, v), "Mots du nom, sans accents ni casse."
    ),
    "partner_id": Filter(ID, works_for, "Rattachée aujourd'hui à ce partenaire.", anchor=True),
    "kind": Filter(UserKind, equal("kind"), "Personne ou machine."),
}
AFFILIATION_FILTERS = {
    "current": Filter(bool, lambda row, terms, v: terms.agrees(terms.runs(row), v), "En cours aujourd'hui, ou non."),
    "suspended": Filter(
        bool,
        lambda row, terms, v: terms.agrees(is_suspended("affiliation_id")(row, terms), v),
        "Suspendu, ou non.",
    ),
}


def groups_of(child: Table, parent: Table, terms: Terms) -> SqlTest:
    """The live groups that a user is in today."""
    member = table("membership").alias()
    mine = select(member.c.group_id).where(member.c.user_id == parent.c.id, terms.runs(member))
    return child.c.id.in_(mine.correlate(parent)) & terms.runs(child, "created_on", "closed_on")


GroupOfUserOrder = orders("GroupOfUserOrder", "Par nom sans accents.", NAME=Order(("sort_key",), "ix_group_sort_key"))
MembershipOfUserOrder = orders(
    "MembershipOfUserOrder", "Dans l'ordre des inclusions.", EARLIEST=Order((), "ix_membership_user_id")
)


@mirrors(
    records.User, "Utilisateur : une identité, personne ou client machine. L'adresse ne sert qu'à écrire (§3, R40)."
)
class User(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    kind: UserKind = column("Personne ou machine.")
    given_name: str = column("Prénom.")
    family_name: str = column("Nom.")
    email: str | None = column("Adresse électronique.")
    affiliations: Connection["Affiliation"] = page(
        "Ses rattachements.", by("user_id"), AffiliationOrder, AFFILIATION_FILTERS
    )
    memberships: Connection[MembershipRef] = page(
        "Ses inclusions, passées comprises.", by("user_id"), MembershipOfUserOrder
    )
    groups: Connection[GroupRef] = page("Les groupes où elle est incluse aujourd'hui.", groups_of, GroupOfUserOrder)
    posts: list[AgentRef] = listed("Ses fonctions d'agent, si elle en a.", by("user_id"), "starts_on")


@mirrors(records.Affiliation, "Rattachement d'une personne à un partenaire ; pour une machine, son mandat (§3, R40).")
class Affiliation(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    starts_on: date = column("Premier jour.")
    ends_on: date | None = column("Premier jour sans le droit.")
    job_title: str | None = column("Fonction.")
    accepted_on: date | None = column("Jour où la personne a accepté l'invitation.")
    invitation_expires_at: datetime | None = column("Fin de validité de l'invitation.")
    suspended: bool = column("Suspendue aujourd'hui.", is_suspended("affiliation_id"))
    user: "User | None" = one("La personne.", "user_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")


def is_caller(row: Table, terms: Terms) -> SqlTest:
    return terms.holds(row.c.id, "users", "everyone")


def mine(child: Table, _parent: Table, terms: Terms) -> SqlTest:
    return terms.holds(child.c.user_id, "users", "everyone") & terms.runs(child)


def my_organisms(child: Table, _parent: Table, terms: Terms) -> SqlTest:
    post = table("agent").alias()
    return child.c.id.in_(
        select(post.c.organism_id).where(terms.holds(post.c.user_id, "users", "everyone"), terms.runs(post))
    )


def my_tabs(child: Table, _parent: Table, terms: Terms) -> SqlTest:
    """R48, R49: the services that a right of today reaches, under the convention in force."""
    now = table("partner_state").alias()
    reached = child.c.partner_id + "|" + child.c.service_id
    held = terms.holds(reached, "partner_services", "member_reading") | terms.holds(
        reached, "partner_services", "machine_reading"
    )
    in_force = select(now.c.convention_id).where(now.c.partner_id == child.c.partner_id, terms.runs(now))
    return held & (child.c.convention_id == in_force.correlate(child).scalar_subquery())


@strawberry.type(description="Qui demande, et ce qu'il a devant lui.")
class Viewer:
    user: "User | None" = one(
        "La personne ; vide si l'identité n'est rattachée à aucun compte.",
        lambda child, _p, terms: is_caller(child, terms),
    )
    affiliations: list["Affiliation"] = listed("Ses rattachements en cours.", mine, "starts_on")
    posts: list[AgentRef] = listed("Ses fonctions d'agent en cours.", mine, "starts_on")
    organisms: list[OrganismRef] = listed("Les organismes pour lesquels elle agit.", my_organisms, "code")
    tabs: list[ServiceAccessRef] = listed(
        "Ses onglets : convention en vigueur et bulletin ouvert, selon ses habilitations (§4, R48 ; §5, R49).",
        my_tabs,
        "service_id",
    )
