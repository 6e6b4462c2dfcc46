"""How instants and words are stored and compared, alike on both databases."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Dialect, String, Text, types
from sqlalchemy.dialects.postgresql import TIMESTAMP

# Words are ordered by their bytes on both databases. Order and search use the keys
# of names.
Words = String().with_variant(String(collation="C"), "postgresql")

FOREVER = date(9999, 12, 31)
"""The end of the last span of a timeline; no right ends on it."""


class Instant(types.TypeDecorator[datetime]):
    """An aware UTC instant: `timestamptz`, or ISO text with microseconds on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if postgres else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        return written(value) if value and dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401 a driver's value
        dialect: Dialect,  # noqa: ARG002 SQLAlchemy's signature
    ) -> datetime | None:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


def written(instant: datetime) -> str:
    """The instant as both databases show it: `2026-12-10T08:00:00.000000Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def folded(words: str) -> str:
    """Words without accents or case, to be compared."""
    if words.isascii():
        return words.casefold().strip()
    letters = (
        c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)
    )
    return "".join(letters).casefold().replace("œ", "oe").replace("æ", "ae").strip()


ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def iso_day(text: str) -> date:
    """The day written AAAA-MM-JJ. Raises ValueError.

    No week, no rank in the year, nothing without dashes.
    """
    if not ISO_DAY.fullmatch(text):
        raise ValueError("AAAA-MM-JJ")
    return date.fromisoformat(text)
