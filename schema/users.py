"""Utilisateurs et rattachements."""

from datetime import date, datetime

from sqlalchemy import and_, or_, select
from strawberry import ID

from persistence import records
from persistence.facts.holdings import administrations
from persistence.reading.compiler import SqlContext
from persistence.reading.question import Order, Table, Value
from persistence.records.base import Dated, table
from persistence.records.suspensions import SuspensionSide
from persistence.records.users import UserKind
from resolvers.reading.bindings import FilterArgument

from .binding import (
    Connection,
    Permission,
    SqlTest,
    by,
    column,
    listed,
    mirrors,
    one,
    orders,
    page,
    reference,
    viewer_can,
)
from .expressions import equal
from .nodes import IDENTIFIER, VERSION, Node
from .refs import AgentRef, GroupRef, MembershipRef, PartnerRef, RightRef

UserOrder = orders(
    "UserOrder",
    "Par nom puis prénom, sans accents.",
    NAME=Order(("sort_key",), "ix_user_sort_key"),
)
AffiliationOrder = orders(
    "AffiliationOrder",
    "De la première à la dernière, ou l'inverse, l'identifiant suivant le temps ; ou par nom de la personne.",
    EARLIEST=Order((), "pk_affiliation"),
    LATEST=Order((), "pk_affiliation", descending=True),
    NAME=Order(("sort_key",), "ix_affiliation_sort_key"),
)
PERSONAL = ("affiliation", "membership", "contract_manager", "agent")
"""The records that give a person a right over dates."""


def works_for(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    link = table("affiliation").alias()
    known = terms.seen("affiliation", link)
    is_there = [
        link.c.partner_id == terms.value(value),
        records.Affiliation.period.sql(link, terms.day),
    ]
    return row.c.id.in_(select(link.c.user_id).where(*is_there, *known))


def ends_by(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    return Dated.period.sql(row, terms.day) & terms.ends_by(row.c.ends_on, value)


def ending(record: str, terms: SqlContext, value: Value) -> tuple[Table, SqlTest]:
    """A record's rows that run, end by that day, and may be read."""
    held = table(record).alias()
    return held, and_(ends_by(held, terms, value), *terms.seen(record, held))


def holds_ending(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """Of a person: one of their rights, that the caller reads, ends by that day."""
    rights = (ending(record, terms, value) for record in PERSONAL)
    return or_(
        *(row.c.id.in_(select(held.c.user_id).where(ends)) for held, ends in rights)
    )


def has_ending(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """Of an affiliation: itself, or a membership or a post of manager that hangs from it, ends by that day."""
    rights = (
        ending(record, terms, value) for record in ("membership", "contract_manager")
    )
    return or_(
        ends_by(row, terms, value),
        *(
            row.c.id.in_(select(held.c.affiliation_id).where(ends))
            for held, ends in rights
        ),
    )


def is_pending(row: Table, terms: SqlContext) -> SqlTest:
    """Invited, and not come yet."""
    is_there = records.Affiliation.period.sql(row, terms.day)
    return is_there & ~records.Affiliation.has_accepted_by.sql(row, terms.day)


def is_at(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """A user whose e-mail address holds what is searched; only what has an `@` is looked for there."""
    return terms.spelling.find(row.c.email, terms.bind(("address", value), "text"))


def is_called(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """A user by words of the name, or by a part of the e-mail address."""
    return or_(terms.mentions(row.c.sort_key, value), is_at(row, terms, value))


def is_of_somebody_called(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """An affiliation by the name of its user, or by a part of the address where the caller reads the user."""
    user = table("user").alias()
    reached = select(user.c.id).where(
        is_at(user, terms, value), *terms.seen("user", user)
    )
    return or_(terms.mentions(row.c.sort_key, value), row.c.user_id.in_(reached))


LAST_DAY = "dont le dernier jour est ce jour-là ou avant."
USER_FILTERS = {
    "search": FilterArgument(
        str,
        is_called,
        "Mots du nom, dans tout ordre, sans accents ni casse ; ou un morceau du courriel, avec son « @ » ;"
        " jamais un numéro de sécurité sociale.",
        person=True,
    ),
    "ending_by": FilterArgument(
        date,
        holds_ending,
        f"Ayant un droit en cours (rattachement, mandat, inclusion, fonction de gestionnaire ou d'agent) {LAST_DAY}",
    ),
    "partner_id": reference(
        records.Partner,
        works_for,
        "Rattachée aujourd'hui à ce partenaire.",
        anchor=True,
    ),
    "kind": FilterArgument(UserKind, equal("kind"), "Personne ou machine."),
}
AFFILIATION_FILTERS = {
    "current": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(
            records.Affiliation.period.sql(row, terms.day), v
        ),
        "En cours aujourd'hui, ou non.",
    ),
    "suspended": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(
            records.Affiliation.is_suspended_on.sql(row, terms.day), v
        ),
        "Suspendu, ou non.",
    ),
    "pending": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(is_pending(row, terms), v),
        "Invitation en attente, ou non.",
    ),
    "ending_by": FilterArgument(
        date,
        has_ending,
        f"Ayant un droit en cours (lui-même, une inclusion, une fonction de gestionnaire) {LAST_DAY}",
    ),
    "search": FilterArgument(
        str,
        is_of_somebody_called,
        "Mots du nom de la personne, dans tout ordre, sans accents ni casse ; ou un morceau du courriel, avec"
        " son « @ » ; jamais un numéro de sécurité sociale.",
        person=True,
    ),
}
ROOT_AFFILIATION_FILTERS = AFFILIATION_FILTERS | {
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", anchor=True
    )
}


def suspending(row: Table, terms: SqlContext) -> SqlTest:
    """The sides whose suspension runs."""
    pause = table("suspension").alias()
    runs = records.Suspension.period.sql(pause, terms.day)
    running = (
        select(pause.c.side)
        .where(pause.c.affiliation_id == row.c.id, runs)
        .order_by(pause.c.side)
    )
    return terms.spelling.texts_in(running.correlate(row))


def groups_of(child: Table, parent: Table, terms: SqlContext) -> SqlTest:
    """The live groups that a user is in today."""
    member = table("membership").alias()
    is_in = records.Membership.period.sql(member, terms.day)
    mine = select(member.c.group_id).where(member.c.user_id == parent.c.id, is_in)
    return child.c.id.in_(mine.correlate(parent)) & records.Group.period.sql(
        child, terms.day
    )


GroupOfUserOrder = orders(
    "GroupOfUserOrder",
    "Par nom sans accents.",
    NAME=Order(("sort_key",), "ix_group_sort_key"),
)
MembershipOfUserOrder = orders(
    "MembershipOfUserOrder",
    "Dans l'ordre des inclusions.",
    EARLIEST=Order((), "ix_membership_user_id"),
)


def administered(child: Table, parent: Table, terms: SqlContext) -> SqlTest:
    """The partners of which a user is an active manager, where the caller reads managers."""
    held = administrations(terms).subquery()
    mine = [held.c.user_id == parent.c.id, *terms.seen("contract_manager", held)]
    return child.c.id.in_(select(held.c.partner_id).where(*mine).correlate(parent))


@mirrors(
    records.User,
    "Utilisateur : une identité, personne ou client machine. L'adresse ne sert qu'à écrire (§3, R40).",
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
    groups: Connection[GroupRef] = page(
        "Les groupes où elle est incluse aujourd'hui.", groups_of, GroupOfUserOrder
    )
    posts: list[AgentRef] = listed(
        "Ses fonctions d'agent, si elle en a.", by("user_id"), "starts_on"
    )
    rights: list[RightRef] = listed(
        "Ses habilitations effectives : ce que ses inclusions lui donnent aujourd'hui (§4, R48 ; §5, R56).",
        by("user_id"),
        "partner_id",
        "service_id",
        "group_id",
    )
    administers: list[PartnerRef] = listed(
        "Les partenaires délégués dont elle est aujourd'hui gestionnaire des habilitations, ou suppléante (§3, R39).",
        administered,
        "sort_key",
    )


@mirrors(
    records.Affiliation,
    "Rattachement d'une personne à un partenaire ; pour une machine, son mandat (§3, R40).",
)
class Affiliation(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    starts_on: date = column("Premier jour.")
    ends_on: date | None = column("Premier jour sans le droit.")
    job_title: str | None = column("Fonction.")
    accepted_on: date | None = column("Jour où la personne a accepté l'invitation.")
    invitation_expires_at: datetime | None = column("Fin de validité de l'invitation.")
    suspended: bool = column(
        "Suspendue aujourd'hui.",
        lambda row, terms: records.Affiliation.is_suspended_on.sql(row, terms.day),
    )
    suspended_by: list[SuspensionSide] = column(
        "Qui suspend aujourd'hui : le partenaire, l'organisme, ou les deux ; chacun met fin à la sienne (§3, R40).",
        suspending,
    )
    user: "User | None" = one("La personne.", "user_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
