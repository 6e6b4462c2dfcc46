"""What a Caf answered is to be answered again: « remis à traiter »."""

from collections.abc import Sequence

import strawberry
from strawberry import ID

from persistence.intake.reopenings import beneficiaries_again, treated_lines
from persistence.records import (
    DeclarationLine,
    Refused,
    Rule,
    Treatment,
    TreatmentOutcome,
)
from resolvers.acting import ROW, Act, ActInput, permission

from .persons import persons_of

REOPENED_AT_ONCE = 1_000


@strawberry.input(
    description="Des traitements d'un même partenaire, que la Caf remet à traiter."
)
class TreatmentsReopenInput(ActInput):
    treatment_ids: list[ID] = strawberry.field(
        description="Les traitements, 1 000 au plus."
    )
    reason: str = strawberry.field(
        description="Motif, gardé au journal et montré à l'Esat : aucune donnée "
        "personnelle."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Un essai : dit les refus, et ne garde rien."
    )


@permission("DeclarationLine:process", on=[Treatment], loads=ROW, moves_roster=True)
async def treatments_reopen(
    act: Act, input: TreatmentsReopenInput
) -> Sequence[Treatment]:
    """R20: by the Caf that treated, until the Esat has answered; all or none."""
    act.dry_run = input.dry_run
    ids = _distinct_ids(input)
    paths = [("treatment_ids", str(input.treatment_ids.index(one))) for one in ids]
    treatments = await act.take_all(Treatment, ids, paths, is_change=False)
    for treatment, path in zip(treatments, paths, strict=True):
        if treatment.partner_id != treatments[0].partner_id:
            raise Refused(Rule.OTHER_PARTNER, *path)
    lines = await _lines(act, treatments)
    reopened = []
    for treatment, line in zip(treatments, lines, strict=True):
        assert treatment.campaign_id is not None
        answer = line.reopen(
            treatment.campaign_id, input.reason.strip(), act.actor, act.now, act.today
        )
        reopened.append(answer)
    act.register.session.add_all(reopened)
    await _hold_beneficiaries(act, treatments, lines)
    return reopened


def _distinct_ids(input: TreatmentsReopenInput) -> list[ID]:
    """The treatments to take back, each once. VALUE_INVALID."""
    if not input.reason.strip():
        raise Refused(Rule.VALUE_INVALID, "reason")
    ids = list(dict.fromkeys(input.treatment_ids))
    if not 0 < len(ids) <= REOPENED_AT_ONCE:
        bounds = f"De 1 à {REOPENED_AT_ONCE} traitements."
        raise Refused(Rule.VALUE_INVALID, "treatment_ids", detail=bounds)
    return ids


async def _lines(act: Act, treatments: Sequence[Treatment]) -> list[DeclarationLine]:
    """The line that shows each treatment today. TREATMENT_OVER."""
    line_ids = await treated_lines(act.register, [each.id for each in treatments])
    ids = [line_ids[each.id] or "" for each in treatments]
    return await act.find_all(
        DeclarationLine, ids, "treatment_ids", rule=Rule.TREATMENT_OVER
    )


async def _hold_beneficiaries(
    act: Act, treatments: Sequence[Treatment], lines: Sequence[DeclarationLine]
) -> None:
    """R17: whoever was answered « no beneficiary » is held for one again."""
    denied = []
    campaigns = set()
    for treatment, line in zip(treatments, lines, strict=True):
        if treatment.outcome is TreatmentOutcome.NOT_BENEFICIARY:
            denied.append(line)
            campaigns.add(treatment.campaign_id)
    ids = await beneficiaries_again(act.register, campaigns, denied)
    for worker in await persons_of(act.register, sorted(ids)):
        worker.aah_beneficiary = True
