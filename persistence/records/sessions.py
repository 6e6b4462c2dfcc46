"""The console's sessions: who signed in from which browser, until when.

Of the cookie, the digest is kept.
"""

from datetime import datetime, timedelta

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, untold

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=15)
RETENTION = timedelta(days=1)
"""How long the row of a session that has run out is kept."""


class SessionRecord(Base):
    """Session: one sign-in of a person in one browser.

    Instants are the machine's, whatever day a demonstration tells.

    `started_at` is the first sign-in, carried over a step-up; `authenticated_at` is
    when the person last proved who they are, None when the provider did not say;
    `ended_at` is a sign-out, a rotation or a revocation.
    """

    __tablename__ = "session"
    prefix = "ses"
    __table_args__ = (Index("ix_session_subject", "issuer", "subject"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    issuer: Mapped[str]
    subject: Mapped[str] = untold()
    name: Mapped[str] = untold()
    user_agent: Mapped[str]
    started_at: Mapped[datetime]
    authenticated_at: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    acr: Mapped[str | None]
    amr: Mapped[str | None]
    id_token: Mapped[bytes | None] = untold()
    typed: Mapped[bytes | None] = untold()

    @property
    def idle_ends_at(self) -> datetime:
        return self.seen_at + IDLE

    @property
    def ends_at(self) -> datetime:
        return self.started_at + LONGEST

    def has_run_out(self, now: datetime) -> bool:
        """By time, whether or not it was ended."""
        return now >= min(self.idle_ends_at, self.ends_at)

    def lives(self, now: datetime) -> bool:
        return self.ended_at is None and not self.has_run_out(now)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the proof of who it is is recent enough for a sensitive act."""
        return (
            self.authenticated_at is not None and now - self.authenticated_at <= FRESH
        )

    def belongs_to(self, other: "SessionRecord") -> bool:
        return (self.issuer, self.subject) == (other.issuer, other.subject)

    def end(self, now: datetime) -> None:
        """At the next request it is nobody's; what it held sealed goes at once."""
        self.ended_at = self.ended_at or now
        self.id_token = self.typed = None
