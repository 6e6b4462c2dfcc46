"""What the acts that bring batches of lines share."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry import ID

from persistence.intake.batches import BatchIntake
from persistence.intake.cells import LINES
from persistence.intake.line_keys import KeyValue
from persistence.records import Campaign, Establishment, Refused, Rule
from resolvers.acting import Act, ActInput, EstablishmentBy
from resolvers.declaration_lines import LineKey

Intake = TypeVar("Intake", bound=BatchIntake)
WHOLE = (
    "Un dépôt remplace le précédent en entier : mettez d'abord les lignes dans un "
    "brouillon, en plusieurs fois."
)
IN_PARTS = "Envoyez-les en plusieurs lots."


@strawberry.input(description="Ce que tout lot accepte.")
class BatchInput(ActInput):
    idempotency_key: ID = strawberry.field(
        description="Clé de l'appelant, requise : le même lot renvoyé avec elle n'a "
        "lieu qu'une fois."
    )
    dry_run: bool = strawberry.field(
        default=False,
        description="Essai : le même rapport, et rien n'est gardé ; possible avant "
        "l'ouverture.",
    )


@strawberry.input(description="Ce qu'accepte un lot d'un établissement.")
class PlacedBatchInput(BatchInput):
    establishment: EstablishmentBy = strawberry.field(
        description="L'établissement, par son SIRET ou son identifiant."
    )


def batch_intake(
    kind: type[Intake],
    act: Act,
    place: Establishment,
    input: Any,  # noqa: ANN401 that of a batch, with a mode
) -> Intake:
    """What takes the lines of the batch; the act itself becomes a dry run with it."""
    act.dry_run = input.dry_run
    return kind(
        act.register,
        act.context.graph.vault,
        place,
        input.mode,
        act.actor,
        act.now,
        input.dry_run,
    )


def rows_of(
    lines: Any,  # noqa: ANN401 mappings, whatever their annotation
    advice: str,
    path: str = "lines",
) -> Sequence[Mapping[str, Any]]:
    """The lines of a batch. Refused: LINES_TOO_MANY."""
    if len(lines) > LINES:
        raise Refused(Rule.LINES_TOO_MANY, path, detail=advice)
    return lines  # type: ignore[no-any-return]


def keys_of(keys: list[LineKey], path: str) -> list[KeyValue]:
    """The keys of lines. Refused: LINES_TOO_MANY."""
    if len(keys) > LINES:
        raise Refused(Rule.LINES_TOO_MANY, path, detail=IN_PARTS)
    result = []
    for key in keys:
        (pair,) = (pair for pair in vars(key).items() if isinstance(pair[1], str))
        result.append(KeyValue(*pair))
    return result


def tell_batch(act: Act, intake: BatchIntake) -> None:
    """The notices of a batch are those of its act."""
    act.errors.extend(intake.errors)
    act.warn(intake.warnings)


def require_open(act: Act, campaign: Campaign, *, is_dry_run: bool = False) -> None:
    """The window of the campaign; a dry run outside is only warned."""
    try:
        campaign.require_open_at(act.now)
    except Refused as refused:
        if not is_dry_run:
            raise
        act.warn([refused.notice])
