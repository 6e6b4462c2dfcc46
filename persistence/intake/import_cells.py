"""The cells of a line of an extraction, each read as it was meant, or a reason why it cannot be."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from persistence.records.identifiers import Finess, compact, holds_nir, whole
from persistence.records.import_proofs import fingerprint, place
from persistence.records.names import INVISIBLE, clean_name, has_invisible
from persistence.records.rules import Notice, Refused, Rule
from persistence.types import folded

from .cells import CROSS, NO, YES, day, siret
from .import_columns import Columns, ImportField
from .import_words import FIELDS, ParsedImportLine, Reference

T = TypeVar("T")


FLAGS = frozenset(
    {ImportField.KNOWN_MCP, ImportField.KNOWN_HABTIERS, ImportField.ACTIVE}
)
FINESS, CAF = 9, 3
LONGEST, LONGEST_RAW = 250, 250
COMPUTED = 1
"""Where a cell says that it is computed."""
REMOVED = "«retiré»"
"""What is shown where a personal number was."""
MORE_YES = YES | {"v", "actif", "active"}
MORE_NO = NO | {"-", "inactif", "inactive"}
"""What a list of partners writes beside the words of a payroll."""


def read(
    number: int,
    cells: Sequence[tuple[str, bool, bool]],
    columns: Columns,
    context: Reference,
    sheet: str = "",
    *,
    is_alone: bool = True,
) -> ParsedImportLine:
    """A line against the header of its sheet; every reason is told, not only the first."""
    word = ParsedImportLine(
        sheet,
        number,
        place(number, "" if is_alone else sheet),
        _raw(cells, columns),
        context.opener_id,
    )
    personal = [name for name, text in word.raw.items() if text == REMOVED]
    word.reasons += [
        Notice(Rule.NIR_IN_TEXT, _cell(name), f"« {name} ».") for name in personal
    ]
    _Reading(word, cells, columns, context).all()
    for at in columns.fields.values():
        if at < len(cells) and cells[at][COMPUTED]:
            word.tell(
                Rule.EXTRACT_FORMULA,
                f"« {columns.names[at]} ».",
                *_cell(columns.names[at]),
            )
    if any(text.strip() for text, *_ in cells[len(columns.names) :]):
        word.tell(Rule.EXTRACT_CELLS)
    return word


def _cell(header: str) -> tuple[str, str]:
    """The path of a cell in its line."""
    return ("raw", header)


def _raw(cells: Sequence[tuple[str, bool, bool]], columns: Columns) -> dict[str, str]:
    """The cells as written, under their headers; a personal number is taken out."""
    place = columns.fields.get(ImportField.SIRET)
    return {
        name: REMOVED
        if _is_personal(text, is_siret=index == place)
        else text[:LONGEST_RAW]
        for index, (name, (text, *_)) in enumerate(
            zip(columns.names, cells, strict=False)
        )
    }


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
        cells: Sequence[tuple[str, bool, bool]],
        columns: Columns,
        context: Reference,
    ) -> None:
        self.word, self.context = word, context
        self.texts = {
            f: cells[at][0].strip()
            for f, at in columns.fields.items()
            if at < len(cells)
        }
        self.paths = {f: _cell(columns.names[at]) for f, at in columns.fields.items()}
        self.unread: dict[str, str] = {}

    def all(self) -> None:
        word, read = self.word, self._read
        word.siret = read("siret", ImportField.SIRET, siret)
        word.name = read("name", ImportField.NAME, _name)
        word.department = read("department", ImportField.DEPARTMENT, self._department)
        word.organism_id = (
            read("organism_id", ImportField.ORGANISM, self._organism)
            or self.context.opener_id
        )
        word.known_mcp = read("known_mcp", ImportField.KNOWN_MCP, _presence("MCP"))
        word.known_habtiers = read(
            "known_habtiers", ImportField.KNOWN_HABTIERS, _presence("Habtiers")
        )
        word.active = read("active", ImportField.ACTIVE, _active)
        word.last_seen_on = read("last_seen_on", ImportField.LAST_SEEN_ON, _day)
        word.finess = read("finess", ImportField.FINESS, self._finess)
        word.contact = read("contact", ImportField.CONTACT, _contact)
        self._tell_presence()
        values = [
            self.unread.get(name, value)
            for name, value in zip(FIELDS, word.values, strict=True)
        ]
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
            self.word.tell(
                refused.rule, refused.notice.detail, *self.paths.get(place, ())
            )
            self.unread[name] = text
            return None
        if place in FLAGS and folded(text) == CROSS:
            self.word.tell(Rule.CROSS_IS_YES, None, *self.paths[place])
        return value

    def _department(self, text: str) -> str | None:
        if not text:
            return None
        code = whole(text).upper()
        code = code.zfill(2) if code.isdigit() else code
        code = code[1:] if len(code) == len("075") and code.startswith("0") else code
        if code in self.context.excluded:
            raise Refused(Rule.DEPARTMENT_EXCLUDED, detail=f"{code}.")
        if code not in self.context.departments:
            raise Refused(Rule.DEPARTMENT_UNKNOWN, detail=f"« {text[:20]} ».")
        return code

    def _organism(self, text: str) -> str:
        organism_id = self.context.organisms.get(whole(text).upper().zfill(CAF))
        if organism_id is None:
            raise Refused(
                Rule.EXTRACT_CAF_UNKNOWN, detail=f"« {text[:20]} »." if text else None
            )
        return organism_id

    def _finess(self, text: str) -> str | None:
        if not text:
            return None
        bare = compact(text)
        finess = Finess.read(f"0{bare}" if len(bare) == FINESS - 1 else bare)
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


def _name(text: str) -> str:
    if has_invisible(text):
        raise Refused(
            Rule.VALUE_INVALID,
            detail=f"Raison sociale : {INVISIBLE[0].lower()}{INVISIBLE[1:]}",
        )
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
