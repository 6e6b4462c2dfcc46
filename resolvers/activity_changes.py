"""A change of activity after its receipt: cancelled by the Esat, treated by the Caf."""

import strawberry
from strawberry import ID

from persistence.intake.cancelled_changes import ChangeCancelling
from persistence.records import (
    ActivityChange,
    Establishment,
    Processing,
    Refused,
    Rule,
)
from resolvers.acting import ROW, Act, ActInput, ChangeInput, at, permission

from .persons import persons_of

PROCESSED_AT_ONCE = 100


@strawberry.input(
    description="L'annulation d'un changement que la Caf n'a pas encore traité."
)
class ActivityChangeCancelInput(ChangeInput):
    change_id: ID = strawberry.field(description="Le changement.")


@permission("ActivityChange:cancel", on=[ActivityChange], loads=ROW, moves_roster=True)
async def activity_change_cancel(
    act: Act, input: ActivityChangeCancelInput
) -> ActivityChange:
    """It takes place no more; what it had ended takes place again."""
    change = await act.take(ActivityChange, input.change_id, "change_id")
    change.require_cancellable()
    place = await act.register.session.get_one(Establishment, change.establishment_id)
    cancelling = ChangeCancelling(act.register, place, act.now)
    await cancelling.cancel(change)
    return change


@strawberry.input(description="Ce que la Caf qui paie fait de changements d'activité.")
class ActivityChangesProcessInput(ActInput):
    change_ids: list[ID] = strawberry.field(
        description="Les changements d'un même partenaire, 100 au plus."
    )
    outcome: Processing = strawberry.field(description="Ce qui en est fait.")
    processing_reason: str | None = strawberry.field(
        default=None,
        description="Motif, montré à l'Esat : requis sauf pour une prise en compte.",
    )


@permission("ActivityChange:process", on=[ActivityChange], loads=ROW, moves_roster=True)
async def activity_changes_process(
    act: Act, input: ActivityChangesProcessInput
) -> list[ActivityChange]:
    """R20, R26: all the changes or none, with the outcomes of lines."""
    ids = list(dict.fromkeys(input.change_ids))
    if not 0 < len(ids) <= PROCESSED_AT_ONCE:
        bounds = f"De 1 à {PROCESSED_AT_ONCE} changements."
        raise Refused(Rule.VALUE_INVALID, "change_ids", detail=bounds)
    paths = [("change_ids", str(input.change_ids.index(one))) for one in ids]
    changes = await act.take_all(ActivityChange, ids, paths)
    reason = input.processing_reason
    for change, path in zip(changes, paths, strict=True):
        with at(*path):
            treatment = change.process(
                input.outcome, reason, act.actor, act.now, act.today
            )
            act.register.session.add(treatment)
    if input.outcome is Processing.NOT_BENEFICIARY:
        workers = [change.worker_id for change in changes]
        for worker in await persons_of(act.register, workers):
            worker.aah_beneficiary = False
    return changes
