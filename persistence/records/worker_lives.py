"""What the changes in force make of a worker in an establishment, as rows.

The rows are computed from the changes (`life.py`), and written again with each of them.
"""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from .activity_changes import DepartureReason
from .base import UNTOLD, Base, named, unique_where, untold


def _of_a_worker_in_a_place(*more: Any) -> tuple[Any, ...]:  # noqa: ANN401 constraints
    worker = ForeignKeyConstraint(
        ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
    )
    place = ForeignKeyConstraint(
        ["establishment_id", "partner_id"],
        ["establishment.id", "establishment.partner_id"],
    )
    return (worker, place, *more)


class WorkerStay(Base):
    """Présence: the days [starts_on, ends_on) of a worker in an establishment.

    The end is the first day of absence, and has its reason (R26).
    """

    __tablename__ = "worker_stay"
    __table_args__ = _of_a_worker_in_a_place(
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="in_order"),
        CheckConstraint(
            "(ends_on IS NULL) = (departure_reason IS NULL)", name="ends_for_a_reason"
        ),
        Index("ix_worker_stay_place", "establishment_id", "worker_id"),
        unique_where(
            "uq_worker_stay_running",
            "worker_id",
            "establishment_id",
            where="ends_on IS NULL",
        ),
    )

    worker_id: Mapped[str] = mapped_column(primary_key=True)
    establishment_id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]
    partner_id: Mapped[str]
    departure_reason: Mapped[DepartureReason | None] = mapped_column(
        named(DepartureReason), info=UNTOLD
    )


class WorkerRate(Base):
    """Taux d'activité known from a day on, in hundredths of a percent (R24)."""

    __tablename__ = "worker_rate"
    __table_args__ = _of_a_worker_in_a_place()

    worker_id: Mapped[str] = mapped_column(primary_key=True)
    establishment_id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    partner_id: Mapped[str]
    rate: Mapped[int] = untold()


class DualActivity(Base):
    """Cumul with the ordinary milieu, dated (R16).

    It has the weekly hours in hundredths, and the employer's SIRET if there is one.
    """

    __tablename__ = "dual_activity"
    __table_args__ = _of_a_worker_in_a_place(
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="in_order"),
        unique_where(
            "uq_dual_activity_running",
            "worker_id",
            "establishment_id",
            where="ends_on IS NULL",
        ),
    )

    worker_id: Mapped[str] = mapped_column(primary_key=True)
    establishment_id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]
    partner_id: Mapped[str]
    weekly_hours: Mapped[int | None] = untold()
    employer_siret: Mapped[str | None] = untold()
