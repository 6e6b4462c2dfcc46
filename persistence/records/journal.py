"""The journal, which is append-only, and the idempotency rows.

Both are written in the transaction of the act.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from persistence.types import written

from .base import Base
from .canonical import canonical

BEFORE_THE_FIRST = "00" * 32
"""The hash before that of the first entry."""
CHAINED = (
    "seq",
    "id",
    "day",
    "actor_id",
    "acting_for",
    "source",
    "act",
    "object_id",
    "partner_id",
    "before",
    "after",
    "reason",
    "request_id",
    "policy_hash",
    "matched_rule",
)
"""The columns of an entry that its hash covers, with its instants and its position."""


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
    before when it is later: it never goes back. `hash` is that of the chain up to this
    entry.
    """

    __tablename__ = "journal_seal"
    __table_args__ = (
        CheckConstraint("(position IS NULL) = (at IS NULL)", name="whole"),
        Index(
            "ix_journal_seal_unchained",
            "position",
            sqlite_where=text("hash IS NULL"),
            postgresql_where=text("hash IS NULL"),
        ),
    )

    journal_seq: Mapped[int] = mapped_column(
        ForeignKey("journal.seq"), primary_key=True, autoincrement=False
    )
    position: Mapped[int | None] = mapped_column(Integer, unique=True)
    at: Mapped[datetime | None]
    hash: Mapped[str | None]


def chain_hash(previous: str, entry: Any) -> str:  # noqa: ANN401 a row
    """The hash of the chain up to an entry, after that of the one before.

    In hexadecimal: SHA-256(previous hash ‖ canonical entry). `entry` has the columns
    CHAINED, `at`, `position` and `sealed_at`. An entry is never changed, and this list
    neither: a column that is added to the journal later is not in it.
    """
    words = {name: getattr(entry, name) for name in CHAINED}
    words |= {"at": written(entry.at), "sealed_at": written(entry.sealed_at)}
    words["position"] = entry.position
    return sha256(bytes.fromhex(previous) + canonical(words)).hexdigest()


class JournalHead(Base):
    """Tête: the last hash of the chain, signed each hour (`persistence/receipts.py`).

    The end of the journal cannot be cut off and written anew without a key.
    """

    __tablename__ = "journal_head"

    position: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    document: Mapped[str]


class Receipt(Base):
    """Reçu: the signed statement of what a batch brought.

    `position` is that of its entry in the journal, `document` the JSON text that anyone
    can check.
    """

    __tablename__ = "receipt"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    declaration_id: Mapped[str | None] = mapped_column(
        ForeignKey("declaration.id"), unique=True
    )
    number: Mapped[int] = mapped_column(Integer, unique=True)
    position: Mapped[int] = mapped_column(Integer, unique=True)
    document: Mapped[str]


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
