"""La personne qui demande, et ce qu'elle a devant elle."""

from datetime import date
from typing import Any

import strawberry

from persistence.facts.viewer import (
    allowed_actions,
    is_caller,
    mine,
    my_centres,
    my_organisms,
    my_suspensions,
    my_tabs,
)
from persistence.records.suspensions import SuspensionSide

from .actions import PERMISSIONS, Action
from .binding import column, derived, listed, one
from .refs import AffiliationRef, AgentRef, OrganismRef, ServiceAccessRef, UserRef


@strawberry.type(
    description="Un accès à soi, suspendu : depuis quand, par qui, et à qui le"
    " demander."
)
class AccessSuspension:
    partner: str = strawberry.field(
        description="Le nom du partenaire, que la personne ne lit plus."
    )
    starts_on: date = strawberry.field(description="Premier jour de la suspension.")
    by: SuspensionSide = strawberry.field(
        description="Qui suspend : lui seul rétablit (R40)."
    )
    organism: str = strawberry.field(
        description="L'organisme qui administre le partenaire."
    )
    contact: str | None = strawberry.field(description="Son contact.")


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
        "Ses onglets : convention en vigueur et bulletin ouvert, selon ses"
        " habilitations (§4, R48 ; §5, R49).",
        my_tabs,
        "service_id",
    )
    resource_centres: list[OrganismRef] = listed(
        "Où adresser ses questions (R60) : les Centres de ressources qui soutiennent"
        " ses organismes, ou ceux qui"
        " administrent ses partenaires ; vide s'il n'y en a pas.",
        my_centres,
        "code",
    )
    may: list[Action] = column(
        "Ce que ses droits d'aujourd'hui permettent quelque part, au-delà de ce qui"
        " est à soi : les menus à montrer.",
        allowed_actions(PERMISSIONS),
    )
