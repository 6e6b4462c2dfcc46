"""Where somebody asks for help (R60).

An agent asks their resource centre; a partner's people ask the organism that
administers the partner.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import Affiliation, Agent, Organism, OrganismKind, PartnerState
from persistence.records.organisms import organism_support


async def contacts(session: AsyncSession, user_id: str, today: date) -> list[Organism]:
    """The organisms to ask, nearest first; the Cnaf where there is no other."""
    posted = Agent.period.sql(Agent.__table__, today)
    mine = select(Agent.organism_id).where(Agent.user_id == user_id, posted)
    centres = select(organism_support.c.centre_id).where(
        organism_support.c.organism_id.in_(mine)
    )
    administering = (
        select(PartnerState.administering_id)
        .join(Affiliation, Affiliation.partner_id == PartnerState.partner_id)
        .where(
            Affiliation.user_id == user_id,
            Affiliation.period.sql(Affiliation.__table__, today),
            PartnerState.period.sql(PartnerState.__table__, today),
        )
    )
    for wanted in (
        Organism.id.in_(centres),
        Organism.id.in_(administering),
        Organism.kind == OrganismKind.NATIONAL,
    ):
        organisms = list(
            await session.scalars(
                select(Organism).where(wanted).order_by(Organism.code)
            )
        )
        if organisms:
            return organisms
    return []
