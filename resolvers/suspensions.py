"""A convention is suspended as a whole, and resumed, by the organism."""

import strawberry
from strawberry import ID

from persistence.records import Convention
from resolvers.acting import Act, PreviewInput, permission


@strawberry.input(
    description="La suspension d'une convention : les droits s'arrêtent, les dates "
    "restent (R29)."
)
class ConventionSuspendInput(PreviewInput):
    convention_id: ID = strawberry.field(description="La convention.")
    suspension_reason: str = strawberry.field(description="Motif de la suspension.")


@permission("Convention:suspend", on=[Convention])
async def convention_suspend(act: Act, input: ConventionSuspendInput) -> Convention:
    """All its services stop at once, without losing the suspensions of their own."""
    convention = await act.take(Convention, input.convention_id, "convention_id")
    convention.suspend(act.today, input.suspension_reason, act.author)
    return convention


@strawberry.input(description="La fin de la suspension d'une convention.")
class ConventionResumeInput(PreviewInput):
    convention_id: ID = strawberry.field(description="La convention.")


@permission("Convention:resume", on=[Convention])
async def convention_resume(act: Act, input: ConventionResumeInput) -> Convention:
    convention = await act.take(Convention, input.convention_id, "convention_id")
    act.warn(convention.resume(act.today, act.author))
    return convention
