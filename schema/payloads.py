"""What an act answers: its objects, its refusals, its warnings."""

from collections.abc import Callable
from enum import Enum
from typing import Any, get_type_hints

import strawberry
from strawberry.types.field import StrawberryField

from persistence.records import Rule
from resolvers.acting import Doing, PreviewInput
from resolvers.acting.impact import Impact
from resolvers.acting.outcome import Outcome
from resolvers.acting.performing import perform

from .binding import answered, called
from .enums import labelled

CODES: Any = Enum("RefusalCode", [(rule.name, rule.name) for rule in Rule])  # type: ignore[misc]
RefusalCode: Any = labelled(
    "Codes stables des refus et des avertissements ; `rules` en donne les paragraphes.",
    **{rule.name: rule.sentence for rule in Rule},
)(CODES)


@strawberry.type(
    description="Une règle qui n'est pas remplie : rien n'a été écrit, sauf le rapport d'un lot."
)
class Refusal:
    code: RefusalCode = strawberry.field(
        description="Code stable.", resolver=lambda root: root.rule.name
    )
    message: str = strawberry.field(description="La phrase, à montrer telle quelle.")
    path: list[str] = strawberry.field(
        description="Chemin de l'entrée en cause : `input`, puis ses champs."
    )
    rule: str | None = strawberry.field(
        description="Numéro de la règle, R1 à R60.",
        resolver=lambda root: root.rule.number,
    )
    contact: str | None = strawberry.field(
        description="Où demander de l'aide, quand on ne peut pas y remédier seul : son Centre de ressources (R60)."
    )
    source: str | None = strawberry.field(
        description="Paragraphe de l'instruction.",
        resolver=lambda root: root.rule.paragraph,
    )


@strawberry.type(
    description="Un avertissement : l'acte est fait, et ceci est à savoir."
)
class Notice(Refusal):
    pass


def act(doing: Doing, description: str, **shown: Any) -> StrawberryField:  # noqa: ANN401 schema types
    """A mutation: its input is the function's, its payload shows the objects named here."""
    name = _camel(doing.__name__)
    hints = get_type_hints(doing)
    if issubclass(hints["input"], PreviewInput):
        shown["impact"] = Impact
    payload = _payload(name[0].upper() + name[1:] + "Payload", shown)

    async def resolve(info: Any, input: Any) -> Any:  # noqa: ANN401 the argument's name in the graph
        return await perform(name, doing, info._raw_info, input)  # noqa: SLF001 the selection lies there

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "input": hints["input"],
        "return": payload,
    }
    permissions: tuple[str, ...] = doing.permissions  # type: ignore[attr-defined]
    made: StrawberryField = strawberry.mutation(
        resolver=resolve,
        description=description,
        metadata={"permissions": permissions, "module": doing.__module__},
    )
    (given,) = made.arguments
    given.description = "Ce que dit l'acte."
    return made


def _payload(name: str, shown: dict[str, Any]) -> type:
    members: dict[str, Any] = {}
    annotations: dict[str, Any] = {}
    for field, kind in shown.items():
        if kind in (str, int):
            words = (
                "Dit une seule fois." if kind is str else "Nombre, dit une seule fois."
            )
            members[field] = strawberry.field(
                resolver=_extra(field, kind), description=words
            )
        elif kind is Impact:
            words = "Les conséquences de l'acte, ou de l'essai ; vide quand il est refusé ou rejoué."
            members[field] = strawberry.field(
                resolver=_extra(field, kind), description=words
            )
        else:
            annotations[field] = kind | None
            words = "L'objet de l'acte, tel qu'il se lit après ; vide si vous ne le lisez plus."
            members[field] = called(answered(words), field.rstrip("_"))
    annotations |= {"errors": list[Refusal], "warnings": list[Notice], "replayed": bool}
    members["errors"] = strawberry.field(
        description="Les règles qui ne sont pas remplies : rien n'a été écrit ; pour un lot, celles de ses lignes."
    )
    members["warnings"] = strawberry.field(
        description="Ce qui est à savoir, l'acte étant fait."
    )
    members["replayed"] = strawberry.field(
        description="L'acte avait déjà eu lieu avec cette clé."
    )
    return strawberry.type(
        type(name, (), {"__annotations__": annotations, **members}),
        description="Réponse d'un acte.",
    )


def _extra(field: str, kind: Any) -> Callable[[Outcome], Any]:  # noqa: ANN401 a schema type
    def resolve(root: Any) -> Any:  # noqa: ANN401 an Outcome
        return root.extra.get(field)

    resolve.__annotations__["return"] = kind | None
    return resolve


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
