"""The certificates of a partner that are still drafts."""

from typing import NamedTuple

from sqlalchemy import select

from persistence.records import (
    Campaign,
    Declaration,
    Establishment,
)
from persistence.register import Register


class Draft(NamedTuple):
    """A certificate that is still a draft."""

    declaration_id: str
    establishment_id: str
    establishment: str
    campaign_year: int
    lines: int


async def drafts_of(register: Register, partner_id: str) -> list[Draft]:
    """The partner's certificates that are still drafts."""
    drafts = await register.session.execute(
        select(
            Declaration.id,
            Establishment.id,
            Establishment.name,
            Campaign.year,
            Declaration.line_count,
        )
        .join(Establishment, Establishment.id == Declaration.establishment_id)
        .join(Campaign, Campaign.id == Declaration.campaign_id)
        .where(
            Declaration.partner_id == partner_id,
            Declaration.received_at.is_(None),
            Declaration.superseded_at.is_(None),
        )
        .order_by(Campaign.year, Establishment.sort_key, Declaration.id)
    )
    return [Draft(*row) for row in drafts]
