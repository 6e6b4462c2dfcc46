"""For whom a person works, or which partner has given a mandate to a machine."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    UniqueConstraint,
    and_,
    not_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from .base import Dated, Record, named, unique_where, untold
from .periods import Day, predicate
from .rules import Notice, Refused, Rule, require
from .suspensions import (
    ENDED_BY,
    Author,
    Suspension,
    SuspensionSide,
    resume,
    suspend,
    suspended_by,
)
from .users import User, UserKind

if TYPE_CHECKING:
    from .partners import Partner


class Affiliation(Dated, Record):
    """Rattachement: this person works for this partner; for a machine, its mandate.

    The end is exclusive.

    An invitation makes a card of its own, so it answers the same whether or not the
    person is known; on acceptance the card gives way to the person's one identity.
    `sort_key` is the person's: lists go by name.
    """

    __tablename__ = "affiliation"
    prefix = "aff"
    __table_args__ = (
        UniqueConstraint("id", "partner_id", "user_id"),
        Index("ix_affiliation_partner_id", "partner_id", "user_id"),
        Index("ix_affiliation_sort_key", "sort_key", "id"),
        unique_where(
            "uq_affiliation_active", "partner_id", "user_id", where="ends_on IS NULL"
        ),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    sort_key: Mapped[str] = untold(server_default="")
    job_title: Mapped[str | None] = untold()
    invitation_digest: Mapped[str | None] = untold(unique=True)
    invitation_expires_at: Mapped[datetime | None]
    end_side: Mapped[SuspensionSide | None] = mapped_column(named(SuspensionSide))
    accepted_on: Mapped[date | None]
    partner: Mapped["Partner"] = relationship(back_populates="affiliations")
    user: Mapped[User] = relationship(lazy="selectin")
    suspensions: Mapped[list[Suspension]] = relationship(lazy="selectin")

    is_suspended_on = suspended_by("affiliation_id")

    @predicate
    def works_on(self, day: date) -> bool:
        """R40: the person is there, and nobody suspends them."""
        return self.is_active_on(day) and not self.is_suspended_on(day)

    @works_on.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        suspended = Affiliation.is_suspended_on.sql(row, day)
        return and_(Affiliation.period.sql(row, day), not_(suspended))

    @predicate
    def has_accepted_by(self, day: date) -> bool:
        """The person has accepted the invitation, that day or before."""
        return self.accepted_on is not None and self.accepted_on <= day

    @has_accepted_by.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        return and_(row.c.accepted_on.is_not(None), row.c.accepted_on <= day)

    @validates("user")
    def _named(self, _key: str, user: User) -> User:
        self.sort_key = user.sort_key
        return user

    def accept(self, user: User, now: datetime, today: date) -> None:
        """The invited person takes the card with their one identity.

        An invitation serves once.
        """
        user.require_person()
        current = (
            self.invitation_expires_at is not None and now < self.invitation_expires_at
        )
        require(
            current and self.accepted_on is None and self.is_active_on(today),
            Rule.INVITATION_INVALID,
            "invitation",
        )
        self.user, self.accepted_on = user, today
        self.invitation_digest = None

    def await_acceptance(self, digest: str, until: datetime, today: date) -> None:
        """The secret by which the person accepts, known by its digest.

        The former secret no longer serves.
        """
        require(self.is_active_on(today), Rule.ALREADY_ENDED)
        require(self.accepted_on is None, Rule.INVITATION_ACCEPTED)
        self.invitation_digest, self.invitation_expires_at = digest, until

    def correct(
        self, given_name: str, family_name: str, email: str, job_title: str | None
    ) -> list[Notice]:
        """The card is the partner's until the person accepts; then the job title is."""
        user = self.user
        if self.accepted_on is None:
            user.describe(given_name, family_name, email)
            self.sort_key = user.sort_key
        else:
            same = user.identity_of(given_name, family_name, email)
            require(
                same == (user.given_name, user.family_name, user.email),
                Rule.IDENTITY_ACCEPTED,
            )
        self.job_title = job_title
        return user.warnings("person") if self.accepted_on is None else []

    def revoke(self, on: date, today: date) -> None:
        """End a mandate, which a machine alone has."""
        require(self.user.kind is UserKind.MACHINE, Rule.NOT_A_MACHINE)
        self.end(on, today)

    def leave(self, on: date, today: date, author: Author) -> None:
        """The departure of a person, by one side.

        One that the organism has announced stays its own.
        """
        announced = (
            self.ends_on is not None and self.end_side is SuspensionSide.ORGANISM
        )
        self.end(on, today)
        self.end_side = SuspensionSide.ORGANISM if announced else author.side

    def cancel_leaving(self, today: date, author: Author, *, centralised: bool) -> None:
        """Each side undoes the departure that it announced.

        The end of a mandate is a term that was agreed.
        """
        self.user.require_person()
        require(self.ends_on is not None and self.ends_on > today, Rule.CLOSING_PASSED)
        both = centralised and author.side is SuspensionSide.ORGANISM
        if self.end_side not in (None, author.side) and not both:
            raise Refused(ENDED_BY[self.end_side])
        self.cancel_end(today)
        self.end_side = None

    def suspend(self, today: date, reason: str, author: Author) -> None:
        require(self.is_active_on(today), Rule.ALREADY_ENDED)
        suspend(self.suspensions, today, reason, author)

    def take_over(self, former: "Affiliation", today: date) -> None:
        """Who comes back comes back as they left.

        A suspension by the organism goes on.
        """
        for suspension in former.suspensions:
            if suspension.side is SuspensionSide.ORGANISM and suspension.runs_on(today):
                self.suspensions.append(suspension.again(today))
                suspension.ends_on = today

    def reinstate(
        self, today: date, author: Author, *, centralised: bool
    ) -> list[Notice]:
        """Each side ends its own.

        In centralised mode the organism manages the people, and ends both (R45).
        """
        both = centralised and author.side is SuspensionSide.ORGANISM
        return resume(self.suspensions, today, author, both=both)
