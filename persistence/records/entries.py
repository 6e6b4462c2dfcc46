"""What a person entered in the console: sealed, theirs alone.

It is kept until it is thirty days old.
"""

from datetime import datetime, timedelta

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, untold

LASTS = timedelta(days=30)


class EntryRecord(Base):
    """Entry (« saisie »): a form or a lot under way, and what came of it.

    Instants are the machine's.
    """

    __tablename__ = "entry"
    prefix = "ent"
    __table_args__ = (Index("ix_entry_subject", "issuer", "subject"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str] = untold()
    begun_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes] = untold()

    def is_open_to(self, issuer: str, subject: str, now: datetime) -> bool:
        return (self.issuer, self.subject) == (
            issuer,
            subject,
        ) and now - self.begun_at < LASTS
