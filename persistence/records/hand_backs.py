"""The days on which the CNA hands partners back to their signing organisms (A13)."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import (
    ForeignKey,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record

if TYPE_CHECKING:
    pass


class CnaHandBack(Record):
    """The day on which the CNA hands a partner back to the signing organism."""

    __tablename__ = "cna_hand_back"
    prefix = "hbk"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    on_day: Mapped[date]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
