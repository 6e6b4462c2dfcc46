"""What a Caf answered is to be answered again: « remis à traiter »."""

from collections.abc import Sequence

import strawberry
from strawberry import ID

from persistence.intake.reopenings import (
    Treated,
    bearers_of,
    beneficiaries_again,
)
from persistence.records import (
    ActivityChange,
    DeclarationLine,
    Refused,
    Rule,
    Treatment,
    TreatmentOutcome,
    Worker,
)
from resolvers.acting import ROW, Act, ActInput, permission

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
    _require_permission_on_changes(act, treatments)
    rows = await _bearers(act, treatments, paths)
    reason = input.reason.strip()
    reopenings = [
        _reopen(act, treatment, row, reason)
        for treatment, row in zip(treatments, rows, strict=True)
    ]
    act.register.session.add_all(reopenings)
    await _hold_beneficiaries(act, treatments, rows)
    return reopenings


def _reopen(act: Act, treatment: Treatment, row: Treated, reason: str) -> Treatment:
    author = (reason, act.actor, act.now, act.today)
    if isinstance(row, ActivityChange):
        return row.reopen(*author)
    assert treatment.campaign_id is not None
    return row.reopen(treatment.campaign_id, *author)


def _distinct_ids(input: TreatmentsReopenInput) -> list[ID]:
    """The treatments to take back, each once. VALUE_INVALID."""
    if not input.reason.strip():
        raise Refused(Rule.VALUE_INVALID, "reason")
    ids = list(dict.fromkeys(input.treatment_ids))
    if not 0 < len(ids) <= REOPENED_AT_ONCE:
        bounds = f"De 1 à {REOPENED_AT_ONCE} traitements."
        raise Refused(Rule.VALUE_INVALID, "treatment_ids", detail=bounds)
    return ids


def _require_permission_on_changes(act: Act, treatments: Sequence[Treatment]) -> None:
    """Whoever treats changes for their Caf may take back what it answered to one."""
    payers = {each.paying_id for each in treatments if each.change_id is not None}
    for paying_id in payers:
        act.require_permission_on({"paying": paying_id}, "ActivityChange:process")


async def _bearers(
    act: Act, treatments: Sequence[Treatment], paths: Sequence[tuple[str, str]]
) -> list[Treated]:
    """The line or the change that shows each treatment today. TREATMENT_OVER."""
    register = act.register
    bearers = await bearers_of(register, [each.id for each in treatments])
    line_ids = [where.line_id for where in bearers.values() if where.line_id]
    change_ids = [where.change_id for where in bearers.values() if where.change_id]
    records: list[Treated | None] = []
    if line_ids:
        records += await register.rows_of(DeclarationLine, line_ids)
    if change_ids:
        records += await register.rows_of(ActivityChange, change_ids)
    by_id = {row.id: row for row in records if row is not None}
    rows = []
    for treatment, path in zip(treatments, paths, strict=True):
        where = bearers[treatment.id]
        row = by_id.get(where.line_id or where.change_id or "")
        if row is None:
            raise Refused(Rule.TREATMENT_OVER, *path)
        rows.append(row)
    return rows


async def _hold_beneficiaries(
    act: Act, treatments: Sequence[Treatment], rows: Sequence[Treated]
) -> None:
    """R17: whoever was answered « no beneficiary » is held for one again."""
    denials = [
        row
        for treatment, row in zip(treatments, rows, strict=True)
        if treatment.outcome is TreatmentOutcome.NOT_BENEFICIARY
    ]
    ids = await beneficiaries_again(act.register, denials)
    for worker in await act.register.rows_of(Worker, sorted(ids)):
        assert worker is not None
        worker.aah_beneficiary = True
