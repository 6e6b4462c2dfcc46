"""Pourquoi, pourquoi pas, et quand : l'explication d'un droit, et qui le tient."""

from datetime import date

import strawberry
from strawberry import ID

from resolvers import explaining

from .actions import Action, permission
from .impact import told


@strawberry.type(description="Un maillon entre une personne et un droit.")
class ExplanationStep:
    kind: str = told(
        "USER, GROUP, ROLE, ESTABLISHMENT, BULLETIN, SERVICE, CONTRACT, CONVENTION, MANAGER, POST ou ORGANISM."
    )
    object_id: ID | None = told("L'objet, s'il en est un.")
    label: str = told("Son nom.")
    broken: str | None = told("Ce qui le rompt ce jour-là ; vide quand il tient.")


@strawberry.type(description="Une chaîne, de la personne à l'organisme : elle tient si chacun de ses maillons tient.")
class ExplanationChain:
    holds: bool = told("Tous les maillons tiennent.")
    steps: list[ExplanationStep] = told("Les maillons, de la personne à l'organisme.")
    broken: ExplanationStep | None = told("Le maillon à réparer d'abord.")


@strawberry.type(description="Une condition d'une ligne de la politique.")
class ExplanationCondition:
    fact: str = told("Le fait comparé.")
    expected: str = told("Ce qui est demandé.")
    met: bool = told("Remplie ce jour-là.")


@strawberry.type(description="Une ligne de la politique d'accès qui parle de cet acte.")
class ExplanationGround:
    role: str = told("Le rôle de la politique.")
    label: str = told("Le rôle, en français.")
    scope: str = told("La portée.")
    held: bool = told("La personne tient ce rôle ce jour-là.")
    met: bool = told("Le rôle est tenu, et toutes les conditions sont remplies : la ligne permet l'acte.")
    conditions: list[ExplanationCondition] = told("Les conditions de la portée.")


@strawberry.type(description="Pourquoi une personne peut, ou ne peut pas, tel jour.")
class Explanation:
    allowed: bool = told(
        "La décision, par les fonctions mêmes qui l'appliquent : par les droits de ce jour ; aujourd'hui, aussi par "
        "l'état de l'objet, comme `viewerCan`. Permise si l'un des actes qui la réalisent l'est."
    )
    on: date = told("Le jour dont il s'agit.")
    sentence: str = told(
        "La réponse, en une phrase ; si l'état de l'objet l'interdit, suivie de la règle, mot pour mot comme "
        "`viewerCan`."
    )
    chains: list[ExplanationChain] = told("Les chaînes, celle qui tient ou s'en approche le plus d'abord.")
    grounds: list[ExplanationGround] = told("Chaque ligne de la politique pour cet acte.")
    menders: list[str] = told(
        "Qui peut débloquer (R60) ; vide quand l'acte est permis, ou que l'état de l'objet l'interdit à chacun : "
        "la règle dit alors ce qui manque."
    )


@strawberry.type(description="Une personne qui peut.")
class Holder:
    user_id: ID = told("La personne.")
    name: str = told("Son nom.")
    by: str = told("À quel titre.")


@strawberry.type(description="Un organisme dont des agents peuvent.")
class HolderOffice:
    organism: str = told("L'organisme.")
    role: str = told("À quel titre.")
    count: int = told("Combien de ses agents.")


@strawberry.type(
    description="Qui peut, tel jour : par les droits ; aujourd'hui, sans ceux à qui l'état de l'objet l'interdit."
)
class Holders:
    on: date = told("Le jour dont il s'agit.")
    sentence: str = told("La réponse, en une phrase.")
    people: list[Holder] = told("Les personnes, parmi celles que vous pouvez lire.")
    offices: list[HolderOffice] = told("Les agents, comptés par organisme.")
    hidden: int = told("Les personnes que vous ne pouvez pas lire.")


async def explain(
    info: strawberry.Info,
    user: ID,
    action: Action,
    object: ID,  # noqa: A002 the argument's name in the graph
    on: date | None = None,
) -> Explanation | None:
    return await explaining.explain(info.context, str(user), permission(action), str(object), on)  # type: ignore[return-value]


async def who_can(
    info: strawberry.Info,
    action: Action,
    object: ID,  # noqa: A002 the argument's name in the graph
    on: date | None = None,
) -> Holders | None:
    return await explaining.who_can(info.context, permission(action), str(object), on)  # type: ignore[return-value]
