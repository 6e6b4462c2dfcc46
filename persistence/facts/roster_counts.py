"""What is kept of each roster, counted again."""

from typing import Any

from sqlalchemy import FromClause, Select, and_, case, func, select, true

from persistence.records.base import table
from persistence.records.rosters import RosterStanding

from .roster import roster
from .roster_parts import Narrowing

COUNTS = (
    "expected",
    "missing",
    "returned",
    "pending",
)
SINCE = "draft_since"


def counted(narrowed: Narrowing) -> Select[Any]:
    """What is kept of each roster: see `CampaignStanding`.

    One row for each establishment and campaign that are meant, empty or not.
    """
    place, campaign = table("establishment").alias(), table("campaign").alias()
    row = roster(narrowed).subquery()
    counts = _counts(row).subquery()
    is_its_own = and_(
        counts.c.establishment_id == place.c.id, counts.c.campaign_id == campaign.c.id
    )
    draft = table("declaration").alias()
    draft_since = select(draft.c.prepared_at).where(
        draft.c.establishment_id == place.c.id,
        draft.c.campaign_id == campaign.c.id,
        draft.c.received_at.is_(None),
        draft.c.superseded_at.is_(None),
    )
    numbers = [func.coalesce(counts.c[name], 0).label(name) for name in COUNTS]
    return (
        select(
            place.c.id.label("establishment_id"),
            campaign.c.id.label("campaign_id"),
            place.c.partner_id,
            *numbers,
            draft_since.correlate(place, campaign).scalar_subquery().label(SINCE),
        )
        .select_from(place.join(campaign, true()).outerjoin(counts, is_its_own))
        .where(*narrowed(place, campaign))
    )


def _counts(row: FromClause) -> Select[Any]:
    """How many persons and lines, by establishment and campaign."""
    line = table("declaration_line").alias()
    stand = RosterStanding
    expected = [each.value for each in (stand.DECLARED, stand.NEW, stand.MISSING)]
    flags = (
        row.c.standing.in_(expected),
        row.c.standing == stand.MISSING.value,
        line.c.processing == "RETURNED",
        and_(line.c.id.is_not(None), line.c.processing.is_(None)),
    )
    sums = []
    for name, flag in zip(COUNTS, flags, strict=True):
        sums.append(func.sum(case((flag, 1), else_=0)).label(name))
    keys = (row.c.establishment_id, row.c.campaign_id)
    rows = row.outerjoin(line, line.c.id == row.c.line_id)
    return select(*keys, *sums).select_from(rows).group_by(*keys)
