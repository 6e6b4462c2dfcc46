"""Users, how they sign in, whom they work for, and what is suspended."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    UniqueConstraint,
    and_,
    not_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from .addresses import email_address
from .base import (
    UNTOLD,
    Base,
    Dated,
    Record,
    name_key,
    named,
    table,
    unique_where,
    untold,
)
from .names import clean_name, person_name, required_name
from .periods import Day, Period, exists, predicate
from .rules import Notice, Refused, Rule, require

if TYPE_CHECKING:
    from .partners import Partner

SHARED_BOXES = frozenset({"contact", "accueil", "esat", "direction", "secretariat", "info", "admin", "compta"})


class UserKind(StrEnum):
    PERSON = "PERSON"
    MACHINE = "MACHINE"


class User(Record):
    """Utilisateur: one identity, a person or a machine client. The e-mail only addresses."""

    __tablename__ = "user"
    prefix = "usr"
    __table_args__ = (Index("ix_user_sort_key", "sort_key", "id"),)

    kind: Mapped[UserKind] = mapped_column(named(UserKind))
    given_name: Mapped[str] = untold()
    family_name: Mapped[str] = untold()
    sort_key: Mapped[str] = untold()
    email: Mapped[str | None] = untold()

    @classmethod
    def person(cls, given_name: str, family_name: str, email: str, kind: UserKind = UserKind.PERSON) -> "User":
        user = cls(kind=kind)
        user.describe(given_name, family_name, email)
        return user

    def describe(self, given_name: str, family_name: str, email: str) -> None:
        self.given_name, self.family_name, self.email = self.identity_of(given_name, family_name, email)
        self.sort_key = name_key(f"{self.family_name} {self.given_name}")

    def identity_of(self, given_name: str, family_name: str, email: str) -> tuple[str, str, str]:
        """A given name, a family name and an address, as they are kept of a person, or of a machine."""
        kept = person_name if self.kind is UserKind.PERSON else clean_name
        family = required_name(kept(family_name, "familyName"), "familyName")
        return kept(given_name, "givenName"), family, email_address(email, "email")

    @property
    def full_name(self) -> str:
        """As shown; a machine has no given name."""
        return f"{self.given_name} {self.family_name}".strip()

    def is_person(self) -> None:
        require(self.kind is UserKind.PERSON, Rule.NOT_A_PERSON)

    def warnings(self, *path: str) -> list[Notice]:
        """A box that several people read is no personal account: the Caf may let it pass."""
        shared = self.email is not None and self.email.split("@")[0] in SHARED_BOXES
        return [Notice(Rule.EMAIL_SHARED, (*path, "email"))] if shared else []


class SignIn(Base):
    """The identity of an issuer, bound once to a user."""

    __tablename__ = "sign_in"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True, info=UNTOLD)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship()


class SuspensionSide(StrEnum):
    """Which of the two parties suspends: each one ends its own suspension."""

    PARTNER = "PARTNER"
    ORGANISM = "ORGANISM"


class Author(NamedTuple):
    """Who acts on a right, and for which party; the seeds act for nobody."""

    side: SuspensionSide
    user_id: str | None = None


class Suspension(Record):
    """Suspension of a convention, of a service of it, or of an affiliation: rights stop, dates do not.

    One runs for each side, and rights stop while any runs.
    """

    __tablename__ = "suspension"
    prefix = "sus"
    period: ClassVar = Period("starts_on", ("ends_on",))
    __table_args__ = (
        CheckConstraint(
            " + ".join(
                f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
                for column in ("convention_id", "access_id", "affiliation_id")
            )
            + " = 1",
            name="one_object",
        ),
        unique_where(
            "uq_suspension_running", "affiliation_id", "side", where="affiliation_id IS NOT NULL AND ends_on IS NULL"
        ),
    )

    convention_id: Mapped[str | None] = mapped_column(ForeignKey("convention.id"), index=True)
    access_id: Mapped[str | None] = mapped_column(ForeignKey("service_access.id"), index=True)
    affiliation_id: Mapped[str | None] = mapped_column(ForeignKey("affiliation.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = untold()
    side: Mapped[SuspensionSide] = mapped_column(named(SuspensionSide), server_default=SuspensionSide.ORGANISM.value)
    set_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))

    @classmethod
    def by(cls, author: Author, starts_on: date, reason: str) -> "Suspension":
        return cls(starts_on=starts_on, reason=reason.strip(), side=author.side, set_by_id=author.user_id)

    def again(self, starts_on: date) -> "Suspension":
        """The same suspension, of what takes the place of its object."""
        return Suspension(
            starts_on=starts_on, ends_on=self.ends_on, reason=self.reason, side=self.side, set_by_id=self.set_by_id
        )

    def runs_on(self, day: date) -> bool:
        return self.period.holds(self, day)


def is_suspended(suspensions: list[Suspension], day: date) -> bool:
    """Whether a suspension, of either side, runs that day."""
    return any(suspension.runs_on(day) for suspension in suspensions)


def sql_suspended(
    column: str, row: FromClause, day: Day, *, key: str = "id", side: str | None = None
) -> ColumnElement[bool]:
    """`is_suspended`, of the object that `key` names in the row; `column` of the suspension says which kind it is.

    `side` keeps the suspensions of that side alone.
    """
    stop = table("suspension").alias()
    same_object = stop.c[column] == row.c[key]
    same_side = [stop.c.side == side] if side else []
    return exists(stop, of=[row], where=[same_object, Suspension.period.sql(stop, day), *same_side])


def suspend(suspensions: list[Suspension], today: date, reason: str, author: Author) -> None:
    """Open a suspension today; refused while one of the same side runs."""
    require(reason.strip(), Rule.VALUE_INVALID, "reason")
    require(author.side not in suspending(suspensions, today), Rule.ALREADY_SUSPENDED)
    suspensions.append(Suspension.by(author, today, reason))


def resume(suspensions: list[Suspension], today: date, author: Author, *, both: bool = False) -> list[Notice]:
    """End today the suspension of the author's side, or `both`; the other one, if it still runs, is announced."""
    running = [s for s in suspensions if s.runs_on(today)]
    require(running, Rule.NOT_SUSPENDED)
    ending = [s for s in running if both or s.side is author.side]
    if not ending:
        raise Refused(SUSPENDED_BY[running[0].side])
    for suspension in ending:
        suspension.ends_on, suspension.ended_by_id = today, author.user_id
    return [Notice(Rule.STILL_SUSPENDED)] if len(ending) < len(running) else []


SUSPENDED_BY = {
    SuspensionSide.PARTNER: Rule.SUSPENDED_BY_PARTNER,
    SuspensionSide.ORGANISM: Rule.SUSPENDED_BY_ORGANISM,
}
"""What is answered to the other side, which would end a suspension that is not its own."""

ENDED_BY = {
    SuspensionSide.PARTNER: Rule.ENDED_BY_PARTNER,
    SuspensionSide.ORGANISM: Rule.ENDED_BY_ORGANISM,
}


def suspending(suspensions: list[Suspension], day: date) -> set[SuspensionSide]:
    return {s.side for s in suspensions if s.runs_on(day)}


class Affiliation(Dated, Record):
    """Rattachement: this person works for this partner; for a machine, its mandate. The end is exclusive.

    An invitation makes a card of its own, so it answers the same whether or not the person is known;
    on acceptance the card gives way to the person's one identity. `sort_key` is the person's: lists go by name.
    """

    __tablename__ = "affiliation"
    prefix = "aff"
    __table_args__ = (
        UniqueConstraint("id", "partner_id", "user_id"),
        Index("ix_affiliation_partner_id", "partner_id", "user_id"),
        Index("ix_affiliation_sort_key", "sort_key", "id"),
        unique_where("uq_affiliation_active", "partner_id", "user_id", where="ends_on IS NULL"),
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

    @predicate
    def is_suspended_on(self, day: date) -> bool:
        """By the partner, by the organism, or by both."""
        return is_suspended(self.suspensions, day)

    @is_suspended_on.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        return sql_suspended("affiliation_id", row, day)

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
        """The invited person takes the card with their one identity; an invitation serves once."""
        user.is_person()
        current = self.invitation_expires_at is not None and now < self.invitation_expires_at
        require(
            current and self.accepted_on is None and self.is_active_on(today), Rule.INVITATION_INVALID, "invitation"
        )
        self.user, self.accepted_on = user, today
        self.invitation_digest = None

    def await_acceptance(self, digest: str, until: datetime, today: date) -> None:
        """The secret by which the person accepts, known by its digest; a former one no longer serves."""
        require(self.is_active_on(today), Rule.ALREADY_ENDED)
        require(self.accepted_on is None, Rule.INVITATION_ACCEPTED)
        self.invitation_digest, self.invitation_expires_at = digest, until

    def correct(self, given_name: str, family_name: str, email: str, job_title: str | None) -> list[Notice]:
        """The card is the partner's until the person accepts; then only the job title is."""
        user = self.user
        if self.accepted_on is None:
            user.describe(given_name, family_name, email)
            self.sort_key = user.sort_key
        else:
            same = user.identity_of(given_name, family_name, email)
            require(same == (user.given_name, user.family_name, user.email), Rule.IDENTITY_ACCEPTED)
        self.job_title = job_title
        return user.warnings("person") if self.accepted_on is None else []

    def revoke(self, on: date, today: date) -> None:
        """End a mandate, which a machine alone has."""
        require(self.user.kind is UserKind.MACHINE, Rule.NOT_A_MACHINE)
        self.end(on, today)

    def leave(self, on: date, today: date, author: Author) -> None:
        """The departure of a person, by one side; one that the organism has announced stays its own."""
        announced = self.ends_on is not None and self.end_side is SuspensionSide.ORGANISM
        self.end(on, today)
        self.end_side = SuspensionSide.ORGANISM if announced else author.side

    def cancel_leaving(self, today: date, author: Author, *, centralised: bool) -> None:
        """Each side undoes the departure that it announced; the end of a mandate is a term that was agreed."""
        self.user.is_person()
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
        """Who comes back comes back as they left: a suspension by the organism goes on."""
        for suspension in former.suspensions:
            if suspension.side is SuspensionSide.ORGANISM and suspension.runs_on(today):
                self.suspensions.append(suspension.again(today))
                suspension.ends_on = today

    def reinstate(self, today: date, author: Author, *, centralised: bool) -> list[Notice]:
        """Each side ends its own; in centralised mode the organism manages the people, and ends both (R45)."""
        both = centralised and author.side is SuspensionSide.ORGANISM
        return resume(self.suspensions, today, author, both=both)
