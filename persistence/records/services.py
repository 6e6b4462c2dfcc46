"""Services, their roles, and the missions that cover them.

They are data: a second service needs no code.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Record, named
from .organisms import Department
from .periods import Period
from .rules import Rule, require

service_excluded_department = Table(
    "service_excluded_department",
    Base.metadata,
    Column("service_id", ForeignKey("service.id"), primary_key=True),
    Column("department", ForeignKey("department.code"), primary_key=True),
)

mission_service = Table(
    "mission_service",
    Base.metadata,
    Column("mission_id", ForeignKey("mission.id"), primary_key=True),
    Column("service_id", ForeignKey("service.id"), primary_key=True),
)


ESAT = "svc_ESAT"
"""The one service that has declarations."""


class Migration(Record):
    """Campagne de migration d'un service: its first day and its deadline (R59)."""

    __tablename__ = "migration"
    prefix = "mig"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), unique=True)
    label: Mapped[str]
    opens_on: Mapped[date]
    deadline: Mapped[date]
    source: Mapped[str]


class Service(Record):
    """Service de Mon Compte Partenaire.

    What it asks before it opens is data (R3, R8, R10, R50).
    """

    __tablename__ = "service"
    prefix = "svc"
    period: ClassVar = Period("available_from")

    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    tab_label: Mapped[str]
    available_from: Mapped[date]
    bulletins_from: Mapped[date | None]
    needs_establishment: Mapped[bool] = mapped_column(default=False)
    needs_eligibility_form: Mapped[bool] = mapped_column(default=False)
    illustrative: Mapped[bool] = mapped_column(default=False)
    excluded: Mapped[list[Department]] = relationship(
        secondary=service_excluded_department, lazy="selectin"
    )
    migration: Mapped["Migration | None"] = relationship(lazy="selectin", uselist=False)

    def require_departments(self, departments: frozenset[str]) -> None:
        """R3: no establishment and no scope in an excluded department."""
        outside = departments & {d.code for d in self.excluded}
        require(
            not outside, Rule.DEPARTMENT_EXCLUDED, detail=", ".join(sorted(outside))
        )

    def require_bulletins_from(self, day: date) -> None:
        """R8: no bulletin takes effect before the instruction applies."""
        require(
            self.bulletins_from is None or day >= self.bulletins_from,
            Rule.BULLETIN_TOO_EARLY,
            "effective_from",
        )

    def require_available_on(self, day: date) -> None:
        """R10: preparation is allowed before, opening is not."""
        require(self.period.holds(self, day), Rule.SERVICE_NOT_AVAILABLE, "on")


class RoleProfile(StrEnum):
    READING = "READING"
    ENTERING = "ENTERING"
    VALIDATING = "VALIDATING"


class Role(Record):
    """Rôle of one service; its profile says which policy lines its holders get."""

    __tablename__ = "role"
    prefix = "rol"
    __table_args__ = (UniqueConstraint("id", "service_id"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    profile: Mapped[RoleProfile] = mapped_column(named(RoleProfile))
    purpose: Mapped[str | None]


class Mission(Record):
    """Mission of a convention: the services that it covers (R9, R32)."""

    __tablename__ = "mission"
    prefix = "mis"

    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    services: Mapped[list[Service]] = relationship(
        secondary=mission_service, lazy="selectin"
    )

    def is_for(self, service: Service) -> bool:
        return any(s.id == service.id for s in self.services)
