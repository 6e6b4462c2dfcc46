"""The rows of the entry table: what is in each cell, and what is wrong there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from console.kernel.masking import Mask

GRID = ("rate", "netRemuneration", "netAid", "esatShare", "noPayReason")
"""The cells of the table."""
PAY = ("netRemuneration", "netAid", "noPayReason")
IDENTITY = (
    "nir",
    "birthName",
    "usedName",
    "givenNames",
    "birthDate",
    "matricule",
    "payingOrganism",
    "payingOrganismChanged",
    "enteredOn",
)
REST = (
    "dualActivity",
    "dualActivitySince",
    "dualActivityHours",
    "dualActivityEmployer",
    "dualActivityUntil",
    "aahBeneficiary",
    "confirmation",
    "comment",
)
WHOLE = (*IDENTITY, *GRID, *REST)
"""The cells of one line that is shown whole."""
PLAIN_NUMBER = re.compile(r"[0-9]{1,7}\.[0-9]{2}")
DIGEST = 16
"""In hexadecimal digits."""

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of a draft, as the table shows it.

    `typed` are cells that were not kept, because a colleague has changed the line
    since: they stand in the fields, and `cells` beside them. `errors` and `warnings`
    are by cell; `""` holds those of no cell of the table.
    """

    line_id: str
    mark: str
    name: str
    born: str
    cells: Cells
    errors: Mapping[str, Sequence[str]]
    warnings: Mapping[str, Sequence[str]]
    before: Mask | None = None
    before_is_live: bool = False
    typed: Cells | None = None

    @property
    def called(self) -> str:
        """The name, and the day of birth that tells it from a homonym's."""
        return f"{self.name}, {self.born}" if self.born else self.name

    @property
    def texts(self) -> Cells:
        return self.cells if self.typed is None else {**self.cells, **self.typed}

    @property
    def state(self) -> str:
        """`EMPTY` before anything of November is said."""
        if not any(self.cells.get(name) for name in PAY):
            return "EMPTY"
        if self.errors:
            return "WRONG"
        return "WARNED" if self.warnings else "READY"


def mark_of(version: int, cells: Cells, names: Sequence[str]) -> str:
    """What a form says of the line that it was filled from: its version and cells.

    A row that nobody touched is so sentences from one that a colleague has changed.
    """
    texts = "\n".join(f"{name}={cells.get(name, '')}" for name in sorted(names))
    return f"{version}.{sha256(texts.encode()).hexdigest()[:DIGEST]}"


def cells_of(line: Mask) -> dict[str, str]:
    """The cells of a line; a number of the register takes its decimal comma."""
    return {cell.field: _as_typed(cell.text) for cell in line.cells}


def _as_typed(text: str) -> str:
    return text.replace(".", ",") if PLAIN_NUMBER.fullmatch(text) else text


def entry_row(line: Mask, names: Sequence[str], typed: Cells | None) -> EntryRow:
    """A line with these cells as fields."""
    cells = cells_of(line)
    worker = line.worker
    given_names = worker.givenNames if worker else cells.get("givenNames", "")
    family = (
        (worker.usedName or worker.birthName)
        if worker
        else (cells.get("usedName") or cells.get("birthName", ""))
    )
    return EntryRow(
        line_id=line.id,
        mark=mark_of(line.version, cells, names),
        name=f"{family} {given_names}".strip() or "Personne sans nom",
        born=f"{worker.birthDate:%d/%m/%Y}" if worker else cells.get("birthDate", ""),
        cells=cells,
        errors=_by_cell(line.errors, names),
        warnings=_by_cell(line.warnings, names),
        before=line.live or line.lastYear,
        before_is_live=line.live is not None,
        typed=typed,
    )


def empty_row() -> EntryRow:
    """A line to be entered."""
    return EntryRow("", "", "", "", {"dualActivity": "non"}, {}, {})


def _by_cell(notices: Sequence[Mask], names: Sequence[str]) -> dict[str, Sequence[str]]:
    """The sentences of each cell; a sentence that stands once is not repeated."""
    sentences: dict[str, list[str]] = {}
    repeats = set()
    for notice in notices:
        last = notice.path[-1] if notice.path else ""
        if notice.message not in repeats:
            repeats.add(notice.message)
            sentences.setdefault(last if last in names else "", []).append(
                notice.message
            )
    return dict(sentences)
