"""What is told of a line that is far from that of last year (R20)."""

from collections.abc import Sequence

import pytest

from persistence.intake.jumps import LastYearLine, Pair, tell_jumps
from persistence.records import Rule

from .november import bounds_of, read, told

BOUNDS = bounds_of(2026)
SAME = LastYearLine(100_00, 1030_17, 12_00)
"""What the good line says, said last year too."""


def warned_of(before: LastYearLine, *, is_rate_declared: bool = False) -> list[str]:
    """The fields of the good line that are told, against this line of last year."""
    line = read()
    assert line.warnings == []

    whole = tell_jumps([Pair(line, before, is_rate_declared)], BOUNDS)

    assert whole == []
    assert {rule for rule, _ in told(line.warnings)} <= {Rule.JUMP}
    return [at for _, at in told(line.warnings)]


@pytest.mark.parametrize(
    ("before", "fields"),
    [
        (SAME, []),
        (SAME._replace(rate=80_01), []),
        (SAME._replace(rate=80_00), ["rate"]),
        (SAME._replace(net_remuneration=858_48), []),
        (SAME._replace(net_remuneration=858_47), ["net_remuneration"]),
        (SAME._replace(net_remuneration=1287_71), []),
        (SAME._replace(net_remuneration=1287_72), ["net_remuneration"]),
        (SAME._replace(rate=99_00, net_remuneration=500_00), []),
        (SAME._replace(net_remuneration=None), []),
        (SAME._replace(esat_share=5_00), []),
        (SAME._replace(esat_share=20_00), []),
        (SAME._replace(esat_share=20_01), ["esat_share"]),
        (SAME._replace(esat_share=4_99), []),
        (SAME._replace(esat_share=None), []),
        (LastYearLine(50_00, 500_00, 30_00), ["rate", "esat_share"]),
    ],
)
def test_a_line_is_told_at_each_field_that_is_far_from_last_year(
    before: LastYearLine, fields: Sequence[str]
) -> None:
    assert warned_of(before) == fields


def test_a_rate_that_was_declared_to_change_is_not_told() -> None:
    before = SAME._replace(rate=50_00)

    assert warned_of(before) == ["rate"]
    assert warned_of(before, is_rate_declared=True) == []


@pytest.mark.parametrize(
    ("moved", "count", "is_common"),
    [(1, 1, False), (2, 2, False), (3, 3, True), (2, 4, False), (3, 4, True)],
)
def test_what_moves_most_lines_in_one_direction_is_told_once(
    moved: int, count: int, *, is_common: bool
) -> None:
    lines = [read() for _ in range(count)]
    higher = SAME._replace(net_remuneration=2000_00)
    compared = [
        Pair(line, higher if rank < moved else SAME, is_rate_declared=False)
        for rank, line in enumerate(lines)
    ]

    whole = tell_jumps(compared, BOUNDS)

    assert [notice.rule for notice in whole] == [Rule.JUMP_ALL] * is_common
    alone = sum(len(line.warnings) for line in lines)
    assert alone == (0 if is_common else moved)


def test_whoever_moves_otherwise_than_most_is_still_told() -> None:
    lines = [read() for _ in range(4)]
    higher, lower = (SAME._replace(net_remuneration=net) for net in (2000_00, 500_00))
    befores = (higher, higher, higher._replace(rate=100_00), lower)
    compared = [
        Pair(line, b, is_rate_declared=False)
        for line, b in zip(lines, befores, strict=True)
    ]

    whole = tell_jumps(compared, BOUNDS)

    assert [notice.rule for notice in whole] == [Rule.JUMP_ALL]
    assert [told(line.warnings) for line in lines] == [
        [],
        [],
        [],
        [(Rule.JUMP, "net_remuneration")],
    ]
