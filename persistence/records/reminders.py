"""That an organism has reminded an establishment of its certificate."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base
from .campaigns import Campaign
from .establishments import Establishment
from .rules import Rule, require
from .users import User


class EstablishmentStanding(StrEnum):
    """Where an establishment stands in a campaign that expects it (R17).

    `DRAFT`: a draft is under way, and no certificate is deposited. `EMPTY`: neither.
    """

    DECLARED = "DECLARED"
    DRAFT = "DRAFT"
    EMPTY = "EMPTY"


class Reminder(Base):
    """Relance: a dated mark, shown to whoever declares. Nothing is sent.

    One a day, for an establishment and a campaign.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
    )

    establishment_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(
        ForeignKey("campaign.id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    partner_id: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    @classmethod
    def of(
        cls,
        place: Establishment,
        campaign: Campaign,
        standing: EstablishmentStanding | None,
        by: User,
        now: datetime,
        today: date,
    ) -> "Reminder":
        """The mark of today, while the campaign receives.

        Refused: NOT_EXPECTED without a standing, ALREADY_DECLARED with a certificate.
        """
        campaign.require_open_at(now)
        path = "establishment_id"
        require(standing is not None, Rule.NOT_EXPECTED, path)
        is_awaited = standing is not EstablishmentStanding.DECLARED
        require(is_awaited, Rule.ALREADY_DECLARED, path)
        return cls(
            establishment_id=place.id,
            campaign_id=campaign.id,
            day=today,
            partner_id=place.partner_id,
            by_id=by.id,
            at=now,
        )
