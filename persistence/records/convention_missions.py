"""The missions of a convention: the services that they cover, and their amendments."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Table,
)
from sqlalchemy.orm import Mapped

from .amendments import Amendment
from .base import Base, table
from .identifiers import sha256
from .periods import Day, exists, predicate
from .rules import Rule, require
from .services import Mission, Service

if TYPE_CHECKING:
    from .accesses import ServiceAccess

convention_mission = Table(
    "convention_mission",
    Base.metadata,
    Column("convention_id", ForeignKey("convention.id"), primary_key=True),
    Column("mission_id", ForeignKey("mission.id"), primary_key=True),
)


class WithMissions:
    """The missions of a convention (R9, R32), and what amendments verified (R55)."""

    if TYPE_CHECKING:
        missions: Mapped[list[Mission]]
        amendments: Mapped[list[Amendment]]
        accesses: Mapped[list["ServiceAccess"]]

        def holds_on(self, day: date) -> bool: ...

    def amend(
        self,
        verified: list[str],
        missions: list[Mission],
        digest: str | None,
        today: date,
    ) -> Amendment:
        """R55: an amendment verifies facts of the convention.

        R9: an open service stays covered by a mission.
        """
        require(self.holds_on(today), Rule.CONVENTION_NOT_IN_FORCE)
        require(missions, Rule.MISSIONS_MISSING, "mission_ids")
        require(
            verified and all(v.strip() for v in verified),
            Rule.VALUE_INVALID,
            "verified_fields",
        )
        for access in self.accesses:
            if any(
                b.opened_on is not None and b.ends_on > today for b in access.bulletins
            ):
                covered = any(m.is_for(access.service) for m in missions)
                require(
                    covered,
                    Rule.MISSION_DOES_NOT_COVER,
                    "mission_ids",
                    detail=access.service.code,
                )
        amendment = Amendment(
            number=len(self.amendments) + 1,
            verified_fields=[v.strip().casefold() for v in verified],
            missions_before=sorted(m.code for m in self.missions),
            missions_after=sorted(m.code for m in missions),
            digest=sha256(digest, "digest") if digest else None,
            recorded_on=today,
        )
        self.amendments.append(amendment)
        self.missions = missions
        return amendment

    @predicate
    def has_mission_for(self, service: Service) -> bool:
        """R9, R32: a mission of the convention covers the service."""
        return any(mission.is_for(service) for mission in self.missions)

    @has_mission_for.in_sql
    @staticmethod
    def _sql_has_mission_for(
        row: FromClause, service: FromClause
    ) -> ColumnElement[bool]:
        missions, services = (
            table("convention_mission").alias(),
            table("mission_service").alias(),
        )
        mine = missions.c.convention_id == row.c.id
        covering = [
            services.c.mission_id == missions.c.mission_id,
            services.c.service_id == service.c.id,
        ]
        return exists(missions, services, where=[mine, *covering])

    def require_mission_for(self, service: Service) -> None:
        """R9, R32: see `has_mission_for`."""
        require(self.has_mission_for(service), Rule.MISSION_DOES_NOT_COVER)

    @predicate
    def is_amended_by(self, day: date) -> bool:
        """R55: an amendment has verified the mission, that day or before."""
        return any(
            amendment.has_verified_mission_by(day) for amendment in self.amendments
        )

    @is_amended_by.in_sql
    @staticmethod
    def _sql_is_amended_by(row: FromClause, day: Day) -> ColumnElement[bool]:
        amendment = table("amendment").alias()
        mine = amendment.c.convention_id == row.c.id
        return exists(
            amendment,
            where=[mine, Amendment.has_verified_mission_by.sql(amendment, day)],
        )
