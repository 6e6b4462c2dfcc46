"""Declared remunerations and changes of activity, in batches of an establishment."""

from typing import Any

import strawberry

from persistence.intake.activity_changes import ActivityChangeIntake
from persistence.intake.cells import LINES
from persistence.intake.certificate_reads import Living
from persistence.intake.draft_deposits import DraftDeposit
from persistence.intake.draft_puts import DraftIntake
from persistence.intake.intentions import Intention
from persistence.records import (
    BatchMode,
    Campaign,
    Declaration,
    Establishment,
    Refused,
    Rule,
)
from resolvers.acting import ROW, Act, Done, permission

from .batches import (
    IN_PARTS,
    WHOLE,
    PlacedBatchInput,
    batch_intake,
    require_open,
    rows_of,
    tell_batch,
)
from .declaration_lines import ActivityChangeLineInput, RemunerationLineInput


@strawberry.input(
    description="Les rémunérations de novembre d'un établissement, pour une campagne."
)
class RemunerationsDeclareInput(PlacedBatchInput):
    campaign_year: int = strawberry.field(description="Année N de la campagne.")
    deposit: bool = strawberry.field(
        description="Vrai : un dépôt, qui remplace le précédent en entier. Faux : les "
        "lignes vont au brouillon, avec celles qui y sont, bonnes ou à corriger."
    )
    mode: BatchMode = strawberry.field(
        default=BatchMode.ALL_OR_NOTHING,
        description="Tout ou rien, ou les bonnes lignes seules ; un brouillon garde "
        "toutes les lignes.",
    )
    lines: list[RemunerationLineInput] | None = strawberry.field(
        default=None,
        description="Les lignes, 1 000 au plus. Absentes : le brouillon est déposé. "
        "Aucune : avec « néant » seulement.",
    )
    nothing_to_declare: bool = strawberry.field(
        default=False,
        description="Néant : aucun bénéficiaire de l'AAH n'y travaille ; se dit sans "
        "ligne (R17).",
    )
    expected_sequence: int | None = strawberry.field(
        default=None,
        description="Rang de la déclaration en vigueur, 0 pour aucune : le dépôt est "
        "refusé si elle a changé depuis.",
    )
    acknowledge_removals: int | None = strawberry.field(
        default=None,
        description="Le nombre exact des personnes déclarées qui ne le seraient plus ; "
        "le refus et l'essai le donnent.",
    )


@permission(
    "Declaration:deposit",
    "Declaration:replace",
    "Declaration:prepare",
    "Batch:dry_run",
    on=[Establishment, Declaration],
    loads=ROW,
    moves_roster=True,
)
async def remunerations_declare(act: Act, input: RemunerationsDeclareInput) -> Done:
    """R16 to R22; see docs/decisions/0035 and 0086."""
    place = await act.at_establishment(input.establishment)
    campaign = await act.find(Campaign, f"cmp_{input.campaign_year}", "campaign_year")
    deposit = batch_intake(DraftDeposit, act, place, input)
    living = await deposit.living(campaign)
    act.require_permission_to_declare_at(place, _needed(input, living))
    require_open(act, campaign, is_dry_run=input.dry_run)
    intention = _intention(input)
    if not input.deposit:
        drafting = batch_intake(DraftIntake, act, place, input)
        if input.lines is None:
            raise Refused(Rule.DRAFT_MISSING, "lines")
        lines = rows_of(input.lines, IN_PARTS)
        batch = await drafting.put(campaign, lines, living, intention)
        tell_batch(act, drafting)
        return Done([batch])
    if input.lines is None:
        batch = await deposit.deposit_draft(campaign, living, intention)
    else:
        lines = rows_of(input.lines, WHOLE)
        batch = await deposit.deposit(campaign, lines, living, intention)
    tell_batch(act, deposit)
    removals = deposit.removals[:LINES]
    return Done([batch], also_ids=removals, notes=deposit.notes)


def _intention(input: RemunerationsDeclareInput) -> Intention:
    return Intention(
        input.deposit,
        input.nothing_to_declare,
        removals=input.acknowledge_removals,
        reason=input.reason,
        sequence=input.expected_sequence,
    )


def _needed(input: RemunerationsDeclareInput, living: Living) -> str:
    """The permission for a dry run, a draft, a deposit or its replacement."""
    if input.dry_run:
        return "Batch:dry_run"
    if not input.deposit:
        return "Declaration:prepare"
    if living.in_force is not None:
        return "Declaration:replace"
    return "Declaration:deposit"


@strawberry.input(
    description="Des changements d'activité dans un établissement : toute l'année "
    "(R27)."
)
class ActivityChangesDeclareInput(PlacedBatchInput):
    mode: BatchMode = strawberry.field(
        default=BatchMode.ACCEPT_VALID,
        description="Tout ou rien, ou les bonnes lignes seules.",
    )
    lines: list[ActivityChangeLineInput] = strawberry.field(
        description="Les changements, 1 000 au plus."
    )


@permission(
    "ActivityChange:deposit",
    "ActivityChange:correct",
    "Batch:dry_run",
    on=[Establishment],
    loads=ROW,
    moves_roster=True,
)
async def activity_changes_declare(
    act: Act, input: ActivityChangesDeclareInput
) -> Done:
    """R23 to R27: never window-checked."""
    place = await act.at_establishment(input.establishment)
    if input.dry_run:
        act.require_permission_to_declare_at(place, "Batch:dry_run")
    else:
        for needs in _needed_for_changes(input.lines):
            act.require_permission_to_declare_at(place, needs)
    intake = batch_intake(ActivityChangeIntake, act, place, input)
    lines = rows_of(input.lines, IN_PARTS)
    batch = await intake.change(lines, act.today)
    tell_batch(act, intake)
    return Done([batch], notes=intake.notes)


def _needed_for_changes(
    lines: Any,  # noqa: ANN401 mappings, whatever their annotation
) -> list[str]:
    """The permissions for a batch: one that corrects needs another one too."""
    needed = ["ActivityChange:deposit"]
    if any(line.get("corrects_id") or line.get("corrects_reference") for line in lines):
        needed.insert(0, "ActivityChange:correct")
    return needed
