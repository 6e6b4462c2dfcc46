"""The few constructs that the two databases spell differently: JSON, arrays, cursors, instants."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar, TypeAlias

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    SelectBase,
    String,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy import (
    Dialect as DriverDialect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from persistence.types import Instant, written

Sql: TypeAlias = ColumnElement[Any]
PAIRS = 50
"""PostgreSQL's functions take a hundred arguments."""

KINDS: dict[str, Any] = {
    "text": String(),
    "int": Integer(),
    "day": Date(),
    "instant": Instant(),
    "flag": Boolean(),
}


def quoted(name: str) -> Sql:
    """Our own word as a literal: a GraphQL name has letters, digits, `_` and `$` only."""
    return literal_column(f"'{name}'")


class SqliteDialect:
    name: ClassVar[str] = "sqlite"
    dialect: ClassVar[DriverDialect] = sqlite.dialect(paramstyle="named")

    def bind(self, name: str, kind: str) -> BindParameter[Any]:
        return bindparam(
            name, type_=Text() if kind in {"texts", "day", "instant"} else KINDS[kind]
        )

    def adapt(self, value: Any, kind: str) -> Any:  # noqa: ANN401 a driver's value
        match value:
            case datetime():
                return written(value)
            case date():
                return value.isoformat()
            case list() | tuple() if kind == "texts":
                return orjson.dumps(value).decode()
        return value

    def among(self, term: Sql, values: BindParameter[Any]) -> ColumnElement[bool]:
        return term.in_(
            select(literal_column("value")).select_from(func.json_each(values))
        )

    def among_rows(self, term: Sql, rows: SelectBase) -> ColumnElement[bool]:
        return term.in_(rows)

    def numbered(self, values: BindParameter[Any]) -> Any:  # noqa: ANN401 a table-valued function
        table = func.json_each(values).table_valued("key", "value", name="ids")
        return select(table.c.value.label("id"), table.c.key.label("n")).subquery(
            "asked"
        )

    def value(self, term: Sql) -> Sql:
        if isinstance(term.type, JSON):
            return func.json(term)
        if isinstance(term.type, Boolean):
            return func.json(
                case(
                    (term.is_(None), None),
                    (term, quoted("true")),
                    else_=quoted("false"),
                )
            )
        return term

    def nested(self, rows: ScalarSelect[Any] | Sql) -> Sql:
        return func.json(rows)

    def object(self, pairs: Sequence[tuple[str, Sql]]) -> Sql:
        return func.json_object(
            *(part for key, term in pairs for part in (quoted(key), term))
        )

    def array(self, items: Sequence[Sql]) -> Sql:
        return func.json_array(*items)

    def listed(
        self, item: Sql, order: Sequence[Any], where: ColumnElement[bool] | None = None
    ) -> Sql:
        made = func.json_group_array(func.json(item)).aggregate_order_by(*order)
        return made if where is None else made.filter(where)

    def constant(self, words: Sequence[str]) -> Sql:
        """Our own words as a JSON array."""
        return type_coerce(quoted(orjson.dumps(words).decode()), JSON)

    def cursor(self, keys: Sequence[Sql]) -> Sql:
        return func.hex(func.json_array(*keys))

    def find(self, term: Sql, words: Sql) -> ColumnElement[bool]:
        return func.instr(term, words) > 0

    def holds_all(self, term: Sql, words: BindParameter[Any]) -> ColumnElement[bool]:
        word = func.json_each(words).table_valued("value", name="word")
        return (
            ~select(word.c.value)
            .where(func.instr(term, word.c.value) == 0)
            .correlate_except(word)
            .exists()
        )

    def texts_in(self, rows: SelectBase) -> Sql:
        """A JSON array of one text column, in the order of `rows`."""
        inner = rows.subquery()
        return type_coerce(
            select(func.json_group_array(inner.c[0])).scalar_subquery(), JSON
        )


class PostgresDialect:
    name: ClassVar[str] = "postgresql"
    dialect: ClassVar[DriverDialect] = asyncpg_dialect()  # type: ignore[no-untyped-call]

    def bind(self, name: str, kind: str) -> BindParameter[Any]:
        return bindparam(
            name, type_=ARRAY(String()) if kind == "texts" else KINDS[kind]
        )

    def adapt(self, value: Any, kind: str) -> Any:  # noqa: ANN401 a driver's value
        return list(value) if kind == "texts" else value

    def among(self, term: Sql, values: BindParameter[Any]) -> ColumnElement[bool]:
        return term == func.any(values)

    def among_rows(self, term: Sql, rows: SelectBase) -> ColumnElement[bool]:
        return term == func.any(func.array(rows.scalar_subquery()))

    def numbered(self, values: BindParameter[Any]) -> Any:  # noqa: ANN401 a table-valued function
        table = func.unnest(values).table_valued(
            "id", with_ordinality="n", name="asked"
        )
        return table.render_derived()

    def value(self, term: Sql) -> Sql:
        if isinstance(term.type, Instant):
            return func.to_char(
                func.timezone("UTC", term), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
            )
        return term

    def nested(self, rows: ScalarSelect[Any] | Sql) -> Sql:
        return rows

    def object(self, pairs: Sequence[tuple[str, Sql]]) -> Sql:
        if len(pairs) <= PAIRS:
            return func.json_build_object(
                *(part for key, term in pairs for part in (quoted(key), term))
            )
        chunks = [
            self.object(pairs[start : start + PAIRS])
            for start in range(0, len(pairs), PAIRS)
        ]
        inside = [
            func.left(func.substr(cast(chunk, Text), 2), -1) for chunk in chunks
        ]  # a chunk is written once
        return cast(
            func.concat(quoted("{"), func.concat_ws(quoted(","), *inside), quoted("}")),
            postgresql.JSON,
        )

    def array(self, items: Sequence[Sql]) -> Sql:
        return func.json_build_array(*items)

    def listed(
        self, item: Sql, order: Sequence[Any], where: ColumnElement[bool] | None = None
    ) -> Sql:
        made = func.json_agg(item).aggregate_order_by(*order)
        return func.coalesce(
            made if where is None else made.filter(where), literal_column("'[]'::json")
        )

    def constant(self, words: Sequence[str]) -> Sql:
        """Our own words as a JSON array."""
        return cast(quoted(orjson.dumps(words).decode()), postgresql.JSON)

    def cursor(self, keys: Sequence[Sql]) -> Sql:
        """Written without white space, as SQLite writes it: cursors are equal on both databases."""
        parts = [
            part
            for key in keys
            for part in (quoted(","), cast(func.to_json(key), Text))
        ][1:]
        text = func.concat(quoted("["), *parts, quoted("]"))
        return func.upper(func.encode(func.convert_to(text, "UTF8"), "hex"))

    def find(self, term: Sql, words: Sql) -> ColumnElement[bool]:
        return func.strpos(term, words) > 0

    def holds_all(self, term: Sql, words: BindParameter[Any]) -> ColumnElement[bool]:
        word = func.unnest(words).table_valued("value", name="word").render_derived()
        return (
            ~select(word.c.value)
            .where(func.strpos(term, word.c.value) == 0)
            .correlate_except(word)
            .exists()
        )

    def texts_in(self, rows: SelectBase) -> Sql:
        """A JSON array of one text column, in the order of `rows`."""
        inner = rows.subquery()
        listed = func.coalesce(func.json_agg(inner.c[0]), literal_column("'[]'::json"))
        return type_coerce(select(listed).scalar_subquery(), JSON)


Dialect: TypeAlias = SqliteDialect | PostgresDialect
SPELLINGS: dict[str, Dialect] = {
    "sqlite": SqliteDialect(),
    "postgresql": PostgresDialect(),
}
