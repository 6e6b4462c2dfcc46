"""Activity changes, all year long (R23 to R27): the events of a worker's life.

A change is an immutable fact, dated by its effect. What is known of a worker in an
establishment is computed from the changes in force (`life.py`).
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named, unique_where, untold
from .persons import person_column
from .rules import Rule, require
from .treatments import Processing, Treatment, TreatmentOutcome
from .users import User


class ChangeKind(StrEnum):
    """An open list (R23): what the instruction names, and what a certificate finds."""

    RATE_INCREASE = "RATE_INCREASE"
    RATE_DECREASE = "RATE_DECREASE"
    RATE_FOUND = "RATE_FOUND"
    DEPARTURE = "DEPARTURE"
    ADMISSION = "ADMISSION"
    DUAL_ACTIVITY_START = "DUAL_ACTIVITY_START"
    DUAL_ACTIVITY_QUOTA = "DUAL_ACTIVITY_QUOTA"
    DUAL_ACTIVITY_END = "DUAL_ACTIVITY_END"


class ChangeAct(StrEnum):
    """What a change is to another one: nothing, its new values, or that it was none."""

    DECLARED = "DECLARED"
    CORRECTION = "CORRECTION"
    CANCELLATION = "CANCELLATION"


class ChangeSource(StrEnum):
    """Who stated it: a change that was sent, or a line of a certificate."""

    CHANGE = "CHANGE"
    CERTIFICATE = "CERTIFICATE"


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


OF_LINE = "Une ligne du certificat le dit : c'est elle qui se remplace et se traite."


class ActivityChange(Record):
    """Changement d'activité: a fact dated by its effect, not a right.

    `paying_id` is copied at receipt. Rates and hours are in hundredths.

    One that has ended, by the change `ended_by_id`, does not take place: it stays
    readable and counts no more. A departure ends what was to follow it; a correction or
    a cancellation ends the change `corrects_id`, which is undone once. A cancellation
    never takes place, so it is ended by itself; so is what a certificate no longer
    states. A change that a certificate states refers to the line, and is treated with
    it.
    """

    __tablename__ = "activity_change"
    prefix = "chg"
    __table_args__ = (
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_another"
        ),
        CheckConstraint(
            "(act = 'DECLARED') = (corrects_id IS NULL)", name="undoes_another"
        ),
        CheckConstraint(
            "act <> 'CANCELLATION' OR ended_at IS NOT NULL", name="never_takes_place"
        ),
        CheckConstraint(
            "(source = 'CERTIFICATE') = (line_id IS NOT NULL)", name="of_a_line"
        ),
        CheckConstraint(
            "kind <> 'RATE_FOUND' OR source = 'CERTIFICATE'", name="rate_of_a_line"
        ),
        unique_where(
            "uq_activity_change_living",
            "person_id",
            "establishment_id",
            "kind",
            "effective_on",
            where="ended_at IS NULL",
        ),
        unique_where(
            "uq_activity_change_corrects_id",
            "corrects_id",
            where="corrects_id IS NOT NULL",
        ),
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        Index("ix_activity_change_paying_id", "paying_id", "id"),
        Index("ix_activity_change_person_id", "person_id", "establishment_id"),
        Index("ix_activity_change_partner_id", "partner_id", "id"),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    worker_id: Mapped[str]
    person_id: Mapped[str] = person_column()
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    act: Mapped[ChangeAct] = mapped_column(
        named(ChangeAct), default=ChangeAct.DECLARED, server_default="DECLARED"
    )
    source: Mapped[ChangeSource] = mapped_column(
        named(ChangeSource), default=ChangeSource.CHANGE, server_default="CHANGE"
    )
    line_id: Mapped[str | None] = mapped_column(ForeignKey("declaration_line.id"))
    kind: Mapped[ChangeKind] = mapped_column(named(ChangeKind), info=UNTOLD)
    effective_on: Mapped[date] = untold()
    rate_before: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    rate_after: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    departure_reason: Mapped[DepartureReason | None] = mapped_column(
        named(DepartureReason), info=UNTOLD
    )
    weekly_hours: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    employer_siret: Mapped[str | None] = untold()
    comment: Mapped[str | None] = untold()
    client_reference: Mapped[str | None] = untold()
    received_at: Mapped[datetime]
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("activity_change.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("activity_change.id"))
    processing: Mapped[Processing | None] = mapped_column(
        named(Processing), info=UNTOLD
    )
    processed_on: Mapped[date | None]
    processed_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    processing_reason: Mapped[str | None] = untold()

    def require_cancellable(self) -> None:
        """A change in force, not answered, that no certificate states."""
        require(self.source is ChangeSource.CHANGE, Rule.VALUE_INVALID, detail=OF_LINE)
        require(self.ended_at is None, Rule.CHANGE_ENDED)
        require(self.processing is None, Rule.CHANGE_PROCESSED)

    def require_pending(self) -> None:
        """The change awaits the answer of the Caf."""
        require(self.processing is None, Rule.ANSWERED_ALREADY)

    def process(
        self,
        what: Processing,
        reason: str | None,
        by: User,
        now: datetime,
        today: date,
    ) -> Treatment:
        """The answer of the paying Caf, to a change in force or to a cancellation."""
        require(self.source is ChangeSource.CHANGE, Rule.VALUE_INVALID, detail=OF_LINE)
        is_told = self.ended_at is None or self.act is ChangeAct.CANCELLATION
        require(is_told, Rule.CHANGE_ENDED)
        is_answer = what is not Processing.WITHDRAWAL_NOTED
        require(is_answer, Rule.WITHDRAWAL_ONLY, "outcome")
        words = (reason or "").strip() or None
        is_reasoned = words is not None or what is Processing.TAKEN_INTO_ACCOUNT
        require(is_reasoned, Rule.VALUE_INVALID, "processing_reason")
        self.processing, self.processed_on = what, today
        self.processed_by_id, self.processing_reason = by.id, words
        outcome = TreatmentOutcome(what)
        return Treatment.of_change(self, outcome, words, by, now, today)

    def reopen(self, reason: str, by: User, now: datetime, today: date) -> Treatment:
        """The change awaits an answer again, as if it had none."""
        self.processing = self.processed_on = self.processed_by_id = None
        self.processing_reason = None
        outcome = TreatmentOutcome.REOPENED
        return Treatment.of_change(self, outcome, reason, by, now, today)
