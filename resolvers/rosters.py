"""What an Esat answers of a person of whom it declares nothing."""

import strawberry
from strawberry import ID

from persistence.records import (
    BeneficiaryAnswer,
    Campaign,
    Establishment,
    RosterAnswer,
    Worker,
)
from persistence.standings import standing_of
from resolvers.acting import ROW, Act, ActInput, Done, permission


@strawberry.input(
    description="Pourquoi une personne attendue n'est pas à déclarer (R17)."
)
class BeneficiaryAnswerInput(ActInput):
    establishment_id: ID = strawberry.field(description="L'établissement.")
    campaign_year: int = strawberry.field(description="Année N de la campagne.")
    worker_id: ID = strawberry.field(description="La personne.")
    answer: BeneficiaryAnswer = strawberry.field(
        description="Ce qu'en sait l'établissement ; `NONE` reprend la réponse."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Un essai : dit les refus, et ne garde rien."
    )


@permission("Declaration:prepare", on=[Establishment], loads=ROW, moves_roster=True)
async def beneficiary_answer(act: Act, input: BeneficiaryAnswerInput) -> Done:
    """The question is asked again the next year; the Caf that pays reads the answer."""
    act.dry_run = input.dry_run
    place = await act.take(
        Establishment,
        input.establishment_id,
        "establishment_id",
        needs="Establishment:read",
        is_change=False,
    )
    act.require_permission_to_declare_at(place, "Declaration:prepare")
    campaign = await act.find(Campaign, f"cmp_{input.campaign_year}", "campaign_year")
    card = await act.find(Worker, input.worker_id, "worker_id")
    worker = await act.find(Worker, card.person_id, "worker_id")
    session = act.register.session
    standing = await standing_of(session, place, campaign, worker)
    answer = RosterAnswer.of(
        worker, place, campaign, standing, input.answer, act.actor, act.now
    )
    await session.merge(answer)
    return Done([place], is_change=False)
