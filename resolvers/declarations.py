"""Declared remunerations and changes of activity, in batches of an establishment."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry import ID

from persistence.intake.activity_changes import ActivityChangeIntake
from persistence.intake.batches import BatchIntake
from persistence.intake.cells import LINES
from persistence.intake.certificates import CertificateIntake
from persistence.intake.intentions import Intention
from persistence.records import (
    Batch,
    BatchMode,
    Campaign,
    Declaration,
    Establishment,
    Refused,
    Rule,
)
from resolvers.acting import (
    ROW,
    Act,
    ActInput,
    Done,
    EstablishmentBy,
    permission,
)

from .declaration_lines import ActivityChangeLineInput, RemunerationLineInput

Intake = TypeVar("Intake", bound=BatchIntake)


@strawberry.input(description="Ce que tout lot accepte.")
class BatchInput(ActInput):
    idempotency_key: ID = strawberry.field(
        description="Clé de l'appelant, requise : le même lot renvoyé avec elle n'a "
        "lieu qu'une fois."
    )
    establishment: EstablishmentBy = strawberry.field(
        description="L'établissement, par son SIRET ou son identifiant."
    )
    dry_run: bool = strawberry.field(
        default=False,
        description="Essai : le même rapport, et rien n'est gardé ; possible avant "
        "l'ouverture.",
    )


@strawberry.input(
    description="Les rémunérations de novembre d'un établissement, pour une campagne."
)
class RemunerationsDeclareInput(BatchInput):
    campaign_year: int = strawberry.field(description="Année N de la campagne.")
    deposit: bool = strawberry.field(
        description="Vrai : un dépôt, qui remplace le précédent en entier. Faux : un "
        "brouillon."
    )
    mode: BatchMode = strawberry.field(
        default=BatchMode.ALL_OR_NOTHING,
        description="Tout ou rien, ou les bonnes lignes seules.",
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
    """R16 to R22; see docs/decisions/0035."""
    place = await act.at_establishment(input.establishment)
    campaign = await act.find(Campaign, f"cmp_{input.campaign_year}", "campaign_year")
    intake = _intake(CertificateIntake, act, place, input, input.mode)
    live = await intake.live(campaign)
    act.require_permission_to_declare_at(place, _needed(input, live))
    _require_open(act, campaign, is_dry_run=input.dry_run)
    intention = Intention(
        input.deposit,
        input.nothing_to_declare,
        removals=input.acknowledge_removals,
        reason=input.reason,
        sequence=input.expected_sequence,
    )
    lines = _rows(input.lines, WHOLE)
    batch = await intake.certify(campaign, lines, live, intention)
    _tell(act, intake)
    return Done([batch], also_ids=intake.removals[:LINES])


def _needed(input: RemunerationsDeclareInput, live: Sequence[Declaration]) -> str:
    """The permission for a dry run, a draft, a deposit or its replacement."""
    if input.dry_run:
        return "Batch:dry_run"
    if not input.deposit:
        return "Declaration:prepare"
    if any(declaration.is_in_force() for declaration in live):
        return "Declaration:replace"
    return "Declaration:deposit"


def _require_open(act: Act, campaign: Campaign, *, is_dry_run: bool) -> None:
    """The window of the campaign; a dry run outside is only warned."""
    try:
        campaign.require_open_at(act.now)
    except Refused as refused:
        if not is_dry_run:
            raise
        act.warn([refused.notice])


WHOLE = "Une déclaration remplace la précédente en entier : ne la coupez pas."
IN_PARTS = "Envoyez-les en plusieurs lots."


def _rows(
    lines: Any,  # noqa: ANN401 mappings, whatever their annotation
    advice: str,
) -> Sequence[Mapping[str, Any]] | None:
    if lines is not None and len(lines) > LINES:
        raise Refused(Rule.LINES_TOO_MANY, "lines", detail=advice)
    return lines  # type: ignore[no-any-return]


def _intake(
    kind: type[Intake],
    act: Act,
    place: Establishment,
    input: BatchInput,
    mode: BatchMode,
) -> Intake:
    """What takes the lines of the batch; the act itself becomes a dry run with it."""
    act.dry_run = input.dry_run
    return kind(
        act.register,
        act.context.graph.vault,
        place,
        mode,
        act.actor,
        act.now,
        input.dry_run,
    )


def _tell(act: Act, intake: BatchIntake) -> None:
    act.errors.extend(intake.errors)
    act.warn(intake.warnings)


@strawberry.input(
    description="Des changements d'activité dans un établissement : toute l'année "
    "(R27)."
)
class ActivityChangesDeclareInput(BatchInput):
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
) -> Batch:
    """R23 to R27: never window-checked."""
    place = await act.at_establishment(input.establishment)
    if input.dry_run:
        act.require_permission_to_declare_at(place, "Batch:dry_run")
    else:
        for needs in _needed_for_changes(input.lines):
            act.require_permission_to_declare_at(place, needs)
    intake = _intake(ActivityChangeIntake, act, place, input, input.mode)
    lines = _rows(input.lines, IN_PARTS) or []
    batch = await intake.change(lines, act.today)
    _tell(act, intake)
    return batch


def _needed_for_changes(
    lines: Any,  # noqa: ANN401 mappings, whatever their annotation
) -> list[str]:
    """The permissions for a batch: one that corrects needs another one too."""
    needed = ["ActivityChange:deposit"]
    if any(line.get("corrects_id") or line.get("corrects_reference") for line in lines):
        needed.insert(0, "ActivityChange:correct")
    return needed
