"""Treatments: what a Caf answers to a line, or to a change of activity."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, index_where, named, untold
from .persons import person_column
from .users import User

if TYPE_CHECKING:
    from .activity_changes import ActivityChange
    from .declaration_lines import DeclarationLine


class TreatmentOutcome(StrEnum):
    """What a Caf answered to a line or to a change.

    The last two are about a line that is gone, or about an answer.
    """

    TAKEN_INTO_ACCOUNT = "TAKEN_INTO_ACCOUNT"
    NOT_BENEFICIARY = "NOT_BENEFICIARY"
    RETURNED = "RETURNED"
    WITHDRAWAL_NOTED = "WITHDRAWAL_NOTED"
    REOPENED = "REOPENED"


class Processing(StrEnum):
    """What the Caf that pays did of a line; the last one is for a withdrawn line."""

    TAKEN_INTO_ACCOUNT = "TAKEN_INTO_ACCOUNT"
    NOT_BENEFICIARY = "NOT_BENEFICIARY"
    RETURNED = "RETURNED"
    WITHDRAWAL_NOTED = "WITHDRAWAL_NOTED"


REASONED = frozenset({Processing.NOT_BENEFICIARY, Processing.RETURNED})
"""What a Caf answers with its reason."""


class Withdrawal(StrEnum):
    """Why a line is no longer in force: its person left, or another Caf pays them."""

    REMOVED = "REMOVED"
    PAYER_CHANGED = "PAYER_CHANGED"


class Treatment(Record):
    """Traitement: the recorded answer of a Caf to a line or to a change.

    It is never changed.

    A line that says the same of the same person, to the same Caf, takes over the last
    one (`words_digest`).
    """

    __tablename__ = "treatment"
    prefix = "trt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        CheckConstraint(
            "(line_id IS NULL) <> (change_id IS NULL)", name="of_a_line_or_of_a_change"
        ),
        CheckConstraint(
            "line_id IS NULL OR (campaign_id IS NOT NULL"
            " AND (words_digest IS NULL) = (outcome = 'WITHDRAWAL_NOTED'))",
            name="of_the_words_of_a_line",
        ),
        CheckConstraint(
            "reason IS NOT NULL"
            " OR outcome IN ('TAKEN_INTO_ACCOUNT', 'WITHDRAWAL_NOTED')",
            name="with_its_reason",
        ),
        Index(
            "ix_treatment_words", "person_id", "establishment_id", "campaign_id", "id"
        ),
        index_where(
            "ix_treatment_change_id", "change_id", "id", where="change_id IS NOT NULL"
        ),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    worker_id: Mapped[str]
    person_id: Mapped[str] = person_column()
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    line_id: Mapped[str | None] = mapped_column(ForeignKey("declaration_line.id"))
    change_id: Mapped[str | None] = mapped_column(ForeignKey("activity_change.id"))
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaign.id"))
    words_digest: Mapped[str | None] = untold()
    outcome: Mapped[TreatmentOutcome] = mapped_column(
        named(TreatmentOutcome), info=UNTOLD
    )
    reason: Mapped[str | None] = untold()
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    day: Mapped[date]

    @classmethod
    def of_change(
        cls,
        change: "ActivityChange",
        outcome: TreatmentOutcome,
        reason: str | None,
        by: User,
        now: datetime,
        today: date,
    ) -> "Treatment":
        """What a Caf says of a change."""
        return cls(
            partner_id=change.partner_id,
            establishment_id=change.establishment_id,
            worker_id=change.worker_id,
            paying_id=change.paying_id,
            change_id=change.id,
            outcome=outcome,
            reason=reason,
            by_id=by.id,
            at=now,
            day=today,
        )

    @classmethod
    def of_line(
        cls,
        line: "DeclarationLine",
        campaign_id: str,
        outcome: TreatmentOutcome,
        reason: str | None,
        by: User,
        now: datetime,
        today: date,
    ) -> "Treatment":
        """What a Caf says of a line; a withdrawal is noted whatever the words."""
        is_of_words = outcome is not TreatmentOutcome.WITHDRAWAL_NOTED
        return cls(
            partner_id=line.partner_id,
            establishment_id=line.establishment_id,
            worker_id=line.worker_id,
            paying_id=line.paying_id,
            line_id=line.id,
            campaign_id=campaign_id,
            words_digest=line.words_digest if is_of_words else None,
            outcome=outcome,
            reason=reason,
            by_id=by.id,
            at=now,
            day=today,
        )
