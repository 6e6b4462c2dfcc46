"""Where an establishment stands in a campaign, for an act that is under way."""

from datetime import datetime
from functools import cache

from sqlalchemy import select

from persistence.facts.model import MODEL
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.values import Var

from .records import Campaign, Establishment, EstablishmentStanding
from .register import Register


async def establishment_standing(
    register: Register, place: Establishment, campaign: Campaign, now: datetime
) -> EstablishmentStanding | None:
    """None where the campaign expects nothing of the establishment."""
    database = register.database
    driver = await database.driver_of(register.session)
    statement = _standing_statement(database.dialect)
    variables = {"place": place.id, "campaign": campaign.id}
    nobody = Holdings(register.today, now, lambda _a, _r: ())
    binds = statement.binds(variables, nobody)
    standing = await database.value(statement.text, binds, driver)
    return None if standing is None else EstablishmentStanding(standing)


@cache
def _standing_statement(dialect: str) -> Statement:
    """Variables: `place`, an establishment, and `campaign`."""
    context = SqlContext(MODEL, dialect)
    row = context.alias("campaign_place")
    query = select(row.c.standing).where(
        row.c.establishment_id == context.value(Var(("place",))),
        row.c.campaign_id == context.value(Var(("campaign",))),
    )
    return compiled(query, context)
