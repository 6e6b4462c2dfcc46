"""How SQLite spells it. Its JSON is text, which `json()` marks as JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    FromClause,
    ScalarSelect,
    SelectBase,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import sqlite

from persistence.types import written

from .sql_words import KINDS, DriverValue, Pair, Sql, flat, quoted
from .values import CoercedValue

TEXT_KINDS = {"texts", "day", "instant"}
"""The driver takes these as texts: a list of texts as JSON."""


class SqliteDialect:
    """SQLite, by the driver of Python."""

    name: ClassVar[str] = "sqlite"
    dialect: ClassVar[Dialect] = sqlite.dialect(paramstyle="named")

    # binds

    def bind(self, name: str, kind: str) -> BindParameter[Any]:
        """A bind of this kind."""
        type_ = Text() if kind in TEXT_KINDS else KINDS[kind]
        return bindparam(name, type_=type_)

    def adapt(self, value: CoercedValue, kind: str) -> DriverValue:
        """A value as the driver takes it."""
        match value:
            case datetime():
                return written(value)
            case date():
                return value.isoformat()
            case list() | tuple() if kind == "texts":
                return orjson.dumps(value).decode()
        return value

    # tests

    def among(self, term: Sql, values: BindParameter[Any]) -> ColumnElement[bool]:
        """Whether the term is one of a list of texts."""
        each = func.json_each(values)
        return term.in_(select(literal_column("value")).select_from(each))

    def among_rows(self, term: Sql, rows: SelectBase) -> ColumnElement[bool]:
        """Whether the term is one of the rows."""
        return term.in_(rows)

    def find(self, term: Sql, words: Sql) -> ColumnElement[bool]:
        """Whether the text holds these words, as they stand."""
        return func.instr(term, words) > 0

    def holds_all(self, term: Sql, words: BindParameter[Any]) -> ColumnElement[bool]:
        """Whether the text holds each word of a list."""
        word = func.json_each(words).table_valued("value", name="word")
        is_absent = func.instr(term, word.c.value) == 0
        absent = select(word.c.value).where(is_absent)
        return ~absent.correlate_except(word).exists()

    # days

    def day_of(self, instant: Sql, hours: int) -> Sql:
        """The day of an instant, so many hours before Greenwich."""
        return func.date(instant, quoted(f"+{hours} hours"))

    def day(self, year: Sql, month_and_day: str) -> Sql:
        """A day of a year, such as `01-15`."""
        return cast(year, Text) + quoted(f"-{month_and_day}")

    # rows

    def numbered(self, values: BindParameter[Any]) -> FromClause:
        """The texts of a list as rows: `id`, the text, and `n`, its rank."""
        each = func.json_each(values).table_valued("key", "value", name="ids")
        rows = select(each.c.value.label("id"), each.c.key.label("n"))
        return rows.subquery("asked")

    # JSON

    def value(self, term: Sql) -> Sql:
        """A value inside JSON."""
        if isinstance(term.type, JSON):
            return func.json(term)
        if isinstance(term.type, Boolean):
            word = case(
                (term.is_(None), None),
                (term, quoted("true")),
                else_=quoted("false"),
            )
            return func.json(word)
        return term

    def nested(self, rows: ScalarSelect[Any] | Sql) -> Sql:
        """JSON inside JSON."""
        return func.json(rows)

    def object(self, pairs: Sequence[Pair]) -> Sql:
        """A JSON object."""
        return func.json_object(*flat(pairs))

    def array(self, items: Sequence[Sql]) -> Sql:
        """A JSON array."""
        return func.json_array(*items)

    def listed(
        self, item: Sql, order: Sequence[Any], where: ColumnElement[bool] | None = None
    ) -> Sql:
        """The items of all rows as one array, in an order."""
        array = func.json_group_array(func.json(item)).aggregate_order_by(*order)
        return array if where is None else array.filter(where)

    def texts_in(self, rows: SelectBase) -> Sql:
        """A JSON array of one text column, in the order of `rows`."""
        texts = rows.subquery().c[0]
        array = select(func.json_group_array(texts)).scalar_subquery()
        return type_coerce(array, JSON)

    def constant(self, words: Sequence[str]) -> Sql:
        """Our own words as a JSON array."""
        return type_coerce(quoted(orjson.dumps(words).decode()), JSON)

    def cursor(self, keys: Sequence[Sql]) -> Sql:
        """The keys of a row as a JSON array, in hexadecimal."""
        return func.hex(func.json_array(*keys))
