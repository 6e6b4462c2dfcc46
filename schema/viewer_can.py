"""`viewerCan`: what the caller may do to a row."""

import strawberry

from persistence.reading import question
from resolvers.reading import bindings

from .acts import Act
from .binding import FieldArgument, GraphField, bound_field


def _leaf(description: str) -> GraphField:
    return bound_field(bindings.ViewerCanField(), description)


@strawberry.type(
    description="Un acte, et s'il vous est permis sur cet objet, aujourd'hui."
)
class Permission:
    act: Act = _leaf("L'acte.")
    allowed: bool = _leaf(
        "Vos droits d'aujourd'hui le permettent, sous une forme au moins ; les règles"
        " de l'acte restent à remplir."
    )
    reason: str | None = _leaf(
        "Ce qui s'y oppose, et à qui il revient d'agir ; vide s'il est permis."
    )


def viewer_can() -> GraphField:
    """The acts are those that bear on the record of the type."""
    acts = FieldArgument(
        list[Act] | None, "Les actes demandés ; vide : tous ceux de cet objet."
    )
    return bound_field(
        question.ViewerCan(),
        "Ce que vous pouvez faire de cet objet, selon vos droits d'aujourd'hui.",
        {"acts": acts},
    )
