import time
from datetime import UTC, date, datetime, timedelta

import pytest

from server.clock import PARIS, Clock, DemoClock, SystemClock


class StoppedClock(Clock):
    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2027, 2, 28, 22, 59, 59, tzinfo=UTC), date(2027, 2, 28)),
        (datetime(2027, 2, 28, 23, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2028, 2, 28, 23, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 7, 14, 22, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_the_day_is_the_one_of_paris(instant: datetime, day: date) -> None:
    assert StoppedClock(instant).today() == day


def test_the_system_clock_tells_the_instant_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_demonstration_clock_ticks_from_its_instant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    clock = DemoClock(datetime(2026, 12, 10, 9, tzinfo=PARIS))

    monkeypatch.setattr(time, "monotonic", lambda: 1090.0)

    assert clock.now() == datetime(2026, 12, 10, 8, 1, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.today() == date(2026, 12, 10)
