"""Amendments: what was verified in a convention that exists (R55)."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKeyConstraint,
    FromClause,
    Text,
    UniqueConstraint,
    and_,
    cast,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record
from .periods import Day, predicate

if TYPE_CHECKING:
    pass


MISSION = "mission"
"""What an amendment of case 3 verifies (R55)."""


class Amendment(Record):
    """Avenant: what was verified in a convention, notably its missions (R55)."""

    __tablename__ = "amendment"
    prefix = "amd"
    __table_args__ = (
        UniqueConstraint("convention_id", "number"),
        ForeignKeyConstraint(
            ["convention_id", "partner_id"], ["convention.id", "convention.partner_id"]
        ),
    )

    convention_id: Mapped[str] = mapped_column(index=True)
    partner_id: Mapped[str]
    number: Mapped[int]
    verified_fields: Mapped[list[str]] = mapped_column(JSON)
    missions_before: Mapped[list[str]] = mapped_column(JSON)
    missions_after: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[str | None]
    recorded_on: Mapped[date]

    @predicate
    def has_verified_mission_by(self, day: date) -> bool:
        """R55: case 3 asks for it before the service opens."""
        return MISSION in self.verified_fields and self.recorded_on <= day

    @has_verified_mission_by.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        verified = cast(row.c.verified_fields, Text).contains(f'"{MISSION}"')
        return and_(row.c.recorded_on <= day, verified)
