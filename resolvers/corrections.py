"""The correction of the certificate in force."""

import strawberry
from strawberry import ID

from persistence.intake.corrections import CorrectionIntake
from persistence.records import (
    BatchMode,
    Campaign,
    Declaration,
    Establishment,
    Rule,
)
from persistence.records.rules import require
from resolvers.acting import ROW, Act, Done, permission

from .batches import (
    IN_PARTS,
    BatchInput,
    batch_intake,
    keys_of,
    require_open,
    rows_of,
    tell_batch,
)
from .declaration_lines import LineKey, RemunerationLineInput


@strawberry.input(
    description="Une correction de la déclaration en vigueur : le reste demeure."
)
class RemunerationsCorrectInput(BatchInput):
    declaration_id: ID = strawberry.field(
        description="La déclaration en vigueur, telle qu'elle a été lue."
    )
    mode: BatchMode = strawberry.field(
        default=BatchMode.ALL_OR_NOTHING,
        description="Tout ou rien, ou les bonnes lignes seules.",
    )
    put: list[RemunerationLineInput] = strawberry.field(
        default_factory=list,
        description="Les lignes nouvelles, ou qui remplacent celle de leur personne ; "
        "1 000 au plus. Rejetée, elle laisse celle qui est en vigueur.",
    )
    remove: list[LineKey] = strawberry.field(
        default_factory=list,
        description="Les personnes qui ne sont plus déclarées, 1 000 au plus ; plus de "
        "la moitié demande un motif.",
    )


@permission(
    "Declaration:replace",
    "Batch:dry_run",
    on=[Declaration],
    loads=ROW,
    moves_roster=True,
)
async def remunerations_correct(act: Act, input: RemunerationsCorrectInput) -> Done:
    """R17; see docs/decisions/0087."""
    declaration = await act.take(
        Declaration,
        input.declaration_id,
        "declaration_id",
        needs="Declaration:read",
        is_change=False,
    )
    place = await act.find(Establishment, declaration.establishment_id)
    needed = "Batch:dry_run" if input.dry_run else "Declaration:replace"
    act.require_permission_to_declare_at(place, needed)
    campaign = await act.find(Campaign, declaration.campaign_id)
    intake = batch_intake(CorrectionIntake, act, place, input)
    living = await intake.living(campaign)
    require(
        declaration.is_in_force(),
        Rule.SEQUENCE_MOVED,
        "declaration_id",
        detail=f"Rang actuel : {living.sequence}.",
    )
    require_open(act, campaign, is_dry_run=input.dry_run)
    put = rows_of(input.put, IN_PARTS, "put")
    remove = keys_of(input.remove, "remove")
    batch = await intake.correct(campaign, living, put, remove, input.reason)
    tell_batch(act, intake)
    return Done([batch], notes=intake.notes)
