"""Campaigns of the annual certificate, and the dated parameters.

The parameters are the SMIC and the bounds of the remuneration.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record
from .rules import Rule, require

PARIS = ZoneInfo("Europe/Paris")


class Campaign(Record):
    """Campagne N: the remunerations of November N (R18), for the rights of N+1 (R19).

    Its window is from December to February (R22).
    """

    __tablename__ = "campaign"
    prefix = "cmp"

    year: Mapped[int] = mapped_column(Integer, unique=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    legacy: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def of(cls, year: int, *, legacy: bool = False) -> "Campaign":
        """The campaign of a year, with its window.

        A16: it is half-open, in Europe/Paris, leap years included.
        """
        opens = datetime.combine(date(year, 12, 1), time(), PARIS)
        closes = datetime.combine(date(year + 1, 3, 1), time(), PARIS)
        return cls(
            id=f"cmp_{year}", year=year, opens_at=opens, closes_at=closes, legacy=legacy
        )

    def require_open_at(self, now: datetime) -> None:
        """R22: the campaign receives between its two instants.

        A18: nothing before and nothing after, for anybody.
        """
        require(now >= self.opens_at, Rule.WINDOW_NOT_OPEN, "campaign_year")
        require(now < self.closes_at, Rule.WINDOW_CLOSED, "campaign_year")


class Parameter(Record):
    """Paramètre daté: an amount, or a share, from a day on.

    Amounts are in cents, shares in hundredths of a percent.
    """

    __tablename__ = "parameter"
    prefix = "par"
    __table_args__ = (UniqueConstraint("name", "starts_on"),)

    name: Mapped[str]
    starts_on: Mapped[date]
    value: Mapped[int] = mapped_column(Integer)
