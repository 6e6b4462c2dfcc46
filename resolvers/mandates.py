"""Mandates: a machine client of an integrator acts for a partner.

It may do what the groups that include it give, like a person.
"""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Affiliation,
    BoundIdentity,
    Partner,
    Refused,
    Rule,
    User,
    UserKind,
)
from resolvers.acting import Act, ChangeInput, PreviewInput, permission, under


@strawberry.input(description="Un client machine, tel que ses jetons le désignent.")
class ClientInput:
    issuer: str = strawberry.field(description="Émetteur de ses jetons (`iss`).")
    subject: str = strawberry.field(description="Sujet de ses jetons (`sub`).")
    name: str = strawberry.field(description="Nom de l'éditeur ou de l'outil.")
    email: str = strawberry.field(description="Adresse du support de l'intégrateur.")


@strawberry.input(description="Le mandat donné à un client machine.")
class MandateGrantInput(ChangeInput):
    partner_id: ID = strawberry.field(description="Le partenaire.")
    client: ClientInput = strawberry.field(description="Le client machine.")
    until: date | None = strawberry.field(
        default=None, description="Premier jour sans le mandat."
    )


@permission("Mandate:grant", on=[Partner])
async def mandate_grant(act: Act, input: MandateGrantInput) -> Affiliation:
    """A mandate gives nothing by itself: the groups that include the client do."""
    partner = await act.take(Partner, input.partner_id, "partner_id")
    client = input.client
    for name in ("issuer", "subject", "name"):
        if not getattr(client, name).strip():
            raise Refused(Rule.VALUE_INVALID, "client", name)
    user = await act.register.user_of(client.issuer, client.subject)
    if user is None:
        with under("client"):
            user = User.person("", client.name, client.email, UserKind.MACHINE)
        identity = BoundIdentity(
            issuer=client.issuer, subject=client.subject, user=user
        )
        act.register.session.add_all([user, identity])
    return partner.mandate(user, input.until, act.today)


@strawberry.input(description="La fin d'un mandat.")
class MandateRevokeInput(PreviewInput):
    affiliation_id: ID = strawberry.field(description="Le mandat.")
    on: date = strawberry.field(description="Premier jour sans le mandat.")


@permission("Mandate:revoke", on=[Affiliation])
async def mandate_revoke(act: Act, input: MandateRevokeInput) -> Affiliation:
    affiliation = await act.take(Affiliation, input.affiliation_id, "affiliation_id")
    affiliation.revoke(input.on, act.today)
    return affiliation
