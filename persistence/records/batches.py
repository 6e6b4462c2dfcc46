"""Batches: what was sent for an establishment, and what became of each line."""

from datetime import datetime
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
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import UNTOLD, Record, index_where, named, untold
from .declarations import Declaration


class BatchKind(StrEnum):
    REMUNERATIONS = "REMUNERATIONS"
    ACTIVITY_CHANGES = "ACTIVITY_CHANGES"


class BatchMode(StrEnum):
    """All the lines or none; or those that are good."""

    ALL_OR_NOTHING = "ALL_OR_NOTHING"
    ACCEPT_VALID = "ACCEPT_VALID"


class Batch(Record):
    """Lot: what was sent for one establishment, and what became of each line.

    It is kept even when nothing applied. `lines_root` is the root of the tree over its
    changes, in hexadecimal; that of a certificate is on its declaration.
    """

    __tablename__ = "batch"
    prefix = "bat"
    __table_args__ = (
        CheckConstraint(
            "received = created + replaced + unchanged + rejected + held",
            name="nothing_lost",
        ),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        ForeignKeyConstraint(
            ["declaration_id", "partner_id"],
            ["declaration.id", "declaration.partner_id"],
        ),
        Index("ix_batch_partner_id", "partner_id", "id"),
        Index("ix_batch_establishment_id", "establishment_id", "id"),
        Index("ix_batch_declaration_id", "declaration_id"),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    kind: Mapped[BatchKind] = mapped_column(named(BatchKind))
    mode: Mapped[BatchMode] = mapped_column(named(BatchMode))
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaign.id"))
    declaration_id: Mapped[str | None]
    received_at: Mapped[datetime]
    sent_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    received: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    created: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    replaced: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    unchanged: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    rejected: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    held: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    removed: Mapped[int] = mapped_column(Integer, info=UNTOLD)
    lines_root: Mapped[str | None]
    declaration: Mapped[Declaration | None] = relationship(
        lazy="raise", primaryjoin="foreign(Batch.declaration_id) == Declaration.id"
    )


class LineStatus(StrEnum):
    CREATED = "CREATED"
    REPLACED = "REPLACED"
    UNCHANGED = "UNCHANGED"
    REJECTED = "REJECTED"
    HELD = "HELD"


class BatchResult(Record):
    """What became of one line of a batch.

    It has the line's rank, its client's reference, and its notices as JSON text,
    without any value.
    """

    __tablename__ = "batch_result"
    prefix = "res"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        index_where(
            "ix_batch_result_warned",
            "object_id",
            where="warnings IS NOT NULL AND object_id IS NOT NULL",
        ),
    )

    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"))
    partner_id: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    client_reference: Mapped[str | None] = untold()
    status: Mapped[LineStatus] = mapped_column(named(LineStatus))
    object_id: Mapped[str | None]
    errors: Mapped[str | None]
    warnings: Mapped[str | None]

    @staticmethod
    def with_warnings(row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of the index that finds what is to know of a line."""
        return [row.c.warnings.is_not(None), row.c.object_id.is_not(None)]
