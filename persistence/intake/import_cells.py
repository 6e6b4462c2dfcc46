"""The cells of a line of an extraction.

Each is read as it was meant, or there is a reason why it cannot be.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from persistence.records.identifiers import Finess, compact, whole
from persistence.records.import_proofs import fingerprint, place
from persistence.records.names import INVISIBLE, clean_name, has_invisible
from persistence.records.nir import holds_nir
from persistence.records.rules import Refused, Rule
from persistence.types import folded

from .cells import CROSS, NO, YES, day, siret
from .import_columns import Columns, ImportField
from .import_words import FIELDS, ParsedImportLine, Reference
from .sheet_rows import SheetCell

T = TypeVar("T")


FLAGS = frozenset(
    {ImportField.KNOWN_MCP, ImportField.KNOWN_HABTIERS, ImportField.ACTIVE}
)
FINESS, CAF = 9, 3
LONGEST, LONGEST_RAW = 250, 250
REMOVED = "«retiré»"
"""What is shown where a personal number was."""
MORE_YES = YES | {"v", "actif", "active"}
MORE_NO = NO | {"-", "inactif", "inactive"}
"""What a list of partners writes beside the words of a payroll."""


def read(
    number: int,
    cells: Sequence[SheetCell],
    columns: Columns,
    context: Reference,
    sheet: str = "",
    *,
    is_alone: bool = True,
) -> ParsedImportLine:
    """A line against the header of its sheet.

    Every reason is told, not only the first.
    """
    where = place(number, "" if is_alone else sheet)
    raw = _raw(cells, columns)
    word = ParsedImportLine(sheet, number, where, raw, context.opener_id)
    for name, text in raw.items():
        if text == REMOVED:
            word.tell(Rule.NIR_IN_TEXT, f"« {name} ».", *_cell(name))
    _Reading(word, cells, columns, context).all()
    for at in columns.fields.values():
        if at < len(cells) and cells[at].computed:
            name = columns.names[at]
            word.tell(Rule.EXTRACT_FORMULA, f"« {name} ».", *_cell(name))
    beyond = cells[len(columns.names) :]
    if any(cell.text.strip() for cell in beyond):
        word.tell(Rule.EXTRACT_CELLS)
    return word


def _cell(header: str) -> tuple[str, str]:
    """The path of a cell in its line."""
    return ("raw", header)


def _raw(cells: Sequence[SheetCell], columns: Columns) -> dict[str, str]:
    """The cells as written, under their headers; a personal number is removed."""
    siret_place = columns.fields.get(ImportField.SIRET)
    raw = {}
    for index, (name, cell) in enumerate(zip(columns.names, cells, strict=False)):
        is_personal = _is_personal(cell.text, is_siret=index == siret_place)
        raw[name] = REMOVED if is_personal else cell.text[:LONGEST_RAW]
    return raw


def _is_personal(text: str, *, is_siret: bool) -> bool:
    if not holds_nir(text):
        return False
    try:
        return not (is_siret and siret(text))
    except Refused:
        return True


class _Reading:
    """The cells of a line, each into its word."""

    def __init__(
        self,
        word: ParsedImportLine,
        cells: Sequence[SheetCell],
        columns: Columns,
        context: Reference,
    ) -> None:
        self.word = word
        self.context = context
        self.texts: dict[ImportField, str] = {}
        self.paths: dict[ImportField, tuple[str, str]] = {}
        self.unread: dict[str, str] = {}
        """The texts of the cells that cannot be read, by the name of their value."""
        for field, at in columns.fields.items():
            self.paths[field] = _cell(columns.names[at])
            if at < len(cells):
                self.texts[field] = cells[at].text.strip()

    def all(self) -> None:
        word = self.word
        read = self._read
        in_mcp = _presence("MCP")
        in_habtiers = _presence("Habtiers")
        word.siret = read("siret", ImportField.SIRET, siret)
        word.name = read("name", ImportField.NAME, _name)
        word.department = read("department", ImportField.DEPARTMENT, self._department)
        organism_id = read("organism_id", ImportField.ORGANISM, self._organism)
        word.organism_id = organism_id or self.context.opener_id
        word.known_mcp = read("known_mcp", ImportField.KNOWN_MCP, in_mcp)
        word.known_habtiers = read(
            "known_habtiers", ImportField.KNOWN_HABTIERS, in_habtiers
        )
        word.active = read("active", ImportField.ACTIVE, _active)
        word.last_seen_on = read("last_seen_on", ImportField.LAST_SEEN_ON, _day)
        word.finess = read("finess", ImportField.FINESS, self._finess)
        word.contact = read("contact", ImportField.CONTACT, _contact)
        self._tell_presence()
        values = []
        for name, value in zip(FIELDS, word.values, strict=True):
            values.append(self.unread.get(name, value))
        word.fingerprint = fingerprint(values)

    def _read(
        self, name: str, place: ImportField, reading: Callable[[str], T]
    ) -> T | None:
        """The cell's value; None, and a reason, when it cannot be read."""
        text = self.texts.get(place, "")
        if _is_personal(text, is_siret=place is ImportField.SIRET):
            self.unread[name] = REMOVED
            return None
        try:
            value = reading(text)
        except Refused as refused:
            path = self.paths.get(place, ())
            self.word.tell(refused.rule, refused.notice.detail, *path)
            self.unread[name] = text
            return None
        if place in FLAGS and folded(text) == CROSS:
            self.word.tell(Rule.CROSS_IS_YES, None, *self.paths[place])
        return value

    def _department(self, text: str) -> str | None:
        if not text:
            return None
        code = _department_code(text)
        if code in self.context.excluded:
            raise Refused(Rule.DEPARTMENT_EXCLUDED, detail=f"{code}.")
        if code not in self.context.departments:
            raise Refused(Rule.DEPARTMENT_UNKNOWN, detail=f"« {text[:20]} ».")
        return code

    def _organism(self, text: str) -> str:
        code = whole(text).upper().zfill(CAF)
        organism_id = self.context.organisms.get(code)
        if organism_id is None:
            detail = f"« {text[:20]} »." if text else None
            raise Refused(Rule.EXTRACT_CAF_UNKNOWN, detail=detail)
        return organism_id

    def _finess(self, text: str) -> str | None:
        if not text:
            return None
        bare = compact(text)
        is_short = len(bare) == FINESS - 1
        finess = Finess.read(f"0{bare}" if is_short else bare)
        department = self.word.department
        if department is not None and finess.contradicts(department):
            raise Refused(Rule.FINESS_DEPARTMENT)
        return finess

    def _tell_presence(self) -> None:
        """Lines that make no partner stay, with their reason."""
        word = self.word
        if word.known_mcp is False and word.known_habtiers is False:
            word.tell(Rule.EXTRACT_NEITHER)
        elif word.active is False:
            word.tell(Rule.EXTRACT_INACTIVE)


def _department_code(text: str) -> str:
    """`75` for `075`, `01` for `1`: a spreadsheet writes a code as it can."""
    code = whole(text).upper()
    if code.isdigit():
        code = code.zfill(2)
    if len(code) == len("075"):
        code = code.removeprefix("0")
    return code


def _name(text: str) -> str:
    if has_invisible(text):
        what = f"{INVISIBLE[0].lower()}{INVISIBLE[1:]}"
        raise Refused(Rule.VALUE_INVALID, detail=f"Raison sociale : {what}")
    name = clean_name(text)
    if not name or len(name) > LONGEST:
        raise Refused(Rule.VALUE_INVALID, detail="Raison sociale.")
    return name


def _contact(text: str) -> str | None:
    return " ".join(text.split())[:LONGEST] or None


def _day(text: str) -> date | None:
    """A day, whatever the hour that follows it."""
    return day(text.split(maxsplit=1)[0]) if text else None


def _flag(text: str, column: str) -> bool:
    word = folded(whole(text))
    if word not in MORE_YES | MORE_NO:
        raise Refused(Rule.EXTRACT_YES_NO, detail=f"Colonne {column}.")
    return word in MORE_YES


def _presence(column: str) -> Callable[[str], bool]:
    """Known or not: where one writes X, an empty cell says no."""
    return lambda text: bool(text) and _flag(text, column)


def _active(text: str) -> bool | None:
    return _flag(text, "actif") if text else None
