"""Alembic's environment: a connection to either database is open already."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

from persistence.records import Base


@contextmanager
def tables_without_keys(connection: Connection) -> Iterator[None]:
    """Let SQLite drop a table that others reference, to make it anew with its rows.

    It heeds this pragma outside of a transaction only: what was read before is over,
    and Alembic commits the steps itself.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.commit()
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def require_whole_references(connection: Connection) -> None:
    """Raise where a row names another one that is not there."""
    if connection.dialect.name != "sqlite":
        return
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if rows:
        tables = sorted({str(row[0]) for row in rows})
        message = f"rows of {', '.join(tables)} name rows that are not there"
        raise RuntimeError(message)


attributes = context.config.attributes
connection: Connection = attributes["connection"]
with tables_without_keys(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        require_whole_references(connection)
        attributes["afterwards"](connection)
