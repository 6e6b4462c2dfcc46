"""The idempotency keys of the acts of a caller."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, or_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import table


def replay_until(row: Table, _: SqlContext) -> ColumnElement[str]:
    """When the key that brought this row expires."""
    key = table("idempotency").alias()
    query = select(key.c.expires_at).where(key.c.object_id == row.c.id)
    return query.correlate(row).limit(1).scalar_subquery()


def is_of_operation(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether an act of this name brought the row."""

    def is_operation(key: Table) -> SqlTest:
        test: SqlTest = key.c.operation == context.value(value)
        return test

    return is_of(row, context, is_operation)


def is_under_key(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Under its fingerprint.

    Rows older than fingerprints bear the key itself, until they expire.
    """
    fingerprint = context.bind(("fingerprint", value), "text")

    def is_key(key: Table) -> SqlTest:
        return or_(key.c.key == fingerprint, key.c.key == context.value(value))

    return is_of(row, context, is_key)


def is_of(row: Table, context: SqlContext, test: Callable[[Table], SqlTest]) -> SqlTest:
    """What a key of the caller's own brought, if it meets the test.

    Another caller's key finds nothing.
    """
    key = table("idempotency").alias()
    is_own = context.holds(key.c.user_id, "users", "everyone")
    is_valid = key.c.expires_at > context.now
    rows = select(key.c.object_id).where(is_own, is_valid, test(key))
    return row.c.id.in_(rows)
