"""How a cell of a batch is read, as a payroll writes it: decimal commas, spaces, days in French.

Each reader takes the text of a cell and gives its value, or raises `Refused`; none echoes what it was given.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from persistence.records.identifiers import (
    SCIENTIFIC,
    SHORTEST,
    Siret,
    compact,
    holds_nir,
    is_scientific,
    whole,
)
from persistence.records.names import INVISIBLE, has_invisible, is_spelled, person_name
from persistence.records.rules import Notice, Refused, Rule

T = TypeVar("T")
LINES = 1_000
"""What a batch holds at most."""
LONGEST_NAME, LONGEST_REFERENCE, LONGEST_TEXT = 80, 80, 500
SIRET, SHORTEST_SIRET = 14, 11
FULL = 100_00
"""A hundred percent, in hundredths."""
YES, NO = (
    {"o", "oui", "x", "1", "vrai", "true", "y", "yes"},
    {"n", "non", "0", "faux", "false", "no"},
)
CROSS = "x"
"""It says yes, and for some no: it is read, and told."""
SPACES = re.compile(r"[\s\u00a0\u202f]+")
MONEY = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
FRENCH = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")


def texts(raw: Mapping[str, Any]) -> dict[str, str]:
    """The cells that hold something."""
    return {
        name: text
        for name, value in raw.items()
        if value is not None and (text := value.strip())
    }


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
    """A line of a batch while it is read: its rank, and what is to be told of it, at its fields."""

    index: int
    reference: str | None = None
    errors: list[Notice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)

    def reject(self, rule: Rule, at: str, detail: str | None = None) -> None:
        self.errors.append(Notice(rule, ("lines", str(self.index), at), detail))

    def warn(self, rule: Rule, at: str, detail: str | None = None) -> None:
        self.warnings.append(Notice(rule, ("lines", str(self.index), at), detail))

    def take(
        self,
        text: str | None,
        read: Callable[[str], T],
        at: str,
        missing: Rule | None = None,
    ) -> T | None:
        """The value of a cell; None, and an error at its field, when it cannot be read or is missed."""
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


def bounded(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text of a cell, refused when it is too long for anything to read it. VALUE_INVALID."""
    if len(text) > longest:
        raise Refused(Rule.VALUE_INVALID, detail=f"{longest} caractères au plus.")
    return text


def cents(text: str) -> int:
    """An amount in euros, in cents: `1 012,50`, `812.33`, `1.012,50`. AMOUNT_INVALID."""
    match = MONEY.fullmatch(text)
    if match is None:
        bare = SPACES.sub("", text).removesuffix("€")
        if "," in bare and "." in bare:
            bare = bare.replace("." if bare.rindex(",") > bare.rindex(".") else ",", "")
        match = MONEY.fullmatch(bare)
    if match is None:
        raise Refused(Rule.AMOUNT_INVALID)
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def _percent(text: str, rule: Rule) -> int:
    try:
        return cents(text.removesuffix("%"))
    except Refused:
        raise Refused(rule) from None


def rate(text: str) -> int:
    """An activity rate, above 0 and up to 100, in hundredths. RATE_RANGE."""
    value = _percent(text, Rule.RATE_RANGE)
    if not 0 < value <= FULL:
        raise Refused(Rule.RATE_RANGE)
    return value


def share(text: str) -> int:
    value = _percent(text, Rule.SHARE_RANGE)
    if value > FULL:
        raise Refused(Rule.SHARE_RANGE)
    return value


def day(text: str) -> date:
    """`27/06/1970` or `1970-06-27`, from 1900 on. DAY_INVALID."""
    match = FRENCH.fullmatch(text) or ISO.fullmatch(text)
    try:
        read = (
            date(*(int(match[part]) for part in ("year", "month", "day")))
            if match
            else None
        )
    except ValueError:
        read = None
    if read is None or not 1900 <= read.year <= 2199:  # noqa: PLR2004 as `sizes` says
        raise Refused(Rule.DAY_INVALID)
    return read


def name(text: str) -> str:
    """Letters of any alphabet with their marks; an apostrophe may come first. NAME_INVALID."""
    if has_invisible(text):
        raise Refused(Rule.NAME_INVALID, detail=INVISIBLE)
    name = person_name(text)
    if len(name) > LONGEST_NAME or not is_spelled(name):
        raise Refused(Rule.NAME_INVALID)
    return name


def siret(text: str) -> Siret:
    """Fourteen digits; a spreadsheet may have eaten the first zeros, the key decides. SIRET_FORMAT, SIRET_KEY."""
    if not text:
        raise Refused(Rule.SIRET_FORMAT, detail="Il manque.")
    if is_scientific(text):
        raise Refused(Rule.SIRET_FORMAT, detail=SCIENTIFIC)
    digits = compact(text)
    return Siret.read(
        digits.zfill(SIRET) if SHORTEST_SIRET <= len(digits) < SIRET else digits
    )


def flag(text: str) -> bool:
    word = whole(text).casefold()
    if word not in YES | NO:
        raise Refused(Rule.VALUE_INVALID, detail="Oui ou non.")
    return word in YES


def reference(text: str) -> str:
    """The caller's own name of a line: opaque; `refuse_numbers` looks at those of a whole batch."""
    return bounded(text, LONGEST_REFERENCE)


def prose(text: str) -> str:
    if holds_nir(bounded(text)):
        raise Refused(Rule.NIR_IN_TEXT)
    return text


def refuse_numbers(
    lines: Sequence[ParsedLine], rows: Iterable[Mapping[str, Any]]
) -> None:
    """A free text that holds the thirteen characters of a NIR of its own batch is refused, and is not kept.

    Numbers are taken as the cells write them, so that one whose key is wrong is not repeated either.
    """
    numbers = {
        bare[:SHORTEST]
        for row in rows
        for bare in (_bare((row.get("nir") or "")[:LONGEST_TEXT]),)
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
                line.errors.insert(
                    0, Notice(Rule.NIR_IN_TEXT, ("lines", str(line.index), cell))
                )


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
