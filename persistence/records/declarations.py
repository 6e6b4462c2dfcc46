"""The annual certificate of an establishment."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
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

from .base import UNTOLD, Record, named, unique_where
from .campaigns import Campaign
from .establishments import Establishment
from .periods import predicate
from .rules import Rule, require
from .users import User


class Conformity(StrEnum):
    """What the checks said of a certificate when it was deposited."""

    CONFORM = "CONFORM"
    ANOMALIES = "ANOMALIES"


class Declaration(Record):
    """Déclaration: the certificate of one establishment for one campaign.

    A later deposit replaces it as a whole. A draft has not been received: its lines are
    those of a draft (`draft_lines.py`), and `base_sequence` is the one in force that it
    starts from, 0 for none. One deposited and one draft at most are live for an
    establishment and a campaign.

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
    base_sequence: Mapped[int | None] = mapped_column(Integer)
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
        by: User,
        now: datetime,
        base_sequence: int | None = None,
    ) -> "Declaration":
        """A certificate under way; sequences never go back.

        `base_sequence`: of a draft, the one in force that it starts from.
        """
        return cls(
            partner_id=place.partner_id,
            establishment_id=place.id,
            campaign_id=campaign.id,
            siret=place.siret,
            sequence=sequence,
            base_sequence=base_sequence,
            prepared_at=now,
            line_count=0,
            declared_by_id=by.id,
        )

    def close_draft(self, now: datetime) -> None:
        """Nobody prepares it any more: it has no line."""
        self.superseded_at = now
        self.line_count = 0

    def receive(self, former: "Declaration | None", by: User, now: datetime) -> None:
        """Deposit it: this one counts from now on; the former one stays readable."""
        if former is not None:
            former.superseded_at = now
            self.supersedes_id = former.id
        self.received_at, self.declared_by_id = now, by.id

    def is_draft(self) -> bool:
        """Whether somebody still prepares it."""
        return self.received_at is None and self.superseded_at is None

    def require_draft(self) -> None:
        """Refused: DRAFT_MISSING."""
        require(self.is_draft(), Rule.DRAFT_MISSING)

    @predicate
    def is_in_force(self) -> bool:
        """Whether it counts: deposited, and not replaced."""
        return self.received_at is not None and self.superseded_at is None

    @is_in_force.in_sql
    @staticmethod
    def _(row: FromClause) -> ColumnElement[bool]:
        return and_(row.c.received_at.is_not(None), row.c.superseded_at.is_(None))
