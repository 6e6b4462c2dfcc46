"""Drawings, as SVG that the server makes: bars of shares, columns by day.

A drawing says nothing alone: its numbers stand beside it, or in the table under it. Its
colours are classes, each with a hatch of its own: no style attribute.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from .kernel import typography

BAR_WIDTH, BAR_HEIGHT = 200, 14
WIDTH, HEIGHT = 880, 170
LEFT, RIGHT, TOP, BOTTOM = 36, 12, 22, 28
"""The margins of the columns, for their axes."""
HATCHES = Markup(
    '<svg class="unseen" aria-hidden="true" width="0" height="0"><defs>{}</defs></svg>'
)
HATCH = Markup(
    '<pattern id="hatch-{n}" width="{size}" height="{size}"'
    ' patternUnits="userSpaceOnUse" patternTransform="rotate({turn})">'
    '<rect width="{size}" height="{size}" class="series-{n}" />'
    '<rect width="{stripe}" height="{size}" class="stripe" /></pattern>'
)
PATTERNS: Mapping[int, Mapping[str, int]] = {
    2: {"size": 5, "stripe": 2, "turn": 45},
    3: {"size": 4, "stripe": 2, "turn": 0},
    4: {"size": 6, "stripe": 2, "turn": 135},
}
"""The hatch of each series but the first one, which is plain."""
RECT = Markup('<rect x="{x}" y="{y}" width="{width}" height="{height}" {look} />')
PLAIN, HATCHED = Markup('class="series-{n}"'), Markup('fill="url(#hatch-{n})"')
TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>')
LINE = Markup('<line x1="{x}" x2="{to}" y1="{y}" y2="{down}" class="{look}" />')


def hatches() -> Markup:
    """The patterns that the drawings of a page share: once on a page."""
    patterns = [HATCH.format(n=n, **look) for n, look in PATTERNS.items()]
    return HATCHES.format(Markup("").join(patterns))


def _look(series: int) -> Markup:
    kind = HATCHED if series in PATTERNS else PLAIN
    return kind.format(n=series)


def swatch(series: int) -> Markup:
    """A square of a series, for a legend."""
    square = RECT.format(x=0, y=0, width=14, height=14, look=_look(series))
    return Markup(
        '<svg class="key" viewBox="0 0 14 14" aria-hidden="true">{}</svg>'
    ).format(square)


def share_bar(parts: Sequence[int], largest: int) -> Markup:
    """A bar of several parts, in the order of the series.

    Its whole length is that of the largest total of the table.
    """
    return Markup(
        '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none"'
        ' aria-hidden="true">{}</svg>'
    ).format(BAR_WIDTH, BAR_HEIGHT, Markup("").join(_parts(parts, largest)))


def _parts(parts: Sequence[int], largest: int) -> Iterator[Markup]:
    unit = BAR_WIDTH / max(largest, 1)
    x = 0.0
    for series, part in enumerate(parts, start=1):
        width = part * unit
        if part:
            # a hair between two parts: they are told apart without their colours
            yield RECT.format(
                x=round(x, 1),
                y=0,
                width=round(max(width - 1, 1), 1),
                height=BAR_HEIGHT,
                look=_look(series),
            )
        x += width


def day_columns(
    counts: Mapping[date, int], first: date, last: date, mark: date, title_id: str
) -> Markup:
    """How many each day from the first to the last, with a line after the marked day.

    `title_id` is the id of what names the drawing.
    """
    drawing = _Days(counts, first, last)
    shapes = (*drawing.axes(), *drawing.columns(), *drawing.marked(mark))
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"'
        ' aria-labelledby="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, title_id, Markup("").join(shapes))


class _Days:
    """Columns of days: where each stands, and how high."""

    def __init__(self, counts: Mapping[date, int], first: date, last: date) -> None:
        self.counts = counts
        self.first = first
        self.last = last
        self.most = max(counts.values(), default=0)
        self.step = (WIDTH - LEFT - RIGHT) / ((last - first).days + 1)
        self.floor = HEIGHT - BOTTOM

    def axes(self) -> Iterator[Markup]:
        end = WIDTH - RIGHT
        yield LINE.format(x=LEFT, to=end, y=self.floor, down=self.floor, look="axis")
        if self.most:
            yield LINE.format(x=LEFT, to=end, y=TOP, down=TOP, look="axis faint")
            most = typography.number(self.most)
            yield TEXT.format(x=LEFT - 6, y=TOP + 4, anchor="end", words=most)
        day = self.first
        while day <= self.last:
            words = typography.short_day(day)
            x = round(self._x(day), 1)
            yield TEXT.format(x=x, y=HEIGHT - 8, anchor="start", words=words)
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)

    def columns(self) -> Iterator[Markup]:
        for day, count in sorted(self.counts.items()):
            if self.first <= day <= self.last:
                height = round((self.floor - TOP) * count / self.most, 1)
                yield RECT.format(
                    x=round(self._x(day) + 0.5, 1),
                    y=round(self.floor - height, 1),
                    width=round(self.step - 1, 1),
                    height=height,
                    look=_look(1),
                )

    def marked(self, day: date) -> Iterator[Markup]:
        if self.first <= day <= self.last:
            x = round(self._x(day) + self.step, 1)
            yield LINE.format(x=x, to=x, y=TOP - 8, down=self.floor, look="deadline")
            words = f"après le {typography.short_day(day)} : à risque"
            yield TEXT.format(x=x + 6, y=TOP - 8, anchor="start", words=words)

    def _x(self, day: date) -> float:
        return LEFT + (day - self.first).days * self.step
