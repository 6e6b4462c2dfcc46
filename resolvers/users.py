"""Users of a partner: update, suspend, reinstate, deactivate.

These acts bear on the affiliation: a person may have several, one for each partner.
"""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Affiliation,
    Mode,
    Refused,
)
from resolvers.acting import (
    Act,
    ChangeInput,
    PreviewInput,
    permission,
    under,
)

from .invitations import PersonInput


@strawberry.input(
    description="Ce qu'un partenaire sait d'une personne : sa fonction, et son "
    "identité tant qu'elle n'a pas accepté."
)
class UserUpdateInput(ChangeInput):
    affiliation_id: ID = strawberry.field(description="Le rattachement.")
    person: PersonInput = strawberry.field(description="La personne.")


@permission("User:update", on=[Affiliation])
async def user_update(act: Act, input: UserUpdateInput) -> Affiliation:
    affiliation = await act.take(Affiliation, input.affiliation_id, "affiliation_id")
    person = input.person
    with under("person"):
        act.warn(
            affiliation.correct(
                person.given_name, person.family_name, person.email, person.job_title
            )
        )
    return affiliation


@strawberry.input(
    description="La suspension d'une personne chez un partenaire : ses droits "
    "s'arrêtent aussitôt."
)
class UserSuspendInput(PreviewInput):
    affiliation_id: ID = strawberry.field(description="Le rattachement.")
    suspension_reason: str = strawberry.field(description="Motif de la suspension.")


@permission("User:suspend", on=[Affiliation])
async def user_suspend(act: Act, input: UserSuspendInput) -> Affiliation:
    affiliation = await act.take(Affiliation, input.affiliation_id, "affiliation_id")
    keep_a_manager(act, affiliation)
    affiliation.suspend(act.today, input.suspension_reason, act.author)
    return affiliation


@strawberry.input(description="La fin d'une suspension.")
class UserReinstateInput(ChangeInput):
    affiliation_id: ID = strawberry.field(description="Le rattachement.")


@permission("User:reinstate", on=[Affiliation])
async def user_reinstate(act: Act, input: UserReinstateInput) -> Affiliation:
    affiliation = await act.take(Affiliation, input.affiliation_id, "affiliation_id")
    is_centralised = _is_centralised(act, affiliation)
    notices = affiliation.reinstate(act.today, act.author, centralised=is_centralised)
    act.warn(notices)
    return affiliation


def _is_centralised(act: Act, affiliation: Affiliation) -> bool:
    return affiliation.partner.span_on(act.today).mode is Mode.CENTRALISED


@strawberry.input(
    description="Le départ d'une personne : rien n'est effacé, tous ses droits chez ce "
    "partenaire s'arrêtent."
)
class UserDeactivateInput(PreviewInput):
    affiliation_id: ID = strawberry.field(description="Le rattachement.")
    on: date = strawberry.field(description="Premier jour sans le droit.")


@permission("User:deactivate", on=[Affiliation])
async def user_deactivate(act: Act, input: UserDeactivateInput) -> Affiliation:
    affiliation = await act.take(Affiliation, input.affiliation_id, "affiliation_id")
    keep_a_manager(act, affiliation)
    affiliation.leave(input.on, act.today, act.author)
    return affiliation


@strawberry.input(description="L'annulation d'un départ à venir.")
class UserDeactivationCancelInput(PreviewInput):
    affiliation_id: ID = strawberry.field(description="Le rattachement.")


@permission("User:deactivate", on=[Affiliation])
async def user_deactivation_cancel(
    act: Act, input: UserDeactivationCancelInput
) -> Affiliation:
    affiliation = await act.take(Affiliation, input.affiliation_id, "affiliation_id")
    act.set_effect_day(affiliation.ends_on)
    is_centralised = _is_centralised(act, affiliation)
    affiliation.cancel_leaving(act.today, act.author, centralised=is_centralised)
    return affiliation


def keep_a_manager(act: Act, leaving: Affiliation) -> None:
    """A partner does not end its last manager itself; an organism is warned."""
    try:
        leaving.partner.keep_a_manager(leaving, act.today)
    except Refused as refused:
        if act.is_by_partner:
            raise
        act.warn([refused.notice])
