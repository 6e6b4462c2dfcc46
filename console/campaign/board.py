"""The numbers of a board, as the drawings take them."""

from collections.abc import Mapping, Sequence
from datetime import date

from console.kernel.masking import Mask


def deposits_by_day(rows: Sequence[Mask]) -> Mapping[date, int]:
    """How many deposits each day, from the days of a board."""
    return {row.day: row.deposits for row in rows}
