"""The drafts of a campaign that is over: what nobody deposited is not kept (A18)."""

from datetime import date, datetime

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from .records import Campaign, CampaignStanding, Declaration, DraftLine
from .records.base import Base
from .records.campaigns import drafts_end_on

UNREAD = {"synchronize_session": False}
DRAFTS = Base.metadata.tables[Declaration.__tablename__]
STANDINGS = Base.metadata.tables[CampaignStanding.__tablename__]
IS_DRAFT = and_(DRAFTS.c.received_at.is_(None), DRAFTS.c.superseded_at.is_(None))


async def purge_drafts(session: AsyncSession, today: date, now: datetime) -> int:
    """Delete the lines of each draft that has had its day; how many drafts.

    No act touches them any more: their campaign has been closed for a month.
    """
    over = []
    for campaign_id, year in await session.execute(select(Campaign.id, Campaign.year)):
        if drafts_end_on(year) <= today:
            over.append(campaign_id)
    is_over = and_(IS_DRAFT, DRAFTS.c.campaign_id.in_(over))
    ids = list(await session.scalars(select(DRAFTS.c.id).where(is_over)))
    is_of_draft = DraftLine.declaration_id.in_(select(DRAFTS.c.id).where(is_over))
    await session.execute(
        delete(DraftLine).where(is_of_draft), execution_options=UNREAD
    )
    is_same = exists().where(
        is_over,
        DRAFTS.c.establishment_id == STANDINGS.c.establishment_id,
        DRAFTS.c.campaign_id == STANDINGS.c.campaign_id,
    )
    standing = update(STANDINGS).where(is_same).values(draft_since=None)
    await session.execute(standing)
    closing = {
        "superseded_at": now,
        "line_count": 0,
        "version": DRAFTS.c.version + 1,
    }
    await session.execute(update(DRAFTS).where(is_over).values(**closing))
    return len(ids)
