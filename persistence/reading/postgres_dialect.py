"""How PostgreSQL spells it. Its JSON has a type of its own."""

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    ColumnElement,
    Date,
    Dialect,
    FromClause,
    ScalarSelect,
    SelectBase,
    String,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from persistence.types import Instant

from .sql_words import KINDS, DriverValue, Pair, Sql, flat, quoted
from .values import CoercedValue

PAIRS = 50
"""PostgreSQL's functions take a hundred arguments."""
INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
"""An instant in JSON, as SQLite stores it."""


class PostgresDialect:
    """PostgreSQL, by the driver asyncpg."""

    name: ClassVar[str] = "postgresql"
    dialect: ClassVar[Dialect] = asyncpg_dialect()  # type: ignore[no-untyped-call]

    # binds

    def bind(self, name: str, kind: str) -> BindParameter[Any]:
        """A bind of this kind."""
        type_ = ARRAY(String()) if kind == "texts" else KINDS[kind]
        return bindparam(name, type_=type_)

    def adapt(self, value: CoercedValue, kind: str) -> DriverValue:
        """A value as the driver takes it."""
        return list(value) if kind == "texts" else value

    # tests

    def among(self, term: Sql, values: BindParameter[Any]) -> ColumnElement[bool]:
        """Whether the term is one of a list of texts."""
        return term == func.any(values)

    def among_rows(self, term: Sql, rows: SelectBase) -> ColumnElement[bool]:
        """Whether the term is one of the rows: they are read once, as an array."""
        return term == func.any(func.array(rows.scalar_subquery()))

    def find(self, term: Sql, words: Sql) -> ColumnElement[bool]:
        """Whether the text holds these words, as they stand."""
        return func.strpos(term, words) > 0

    def holds_all(self, term: Sql, words: BindParameter[Any]) -> ColumnElement[bool]:
        """Whether the text holds each word of a list."""
        word = func.unnest(words).table_valued("value", name="word").render_derived()
        is_absent = func.strpos(term, word.c.value) == 0
        absent = select(word.c.value).where(is_absent)
        return ~absent.correlate_except(word).exists()

    # days

    def day_of(self, instant: Sql, hours: int) -> Sql:
        """The day of an instant, so many hours before Greenwich."""
        there = func.timezone("UTC", instant) + literal_column(f"interval '{hours} h'")
        return cast(there, Date)

    def day(self, year: Sql, month_and_day: str) -> Sql:
        """A day of a year, such as `01-15`."""
        month, day = month_and_day.split("-")
        return func.make_date(year, int(month), int(day))

    # rows

    def numbered(self, values: BindParameter[Any]) -> FromClause:
        """The texts of a list as rows: `id`, the text, and `n`, its rank."""
        rows = func.unnest(values).table_valued("id", with_ordinality="n", name="asked")
        return rows.render_derived()

    # JSON

    def value(self, term: Sql) -> Sql:
        """A value inside JSON."""
        if isinstance(term.type, Instant):
            return func.to_char(func.timezone("UTC", term), INSTANT)
        return term

    def nested(self, rows: ScalarSelect[Any] | Sql) -> Sql:
        """JSON inside JSON."""
        return rows

    def object(self, pairs: Sequence[Pair]) -> Sql:
        """A JSON object."""
        if len(pairs) <= PAIRS:
            return func.json_build_object(*flat(pairs))
        return self._long_object(pairs)

    def _long_object(self, pairs: Sequence[Pair]) -> Sql:
        """The texts of several objects, inside one pair of braces."""
        insides = []
        for start in range(0, len(pairs), PAIRS):
            chunk = self.object(pairs[start : start + PAIRS])
            without_first = func.substr(cast(chunk, Text), 2)
            insides.append(func.left(without_first, -1))
        inside = func.concat_ws(quoted(","), *insides)
        whole = func.concat(quoted("{"), inside, quoted("}"))
        return cast(whole, postgresql.JSON)

    def array(self, items: Sequence[Sql]) -> Sql:
        """A JSON array."""
        return func.json_build_array(*items)

    def listed(
        self, item: Sql, order: Sequence[Any], where: ColumnElement[bool] | None = None
    ) -> Sql:
        """The items of all rows as one array, in an order."""
        array = func.json_agg(item).aggregate_order_by(*order)
        filtered = array if where is None else array.filter(where)
        return func.coalesce(filtered, self._no_items())

    def texts_in(self, rows: SelectBase) -> Sql:
        """A JSON array of one text column, in the order of `rows`."""
        texts = rows.subquery().c[0]
        array = func.coalesce(func.json_agg(texts), self._no_items())
        return type_coerce(select(array).scalar_subquery(), JSON)

    def _no_items(self) -> Sql:
        """The aggregate of no row is null: an empty array stands in its place."""
        return literal_column("'[]'::json")

    def constant(self, words: Sequence[str]) -> Sql:
        """Our own words as a JSON array."""
        return cast(quoted(orjson.dumps(words).decode()), postgresql.JSON)

    def cursor(self, keys: Sequence[Sql]) -> Sql:
        """The keys of a row as a JSON array, in hexadecimal.

        There is no white space, as SQLite writes it: cursors are equal on both
        databases.
        """
        parts: list[Sql] = []
        for key in keys:
            separator = quoted(",") if parts else quoted("[")
            parts += [separator, cast(func.to_json(key), Text)]
        text = func.concat(*parts, quoted("]"))
        return func.upper(func.encode(func.convert_to(text, "UTF8"), "hex"))
