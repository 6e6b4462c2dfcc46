"""The one reader of the clock. Below, the instant and the day are arguments."""

import time
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def day_of(instant: datetime) -> date:
    """The day in Paris."""
    return instant.astimezone(PARIS).date()


class Clock(ABC):
    @abstractmethod
    def now(self) -> datetime:
        """The instant, in UTC."""

    def today(self) -> date:
        """The day in Paris, the only one that a rule knows."""
        return day_of(self.now())


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock(Clock):
    """Ticks from the demonstration's instant, whatever becomes of the machine's date."""

    def __init__(self, starts_at: datetime) -> None:
        self._starts_at = starts_at.astimezone(UTC)
        self._started = time.monotonic()

    def now(self) -> datetime:
        return self._starts_at + timedelta(seconds=time.monotonic() - self._started)
