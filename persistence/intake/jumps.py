"""What moves far from the certificate of last year, line by line or all together (R20).

A rate, a remuneration or a part of the Esat that is very different may be a mistake of
the file. One cause, such as a health cover, may move a whole Esat: it is told once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from persistence.records.activity_changes import ChangeKind
from persistence.records.rules import Notice, Rule

from .bounds import Bounds
from .known_workers import KnownWorker
from .remuneration_lines import Remuneration

RATE_POINTS = 20_00
"""In hundredths of a percent."""
PAY_PERCENT = 20
ENOUGH = 3
"""With fewer lines to compare, there is no « most of them »."""


class LastYearLine(NamedTuple):
    """What the certificate in force of the campaign before says of a worker.

    The amount in cents, the rate and the part in hundredths of a percent.
    """

    rate: int
    net_remuneration: int | None
    esat_share: int | None


class Jump(NamedTuple):
    """A value of a line that is far from that of last year."""

    line: Remuneration
    field: str
    rises: bool


class Pair(NamedTuple):
    """A line, that of last year, and whether a change of rate was declared between."""

    line: Remuneration
    before: LastYearLine
    is_rate_declared: bool


def pairs(
    lines: Iterable[Remuneration],
    worker_of: Callable[[Remuneration], KnownWorker | None],
    last_year: Mapping[str, LastYearLine],
    year: int,
) -> Iterator[Pair]:
    """The lines without an error of who was declared here last year.

    `year` is that of the campaign: changes count from December to November.
    """
    december, november = date(year - 1, 12, 1), date(year, 11, 30)
    for line in lines:
        worker = worker_of(line)
        if worker is None or line.errors:
            continue
        before = last_year.get(worker.card.id)
        if before is None:
            continue
        is_declared = any(
            event.rate is not None
            and event.kind is not ChangeKind.RATE_FOUND
            and december <= event.on <= november
            for event in worker.history.events
        )
        yield Pair(line, before, is_declared)


def tell_jumps(
    compared: Sequence[Pair], bounds: Bounds, of: str = "lines"
) -> list[Notice]:
    """Warn the lines that jump; return what is told of most of them together.

    `of`: the list of the input that has the lines.
    """
    jumps: list[Jump] = []
    for pair in compared:
        jumps.extend(jumps_of(pair, bounds))
    counts = Counter((jump.field, jump.rises) for jump in jumps)
    common = {
        movement
        for movement, count in counts.items()
        if len(compared) >= ENOUGH and count * 2 > len(compared)
    }
    for jump in jumps:
        if (jump.field, jump.rises) not in common:
            jump.line.warn(Rule.JUMP, jump.field)
    return [Notice(Rule.JUMP_ALL, (of,))] if common else []


def jumps_of(pair: Pair, bounds: Bounds) -> Iterator[Jump]:
    """The values of one line that are far from those of last year."""
    line, before, is_rate_declared = pair
    rate = line.rate
    if rate is None:
        return
    moved = rate - before.rate
    if abs(moved) >= RATE_POINTS and not is_rate_declared:
        yield Jump(line, "rate", moved > 0)
    pay, pay_before = line.net_remuneration, before.net_remuneration
    if pay and pay_before and not moved:
        difference = pay - pay_before
        if abs(difference) * 100 >= PAY_PERCENT * pay_before:
            yield Jump(line, "net_remuneration", difference > 0)
    share, share_before = line.esat_share, before.esat_share
    if share is None or share_before is None:
        return
    is_high, was_high = share > bounds.threshold, share_before > bounds.threshold
    if is_high != was_high:
        yield Jump(line, "esat_share", is_high)
