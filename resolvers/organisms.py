"""Agents and organisms, written by national administrators."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import (
    Agent,
    BoundIdentity,
    Organism,
    OrganismKind,
    Profile,
    Refused,
    Rule,
    User,
)
from persistence.records.base import name_key
from persistence.records.organisms import NetworkRole
from resolvers.acting import Act, ActInput, ChangeInput, permission, under


@strawberry.input(
    description="Une personne et son identité chez l'émetteur de jetons de son "
    "organisme."
)
class AgentPersonInput:
    given_name: str = strawberry.field(description="Prénom.")
    family_name: str = strawberry.field(description="Nom.")
    email: str = strawberry.field(description="Courriel professionnel.")
    issuer: str = strawberry.field(description="Émetteur des jetons (`iss`).")
    subject: str = strawberry.field(description="Sujet des jetons (`sub`).")


@strawberry.input(description="Un agent à nommer : une personne connue, ou nouvelle.")
class AgentAppointInput(ActInput):
    organism_id: ID = strawberry.field(description="L'organisme.")
    profile: Profile = strawberry.field(description="Le profil.")
    user_id: ID | None = strawberry.field(
        default=None, description="Une personne connue."
    )
    person: AgentPersonInput | None = strawberry.field(
        default=None, description="Une personne nouvelle."
    )


@permission("Agent:appoint")
async def agent_appoint(act: Act, input: AgentAppointInput) -> Agent:
    act.require_permission_on({})
    organism = await act.find(Organism, input.organism_id, "organism_id")
    session = act.register.session
    if (input.user_id is None) == (input.person is None):
        raise Refused(
            Rule.VALUE_INVALID, "user_id", detail="Donnez `userId` ou `person`."
        )
    if input.person is not None:
        person = input.person
        with under("person"):
            user = User.person(person.given_name, person.family_name, person.email)
        if await session.get(BoundIdentity, (person.issuer, person.subject)):
            raise Refused(Rule.ALREADY_BOUND, "person")
        identity = BoundIdentity(
            issuer=person.issuer, subject=person.subject, user=user
        )
        session.add(identity)
    else:
        user = await act.find(User, input.user_id or "", "user_id")
    agent = Agent.appoint(user, organism, input.profile, act.today)
    session.add(agent)
    return agent


@strawberry.input(description="La fin d'un agent.")
class AgentEndInput(ChangeInput):
    agent_id: ID = strawberry.field(description="L'agent.")
    on: date = strawberry.field(description="Premier jour sans le droit.")


@permission("Agent:end", on=[Agent])
async def agent_end(act: Act, input: AgentEndInput) -> Agent:
    agent = await act.take(Agent, input.agent_id, "agent_id")
    if await act.register.is_last_national(agent):
        raise Refused(Rule.LAST_NATIONAL, "agent_id")
    agent.end(input.on, act.today)
    return agent


@strawberry.input(
    description="Un organisme du référentiel, nouveau ou modifié, désigné par son code."
)
class OrganismSetInput(ChangeInput):
    code: str = strawberry.field(description="Code opaque.")
    kind: OrganismKind = strawberry.field(
        description="Nature ; elle ne change plus ensuite."
    )
    name: str = strawberry.field(description="Nom.")
    contact: str | None = strawberry.field(
        default=None, description="Où adresser ses questions (R60)."
    )
    network_role: NetworkRole | None = strawberry.field(
        default=None, description="Rôle d'une Caf dans le réseau ; vide : aucun."
    )
    departments: list[str] = strawberry.field(
        default_factory=list, description="Départements de son ressort."
    )


@permission("Organism:write")
async def organism_set(act: Act, input: OrganismSetInput) -> Organism:
    if not input.code.isalnum():
        raise Refused(Rule.VALUE_INVALID, "code")
    if not input.name.strip():
        raise Refused(Rule.VALUE_INVALID, "name")
    organism_id = f"org_{input.code}"
    organism = await act.to_write(Organism, organism_id)
    if organism is None:
        organism = Organism(
            id=organism_id,
            code=input.code,
            kind=input.kind,
            name="",
            sort_key=name_key(""),
        )
        act.register.session.add(organism)
    if organism.kind is not input.kind:
        raise Refused(Rule.VALUE_INVALID, "kind")
    organism.rename(input.name, input.contact)
    organism.takes_part(input.network_role)
    organism.departments = await act.departments(input.departments)
    return organism


@strawberry.input(
    description="Les organismes qu'un Centre de ressources soutient : tous, les autres "
    "ne le sont plus."
)
class OrganismSupportSetInput(ChangeInput):
    centre_id: ID = strawberry.field(description="Le Centre de ressources.")
    organism_ids: list[ID] = strawberry.field(
        description="Des Caf, des caisses multibranches, ou le CNA pour les "
        "partenaires qu'il administre."
    )


@permission("Organism:write")
async def organism_support_set(act: Act, input: OrganismSupportSetInput) -> Organism:
    """R60: its agents read what these organisms administer, and help their people."""
    centre = await act.to_write(Organism, input.centre_id)
    if centre is None:
        raise Refused(Rule.NOT_FOUND, "centre_id")
    organisms = await act.find_all(Organism, input.organism_ids, "organism_ids")
    await act.register.session.refresh(centre, ["supports"])
    centre.support(organisms)
    return centre
