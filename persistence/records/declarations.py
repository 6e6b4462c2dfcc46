"""The annual certificate of an establishment, and its lines."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Index,
    Integer,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, index_where, named, unique_where, untold
from .campaigns import Campaign
from .establishments import Establishment
from .leaf_words import LeafWords
from .periods import predicate
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


class Conformity(StrEnum):
    """What the checks said of a certificate when it was deposited."""

    CONFORM = "CONFORM"
    ANOMALIES = "ANOMALIES"


class Declaration(Record):
    """Déclaration: the certificate of one establishment for one campaign.

    A later deposit replaces it as a whole. A draft has not been received. One deposited
    and one draft at most are live for an establishment and a campaign.

    `conformity` and `missing`, how many persons are missed, are fixed at the deposit:
    empty for a draft, and for what was deposited before they were noted.
    """

    __tablename__ = "declaration"
    prefix = "dec"
    __table_args__ = (
        UniqueConstraint("id", "partner_id"),
        UniqueConstraint("establishment_id", "campaign_id", "sequence"),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        unique_where(
            "uq_declaration_deposited",
            "establishment_id",
            "campaign_id",
            where="received_at IS NOT NULL AND superseded_at IS NULL",
        ),
        unique_where(
            "uq_declaration_draft",
            "establishment_id",
            "campaign_id",
            where="received_at IS NULL AND superseded_at IS NULL",
        ),
        Index("ix_declaration_partner_id", "partner_id", "id"),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaign.id"), index=True)
    siret: Mapped[str]
    sequence: Mapped[int] = mapped_column(Integer)
    supersedes_id: Mapped[str | None] = mapped_column(ForeignKey("declaration.id"))
    prepared_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    line_count: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    nothing_to_declare: Mapped[bool] = mapped_column(default=False, info=UNTOLD)
    conformity: Mapped[Conformity | None] = mapped_column(
        named(Conformity), info=UNTOLD
    )
    missing: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    lines_root: Mapped[str | None]  # of the tree of its lines (`merkle.py`)
    declared_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))

    @classmethod
    def prepare(
        cls,
        place: Establishment,
        campaign: Campaign,
        sequence: int,
        line_count: int,
        by: User,
        now: datetime,
    ) -> "Declaration":
        """A draft; sequences never go back."""
        return cls(
            partner_id=place.partner_id,
            establishment_id=place.id,
            campaign_id=campaign.id,
            siret=place.siret,
            sequence=sequence,
            prepared_at=now,
            line_count=line_count,
            declared_by_id=by.id,
        )

    def receive(self, former: "Declaration | None", by: User, now: datetime) -> None:
        """Deposit it: this one counts from now on; the former one stays readable."""
        if former is not None:
            former.superseded_at = now
            self.supersedes_id = former.id
        self.received_at, self.declared_by_id = now, by.id

    @predicate
    def is_in_force(self) -> bool:
        """Whether it counts: deposited, and not replaced."""
        return self.received_at is not None and self.superseded_at is None

    @is_in_force.in_sql
    @staticmethod
    def _(row: FromClause) -> ColumnElement[bool]:
        return and_(row.c.received_at.is_not(None), row.c.superseded_at.is_(None))


class DeclarationLine(LeafWords, Record):
    """Ligne: the November remuneration of one worker.

    Amounts in cents, rate and share in hundredths of a percent.

    `paying_id` is copied at receipt. `changed_sequence` is the declaration's sequence
    at which it last changed. `drafted` keeps, as JSON text, what a draft says of its
    worker: a card changes at a deposit only. `words_digest` is the digest of everything
    that the line says of the person: a treatment follows it.

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
        Index("ix_declaration_line_worker_id", "worker_id"),
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
    drafted: Mapped[str | None] = untold()
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

    def reopen(
        self, campaign_id: str, reason: str, by: User, now: datetime, today: date
    ) -> Treatment:
        """The line awaits an answer again, as if it had none."""
        self.processing = self.processed_on = self.processed_by_id = None
        self.processing_reason = None
        outcome = TreatmentOutcome.REOPENED
        return Treatment.of_line(self, campaign_id, outcome, reason, by, now, today)
