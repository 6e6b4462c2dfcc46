"""A service of a convention: its bulletins, its groups, and what is suspended of it."""

from datetime import date

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from .base import Record
from .bulletin_terms import BulletinTerms
from .bulletins import Bulletin
from .conventions import Convention
from .establishments import Establishment
from .groups import Group
from .rules import Notice, Rule, require
from .services import Role, Service
from .suspensions import (
    Announced,
    Author,
    Suspension,
    resume,
    suspend,
    suspended_by,
)


class ServiceAccess(Record):
    """A service of a convention, which may be suspended.

    Bulletins open it, groups belong to it, and tabs show it (R49).
    """

    __tablename__ = "service_access"
    prefix = "acc"
    __table_args__ = (
        UniqueConstraint("convention_id", "service_id"),
        UniqueConstraint("id", "convention_id", "partner_id", "service_id"),
        UniqueConstraint("id", "partner_id", "service_id"),
        ForeignKeyConstraint(
            ["convention_id", "partner_id"], ["convention.id", "convention.partner_id"]
        ),
    )

    convention_id: Mapped[str] = mapped_column(index=True)
    partner_id: Mapped[str] = mapped_column(index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    convention: Mapped[Convention] = relationship(
        back_populates="accesses",
        primaryjoin=lambda: foreign(ServiceAccess.convention_id) == Convention.id,
    )
    service: Mapped[Service] = relationship(lazy="selectin")
    bulletins: Mapped[list[Bulletin]] = relationship(
        lazy="selectin",
        order_by=Bulletin.id,
        back_populates="access",
        overlaps="access",
    )
    groups: Mapped[list[Group]] = relationship(
        lazy="selectin", back_populates="access", overlaps="access,role"
    )
    suspensions: Mapped[list[Suspension]] = relationship(lazy="selectin")

    is_suspended_on = suspended_by("access_id")

    @classmethod
    def of(cls, convention: Convention, service: Service) -> "ServiceAccess":
        """The service of the convention, there or made; R9: a mission covers it."""
        convention.require_mission_for(service)
        access = next(
            (a for a in convention.accesses if a.service.id == service.id), None
        )
        if access is None:
            access = cls(service=service)
            convention.accesses.append(access)
        return access

    def opened_bulletin(self, day: date) -> Bulletin | None:
        """R29: open that day, under a convention that holds that day."""
        in_force = self.convention.holds_on(day)
        return next((b for b in self.bulletins if in_force and b.is_open_on(day)), None)

    def signed_bulletins(self, today: date) -> list[Bulletin]:
        """R10: the bulletins on which groups may be prepared, opened or not.

        Their terms are signed, and not over.
        """
        under = self.convention.ends_after(today)
        return [
            b
            for b in self.bulletins
            if under and b.is_signed and b.effect.lasts(b, today)
        ]

    def draft_bulletin(self) -> Bulletin | None:
        """The bulletin that is neither signed nor given up; there is one at a time."""
        for bulletin in self.bulletins:
            if not bulletin.is_signed and bulletin.closed_on is None:
                return bulletin
        return None

    def notices(self, group: Group, today: date) -> list[Notice]:
        """R10: what is prepared gives no right before the bulletin is open."""
        opened = self.opened_bulletin(today)
        granted = opened is not None and (
            group.role is None or group.role in opened.roles
        )
        inside = opened is not None and all(
            place in opened.establishments for place in group.establishments
        )
        return [] if granted and inside else [Notice(Rule.SERVICE_NOT_OPEN_YET)]

    def prepare_bulletin(self, terms: BulletinTerms) -> Bulletin:
        """The unsigned draft of this service, filled; there is one at a time."""
        draft = self.draft_bulletin()
        if draft is None:
            draft = Bulletin()
            self.bulletins.append(draft)
        draft.write(terms)
        return draft

    def suspend(self, today: date, reason: str, author: Author) -> None:
        require(self.opened_bulletin(today), Rule.SERVICE_NOT_OPEN)
        suspend(self.suspensions, today, reason, author, self._suspended_later(today))

    def resume(self, today: date, author: Author) -> list[Notice]:
        later = self._suspended_later(today)
        return resume(self.suspensions, today, author, later)

    def _suspended_later(self, today: date) -> Announced:
        return [(on, later.suspensions) for on, later in self._announced(today)]

    def _announced(self, today: date) -> "list[tuple[date, ServiceAccess]]":
        """The same service under a successor to come.

        It is not given back by a switch already announced.
        """
        return [
            (on, access)
            for on, convention in self.convention.announced_successors(today)
            for access in convention.accesses
            if access.service.id == self.service.id
        ]

    def successors_of(self, group: Group, today: date) -> list[Group]:
        """The group that follows this one by a switch already announced.

        What is taken from this group is taken from that one too.
        """
        return [
            g
            for _, later in self._announced(today)
            for g in later.groups
            if g.former_id == group.id
        ]

    def shows_on(self, day: date) -> bool:
        """R49: the tab is there when the service is open and nothing is suspended."""
        suspended = self.is_suspended_on(day) or self.convention.is_suspended_on(day)
        return self.opened_bulletin(day) is not None and not suspended

    def create_group(
        self, name: str, establishments: list[Establishment] | None, today: date
    ) -> Group:
        """R56: the service first; the scope inside a signed bulletin (R10, R35).

        None: all of them, now and later.
        """
        signed = self.signed_bulletins(today)
        require(signed, Rule.SERVICE_NOT_OPEN)
        require(
            establishments is None or establishments,
            Rule.GROUP_NEEDS_ESTABLISHMENT,
            "establishment_ids",
        )
        for establishment in establishments or ():
            inside = any(
                establishment in bulletin.establishments for bulletin in signed
            )
            require(
                inside,
                Rule.OUT_OF_SCOPE,
                "establishment_ids",
                detail=establishment.siret,
            )
        group = Group.of(name, establishments, today)
        self.groups.append(group)
        return group

    def attach_role(self, group: Group, role: Role, today: date) -> None:
        """R35, A10: one role, that a signed bulletin grants."""
        signed = self.signed_bulletins(today)
        require(signed, Rule.SERVICE_NOT_OPEN)
        granted = any(role in bulletin.roles for bulletin in signed)
        require(granted, Rule.ROLE_NOT_GRANTED, "role_id", detail=role.code)
        group.take_role(role, today)
