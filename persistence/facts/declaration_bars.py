"""What bars the acts on certificates and on their drafts."""

from functools import partial

from sqlalchemy import not_, or_

from persistence.reading.question import SqlTest
from persistence.records import Campaign, Declaration, Rule
from persistence.records.base import table
from persistence.records.campaigns import CampaignStatus

from .states import At, Bar, Bars, one_of


def is_no_draft(at: At) -> SqlTest:
    """It was deposited, or nobody prepares it any more."""
    return or_(at.c.received_at.is_not(None), at.c.superseded_at.is_not(None))


def is_not_in_force(at: At) -> SqlTest:
    """It was not deposited, or another one has replaced it."""
    return not_(Declaration.is_in_force.sql(at.row))


def is_campaign(at: At, *, status: CampaignStatus) -> SqlTest:
    """Where the instant lies for the campaign of the certificate (A18)."""
    campaign = table("campaign").alias()
    is_so = Campaign.sql_status_at(campaign, at.context.now) == status.value
    return one_of(campaign, at.c.campaign_id, is_so)


WINDOW = (
    Bar(Rule.WINDOW_NOT_OPEN, partial(is_campaign, status=CampaignStatus.NOT_OPEN)),
    Bar(Rule.WINDOW_CLOSED, partial(is_campaign, status=CampaignStatus.CLOSED)),
)
OF_DRAFT = (Bar(Rule.DRAFT_MISSING, is_no_draft), *WINDOW)

DECLARATION_BARS: Bars = {
    ("declaration", "remunerationsCorrect"): (
        Bar(Rule.SEQUENCE_MOVED, is_not_in_force),
        *WINDOW,
    ),
    ("declaration", "draftLinesRemove"): OF_DRAFT,
    ("declaration", "draftDiscard"): OF_DRAFT,
}
