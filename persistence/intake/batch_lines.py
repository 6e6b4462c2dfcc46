"""A line of a batch while it is read: its cells, and what is to be told of them."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from persistence.draft_cells import NUMBERS, cells_of
from persistence.records.nir import SHORTEST
from persistence.records.rules import Notice, Refused, Rule

from .cells import CROSS, LONGEST_TEXT, bounded

T = TypeVar("T")


def texts(raw: Mapping[str, Any]) -> dict[str, str]:
    """The cells that hold something."""
    return {name: text.strip() for name, text in cells_of(raw).items()}


class CellReader(NamedTuple):
    """How a cell is read, and the attribute that takes it."""

    read: Callable[[str], Any]
    attribute: str


def cells(**readers: Callable[[str], Any]) -> dict[str, CellReader]:
    """The cells of a line by their names; the client's reference is the line's own."""
    return {
        named: CellReader(read, "reference" if named == "client_reference" else named)
        for named, read in readers.items()
    }


@dataclass(slots=True)
class ParsedLine:
    """A line of a batch while it is read.

    Its rank in the list `of` the input, and what is to be told of it, at its fields.
    """

    index: int
    reference: str | None = None
    errors: list[Notice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    of: str = "lines"

    def path(self, at: str) -> tuple[str, ...]:
        """Where a field of the line is in the input."""
        return (self.of, str(self.index), at)

    def reject(self, rule: Rule, at: str, detail: str | None = None) -> None:
        self.errors.append(Notice(rule, self.path(at), detail))

    def warn(self, rule: Rule, at: str, detail: str | None = None) -> None:
        self.warnings.append(Notice(rule, self.path(at), detail))

    def take(
        self,
        text: str | None,
        read: Callable[[str], T],
        at: str,
        missing: Rule | None = None,
    ) -> T | None:
        """The value of a cell.

        None, and an error at its field, when it cannot be read or is missed.
        """
        if text is None:
            if missing is not None:
                self.reject(missing, at)
            return None
        try:
            return read(bounded(text))
        except Refused as refused:
            self.reject(refused.rule, at, refused.notice.detail)
            return None

    def take_all(
        self, row: Mapping[str, str], cells: Mapping[str, "CellReader"]
    ) -> None:
        """The cells that are said, each into its attribute."""
        for field_, text in row.items():
            cell = cells.get(field_)
            if cell is not None:
                try:
                    value = cell.read(bounded(text))
                except Refused as refused:
                    self.reject(refused.rule, field_, refused.notice.detail)
                    continue
                setattr(self, cell.attribute, value)
                if value is True and text.casefold() == CROSS:
                    self.warn(Rule.CROSS_IS_YES, field_)

    def missed(self, *fields: str) -> bool:
        """Whether one of these fields has an error."""
        return any(notice.path[-1] in fields for notice in self.errors)


def refuse_numbers(
    lines: Sequence[ParsedLine], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse, and empty, a free text that holds the number of somebody of its batch.

    Numbers are taken as the cells write them, so that one whose key is wrong is not
    repeated either.
    """
    numbers = {
        bare[:SHORTEST]
        for row in rows
        for cell in NUMBERS
        for bare in (_bare((row.get(cell) or "")[:LONGEST_TEXT]),)
        if len(bare) >= SHORTEST
    }
    for line in lines:
        for attribute, cell in reversed(FREE_TEXTS.items()):
            text = _bare(getattr(line, attribute, None) or "")
            if any(
                text[start : start + SHORTEST] in numbers
                for start in range(len(text) - SHORTEST + 1)
            ):
                setattr(line, attribute, None)
                notice = Notice(Rule.NIR_IN_TEXT, line.path(cell))
                line.errors.insert(0, notice)


FREE_TEXTS = {
    "reference": "client_reference",
    "confirmation": "confirmation",
    "comment": "comment",
}


def _bare(text: str) -> str:
    """Its letters and digits, as a NIR writes them."""
    return "".join(
        c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum()
    )
