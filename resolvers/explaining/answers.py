"""What a question of rights answers: the types of the graph, which Python fills."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import Unblocker


@strawberry.type(description="Un maillon entre une personne et un droit.")
class ExplanationStep:
    kind: str = strawberry.field(
        description="USER, GROUP, ROLE, ESTABLISHMENT, BULLETIN, SERVICE, CONTRACT,"
        " CONVENTION, MANAGER, POST ou ORGANISM."
    )
    object_id: ID | None = strawberry.field(description="L'objet, s'il en est un.")
    label: str = strawberry.field(description="Son nom.")
    broken: str | None = strawberry.field(
        description="Ce qui le rompt ce jour-là ; vide quand il tient."
    )
    mender: strawberry.Private[Unblocker]


@strawberry.type(
    description="Une chaîne, de la personne à l'organisme : elle tient si chacun de ses"
    " maillons tient."
)
class ExplanationChain:
    holds: bool = strawberry.field(description="Tous les maillons tiennent.")
    steps: list[ExplanationStep] = strawberry.field(
        description="Les maillons, de la personne à l'organisme."
    )
    broken: ExplanationStep | None = strawberry.field(
        description="Le maillon à réparer d'abord."
    )


@strawberry.type(description="Une condition d'une ligne de la politique.")
class ExplanationCondition:
    fact: str = strawberry.field(description="Le fait comparé.")
    expected: str = strawberry.field(description="Ce qui est demandé.")
    met: bool = strawberry.field(description="Remplie ce jour-là.")


@strawberry.type(
    name="ExplanationGround",
    description="Une ligne de la politique d'accès qui parle de cet acte.",
)
class PermitVerdict:
    role: str = strawberry.field(description="Le rôle de la politique.")
    label: str = strawberry.field(description="Le rôle, en français.")
    scope: str = strawberry.field(description="La portée.")
    has_role: bool = strawberry.field(
        name="held", description="La personne tient ce rôle ce jour-là."
    )
    met: bool = strawberry.field(
        description="Le rôle est tenu, et toutes les conditions sont remplies : la"
        " ligne permet l'acte."
    )
    conditions: list[ExplanationCondition] = strawberry.field(
        description="Les conditions de la portée."
    )


@strawberry.type(description="Pourquoi une personne peut, ou ne peut pas, tel jour.")
class Explanation:
    allowed: bool = strawberry.field(
        description="La décision, par les fonctions mêmes qui l'appliquent : par les"
        " droits de ce jour ; aujourd'hui, aussi par l'état de l'objet, comme"
        " `viewerCan`. Permise si l'un des actes qui la réalisent l'est."
    )
    on: date = strawberry.field(description="Le jour dont il s'agit.")
    sentence: str = strawberry.field(
        description="La réponse, en une phrase ; si l'état de l'objet l'interdit,"
        " suivie de la règle, mot pour mot comme `viewerCan`."
    )
    chains: list[ExplanationChain] = strawberry.field(
        description="Les chaînes, celle qui tient ou s'en approche le plus d'abord."
    )
    grounds: list[PermitVerdict] = strawberry.field(
        description="Chaque ligne de la politique pour cet acte."
    )
    menders: list[str] = strawberry.field(
        description="Qui peut débloquer (R60) ; vide quand l'acte est permis, ou que"
        " l'état de l'objet l'interdit à chacun : la règle dit alors ce qui manque."
    )


@strawberry.type(description="Une personne qui peut.")
class Holder:
    user_id: ID = strawberry.field(description="La personne.")
    name: str = strawberry.field(description="Son nom.")
    by: str = strawberry.field(description="À quel titre.")


@strawberry.type(description="Un organisme dont des agents peuvent.")
class HolderOffice:
    organism: str = strawberry.field(description="L'organisme.")
    role: str = strawberry.field(description="À quel titre.")
    count: int = strawberry.field(description="Combien de ses agents.")


@strawberry.type(
    description="Qui peut, tel jour : par les droits ; aujourd'hui, sans ceux à qui"
    " l'état de l'objet l'interdit."
)
class Holders:
    on: date = strawberry.field(description="Le jour dont il s'agit.")
    sentence: str = strawberry.field(description="La réponse, en une phrase.")
    people: list[Holder] = strawberry.field(
        description="Les personnes, parmi celles que vous pouvez lire."
    )
    offices: list[HolderOffice] = strawberry.field(
        description="Les agents, comptés par organisme."
    )
    hidden: int = strawberry.field(
        description="Les personnes que vous ne pouvez pas lire."
    )
