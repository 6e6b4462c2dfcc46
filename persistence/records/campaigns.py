"""Campaigns of the annual certificate, and the dated parameters (SMIC, bounds of the remuneration)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record
from .rules import Rule, require

PARIS = ZoneInfo("Europe/Paris")


class Campaign(Record):
    """Campagne N: remunerations of November N (R18), rights of N+1 (R19), window December to February (R22)."""

    __tablename__ = "campaign"
    prefix = "cmp"

    year: Mapped[int] = mapped_column(Integer, unique=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    legacy: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def of(cls, year: int, *, legacy: bool = False) -> "Campaign":
        """The campaign whose window is computed: half-open, Europe/Paris, leap years included (A16)."""
        opens = datetime.combine(date(year, 12, 1), time(), PARIS)
        closes = datetime.combine(date(year + 1, 3, 1), time(), PARIS)
        return cls(
            id=f"cmp_{year}", year=year, opens_at=opens, closes_at=closes, legacy=legacy
        )

    def require_open_at(self, now: datetime) -> None:
        """The window, by the instant of reception (R22): nothing before, and nothing after, for anybody (A18)."""
        require(now >= self.opens_at, Rule.WINDOW_NOT_OPEN, "campaign_year")
        require(now < self.closes_at, Rule.WINDOW_CLOSED, "campaign_year")


class Parameter(Record):
    """Paramètre daté: an amount in cents or a share in hundredths of a percent, from a day on."""

    __tablename__ = "parameter"
    prefix = "par"
    __table_args__ = (UniqueConstraint("name", "starts_on"),)

    name: Mapped[str]
    starts_on: Mapped[date]
    value: Mapped[int] = mapped_column(Integer)
