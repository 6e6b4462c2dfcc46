"""La personne qui demande, et ce qu'elle a devant elle."""

from datetime import date
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, or_, select

from persistence.reading.compiler import SqlContext
from persistence.reading.question import Table
from persistence.records import Affiliation, Agent, PartnerState, Suspension
from persistence.records.base import Dated, table
from persistence.records.suspensions import SuspensionSide

from .actions import PERMISSIONS, Action
from .binding import SqlTest, column, derived, listed, one
from .impact import described
from .refs import AffiliationRef, AgentRef, OrganismRef, ServiceAccessRef, UserRef

SELF = "self"
"""The scope of what is one's own."""


def is_caller(row: Table, terms: SqlContext) -> SqlTest:
    return terms.holds(row.c.id, "users", "everyone")


def mine(child: Table, _parent: Table, terms: SqlContext) -> SqlTest:
    return terms.holds(child.c.user_id, "users", "everyone") & Dated.period.sql(
        child, terms.day
    )


def my_organisms(child: Table, _parent: Table, terms: SqlContext) -> SqlTest:
    post = table("agent").alias()
    mine = [
        terms.holds(post.c.user_id, "users", "everyone"),
        Agent.period.sql(post, terms.day),
    ]
    return child.c.id.in_(select(post.c.organism_id).where(*mine))


def my_tabs(child: Table, _parent: Table, terms: SqlContext) -> SqlTest:
    """R48, R49: the services that a right of today reaches, under the convention in force."""
    now = table("partner_state").alias()
    reached = child.c.partner_id + "|" + child.c.service_id
    held = terms.holds(reached, "partner_services", "member_reading") | terms.holds(
        reached, "partner_services", "machine_reading"
    )
    is_now = [
        now.c.partner_id == child.c.partner_id,
        PartnerState.period.sql(now, terms.day),
    ]
    in_force = select(now.c.convention_id).where(*is_now)
    return held & (child.c.convention_id == in_force.correlate(child).scalar_subquery())


def my_centres(child: Table, _parent: Table, terms: SqlContext) -> SqlTest:
    """R60: those that support my organisms, and those that administer my partners."""
    support, post, link, now = (
        table(t).alias()
        for t in ("organism_support", "agent", "affiliation", "partner_state")
    )
    posts = [
        terms.holds(post.c.user_id, "users", "everyone"),
        Agent.period.sql(post, terms.day),
    ]
    posted = select(post.c.organism_id).where(*posts)
    administering = (
        select(now.c.administering_id)
        .join_from(link, now, now.c.partner_id == link.c.partner_id)
        .where(
            terms.holds(link.c.user_id, "users", "everyone"),
            Affiliation.period.sql(link, terms.day),
            PartnerState.period.sql(now, terms.day),
        )
    )
    mine = or_(
        support.c.organism_id.in_(posted), support.c.organism_id.in_(administering)
    )
    return child.c.id.in_(select(support.c.centre_id).where(mine))


def what_i_may(_row: Table, terms: SqlContext) -> ColumnElement[Any]:
    """What my roles of today allow somewhere, beyond what is one's own: everybody reads himself."""
    permits = terms.permits
    assert permits is not None
    held = (
        name
        for name, (kind, action) in PERMISSIONS.items()
        if any(w.scope != SELF for w in permits(kind, action))
    )
    return terms.spelling.constant(list(held))


@strawberry.type(
    description="Un accès à soi, suspendu : depuis quand, par qui, et à qui le demander."
)
class AccessSuspension:
    partner: str = described("Le nom du partenaire, que la personne ne lit plus.")
    starts_on: date = described("Premier jour de la suspension.")
    by: SuspensionSide = described("Qui suspend : lui seul rétablit (R40).")
    organism: str = described("L'organisme qui administre le partenaire.")
    contact: str | None = described("Son contact.")


def my_suspensions(_row: Table, terms: SqlContext) -> ColumnElement[Any]:
    """The suspensions that run on one's own accesses of today: `[[partner, since, side, organism, contact], …]`."""
    pause, link, partner = (
        table(t).alias() for t in ("suspension", "affiliation", "partner")
    )
    now, organism = table("partner_state").alias(), table("organism").alias()
    running = (
        terms.holds(link.c.user_id, "users", "everyone"),
        Affiliation.period.sql(link, terms.day),
        Suspension.period.sql(pause, terms.day),
        PartnerState.period.sql(now, terms.day),
    )
    rows = (
        select(
            partner.c.name,
            pause.c.starts_on,
            pause.c.side,
            organism.c.name.label("organism"),
            organism.c.contact,
        )
        .join_from(pause, link, link.c.id == pause.c.affiliation_id)
        .join(partner, partner.c.id == link.c.partner_id)
        .join(now, now.c.partner_id == partner.c.id)
        .join(organism, organism.c.id == now.c.administering_id)
        .where(*running)
        .subquery()
    )
    columns = [terms.spelling.value(column) for column in rows.c]
    whole = terms.spelling.listed(terms.spelling.array(columns), list(rows.c)[:3])
    return terms.spelling.nested(select(whole).scalar_subquery())


def _suspensions(*, rows: list[list[Any]]) -> list[AccessSuspension]:
    return [
        AccessSuspension(
            partner=partner,
            starts_on=date.fromisoformat(since),
            by=SuspensionSide(side),
            organism=name,
            contact=contact,
        )
        for partner, since, side, name, contact in rows
    ]


@strawberry.type(description="Qui demande, et ce qu'il a devant lui.")
class Viewer:
    user: UserRef | None = one(
        "La personne ; vide si l'identité n'est rattachée à aucun compte.",
        lambda child, _p, terms: is_caller(child, terms),
    )
    affiliations: list[AffiliationRef] = listed(
        "Ses rattachements en cours.", mine, "starts_on"
    )
    suspensions: list[AccessSuspension] = derived(
        "Ses accès suspendus aujourd'hui, un par côté qui suspend (§3, R40).",
        {"rows": my_suspensions},
        _suspensions,
    )
    posts: list[AgentRef] = listed("Ses fonctions d'agent en cours.", mine, "starts_on")
    organisms: list[OrganismRef] = listed(
        "Les organismes pour lesquels elle agit.", my_organisms, "code"
    )
    tabs: list[ServiceAccessRef] = listed(
        "Ses onglets : convention en vigueur et bulletin ouvert, selon ses habilitations (§4, R48 ; §5, R49).",
        my_tabs,
        "service_id",
    )
    resource_centres: list[OrganismRef] = listed(
        "Où adresser ses questions (R60) : les Centres de ressources qui soutiennent ses organismes, ou ceux qui"
        " administrent ses partenaires ; vide s'il n'y en a pas.",
        my_centres,
        "code",
    )
    may: list[Action] = column(
        "Ce que ses droits d'aujourd'hui permettent quelque part, au-delà de ce qui est à soi : les menus à montrer.",
        what_i_may,
    )
