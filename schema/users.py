"""Utilisateurs et rattachements."""

from datetime import date, datetime

from strawberry import ID

from persistence import records
from persistence.facts.columns import equal
from persistence.facts.users import (
    administered,
    groups_of,
    has_ending,
    holds_ending,
    is_called,
    is_of_somebody_called,
    is_pending,
    suspending,
    works_for,
)
from persistence.reading.question import Order
from persistence.records.suspensions import SuspensionSide
from persistence.records.users import UserKind
from resolvers.reading.bindings import FilterArgument

from .binding import by, column, listed, mirrors, one, page, reference
from .connections import Connection
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import AgentRef, GroupRef, MembershipRef, PartnerRef, RightRef
from .viewer_can import Permission, viewer_can

UserOrder = orders(
    "UserOrder",
    "Par nom puis prénom, sans accents.",
    NAME=Order(("sort_key",), "ix_user_sort_key"),
)
AffiliationOrder = orders(
    "AffiliationOrder",
    "De la première à la dernière, ou l'inverse, l'identifiant suivant le temps ; ou"
    " par nom de la personne.",
    EARLIEST=Order((), "pk_affiliation"),
    LATEST=Order((), "pk_affiliation", descending=True),
    NAME=Order(("sort_key",), "ix_affiliation_sort_key"),
)


LAST_DAY = "dont le dernier jour est ce jour-là ou avant."
USER_FILTERS = {
    "search": FilterArgument(
        str,
        is_called,
        "Mots du nom, dans tout ordre, sans accents ni casse ; ou un morceau du"
        " courriel, avec son « @ » ;"
        " jamais un numéro de sécurité sociale.",
        person=True,
    ),
    "ending_by": FilterArgument(
        date,
        holds_ending,
        f"Ayant un droit en cours (rattachement, mandat, inclusion, fonction de"
        f" gestionnaire ou d'agent) {LAST_DAY}",
    ),
    "partner_id": reference(
        records.Partner,
        works_for,
        "Rattachée aujourd'hui à ce partenaire.",
        is_anchor=True,
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
        f"Ayant un droit en cours (lui-même, une inclusion, une fonction de"
        f" gestionnaire) {LAST_DAY}",
    ),
    "search": FilterArgument(
        str,
        is_of_somebody_called,
        "Mots du nom de la personne, dans tout ordre, sans accents ni casse ; ou un"
        " morceau du courriel, avec"
        " son « @ » ; jamais un numéro de sécurité sociale.",
        person=True,
    ),
}
ROOT_AFFILIATION_FILTERS = AFFILIATION_FILTERS | {
    "partner_id": reference(
        records.Partner, equal("partner_id"), "Partenaire.", is_anchor=True
    )
}


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


@mirrors(
    records.User,
    "Utilisateur : une identité, personne ou client machine. L'adresse ne sert qu'à"
    " écrire (§3, R40).",
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
        "Ses habilitations effectives : ce que ses inclusions lui donnent aujourd'hui"
        " (§4, R48 ; §5, R56).",
        by("user_id"),
        "partner_id",
        "service_id",
        "group_id",
    )
    administers: list[PartnerRef] = listed(
        "Les partenaires délégués dont elle est aujourd'hui gestionnaire des"
        " habilitations, ou suppléante (§3, R39).",
        administered,
        "sort_key",
    )


@mirrors(
    records.Affiliation,
    "Rattachement d'une personne à un partenaire ; pour une machine, son mandat (§3,"
    " R40).",
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
        "Qui suspend aujourd'hui : le partenaire, l'organisme, ou les deux ; chacun"
        " met fin à la sienne (§3, R40).",
        suspending,
    )
    user: "User | None" = one("La personne.", "user_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
