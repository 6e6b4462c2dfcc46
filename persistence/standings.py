"""What is kept of the rosters of a partner: written again by each act that moves them.

One statement, for every establishment of the partner and every campaign. What another
establishment declares moves a roster too, so all of them are under the partner's lock.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from .facts.roster import roster
from .facts.roster_counts import COUNTS, SINCE, counted
from .facts.roster_parts import Narrowing
from .records import (
    Campaign,
    CampaignStanding,
    Establishment,
    RosterStanding,
    Worker,
)
from .records.base import Base

KEYS = (
    "establishment_id",
    "campaign_id",
)
COLUMNS = (
    *KEYS,
    "partner_id",
    *COUNTS,
    SINCE,
)


async def keep_standings(session: AsyncSession, partner_id: str) -> None:
    """Of the establishments of a partner, which is locked."""
    statement = _writing(session.get_bind().dialect.name, _of_partner)
    await session.execute(statement, {"meant": partner_id})


async def keep_standings_of_campaign(session: AsyncSession, campaign_id: str) -> None:
    """Of a new campaign, for every establishment."""
    statement = _writing(session.get_bind().dialect.name, _of_campaign)
    await session.execute(statement, {"meant": campaign_id})


async def standing_of(
    session: AsyncSession, place: Establishment, campaign: Campaign, worker: Worker
) -> RosterStanding | None:
    """Where a person stands in a roster; None for whoever is not in it."""
    facts = {"place": place.id, "campaign": campaign.id, "worker": worker.id}
    row = roster(_of_one).subquery()
    is_meant = row.c.worker_id == bindparam("worker")
    standing = await session.scalar(select(row.c.standing).where(is_meant), facts)
    return None if standing is None else RosterStanding(standing)


def _of_one(place: FromClause, campaign: FromClause) -> list[ColumnElement[bool]]:
    return [place.c.id == bindparam("place"), campaign.c.id == bindparam("campaign")]


def _of_partner(place: FromClause, _: FromClause) -> list[ColumnElement[bool]]:
    return [place.c.partner_id == bindparam("meant")]


def _of_campaign(_: FromClause, campaign: FromClause) -> list[ColumnElement[bool]]:
    return [campaign.c.id == bindparam("meant")]


@cache
def _writing(dialect: str, meant: Narrowing) -> Any:  # noqa: ANN401 a statement
    """Insert the rows, or write them again."""
    kind: Any = postgresql if dialect == "postgresql" else sqlite
    insertion = kind.insert(Base.metadata.tables[CampaignStanding.__tablename__])
    insertion = insertion.from_select(COLUMNS, counted(meant))
    values = {name: insertion.excluded[name] for name in (*COUNTS, SINCE)}
    return insertion.on_conflict_do_update(index_elements=KEYS, set_=values)
