"""The statements of an act: who calls, the lock, what it reads, its answer.

Each is compiled once for its permits, and run on the connection of the act.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    case,
    cast,
    inspect,
    literal_column,
    null,
    select,
)

from persistence.facts.callers import caller_with_card, holdings_of_caller
from persistence.facts.guards import GUARDED
from persistence.facts.model import MODEL
from persistence.facts.visibility import Permit, visible
from persistence.reading.binds import Holdings
from persistence.reading.compiler import Reader
from persistence.reading.context import SqlContext
from persistence.reading.question import Object, RowReference
from persistence.reading.statement import Statement, compiled
from persistence.reading.trees import row_json
from persistence.reading.values import Var
from persistence.records.base import Base, table

from .records import Partner

PermitKey: TypeAlias = tuple[Permit, ...]
"""Permits as a key of the statements that are compiled for them."""

NO_HOLDINGS = Holdings(
    date.min, datetime.min.replace(tzinfo=UTC), lambda _attribute, _role: ()
)
"""For a statement that asks nothing of the caller."""


@cache
def begin_statement(dialect: str) -> Statement:
    """`[holdings, card]` of the caller. Variables: `Identity.variables`."""
    return caller_with_card(dialect)


def partner_column(record: type[Base], row: FromClause) -> ColumnElement[str] | None:
    """Where a row names its partner; None for a record whose rows may have none."""
    if record is Partner:
        return row.c.id
    columns = Base.metadata.tables[record.__tablename__].c
    column = columns.get("partner_id")
    if column is None or column.nullable:
        return None
    return row.c.partner_id


def has_partner(record: type[Base]) -> bool:
    """Whether each row of the record has a partner, whose row is its lock."""
    return partner_column(record, table(record.__tablename__)) is not None


@lru_cache(maxsize=500)
def lock_statement(
    dialect: str, record: type[Base], permits: PermitKey | None
) -> Statement:
    """The partner of the row `id`, locked, where one of the permits is met.

    `permits`: None locks it whatever the caller may do. Nobody locks what they may not
    change.
    """
    name = record.__tablename__
    terms, row = SqlContext(MODEL, dialect), table(name).alias()
    key = partner_column(record, row)
    assert key is not None
    if record is Partner:
        partner, rows = row, select(row.c.id)
    else:
        partner = table(Partner.__tablename__).alias()
        joined = row.join(partner, partner.c.id == key)
        rows = select(partner.c.id).select_from(joined)
    rows = rows.where(_is_variable(row.c.id, "id", terms))
    if permits is not None:
        rows = rows.where(visible(name, row, permits, terms))
    return compiled(rows.with_for_update(of=partner), terms)


def _is_variable(
    column: ColumnElement[str], name: str, terms: SqlContext
) -> ColumnElement[bool]:
    """Whether a column is the value of a variable."""
    is_value: ColumnElement[bool] = column == terms.value(Var((name,)))
    return is_value


@lru_cache(maxsize=1_000)
def judge_statement(
    dialect: str, record: type[Base], read: PermitKey, permits: PermitKey
) -> Statement:
    """Of the row `id`: `[is readable, is met by the first permit, …]`."""
    terms, row = SqlContext(MODEL, dialect), table(record.__tablename__).alias()
    flags = cast(_flags(terms, record, row, read, permits), Text)
    is_row = _is_variable(row.c.id, "id", terms)
    return compiled(select(flags).where(is_row), terms)


@lru_cache(maxsize=1_000)
def look_statement(
    dialect: str,
    record: type[Base],
    read: PermitKey,
    permits: PermitKey,
    is_file: bool,  # noqa: FBT001 a key
) -> Statement:
    """`[holdings, rows, file, timeline]`, under the lock of the partner `partner`.

    `rows`: `[id, flags, row]` of each of the `ids`; the row is null where the `file`
    has it. `file`: the partner with all that hangs from it, or null. `timeline`: the
    columns of each span, then the name of who administers.
    """
    terms, row = SqlContext(MODEL, dialect), table(record.__tablename__).alias()
    spelling = terms.spelling
    alone = null() if is_file else row_json(record, row, spelling, alone=True)
    item = spelling.array([row.c.id, _flags(terms, record, row, read, permits), alone])
    named = select(spelling.listed(item, [row.c.id])).where(
        terms.among(row.c.id, Var(("ids",)))
    )
    parts = [
        holdings_of_caller(terms),
        spelling.nested(named.scalar_subquery()),
        _file(terms) if is_file else null(),
        _timeline(terms),
    ]
    return compiled(select(cast(spelling.array(parts), Text)), terms)


def _flags(
    terms: SqlContext,
    record: type[Base],
    row: FromClause,
    read: PermitKey,
    permits: PermitKey,
) -> ColumnElement[bool]:
    """Whether the row is readable, then whether it is met by each permit."""
    name = record.__tablename__
    is_readable: ColumnElement[bool] = row.c.id.is_not(None)
    if name in GUARDED:
        is_readable = visible(name, row, read, terms)
    flags = [terms.spelling.value(is_readable)]
    for permit in permits:
        is_met = visible(name, row, [permit], terms)
        flags.append(terms.spelling.value(is_met))
    return terms.spelling.array(flags)


def _file(terms: SqlContext) -> ColumnElement[str]:
    """The partner with all that hangs from it."""
    partner = table(Partner.__tablename__).alias()
    tree = row_json(Partner, partner, terms.spelling)
    is_partner = _is_variable(partner.c.id, "partner", terms)
    rows = select(tree).where(is_partner)
    return terms.spelling.nested(rows.scalar_subquery())


SPAN = (
    "starts_on",
    "ends_on",
    "convention_id",
    "mode",
    "administering_id",
    "signing_id",
)
"""The columns of a span, in the order of `records.Span`."""


def _timeline(terms: SqlContext) -> ColumnElement[str]:
    """The spans of the partner, each with the name of who administers."""
    state, organism = table("partner_state").alias(), table("organism").alias()
    columns = [state.c[name] for name in SPAN]
    item = terms.spelling.array([*columns, organism.c.name])
    joined = state.join(organism, organism.c.id == state.c.administering_id)
    spans = terms.spelling.listed(item, [state.c.starts_on])
    is_partner = _is_variable(state.c.partner_id, "partner", terms)
    rows = select(spans).select_from(joined).where(is_partner)
    return terms.spelling.nested(rows.scalar_subquery())


@cache
def rows_statement(dialect: str, record: type[Base]) -> Statement:
    """The rows of the keys `ids`, each with what the mapping loads with it."""
    terms, row = SqlContext(MODEL, dialect), table(record.__tablename__).alias()
    (primary_key,) = inspect(record).primary_key
    key = row.c[primary_key.name]
    item = row_json(record, row, terms.spelling)
    rows = cast(terms.spelling.listed(item, [key]), Text)
    is_asked = terms.among(key, Var(("ids",)))
    return compiled(select(rows).where(is_asked), terms)


def payload_statement(
    reader: Reader, question: Object, named: Sequence[RowReference]
) -> Statement:
    """`[holdings, rank, answer]`.

    What the caller holds, and the rank of the first row named that may not be seen.
    """
    ranks: list[tuple[ColumnElement[bool], ColumnElement[int]]] = [
        (~reader.is_readable(row), literal_column(str(rank)))
        for rank, row in enumerate(named)
    ]
    rank: ColumnElement[Any] = case(*ranks, else_=null()) if ranks else null()
    answer = reader.spelling.nested(reader.object(question, None))
    facts = reader.spelling.array([holdings_of_caller(reader.context), rank, answer])
    return compiled(select(cast(facts, Text)), reader.context)
