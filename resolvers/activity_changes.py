"""A change of activity after its receipt: cancelled by the Esat, treated by the Caf."""

import strawberry
from strawberry import ID

from persistence.intake.cancelled_changes import ChangeCancelling
from persistence.records import (
    ActivityChange,
    Establishment,
    Treatment,
)
from resolvers.acting import ROW, Act, ChangeInput, Done, permission

from .payer_answers import PayerAnswerInput, answer_each, done_with, take_answerable


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
class ActivityChangesProcessInput(PayerAnswerInput):
    change_ids: list[ID] = strawberry.field(
        description="Les changements, 1 000 au plus."
    )


@permission("ActivityChange:process", on=[ActivityChange], loads=ROW, moves_roster=True)
async def activity_changes_process(
    act: Act, input: ActivityChangesProcessInput
) -> Done:
    """R20, R26: with the outcomes of lines."""
    verdicts = await take_answerable(
        act, ActivityChange, input, input.change_ids, "change_ids"
    )

    def answer(change: ActivityChange) -> Treatment:
        return change.process(
            input.outcome, input.processing_reason, act.actor, act.now, act.today
        )

    return done_with(act, await answer_each(act, input, verdicts, answer))
