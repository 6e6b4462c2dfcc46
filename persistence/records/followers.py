"""The organism that follows a partner, over dates.

It administers the partner while no convention is in force, and signs the next one.
"""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, unique_where
from .periods import Period

if TYPE_CHECKING:
    from .conventions import Convention
    from .organisms import Organism


class PartnerFollower(Base):
    """One organism at a time, from the registration on; the last one has no end."""

    __tablename__ = "partner_follower"
    period: ClassVar = Period("starts_on", ("ends_on",))
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on < ends_on", name="forward"),
        unique_where(
            "uq_partner_follower_current", "partner_id", where="ends_on IS NULL"
        ),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]
    organism_id: Mapped[str] = mapped_column(ForeignKey("organism.id"), index=True)


class WithFollowers:
    """The followers of a partner: one each day, and the past ones stay."""

    if TYPE_CHECKING:
        followers: Mapped[list[PartnerFollower]]
        conventions: Mapped[list[Convention]]

    def follower_on(self, day: date) -> str:
        """The organism that follows it that day."""
        return next(f.organism_id for f in self.followers if f.period.holds(f, day))

    def transfer(self, organism: "Organism", on: date) -> None:
        """R31: another organism follows the partner, from that day on.

        The papers that nobody has signed are for it to sign.
        """
        organism.require_contracting_body()
        self._follow(organism.id, on)
        for convention in self.conventions:
            if convention.in_force_on is None and convention.closed_on is None:
                convention.organism_id = organism.id

    def keep_follower(self, on: date) -> None:
        """Undo the transfer announced for that day: the former organism goes on."""
        for former in self.followers:
            if former.ends_on == on:
                self._follow(former.organism_id, on)

    def _follow(self, organism_id: str, on: date) -> None:
        current = next(f for f in self.followers if f.ends_on is None)
        if current.starts_on == on:
            current.organism_id = organism_id
            return
        current.ends_on = on
        self.followers.append(PartnerFollower(organism_id=organism_id, starts_on=on))
