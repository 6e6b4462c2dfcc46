"""The timeline told again without it: each day is worked out by hand from what was agreed, day after day."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from persistence.records import FOREVER, Mode, Span


class Day(NamedTuple):
    """What a day says: the convention that gives rights, its mode, who administers, who signed."""

    convention: str | None
    mode: Mode | None
    administering: str
    signing: str | None


@dataclass
class Paper:
    """A convention or a bulletin: from a day, to a term or a closing, whichever comes first."""

    first: date
    term: date | None
    closed: date | None = None

    def runs(self, day: date) -> bool:
        begun = self.first <= day
        over = (self.term is not None and day >= self.term) or (
            self.closed is not None and day >= self.closed
        )
        return begun and not over


@dataclass
class Agreed(Paper):
    """A signed convention, its stops (suspensions) and its bulletins over several departments."""

    name: str = ""
    mode: Mode = Mode.CENTRALISED
    organism: str = ""
    stops: list[Paper] = field(default_factory=list)
    wide: list[Paper] = field(default_factory=list)


@dataclass
class Daybook:
    registered: date
    follower: str
    transfers: dict[date, str] = field(default_factory=dict)
    """The organism that follows from a day on, since the one of the registration."""
    agreed: list[Agreed] = field(default_factory=list)
    handed_back: list[date] = field(default_factory=list)
    begun: set[date] = field(default_factory=set)
    """Days of which a moment saw such a bulletin in force, even if the same day ended it."""

    def days(self, until: date) -> dict[date, Day]:
        """Every day from the registration, before `until`."""
        told: dict[date, Day] = {}
        custody, yesterday = False, False
        day = self.registered
        while day < until:
            wide = any(a.runs(day) and b.runs(day) for a in self.agreed for b in a.wide)
            if day in self.handed_back:
                custody = False
            if (wide and (not yesterday or self._begins(day))) or (
                day in self.begun and day not in self.handed_back
            ):
                custody = True
            told[day] = self._tell(day, custody=custody)
            yesterday = wide
            day += timedelta(1)
        return told

    def look(self, day: date) -> None:
        """Note what is in force at this moment of the day."""
        if any(
            a.runs(day) and b.runs(day)
            for a in self.agreed
            for b in a.wide
            if day == max(a.first, b.first)
        ):
            self.begun.add(day)

    def _begins(self, day: date) -> bool:
        """Whether one more bulletin over several departments begins, beside those that run."""
        before = day - timedelta(1)
        pairs = [
            (a, b) for a in self.agreed for b in a.wide if a.runs(day) and b.runs(day)
        ]
        return any(not (a.runs(before) and b.runs(before)) for a, b in pairs)

    def _follower(self, day: date) -> str:
        passed = [on for on in self.transfers if on <= day]
        return self.transfers[max(passed)] if passed else self.follower

    def _tell(self, day: date, *, custody: bool) -> Day:
        running = [a for a in self.agreed if a.runs(day)]
        assert len(running) <= 1, f"{len(running)} conventions on {day}"
        signing = running[0].organism if running else None
        administering = "org_CNA" if custody else (signing or self._follower(day))
        if not running or any(stop.runs(day) for stop in running[0].stops):
            return Day(None, None, administering, signing)
        return Day(running[0].name, running[0].mode, administering, signing)


def spread(spans: list[Span], until: date) -> dict[date, Day]:
    """The spans, day by day: a day in two spans, or in none, is a fault."""
    told: dict[date, Day] = {}
    for span in spans:
        day = span.starts_on
        while day < min(span.ends_on, until):
            assert day not in told, f"two spans on {day}"
            told[day] = Day(*span.facts)
            day += timedelta(1)
    return told


def assert_well_formed(spans: list[Span], registered: date) -> None:
    """From the registration for ever, without a hole, an overlap, an empty span or two that say the same."""
    assert spans[0].starts_on == registered
    assert spans[-1].ends_on == FOREVER
    for span in spans:
        assert span.starts_on < span.ends_on
        assert span.administering_id
        assert (span.convention_id is None) == (span.mode is None)
    for former, latter in pairwise(spans):
        assert former.ends_on == latter.starts_on
        assert former.facts != latter.facts
