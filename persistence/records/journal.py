"""The journal, which is append-only, and the idempotency rows.

Both are written in the transaction of the act.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class JournalEntry(Base):
    """Who did what to which object, on behalf of whom, from where.

    Before and after are without personal values.
    """

    __tablename__ = "journal"
    prefix = "jrn"
    __table_args__ = (Index("ix_journal_partner_seq", "partner_id", "seq"),)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(index=True)
    actor_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    acting_for: Mapped[str | None]
    source: Mapped[str]
    act: Mapped[str]
    object_id: Mapped[str | None] = mapped_column(index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None]
    request_id: Mapped[str]
    policy_hash: Mapped[str]
    matched_rule: Mapped[str]
    seal: Mapped[str | None]


class JournalSeal(Base):
    """The place of an entry among the others.

    The entry waits for it from its insertion, and has it after the commit.

    `seq` is taken while the act runs: an act that commits late would land behind
    whoever reads in that order. `at` is the entry's instant, or that of the entry
    before when it is later: it never goes back.
    """

    __tablename__ = "journal_seal"
    __table_args__ = (
        CheckConstraint("(position IS NULL) = (at IS NULL)", name="whole"),
    )

    journal_seq: Mapped[int] = mapped_column(
        ForeignKey("journal.seq"), primary_key=True, autoincrement=False
    )
    position: Mapped[int | None] = mapped_column(Integer, unique=True)
    at: Mapped[datetime | None]


class Lease(Base):
    """A task that one process at a time does, and until when it is that process's."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    until: Mapped[datetime]


class Idempotency(Base):
    """The outcome of a keyed act.

    The same key with the same input answers it again; with another input it is refused.

    The key is the caller's own word, which may hold anything: it is kept as its
    fingerprint, until it expires.
    """

    __tablename__ = "idempotency"
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    object_id: Mapped[str | None] = mapped_column(index=True)
