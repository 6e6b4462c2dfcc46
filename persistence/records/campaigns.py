"""Campaigns of the annual certificate, and the dated parameters.

The parameters are the SMIC and the bounds of the remuneration.
"""

from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    UniqueConstraint,
    case,
    literal,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record
from .rules import Rule, require

REMINDER_DAYS = 3
"""From 15 January on, how long those who declare may be reminded."""
PARIS = ZoneInfo("Europe/Paris")


def drafts_end_on(year: int) -> date:
    """31 March: from that day on, what was not deposited is not kept."""
    return date(year + 1, 3, 31)


class CampaignStatus(StrEnum):
    NOT_OPEN = "NOT_OPEN"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Campaign(Record):
    """Campagne N: the remunerations of November N (R18), for the rights of N+1 (R19).

    Its window is from December to February (R22). The reference month has the days
    [reference_starts_on, reference_ends_on).
    """

    __tablename__ = "campaign"
    prefix = "cmp"

    year: Mapped[int] = mapped_column(Integer, unique=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reference_starts_on: Mapped[date]
    reference_ends_on: Mapped[date]
    legacy: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def of(cls, year: int, *, legacy: bool = False) -> "Campaign":
        """The campaign of a year, with its window.

        A16: it is half-open, in Europe/Paris, leap years included.
        """
        opens = datetime.combine(date(year, 12, 1), time(), PARIS)
        closes = datetime.combine(date(year + 1, 3, 1), time(), PARIS)
        return cls(
            id=f"cmp_{year}",
            year=year,
            opens_at=opens,
            closes_at=closes,
            reference_starts_on=date(year, 11, 1),
            reference_ends_on=date(year, 12, 1),
            legacy=legacy,
        )

    @property
    def continuity_on(self) -> date:
        """15 January: until that day, a deposit does not interrupt the AAH."""
        return date(self.year + 1, 1, 15)

    def status_at(self, now: datetime) -> CampaignStatus:
        """Where the instant lies: the campaign receives between its two (R22)."""
        if now < self.opens_at:
            return CampaignStatus.NOT_OPEN
        if now >= self.closes_at:
            return CampaignStatus.CLOSED
        return CampaignStatus.OPEN

    @staticmethod
    def sql_status_at(
        row: FromClause, now: ColumnElement[datetime]
    ) -> ColumnElement[str]:
        """`status_at`, on a row of the table."""
        return case(
            (row.c.opens_at > now, literal(CampaignStatus.NOT_OPEN.value)),
            (row.c.closes_at <= now, literal(CampaignStatus.CLOSED.value)),
            else_=literal(CampaignStatus.OPEN.value),
        )

    def require_open_at(self, now: datetime) -> None:
        """A18: nothing is received before and nothing after, for anybody."""
        status = self.status_at(now)
        path = "campaign_year"
        require(status is not CampaignStatus.NOT_OPEN, Rule.WINDOW_NOT_OPEN, path)
        require(status is not CampaignStatus.CLOSED, Rule.WINDOW_CLOSED, path)


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
