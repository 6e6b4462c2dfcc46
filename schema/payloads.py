"""What an act answers: its objects, its refusals, its warnings."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, get_type_hints

import strawberry
from strawberry.types.field import StrawberryField

from persistence.records import Rule
from resolvers.acting import Doing, PreviewInput
from resolvers.acting.impact import Impact
from resolvers.acting.outcome import Outcome
from resolvers.acting.performing import perform
from resolvers.reading.bindings import PayloadObject

from .binding import bound_field, called
from .enums import labelled

CODES: Any = Enum(  # type: ignore[misc]
    "RefusalCode", [(rule.name, rule.name) for rule in Rule]
)
RefusalCode: Any = labelled(
    "Codes stables des refus et des avertissements ; `rules` en donne les paragraphes.",
    **{rule.name: rule.sentence for rule in Rule},
)(CODES)


@strawberry.type(
    description="Une règle qui n'est pas remplie : rien n'a été écrit, sauf le rapport"
    " d'un lot."
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
        description="Où demander de l'aide, quand on ne peut pas y remédier seul : son"
        " Centre de ressources (R60)."
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


ONCE = "Dit une seule fois."
NUMBER_ONCE = "Nombre, dit une seule fois."
IMPACT = (
    "Les conséquences de l'acte, ou de l'essai ; vide quand il est refusé ou rejoué."
)
OBJECT = "L'objet de l'acte, tel qu'il se lit après ; vide si vous ne le lisez plus."
VALUES: Mapping[Any, str] = {str: ONCE, int: NUMBER_ONCE, Impact: IMPACT}
"""The types that Python answers, each with its words."""
OF_EVERY_ACT = {
    "errors": (
        list[Refusal],
        (
            "Les règles qui ne sont pas remplies : rien n'a été écrit ; pour un lot,"
            " celles de ses lignes."
        ),
    ),
    "warnings": (list[Notice], "Ce qui est à savoir, l'acte étant fait."),
    "replayed": (bool, "L'acte avait déjà eu lieu avec cette clé."),
}
"""The members of every payload: their types, their words."""


def act(
    doing: Doing,
    description: str,
    **objects: Any,  # noqa: ANN401 types
) -> StrawberryField:
    """A mutation: its input is that of the function; its payload has these objects."""
    name = _camel(doing.__name__)
    input_type = get_type_hints(doing)["input"]
    if issubclass(input_type, PreviewInput):
        objects["impact"] = Impact

    async def resolve(info: Any, input: Any) -> Any:  # noqa: ANN401 the graph's name
        graph_info = info._raw_info  # noqa: SLF001 the selection is there
        return await perform(name, doing, graph_info, input)

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "input": input_type,
        "return": _payload(name[0].upper() + name[1:] + "Payload", objects),
    }
    permissions: tuple[str, ...] = doing.permissions  # type: ignore[attr-defined]
    mutation: StrawberryField = strawberry.mutation(
        resolver=resolve,
        description=description,
        metadata={"permissions": permissions, "module": doing.__module__},
    )
    (argument,) = mutation.arguments
    argument.description = "Ce que dit l'acte."
    return mutation


def _payload(name: str, objects: Mapping[str, Any]) -> type:
    members: dict[str, Any] = {}
    annotations: dict[str, Any] = {}
    for field, kind in objects.items():
        if kind in VALUES:
            members[field] = strawberry.field(
                resolver=_value(field, kind), description=VALUES[kind]
            )
        else:
            annotations[field] = kind | None
            members[field] = bound_field(PayloadObject(), OBJECT)
            if field.endswith("_"):
                called(members[field], field.rstrip("_"))
    for field, (kind, words) in OF_EVERY_ACT.items():
        annotations[field] = kind
        members[field] = strawberry.field(description=words)
    payload = type(name, (), {"__annotations__": annotations, **members})
    return strawberry.type(payload, description="Réponse d'un acte.")


def _value(field: str, kind: Any) -> Callable[[Outcome], Any]:  # noqa: ANN401 a type
    def resolve(root: Any) -> Any:  # noqa: ANN401 an Outcome
        return root.extra.get(field)

    resolve.__annotations__["return"] = kind | None
    return resolve


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
