"""Workers of an Esat whose AAH depends on what is declared.

They have one card for each partner, with the rates it has known.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Base, Record, name_key, untold


class Worker(Record):
    """Travailleur: the card of a worker at one partner.

    By typing a NIR, no Esat learns of another's worker.

    The NIR is a ciphertext bound to this row, a keyed index to find it again, and a
    mask to show. The card is read by whom its declared lines are.
    """

    __tablename__ = "worker"
    prefix = "wrk"
    __table_args__ = (
        UniqueConstraint("id", "partner_id"),
        UniqueConstraint("partner_id", "nir_index"),
        Index("ix_worker_sort_key", "sort_key", "id"),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    nir_cipher: Mapped[bytes] = mapped_column(LargeBinary, info=UNTOLD)
    nir_index: Mapped[str] = untold()
    nir_mask: Mapped[str] = untold()
    birth_name: Mapped[str] = untold()
    used_name: Mapped[str | None] = untold()
    given_names: Mapped[str] = untold()
    sort_key: Mapped[str] = untold()
    birth_date: Mapped[date] = untold()
    matricule: Mapped[str] = untold()
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    entered_on: Mapped[date]
    aah_beneficiary: Mapped[bool] = untold(default=True)


class WorkerRate(Base):
    """Taux d'activité known from a day on, in hundredths of a percent (R24)."""

    __tablename__ = "worker_rate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
    )

    worker_id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    partner_id: Mapped[str]
    rate: Mapped[int] = untold()


class DualActivity(Base):
    """Cumul with the ordinary milieu, dated (R16).

    It has the weekly hours in hundredths, and the employer's SIRET if there is one.
    """

    __tablename__ = "dual_activity"
    __table_args__ = (
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
    )

    worker_id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]
    partner_id: Mapped[str]
    weekly_hours: Mapped[int | None] = untold()
    employer_siret: Mapped[str | None] = untold()


class Card(NamedTuple):
    """What is known of a worker before a batch.

    A line is compared with these columns of `worker`.
    """

    id: str
    nir_index: str
    nir_mask: str
    birth_name: str
    used_name: str | None
    given_names: str
    birth_date: date
    matricule: str
    paying_id: str
    entered_on: date
    aah_beneficiary: bool

    def is_of(self, birth_name: str, born: date) -> bool:
        """One of the two may be corrected.

        When both differ, the number is another person's.
        """
        return self.birth_date == born or name_key(self.birth_name) == name_key(
            birth_name
        )
