"""The only reader of the machine's clock: below, instant and day are arguments."""

import time
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def day_of(instant: datetime) -> date:
    """Return the day in Paris of an aware instant."""
    return instant.astimezone(PARIS).date()


class Clock(ABC):
    @abstractmethod
    def now(self) -> datetime:
        """Return the instant, in UTC."""

    def today(self) -> date:
        """Return the day in Paris, which is the day of every rule."""
        return day_of(self.now())


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock(Clock):
    """Ticks from the demonstration's instant, whatever the machine's date becomes."""

    def __init__(self, starts_at: datetime) -> None:
        self._starts_at = starts_at.astimezone(UTC)
        self._started = time.monotonic()

    def now(self) -> datetime:
        return self._starts_at + timedelta(seconds=time.monotonic() - self._started)
