"""The idempotency keys of the acts of a caller."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.reading.values import Value
from persistence.records.base import table


def replay_until(row: Table, _: SqlContext) -> ColumnElement[str]:
    """When the key that brought this row expires."""
    key = table("idempotency").alias()
    return (
        select(key.c.expires_at)
        .where(key.c.object_id == row.c.id)
        .correlate(row)
        .limit(1)
        .scalar_subquery()
    )


def is_of_operation(
    row: Table, context: SqlContext, value: Value
) -> ColumnElement[bool]:
    return is_of(row, context, lambda key: key.c.operation == context.value(value))


def is_under_key(row: Table, context: SqlContext, value: Value) -> ColumnElement[bool]:
    """Under its fingerprint; rows older than fingerprints bear the key itself, until they expire."""
    written = context.bind(("fingerprint", value), "text")
    return is_of(
        row,
        context,
        lambda key: (key.c.key == written) | (key.c.key == context.value(value)),
    )


def is_of(
    row: Table, context: SqlContext, test: Callable[[Table], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """What a key of the caller's own brought, if it meets the test: another's key finds nothing."""
    key = table("idempotency").alias()
    mine = context.holds(key.c.user_id, "users", "everyone")
    return row.c.id.in_(
        select(key.c.object_id).where(mine, key.c.expires_at > context.now, test(key))
    )
