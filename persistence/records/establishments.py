"""Establishments of a partner, and the SIRETs that it bears."""

from datetime import date
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Base, Record, unique_where
from .periods import Period


class PartnerSiret(Base):
    """The SIRET that a partner bears over dates.

    The current one is unique in the register.
    """

    __tablename__ = "partner_siret"
    period: ClassVar = Period("starts_on", ("ends_on",))
    __table_args__ = (
        unique_where("uq_partner_siret_current", "siret", where="ends_on IS NULL"),
    )
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    siret: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]


class Establishment(Record):
    """Établissement of a partner.

    Its department is typed once and checked against FINESS where it can.
    """

    __tablename__ = "establishment"
    prefix = "est"
    period: ClassVar = Period("added_on", ("ended_on",))
    __table_args__ = (
        UniqueConstraint("id", "partner_id"),
        unique_where("uq_establishment_siret", "siret", where="ended_on IS NULL"),
        Index("ix_establishment_finess", "finess"),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    name: Mapped[str]
    sort_key: Mapped[str]
    siret: Mapped[str]
    finess: Mapped[str | None]
    department: Mapped[str] = mapped_column(ForeignKey("department.code"))
    added_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(info=UNTOLD)
    contact: Mapped[str | None] = mapped_column(info=UNTOLD)

    def is_ended_on(self, day: date) -> bool:
        """Whether it belongs to the partner no more.

        It is then in no scope, and nothing is declared for it.
        """
        return self.period.has_ended(self, day)
