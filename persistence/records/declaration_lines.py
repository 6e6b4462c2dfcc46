"""The lines of the annual certificate: the remuneration of each worker."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, index_where, named, untold
from .declarations import Declaration
from .leaf_words import LeafWords
from .persons import person_column
from .rules import Rule, require
from .treatments import (
    REASONED,
    Processing,
    Treatment,
    TreatmentOutcome,
    Withdrawal,
)
from .users import User


class NoPayReason(StrEnum):
    """Why there is nothing to declare for November.

    Illness is none: the remuneration is maintained (R243-7).
    """

    UNPAID_ABSENCE = "UNPAID_ABSENCE"
    PARENTAL_LEAVE = "PARENTAL_LEAVE"
    NOT_YET_PAID = "NOT_YET_PAID"
    OTHER = "OTHER"


class DeclarationLine(LeafWords, Record):
    """Ligne: the November remuneration of one worker.

    Amounts in cents, rate and share in hundredths of a percent.

    `paying_id` is copied at receipt. `changed_sequence` is the declaration's sequence
    at which it last changed. `words_digest` is the digest of everything that the line
    says of the person: a treatment follows it.

    `withdrawn_at` marks the last line of a person at a Caf, once the certificate in
    force says nothing to that Caf any more of that person; `withdrawal` says why.
    """

    __tablename__ = "declaration_line"
    prefix = "lin"
    __table_args__ = (
        UniqueConstraint("declaration_id", "worker_id"),
        ForeignKeyConstraint(
            ["declaration_id", "partner_id"],
            ["declaration.id", "declaration.partner_id"],
        ),
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
        Index("ix_declaration_line_paying_id", "paying_id", "id"),
        Index("ix_declaration_line_partner_id", "partner_id", "id"),
        Index("ix_declaration_line_person_id", "person_id", "declaration_id"),
        index_where(
            "ix_declaration_line_withdrawn",
            "paying_id",
            "id",
            where="withdrawn_at IS NOT NULL",
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal IS NULL)", name="withdrawn_why"
        ),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    declaration_id: Mapped[str]
    worker_id: Mapped[str]
    person_id: Mapped[str] = person_column()
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    deposited: Mapped[bool]
    position: Mapped[int] = mapped_column(Integer)
    client_reference: Mapped[str | None] = untold()
    matricule: Mapped[str] = untold()
    entered_on: Mapped[date] = untold()
    rate: Mapped[int] = untold()
    net_remuneration: Mapped[int | None] = untold()
    net_aid: Mapped[int | None] = untold()
    esat_share: Mapped[int | None] = untold()
    no_pay_reason: Mapped[NoPayReason | None] = mapped_column(
        named(NoPayReason), info=UNTOLD
    )
    dual_activity: Mapped[bool] = untold()
    dual_activity_since: Mapped[date | None] = untold()
    dual_activity_hours: Mapped[int | None] = untold()
    dual_activity_employer: Mapped[str | None] = untold()
    confirmation: Mapped[str | None] = untold()
    comment: Mapped[str | None] = untold()
    words_digest: Mapped[str | None] = untold()
    changed_sequence: Mapped[int] = mapped_column(Integer)
    processing: Mapped[Processing | None] = mapped_column(
        named(Processing), info=UNTOLD
    )
    processed_on: Mapped[date | None]
    processed_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    processing_reason: Mapped[str | None] = untold()
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[Withdrawal | None] = mapped_column(
        named(Withdrawal), info=UNTOLD
    )

    def process(
        self,
        declaration: Declaration,
        what: Processing,
        reason: str | None,
        by: User,
        now: datetime,
        today: date,
    ) -> Treatment:
        """The answer of the paying Caf.

        A reason comes with a line that it returns, or whose worker is no beneficiary.
        """
        self._require_answerable(declaration, what)
        words = (reason or "").strip() or None
        if what in REASONED:
            require(words, Rule.VALUE_INVALID, "processing_reason")
        self.processing, self.processed_on, self.processed_by_id = what, today, by.id
        self.processing_reason = words
        outcome = TreatmentOutcome(what)
        campaign_id = declaration.campaign_id
        return Treatment.of_line(self, campaign_id, outcome, words, by, now, today)

    def _require_answerable(self, declaration: Declaration, what: Processing) -> None:
        """A line in force is answered; of a withdrawn one, the withdrawal is noted."""
        is_withdrawn = self.withdrawn_at is not None
        is_noted = what is Processing.WITHDRAWAL_NOTED
        require(is_withdrawn == is_noted, Rule.WITHDRAWAL_ONLY, "outcome")
        require(is_withdrawn or declaration.is_in_force(), Rule.LINE_NOT_LIVE)

    def require_pending(self) -> None:
        """The line awaits an answer; once withdrawn, that its withdrawal is noted."""
        is_noted = self.processing is Processing.WITHDRAWAL_NOTED
        is_pending = not is_noted if self.withdrawn_at else self.processing is None
        require(is_pending, Rule.ANSWERED_ALREADY)

    def reopen(
        self, campaign_id: str, reason: str, by: User, now: datetime, today: date
    ) -> Treatment:
        """The line awaits an answer again, as if it had none."""
        self.processing = self.processed_on = self.processed_by_id = None
        self.processing_reason = None
        outcome = TreatmentOutcome.REOPENED
        return Treatment.of_line(self, campaign_id, outcome, reason, by, now, today)
