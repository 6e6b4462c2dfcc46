"""What the engine is told of this register: tables, views, who sees what, readings."""

import re
import unicodedata
from collections.abc import Mapping

from sqlalchemy import ColumnElement, FromClause

from persistence.reading.context import SqlContext
from persistence.reading.model import Model, Reading
from persistence.records.base import Base, name_key, table
from persistence.records.identifiers import compact
from persistence.records.onboarding import GRACE
from persistence.sealing import journal_rows

from .campaign_boards import boards
from .campaign_places import CAMPAIGN_PLACE, campaign_places
from .guards import GUARDED, PUBLIC
from .holdings import rights
from .onboardings import onboardings
from .roster import ROSTER, roster_rows
from .visibility import visible

SIREN, SIRET = 9, 14
NO_WORD, NO_ADDRESS = "-", " "
"""What no key of a name, and no address, holds."""


def searched_words(text: str) -> list[str]:
    """The words of a name, as keys hold them; without any, one that no key holds."""
    return name_key(text).split() or [NO_WORD]


def searched_address(text: str) -> str:
    """An e-mail address, or a part of one, as addresses are kept."""
    return unicodedata.normalize("NFC", text.strip().lower())


def number(text: str, end: str = "") -> str:
    """The nine to fourteen first digits of a SIRET, in any spacing, then `end`.

    Any other text gives an empty one.
    """
    digits = compact(text)
    is_number = digits.isascii() and digits.isdigit()
    return digits + end if is_number and SIREN <= len(digits) <= SIRET else ""


READINGS: Mapping[str, Reading] = {
    "words": searched_words,
    "longest word": lambda text: max(searched_words(text), key=len),
    "address": lambda text: searched_address(text) if "@" in text else NO_ADDRESS,
    "finess": lambda text: compact(text).upper(),
    "compact": compact,
    "digits": lambda text: re.sub("[^0-9]", "", compact(text)),
    "number": number,
    "past number": lambda text: number(text, ":"),  # what follows 9
    "grace": lambda day: day - GRACE,
}


def read_conditions(
    record: str, row: FromClause, context: SqlContext, *, anchored: bool
) -> list[ColumnElement[bool]]:
    """The predicate of the record's read; none for what any signed-in caller may see.

    A test that looks at rows of another record puts it on them: a filter tells nothing
    that a list hides.
    """
    if record in PUBLIC:
        return []
    permits = context.permits(GUARDED[record].type, "read")
    return [visible(record, row, permits, context, anchored=anchored)]


MODEL = Model(
    tables={name: table(name) for name in Base.metadata.tables}
    | {"roster": ROSTER, "campaign_place": CAMPAIGN_PLACE},
    views={
        "journal": journal_rows,
        "onboarding": onboardings,
        "right": rights,
        "roster": roster_rows,
        "campaign_board": boards,
        "campaign_place": campaign_places,
    },
    visible=read_conditions,
    readings=READINGS,
    prefixes={
        mapper.class_.__tablename__: mapper.class_.prefix
        for mapper in Base.registry.mappers
        if hasattr(mapper.class_, "prefix")
    }
    | {"roster": "wrk", "campaign_place": "est"},
)
