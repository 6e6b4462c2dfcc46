"""The habilitation managers of a contract, and their deputies: appoint, end."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Affiliation,
    ContractManager,
    Convention,
    Partner,
    Refused,
    Rule,
)
from persistence.records.contracts import ManagerKind
from resolvers.acting import Act, ChangeInput, Done, PreviewInput, at, permission

from .invitations import PersonInput, invite
from .users import keep_a_manager


@strawberry.input(
    description="Un gestionnaire des habilitations à nommer : une personne connue du "
    "partenaire, ou à inviter."
)
class ManagerAppointInput(ChangeInput):
    convention_id: ID = strawberry.field(
        description="La convention, au contrat délégué."
    )
    kind: ManagerKind = strawberry.field(description="Gestionnaire ou suppléant.")
    user_id: ID | None = strawberry.field(
        default=None, description="Une personne déjà rattachée au partenaire."
    )
    person: PersonInput | None = strawberry.field(
        default=None, description="Une personne à inviter."
    )


@permission("Manager:appoint", "Manager:appoint_deputy", on=[Convention])
async def manager_appoint(act: Act, input: ManagerAppointInput) -> Done:
    """R39, R45: an organism appoints when no manager is active.

    It may also appoint somebody again. A manager appoints the deputies.
    """
    by_manager = input.kind is ManagerKind.DEPUTY and bool(act.subject.administered)
    needs = "Manager:appoint_deputy" if by_manager else "Manager:appoint"
    convention = await act.take(
        Convention, input.convention_id, "convention_id", needs=needs
    )
    is_again = _is_again(convention.partner, input.user_id)
    if not act.is_by_partner and not is_again:
        _require_no_manager(convention, act.today)
    affiliation, values = _affiliated(act, input)
    manager = convention.contract.appoint(
        affiliation, input.kind, act.today, act.author.side
    )
    return Done([manager], values)


def _is_again(partner: Partner, user_id: str | None) -> bool:
    """Whether this person has been a manager of the partner, and is no more."""
    return user_id is not None and partner.ended_as_manager(user_id)


def _require_no_manager(convention: Convention, today: date) -> None:
    if convention.contract.managers_on(today):
        raise Refused(Rule.MANAGER_ACTIVE)


def _affiliated(
    act: Act, input: ManagerAppointInput
) -> tuple[Affiliation, dict[str, str]]:
    """The person's affiliation, and what the payload says of their invitation."""
    assert act.partner is not None
    if (input.user_id is None) == (input.person is None):
        raise Refused(
            Rule.VALUE_INVALID, "user_id", detail="Donnez `userId` ou `person`."
        )
    if input.person is not None:
        affiliation, secret = invite(act, act.partner, input.person)
        return affiliation, {"invitation": secret}
    with at("user_id"):
        return act.partner.affiliation_of(input.user_id or "", act.today), {}


@strawberry.input(description="La fin d'un gestionnaire des habilitations.")
class ManagerEndInput(PreviewInput):
    manager_id: ID = strawberry.field(description="Le gestionnaire.")
    on: date = strawberry.field(description="Premier jour sans le droit.")


@permission("Manager:end", on=[ContractManager])
async def manager_end(act: Act, input: ManagerEndInput) -> ContractManager:
    manager = await act.take(ContractManager, input.manager_id, "manager_id")
    keep_a_manager(act, manager.affiliation)
    manager.end(input.on, act.today)
    return manager
