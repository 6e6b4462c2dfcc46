"""Who is expected in a certificate: what is kept of it, and what the Esat answers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Base, named
from .campaigns import Campaign
from .establishments import Establishment
from .rules import Rule, require
from .users import User
from .workers import Worker


class RosterStanding(StrEnum):
    """Where a person stands in the certificate of an establishment (R17, A21).

    `DECLARED` last year and now, `NEW` now only. Of the others, who was declared last
    year or was present in November: `NOT_BENEFICIARY` by the answer of the Caf or of
    the Esat, `DEPARTED` before November, `DECLARED_ELSEWHERE` by another establishment
    of the partner, else `MISSING`.
    """

    DECLARED = "DECLARED"
    NEW = "NEW"
    MISSING = "MISSING"
    DEPARTED = "DEPARTED"
    DECLARED_ELSEWHERE = "DECLARED_ELSEWHERE"
    NOT_BENEFICIARY = "NOT_BENEFICIARY"


class BeneficiaryAnswer(StrEnum):
    """Why the Esat declares nothing of a person; `NONE` takes the answer back."""

    AAH_LOST = "AAH_LOST"
    PAID_BY_MSA = "PAID_BY_MSA"
    NONE = "NONE"


class RosterAnswer(Base):
    """Réponse: what the Esat says of a person of whom it declares nothing.

    It holds for one campaign: the question is asked again the next year.
    """

    __tablename__ = "beneficiary_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
    )

    establishment_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(
        ForeignKey("campaign.id"), primary_key=True
    )
    worker_id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str]
    answer: Mapped[BeneficiaryAnswer] = mapped_column(
        named(BeneficiaryAnswer), info=UNTOLD
    )
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    @classmethod
    def of(
        cls,
        worker: Worker,
        place: Establishment,
        campaign: Campaign,
        standing: RosterStanding | None,
        answer: BeneficiaryAnswer,
        by: User,
        now: datetime,
    ) -> "RosterAnswer":
        """The answer to the question that the roster asks of a person who is missing.

        It is asked while the campaign receives. Refused: NOT_FOUND for a person who is
        not in the roster, NOT_MISSING for one of whom nothing is asked.
        """
        campaign.require_open_at(now)
        require(standing is not None, Rule.NOT_FOUND, "worker_id")
        open_standings = (RosterStanding.MISSING, RosterStanding.NOT_BENEFICIARY)
        is_open = standing in open_standings and worker.aah_beneficiary
        require(is_open, Rule.NOT_MISSING, "worker_id")
        return cls(
            establishment_id=place.id,
            campaign_id=campaign.id,
            worker_id=worker.id,
            partner_id=place.partner_id,
            answer=answer,
            by_id=by.id,
            at=now,
        )

    def of_card(self, worker_id: str) -> "RosterAnswer":
        """The same answer, of another card of the person."""
        return RosterAnswer(
            establishment_id=self.establishment_id,
            campaign_id=self.campaign_id,
            worker_id=worker_id,
            partner_id=self.partner_id,
            answer=self.answer,
            by_id=self.by_id,
            at=self.at,
        )


class CampaignStanding(Base):
    """What is kept of the roster of an establishment for a campaign.

    `expected`: persons of whom a line is there or is missing; `missing`: those without
    one. `returned`, `pending`: lines in force that the Caf have sent back, or not dealt
    with. An act that moves the roster writes the row again, the partner locked.
    """

    __tablename__ = "campaign_standing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        Index("ix_campaign_standing_partner_id", "partner_id"),
    )

    establishment_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(
        ForeignKey("campaign.id"), primary_key=True
    )
    partner_id: Mapped[str]
    expected: Mapped[int] = mapped_column(Integer)
    missing: Mapped[int] = mapped_column(Integer)
    returned: Mapped[int] = mapped_column(Integer)
    pending: Mapped[int] = mapped_column(Integer)
    draft_since: Mapped[datetime | None]
