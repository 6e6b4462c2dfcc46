"""The array that a row of a record becomes in JSON.

Its columns come first, then what hangs from it.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Date, Enum, LargeBinary
from sqlalchemy.orm import Mapper, RelationshipProperty

from persistence.types import FOREVER, Instant

JsonReader: TypeAlias = Callable[[Any], Any]
"""The value of an attribute, from its value in JSON."""


class LayoutColumn(NamedTuple):
    """A column of the array, with the attribute that it fills.

    `reader` is None where the value in JSON is the attribute's.
    """

    name: str
    attribute: str
    reader: JsonReader | None

    def read(self, value: Any) -> Any:  # noqa: ANN401 the attribute's value
        if value is None or self.reader is None:
            return value
        return self.reader(value)


class RowLayout(NamedTuple):
    """The order of a row's array: columns, then the relations loaded with it.

    `key` are the attributes of the primary key. What the mapping defers is left out.
    """

    columns: list[LayoutColumn]
    key: list[str]
    relations: list[RelationshipProperty[Any]]


@cache
def layout_of(mapper: Mapper[Any]) -> RowLayout:
    """The layout of a mapped class."""
    columns = []
    for column in mapper.local_table.c:
        attribute = mapper.get_property_by_column(column)
        if not attribute.deferred:
            reader = json_reader(column)
            columns.append(LayoutColumn(column.name, attribute.key, reader))
    keys = map(mapper.get_property_by_column, mapper.primary_key)
    relations = [each for each in mapper.relationships if each.lazy == "selectin"]
    return RowLayout(columns, [key.key for key in keys], relations)


def json_reader(column: ColumnElement[Any]) -> JsonReader | None:
    """How a column's value is read from JSON; None where it needs no reading."""
    match column.type:
        case Enum(enum_class=enum) if enum is not None:
            return enum.__members__.__getitem__
        case Date():
            return day_of
        case LargeBinary():
            return bytes.fromhex
        case Instant():
            return datetime.fromisoformat
    return None


def day_of(text: str) -> date:
    """The day that JSON writes.

    PostgreSQL writes `FOREVER`, the last day that Python knows, as `infinity`.
    """
    return FOREVER if text == "infinity" else date.fromisoformat(text)
