"""The one mail of the register: something waits for those who declare.

It says what there is to do, never of whom, how much or how many.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, named, unique_where


class MailCause(StrEnum):
    """Lines that a Caf has returned; persons who are missing on 15 January."""

    LINES_RETURNED = "LINES_RETURNED"
    PERSONS_MISSING = "PERSONS_MISSING"


class MailOutcome(StrEnum):
    """How a mail ended.

    `NOBODY` may deposit any more; `IN_DOUBT`: the process that sent it died, or the
    relay did not answer, and it is not sent again.
    """

    SENT = "SENT"
    NOBODY = "NOBODY"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    IN_DOUBT = "IN_DOUBT"


class MailNotice(Base):
    """Courriel: a mail to whoever may deposit for an establishment, and its cause.

    It is claimed before it is sent, so that no cause is told twice: one that is claimed
    and not closed is under way. While a mail waits, another cause of the same kind
    joins it. Of persons who are missing, one mail is sent in a campaign.
    """

    __tablename__ = "mail_notice"
    __table_args__ = (
        unique_where(
            "uq_mail_notice_open",
            "establishment_id",
            "campaign_id",
            "cause",
            where="closed_at IS NULL",
        ),
        unique_where(
            "uq_mail_notice_missing",
            "establishment_id",
            "campaign_id",
            where="cause = 'PERSONS_MISSING'",
        ),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        Index("ix_mail_notice_due_at", "closed_at", "due_at"),
    )
    prefix = "mel"

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaign.id"))
    cause: Mapped[MailCause] = mapped_column(named(MailCause))
    noted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[MailOutcome | None] = mapped_column(named(MailOutcome))
