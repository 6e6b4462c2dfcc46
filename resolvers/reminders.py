"""An organism reminds an establishment of its certificate."""

import strawberry
from strawberry import ID

from persistence.expectations import establishment_standing
from persistence.records import Campaign, Establishment, Reminder
from resolvers.acting import ROW, Act, ActInput, Done, permission


@strawberry.input(
    description="Une relance, datée et montrée à qui déclare : rien n'est envoyé."
)
class DeclarationRemindInput(ActInput):
    establishment_id: ID = strawberry.field(description="L'établissement.")
    campaign_year: int = strawberry.field(description="Année N de la campagne.")
    dry_run: bool = strawberry.field(
        default=False, description="Un essai : dit les refus, et ne garde rien."
    )


@permission("Declaration:remind", on=[Establishment], loads=ROW)
async def declaration_remind(act: Act, input: DeclarationRemindInput) -> Done:
    """Once a day, as long as no certificate is deposited."""
    act.dry_run = input.dry_run
    place = await act.take(
        Establishment, input.establishment_id, "establishment_id", is_change=False
    )
    campaign = await act.find(Campaign, f"cmp_{input.campaign_year}", "campaign_year")
    standing = await establishment_standing(act.register, place, campaign, act.now)
    reminder = Reminder.of(place, campaign, standing, act.actor, act.now, act.today)
    act.register.session.add(reminder)
    return Done([place], is_change=False)
