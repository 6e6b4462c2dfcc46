"""The few constructs that the two databases spell differently.

JSON, arrays, cursors, instants.
"""

from typing import TypeAlias

from .postgres_dialect import PostgresDialect
from .sqlite_dialect import SqliteDialect

Dialect: TypeAlias = SqliteDialect | PostgresDialect
SPELLINGS: dict[str, Dialect] = {
    "sqlite": SqliteDialect(),
    "postgresql": PostgresDialect(),
}
"""By the name that SQLAlchemy gives the database."""
