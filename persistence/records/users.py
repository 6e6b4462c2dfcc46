"""Users, and how they sign in."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .addresses import email_address
from .base import UNTOLD, Base, Record, name_key, named, untold
from .names import clean_name, person_name, required_name
from .rules import Notice, Rule, require

SHARED_BOXES = frozenset(
    {
        "contact",
        "accueil",
        "esat",
        "direction",
        "secretariat",
        "info",
        "admin",
        "compta",
    }
)


class UserKind(StrEnum):
    PERSON = "PERSON"
    MACHINE = "MACHINE"


class User(Record):
    """Utilisateur: one identity, a person or a machine client.

    The e-mail only addresses.
    """

    __tablename__ = "user"
    prefix = "usr"
    __table_args__ = (Index("ix_user_sort_key", "sort_key", "id"),)

    kind: Mapped[UserKind] = mapped_column(named(UserKind))
    given_name: Mapped[str] = untold()
    family_name: Mapped[str] = untold()
    sort_key: Mapped[str] = untold()
    email: Mapped[str | None] = untold()

    @classmethod
    def person(
        cls,
        given_name: str,
        family_name: str,
        email: str,
        kind: UserKind = UserKind.PERSON,
    ) -> "User":
        user = cls(kind=kind)
        user.describe(given_name, family_name, email)
        return user

    def describe(self, given_name: str, family_name: str, email: str) -> None:
        self.given_name, self.family_name, self.email = self.identity_of(
            given_name, family_name, email
        )
        self.sort_key = name_key(f"{self.family_name} {self.given_name}")

    def identity_of(
        self, given_name: str, family_name: str, email: str
    ) -> tuple[str, str, str]:
        """A given name, a family name and an address, as they are kept.

        They are those of a person, or of a machine.
        """
        cleaned = person_name if self.kind is UserKind.PERSON else clean_name
        family = required_name(cleaned(family_name, "family_name"), "family_name")
        return cleaned(given_name, "given_name"), family, email_address(email, "email")

    @property
    def full_name(self) -> str:
        """As shown; a machine has no given name."""
        return f"{self.given_name} {self.family_name}".strip()

    def require_person(self) -> None:
        require(self.kind is UserKind.PERSON, Rule.NOT_A_PERSON)

    def warnings(self, *path: str) -> list[Notice]:
        """A box that several people read is no personal account.

        The Caf may let it pass.
        """
        shared = self.email is not None and self.email.split("@")[0] in SHARED_BOXES
        return [Notice(Rule.EMAIL_SHARED, (*path, "email"))] if shared else []


class BoundIdentity(Base):
    """The identity of an issuer, bound once to a user."""

    __tablename__ = "sign_in"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True, info=UNTOLD)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship()
