"""Groups and memberships: rights live on the group, never on the user."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from persistence.types import Words

from .affiliations import Affiliation
from .base import Base, Dated, Record, name_key, unique_where
from .establishments import Establishment
from .names import required_name
from .periods import Period
from .rules import Refused, Rule, require
from .services import Role

if TYPE_CHECKING:
    from .accesses import ServiceAccess

group_establishment = Table(
    "group_establishment",
    Base.metadata,
    Column("group_id", Words, primary_key=True),
    Column("establishment_id", Words, primary_key=True, index=True),
    Column("partner_id", Words, nullable=False),
    ForeignKeyConstraint(["group_id", "partner_id"], ["group.id", "group.partner_id"]),
    ForeignKeyConstraint(
        ["establishment_id", "partner_id"],
        ["establishment.id", "establishment.partner_id"],
    ),
)


class Membership(Dated, Record):
    """Inclusion of a person in a group.

    The keys refuse one before the role, another service's role, a stranger.
    """

    __tablename__ = "membership"
    prefix = "mbr"
    __table_args__ = (
        ForeignKeyConstraint(
            ["group_id", "role_id"], ["group.id", "group.role_id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(
            ["group_id", "partner_id"], ["group.id", "group.partner_id"]
        ),
        ForeignKeyConstraint(
            ["affiliation_id", "partner_id", "user_id"],
            ["affiliation.id", "affiliation.partner_id", "affiliation.user_id"],
            onupdate="CASCADE",
        ),
        unique_where(
            "uq_membership_active",
            "group_id",
            "affiliation_id",
            where="ends_on IS NULL",
        ),
    )

    group_id: Mapped[str] = mapped_column(index=True)
    role_id: Mapped[str]
    partner_id: Mapped[str] = mapped_column(index=True)
    affiliation_id: Mapped[str] = mapped_column(index=True)
    user_id: Mapped[str] = mapped_column(index=True)


class Group(Record):
    """Groupe of one service, with one role (A10).

    Its scope is all the establishments of the bulletin, or some.
    """

    __tablename__ = "group"
    prefix = "grp"
    period: ClassVar = Period("created_on", ("closed_on",))
    __table_args__ = (
        UniqueConstraint("id", "role_id"),
        UniqueConstraint("id", "partner_id"),
        ForeignKeyConstraint(
            ["access_id", "partner_id", "service_id"],
            [
                "service_access.id",
                "service_access.partner_id",
                "service_access.service_id",
            ],
        ),
        ForeignKeyConstraint(["role_id", "service_id"], ["role.id", "role.service_id"]),
        Index("ix_group_sort_key", "sort_key", "id"),
    )

    access_id: Mapped[str] = mapped_column(index=True)
    partner_id: Mapped[str] = mapped_column(index=True)
    service_id: Mapped[str]
    role_id: Mapped[str | None]
    name: Mapped[str]
    sort_key: Mapped[str]
    all_establishments: Mapped[bool] = mapped_column(default=True)
    created_on: Mapped[date]
    closed_on: Mapped[date | None]
    former_id: Mapped[str | None] = mapped_column(ForeignKey("group.id"), index=True)
    access: Mapped["ServiceAccess"] = relationship(
        back_populates="groups",
        primaryjoin="foreign(Group.access_id) == ServiceAccess.id",
        overlaps="role",
    )
    role: Mapped[Role | None] = relationship(lazy="selectin", overlaps="access,groups")
    establishments: Mapped[list[Establishment]] = relationship(
        secondary=group_establishment, lazy="selectin"
    )
    memberships: Mapped[list[Membership]] = relationship(
        lazy="selectin", primaryjoin="Group.id == foreign(Membership.group_id)"
    )

    @classmethod
    def of(
        cls, name: str, establishments: list[Establishment] | None, today: date
    ) -> "Group":
        name = required_name(name, "name")
        return cls(
            name=name,
            sort_key=name_key(name),
            all_establishments=establishments is None,
            establishments=establishments or [],
            created_on=today,
        )

    def is_live_on(self, day: date) -> bool:
        return not self.period.has_ended(self, day)

    def take_role(self, role: Role, today: date) -> None:
        require(self.is_live_on(today), Rule.GROUP_CLOSED)
        for group in (self, *self.access.successors_of(self, today)):
            group.role, group.role_id = role, role.id

    def include(
        self,
        affiliation: Affiliation,
        today: date,
        starts_on: date | None = None,
        ends_on: date | None = None,
    ) -> Membership:
        """R56: include a person, once the group has its role.

        R40: one's own staff only, neither suspended nor twice. R10: also before the
        opening.
        """
        starts = starts_on or today
        require(starts >= today, Rule.DATE_PAST, "starts_on")
        require(ends_on is None or ends_on > starts, Rule.DATE_ORDER, "ends_on")
        require(self.is_live_on(starts), Rule.GROUP_CLOSED)
        require(self.access.signed_bulletins(today), Rule.SERVICE_NOT_OPEN)
        if self.role_id is None:
            raise Refused(Rule.ROLE_FIRST)
        require(affiliation.is_active_on(starts), Rule.STRANGER)
        require(not affiliation.is_suspended_on(today), Rule.AFFILIATION_SUSPENDED)
        for current in self._memberships_of(affiliation, starts):
            if ends_on is None or current.starts_on < ends_on:
                longer = current.ends_on is not None and (
                    ends_on is None or ends_on > current.ends_on
                )
                require(longer and current.starts_on <= starts, Rule.ALREADY_MEMBER)
                current.ends_on = (
                    ends_on  # a removal still to come is undone, or put off
                )
                return current
        membership = Membership(
            role_id=self.role_id,
            partner_id=affiliation.partner_id,
            affiliation_id=affiliation.id,
            user_id=affiliation.user_id,
            starts_on=starts,
            ends_on=ends_on,
        )
        self.memberships.append(membership)
        return membership

    def exclude(self, affiliation: Affiliation, on: date, today: date) -> Membership:
        """End the inclusion that runs, or that is to come.

        It does not come back under a successor already announced.
        """
        require(on >= today, Rule.DATE_PAST, "on")
        memberships = self._memberships_of(affiliation, today)
        if not memberships:
            raise Refused(Rule.NOT_MEMBER)
        require(
            memberships[0].ends_on is None or on < memberships[0].ends_on,
            Rule.ALREADY_ENDED,
            "on",
        )
        for group in (self, *self.access.successors_of(self, today)):
            for membership in group._memberships_of(affiliation, on):  # noqa: SLF001
                membership.ends_on = max(on, membership.starts_on)
        return memberships[0]

    def _memberships_of(self, affiliation: Affiliation, day: date) -> list[Membership]:
        """Those that run on that day or later, in order."""
        return sorted(
            (
                m
                for m in self.memberships
                if m.affiliation_id == affiliation.id and m.lasts(day)
            ),
            key=lambda m: m.starts_on,
        )

    def close(self, on: date, today: date) -> None:
        require(on >= today, Rule.DATE_PAST, "on")
        require(self.closed_on is None, Rule.GROUP_CLOSED)
        for group in (self, *self.access.successors_of(self, today)):
            group.closed_on = max(on, group.created_on)

    def cancel_closing(self, today: date) -> None:
        require(
            self.closed_on is not None and self.closed_on > today, Rule.CLOSING_PASSED
        )
        for group in (self, *self.access.successors_of(self, today)):
            group.closed_on = None
