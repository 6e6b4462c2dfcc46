"""The fictional world of the demonstration.

Every name, SIRET and person here is fiction.

The records' own verbs write each story on its days: the register holds nothing that its
rules would refuse.
"""

from datetime import date

from persistence.engine import Database
from persistence.keys import keep_canary
from persistence.records import (
    Agent,
    User,
)
from persistence.register import Register

from .catalogue import read_catalogue
from .declarations import tell_declarations
from .demo_script import SEPTEMBER, DemoScript
from .fiction import fictional_vault, seed_organisms
from .stories import AGENTS, STORIES


async def seed_demo(database: Database, issuer: str, today: date) -> None:
    """The world, in an empty register that holds the reference data.

    Identities are `issuer`'s.
    """
    await keep_canary(database, fictional_vault())
    async with database.transaction() as session:
        await seed_organisms(session)
        teller = DemoScript(session, issuer, await read_catalogue(session))
        for subject, (code, profile, given_name, family, _) in AGENTS.items():
            user = teller.person(subject, given_name, family)
            organism = teller.organisms[code]
            session.add(Agent.appoint(user, organism, profile, SEPTEMBER))
        await session.flush()
        by = await session.get_one(User, "usr_agent-paris")
        for story in STORIES:
            partner = teller.tell(story, by, today)
            await session.flush()
            register = Register(session, database, partner.registered_on)
            await register.keep_timeline(partner)
        await tell_declarations(session, database)
