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
    true,
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
    column = Base.metadata.tables[record.__tablename__].c.get("partner_id")
    return None if column is None or column.nullable else row.c.partner_id


def has_partner(record: type[Base]) -> bool:
    """Whether each row of the record has a partner, whose row is its lock."""
    return partner_column(record, table(record.__tablename__)) is not None


@lru_cache(maxsize=500)
def lock_statement(
    dialect: str, record: type[Base], permits: PermitKey | None
) -> Statement:
    """The partner of the row `id`, locked, where one of the permits is met.

    `permits`: None locks it whatever the caller may do.

    Nobody locks what they may not change.
    """
    terms, row = SqlContext(MODEL, dialect), table(record.__tablename__).alias()
    key = partner_column(record, row)
    assert key is not None
    is_allowed = (
        true()
        if permits is None
        else visible(record.__tablename__, row, permits, terms)
    )
    if record is Partner:
        partner, rows = row, select(row.c.id)
    else:
        partner = table(Partner.__tablename__).alias()
        rows = select(partner.c.id).select_from(row.join(partner, partner.c.id == key))
    is_row = row.c.id == terms.value(Var(("id",)))
    return compiled(rows.where(is_row, is_allowed).with_for_update(of=partner), terms)


@lru_cache(maxsize=1_000)
def judge_statement(
    dialect: str, record: type[Base], read: PermitKey, permits: PermitKey
) -> Statement:
    """Of the row `id`: `[is readable, is met by the first permit, …]`."""
    terms, row = SqlContext(MODEL, dialect), table(record.__tablename__).alias()
    flags = _flags(terms, record, row, read, permits)
    return compiled(
        select(cast(flags, Text)).where(row.c.id == terms.value(Var(("id",)))), terms
    )


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
    name = record.__tablename__
    is_readable = (
        visible(name, row, read, terms) if name in GUARDED else row.c.id.is_not(None)
    )
    tests = [is_readable, *(visible(name, row, [permit], terms) for permit in permits)]
    return terms.spelling.array([terms.spelling.value(test) for test in tests])


def _file(terms: SqlContext) -> ColumnElement[str]:
    partner = table(Partner.__tablename__).alias()
    rows = select(row_json(Partner, partner, terms.spelling)).where(
        partner.c.id == terms.value(Var(("partner",)))
    )
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
    state, organism = table("partner_state").alias(), table("organism").alias()
    item = terms.spelling.array([*(state.c[name] for name in SPAN), organism.c.name])
    spans = select(terms.spelling.listed(item, [state.c.starts_on])).select_from(
        state.join(organism, organism.c.id == state.c.administering_id)
    )
    mine = spans.where(state.c.partner_id == terms.value(Var(("partner",))))
    return terms.spelling.nested(mine.scalar_subquery())


@cache
def rows_statement(dialect: str, record: type[Base]) -> Statement:
    """The rows of the keys `ids`, each with what the mapping loads with it."""
    terms, row = SqlContext(MODEL, dialect), table(record.__tablename__).alias()
    (primary_key,) = inspect(record).primary_key
    key = row.c[primary_key.name]
    rows = terms.spelling.listed(row_json(record, row, terms.spelling), [key])
    return compiled(
        select(cast(rows, Text)).where(terms.among(key, Var(("ids",)))), terms
    )


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
