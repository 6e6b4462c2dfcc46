"""Invitations of people to a partner: invite, renew, accept."""

import hashlib
import secrets
from datetime import timedelta

import strawberry
from strawberry import ID

from persistence.records import (
    Affiliation,
    BoundIdentity,
    ContractManager,
    Partner,
    Refused,
    Rule,
    User,
)
from resolvers.acting import (
    Act,
    ActInput,
    ChangeInput,
    Done,
    permission,
    under,
)

INVITATION = timedelta(hours=72)


INVITE = "User:invite"


@strawberry.input(description="Une personne.")
class PersonInput:
    given_name: str = strawberry.field(description="Prénom.")
    family_name: str = strawberry.field(description="Nom.")
    email: str = strawberry.field(
        description="Courriel, propre à la personne : il ne sert qu'à lui écrire."
    )
    job_title: str | None = strawberry.field(default=None, description="Fonction.")


def invite(act: Act, partner: Partner, person: PersonInput) -> tuple[Affiliation, str]:
    """The person's card at this partner, and the secret of the invitation."""
    with under("person"):
        user = User.person(person.given_name, person.family_name, person.email)
        affiliation = partner.invite(user, person.job_title, act.today)
    act.warn(user.warnings("person"))
    return affiliation, _secret(act, affiliation)


def _secret(act: Act, affiliation: Affiliation) -> str:
    """A new secret, answered once: the register has its digest only."""
    secret = secrets.token_urlsafe(32)
    until = act.now + INVITATION
    affiliation.await_acceptance(_digest(secret), until, act.today)
    return secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@strawberry.input(description="Une personne à inviter chez un partenaire.")
class UserInviteInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    person: PersonInput = strawberry.field(description="La personne.")


@permission(INVITE, on=[Partner])
async def user_invite(act: Act, input: UserInviteInput) -> Done:
    """R40, R45. Answers the same whether or not the address is known elsewhere."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    affiliation, secret = invite(act, partner, input.person)
    return Done([affiliation], {"invitation": secret})


@strawberry.input(
    description="Une invitation à renouveler : son code s'est perdu, ou ses 72 heures "
    "sont passées."
)
class InvitationRenewInput(ChangeInput):
    affiliation_id: ID | None = strawberry.field(
        default=None,
        description="Le rattachement de la personne invitée, pour qui invite chez le "
        "partenaire.",
    )
    manager_id: ID | None = strawberry.field(
        default=None,
        description="Ou le gestionnaire des habilitations, pour l'organisme qui nomme "
        "le premier.",
    )


@permission(INVITE, on=[Affiliation], also={ContractManager: "Manager:appoint"})
async def invitation_renew(act: Act, input: InvitationRenewInput) -> Done:
    """R40, R45: a new secret; the former serves no more.

    It is for who may invite the person, or appoint the manager.
    """
    if (input.affiliation_id is None) == (input.manager_id is None):
        raise Refused(
            Rule.VALUE_INVALID,
            "affiliation_id",
            detail="Nommez le rattachement, ou le gestionnaire.",
        )
    if input.manager_id is None:
        affiliation = await act.take(
            Affiliation, input.affiliation_id or "", "affiliation_id"
        )
        return Done([affiliation], {"invitation": _secret(act, affiliation)})
    manager = await _take_manager(act, input.manager_id)
    secret = _secret(act, manager.affiliation)
    if manager.contract.managers_on(act.today):
        raise Refused(Rule.MANAGER_ACTIVE)
    return Done([manager.affiliation], {"invitation": secret})


async def _take_manager(act: Act, manager_id: str) -> ContractManager:
    return await act.take(
        ContractManager, manager_id, "manager_id", needs="Manager:appoint"
    )


@strawberry.input(
    description="L'acceptation d'une invitation par la personne connectée."
)
class InvitationAcceptInput(ActInput):
    invitation: str = strawberry.field(
        description="Le secret reçu avec l'invitation : il sert une fois, 72 heures."
    )


@permission()
async def invitation_accept(act: Act, input: InvitationAcceptInput) -> Affiliation:
    """Bind the caller's identity to the invited person.

    It is the only act of an identity that has no account yet.
    """
    invitation = await act.register.invitation(_digest(input.invitation))
    if invitation is None:
        raise Refused(Rule.INVITATION_INVALID, "invitation")
    affiliation_id, partner_id = invitation
    partner = await act.lock_partner(partner_id)
    affiliation = next(a for a in partner.affiliations if a.id == affiliation_id)
    card = affiliation.user
    act.caller = caller = act.caller or card
    caller.require_person()
    for other in partner.affiliations:
        is_of_caller = other.user_id == caller.id and other is not affiliation
        if is_of_caller and other.is_active_on(act.today):
            raise Refused(Rule.ALREADY_AFFILIATED)
    affiliation.accept(caller, act.now, act.today)
    partner.welcome(affiliation, caller, act.today)
    if caller is not card:
        # The card has served: nothing personal of it stays.
        await act.register.session.delete(card)
    else:
        issuer, subject = act.context.identity
        identity = BoundIdentity(issuer=issuer, subject=subject, user=caller)
        act.register.session.add(identity)
    return affiliation
