"""Activity changes, all year long (R23 to R27).

The rate goes up or down against the one known, or the person departs.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named, unique_where, untold


class ChangeKind(StrEnum):
    """An open list (R23): what the instruction names."""

    RATE_INCREASE = "RATE_INCREASE"
    RATE_DECREASE = "RATE_DECREASE"
    DEPARTURE = "DEPARTURE"


class DepartureReason(StrEnum):
    """Why a worker leaves. Illness, leave and a suspension are no departures."""

    ORDINARY_EMPLOYMENT = "ORDINARY_EMPLOYMENT"
    ADAPTED_COMPANY = "ADAPTED_COMPANY"
    OTHER_ESAT = "OTHER_ESAT"
    RETIREMENT = "RETIREMENT"
    DEATH = "DEATH"
    END_OF_ORIENTATION = "END_OF_ORIENTATION"
    END_OF_TRIAL = "END_OF_TRIAL"
    END_OF_SHORT_CONTRACT = "END_OF_SHORT_CONTRACT"
    WORKER_INITIATIVE = "WORKER_INITIATIVE"
    MOVE = "MOVE"
    OTHER = "OTHER"


class ActivityChange(Record):
    """Changement d'activité: a fact dated by its effect, not a right.

    `paying_id` is copied at receipt.

    One that has ended, by the change `ended_by_id`, does not take place: it stays
    readable and counts no more.
    """

    __tablename__ = "activity_change"
    prefix = "chg"
    __table_args__ = (
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_another"
        ),
        unique_where(
            "uq_activity_change_living",
            "worker_id",
            "establishment_id",
            "kind",
            "effective_on",
            where="ended_at IS NULL",
        ),
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        Index("ix_activity_change_paying_id", "paying_id", "id"),
        Index("ix_activity_change_partner_id", "partner_id", "id"),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    worker_id: Mapped[str]
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    kind: Mapped[ChangeKind] = mapped_column(named(ChangeKind), info=UNTOLD)
    effective_on: Mapped[date] = untold()
    rate_before: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    rate_after: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    departure_reason: Mapped[DepartureReason | None] = mapped_column(
        named(DepartureReason), info=UNTOLD
    )
    comment: Mapped[str | None] = untold()
    client_reference: Mapped[str | None] = untold()
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("activity_change.id"))
