"""What every record shares: its id, its version, how values are stored."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    Date,
    Enum,
    Index,
    Integer,
    MetaData,
    TableClause,
    column,
    inspect,
    text,
)
from sqlalchemy import table as plain_table
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from uuid_utils import uuid7

from persistence.types import Instant, Words, folded

from .names import AS_WRITTEN
from .periods import Period
from .rules import Rule, require

UNTOLD: dict[str, Any] = {"untold": True}
"""Column info: personal values, free words, decisions. The journal says that they
changed, never what they are."""


def french(day: date) -> str:
    """The day as our sentences say it: `10/12/2026`."""
    return f"{day:%d/%m/%Y}"


def name_key(name: str) -> str:
    """The key that orders and finds a name: its words, without accents or case.

    It is alike on both databases.

    What stands between them is all one: « O’Brien », « o'brien » and « O Brien » have
    one key.
    """
    letters = "".join(
        c for c in folded(name.translate(AS_WRITTEN)) if unicodedata.category(c) != "Cf"
    )
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def named(kind: type[StrEnum]) -> Enum:
    """An enum stored under its GraphQL name, held by a check."""
    return Enum(
        kind, native_enum=False, create_constraint=True, length=40, name=kind.__name__
    )


def unique_where(name: str, *columns: str, where: str) -> Index:
    """A partial unique index."""
    return index_where(name, *columns, where=where, unique=True)


def index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """A partial index.

    Both dialects are named: with one, the index would be a full one on the other.
    """
    return Index(
        name,
        *columns,
        unique=unique,
        sqlite_where=text(where),
        postgresql_where=text(where),
    )


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Words,
        date: Date,
        datetime: Instant,
    }


@cache
def table(record: str) -> TableClause:
    """The table of a record, to read from.

    It has the columns alone: an alias of it costs less than one of the mapped table.
    """
    mapped = Base.metadata.tables[record]
    return plain_table(record, *(column(c.name, c.type) for c in mapped.columns))


def fresh_id(prefix: str) -> str:
    """A UUIDv7 behind its record's prefix: `ptr_0192…`."""
    return f"{prefix}_{uuid7().hex}"


class Dated:
    """Days [starts_on, ends_on): the end is the first day without."""

    period: ClassVar = Period("starts_on", ("ends_on",))

    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    def is_active_on(self, day: date) -> bool:
        return self.period.holds(self, day)

    def lasts(self, day: date) -> bool:
        """Whether it runs on that day, or on a later one."""
        return self.period.lasts(self, day)

    def end(self, on: date, today: date) -> None:
        """End today or later.

        An announced end may be brought forward, never put off.
        """
        require(on >= today, Rule.DATE_PAST, "on")
        require(self.ends_on is None or on < self.ends_on, Rule.ALREADY_ENDED, "on")
        self.ends_on = on

    def cancel_end(self, today: date) -> None:
        """An end still to come is undone."""
        require(self.ends_on is not None and self.ends_on > today, Rule.CLOSING_PASSED)
        self.ends_on = None


class Record(Base):
    """A record with a public id, `prefix_…`, and a version for its forms.

    The id is stored as it is shown.
    """

    __abstract__ = True
    prefix: ClassVar[str]
    new_id: ClassVar[Callable[[str], str]] = staticmethod(fresh_id)

    id: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    version: Mapped[int] = mapped_column(Integer, default=1, sort_order=-1)

    def __init__(self, **facts: Any) -> None:  # noqa: ANN401 mapped attributes
        facts.setdefault("id", type(self).new_id(self.prefix))
        facts.setdefault("version", 1)
        for relation in inspect(type(self)).relationships:
            if (
                relation.uselist
            ):  # a new record has no children to be loaded from elsewhere
                facts.setdefault(relation.key, [])
        super().__init__(**facts)


def untold(**options: Any) -> MappedColumn[Any]:  # noqa: ANN401 passed through
    return mapped_column(info=UNTOLD, **options)
