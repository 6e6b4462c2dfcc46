"""The extraction that the Cnaf hands to the Caf (R57): its file and its counts."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record
from .import_proofs import Sealed, place, proof
from .organisms import Organism
from .rules import Rule, require
from .users import User

NULLABLE_JSON = JSON(none_as_null=True)


class ImportOutcome(StrEnum):
    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    CONFLICT = "CONFLICT"
    REJECTED = "REJECTED"


class Import(Record):
    """Extraction: a file of the partners known in MCP and Habtiers.

    An organism opens it. When it is purged, its header stays.
    """

    __tablename__ = "import"
    prefix = "imp"
    __table_args__ = (
        CheckConstraint(
            "received = new_count + changed_count + unchanged_count"
            " + conflict_count + rejected_count",
            name="adds_up",
        ),
        CheckConstraint("(received_at IS NULL) = (digest IS NULL)", name="received"),
        CheckConstraint(
            "purged_on IS NULL OR (content IS NULL AND proof IS NOT NULL)",
            name="purged",
        ),
    )

    organism_id: Mapped[str] = mapped_column(ForeignKey("organism.id"), index=True)
    opened_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    opened_on: Mapped[date]
    filename: Mapped[str] = mapped_column(info=UNTOLD)
    column_meanings: Mapped[list[dict[str, str]] | None] = mapped_column(
        NULLABLE_JSON, info=UNTOLD
    )
    received_at: Mapped[datetime | None]
    digest: Mapped[str | None]
    media: Mapped[str | None]
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, info=UNTOLD
    )
    columns: Mapped[list[dict[str, str]] | None] = mapped_column(
        NULLABLE_JSON, info=UNTOLD
    )
    ignored: Mapped[list[str] | None] = mapped_column(NULLABLE_JSON, info=UNTOLD)
    header_line: Mapped[int | None]
    sheets: Mapped[list[dict[str, Any]] | None] = mapped_column(
        NULLABLE_JSON, info=UNTOLD
    )
    blank_lines: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    unchanged_count: Mapped[int] = mapped_column(default=0)
    conflict_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)
    purged_on: Mapped[date | None]
    purged_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    purge_reason: Mapped[str | None] = mapped_column(info=UNTOLD)
    proof: Mapped[str | None]

    @classmethod
    def open(
        cls,
        organism: Organism,
        filename: str,
        column_meanings: list[dict[str, str]] | None,
        by: User,
        today: date,
    ) -> "Import":
        require(filename.strip(), Rule.VALUE_INVALID, "filename")
        nothing = dict.fromkeys(
            (
                "blank_lines",
                "received",
                "applied",
                *(f"{o.value.lower()}_count" for o in ImportOutcome),
            ),
            0,
        )
        return cls(
            organism_id=organism.id,
            opened_by_id=by.id,
            opened_on=today,
            filename=filename.strip(),
            column_meanings=column_meanings,
            **nothing,
        )

    def receive(self, content: bytes, media: str, now: datetime) -> None:
        """R57: the bytes as they came; another file is another import."""
        require(self.purged_on is None, Rule.EXTRACT_PURGED)
        require(self.received_at is None, Rule.EXTRACT_RECEIVED)
        self.content, self.digest, self.media = (
            content,
            hashlib.sha256(content).hexdigest(),
            media,
        )
        self.received_at = now

    def require_same_file(self, content: bytes) -> None:
        """The same bytes may come again; others are another import."""
        require(self.purged_on is None, Rule.EXTRACT_PURGED)
        require(
            self.digest == hashlib.sha256(content).hexdigest(), Rule.EXTRACT_RECEIVED
        )

    def require_received(self) -> None:
        require(self.purged_on is None, Rule.EXTRACT_PURGED, "import_id")
        require(self.received_at, Rule.EXTRACT_NOT_RECEIVED, "import_id")

    def place(self, sheet: str, number: int) -> str:
        """Where a line stands in the file.

        Its number, and its sheet where several were read.
        """
        return place(
            number,
            ""
            if sum(one["state"] == "READ" for one in self.sheets or ()) < MANY
            else sheet,
        )

    def count(self, outcomes: Iterable[ImportOutcome], sign: int = 1) -> None:
        """Lines that come to an outcome, or leave it.

        The counts always add up to the lines.
        """
        for outcome in outcomes:
            name = f"{outcome.value.lower()}_count"
            setattr(self, name, getattr(self, name) + sign)
            self.received += sign

    def purge(
        self, lines: Sequence["Sealed"], reason: str, by: User, today: date
    ) -> None:
        """R13: the content goes.

        The header, its counts and the proof of what was purged stay.
        """
        self.require_received()
        require(reason.strip(), Rule.VALUE_INVALID, "purge_reason")
        self.content, self.purge_reason, self.proof = None, reason.strip(), proof(lines)
        self.purged_on, self.purged_by_id = today, by.id


MANY = 2
