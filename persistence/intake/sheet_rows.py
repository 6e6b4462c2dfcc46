"""The rows of a sheet, and what stands in their cells."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

LONGEST = 1_000
"""The characters of a cell."""

ERRORS = {
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#NOM?",
    "#VALEUR!",
    "#NOMBRE!",
}
UNSAID = dict.fromkeys(
    (*range(9), *range(11, 13), *range(14, 32), *range(0xD800, 0xE000))
)
"""Characters that no text of the register holds."""


class SheetCell(NamedTuple):
    """What stands in a cell; `computed` for a formula or a spreadsheet's own error."""

    text: str
    computed: bool = False
    number: bool = False


class Row(NamedTuple):
    """A row that says something, under the number that a spreadsheet shows.

    `width` counts its blank cells too.
    """

    number: int
    cells: tuple[SheetCell, ...]
    width: int


class Sheet(NamedTuple):
    """A sheet, or a csv parted by one of the marks.

    `rows` reads it from its top, a row at a time.
    """

    name: str
    is_visible: bool
    rows: Callable[[], Iterator[Row]]


EMPTY = SheetCell("")


def row_of(number: int, cells: Iterable[SheetCell]) -> Row:
    """The row, without the blank cells at its end.

    None is left when it says nothing.
    """
    written = tuple(cells)
    width = max(
        (place for place, cell in enumerate(written, 1) if cell.text.strip()), default=0
    )
    return Row(number, written[:width], len(written))


def text_cell(text: str, *, computed: bool = False) -> SheetCell:
    visible = text.translate(UNSAID)[:LONGEST]
    bare = visible.strip()
    return SheetCell(
        visible, computed or bare.startswith("=") or bare.upper() in ERRORS
    )
