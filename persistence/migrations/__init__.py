"""The register's schema, step by step; `check` proves that the records and the last step agree."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from persistence.engine import Database


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database) -> None:
    """Bring the register to the last step."""
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))
        await connection.commit()


async def check(database: Database) -> None:
    """Raise when a record has no migration."""
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.check(config(sync)))


async def is_current(database: Database) -> bool:
    """Whether the register stands at the last step."""
    async with database.reader.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == head()


@cache
def head() -> str | None:
    """The last step of the scripts that this process was started with."""
    return ScriptDirectory.from_config(config()).get_current_head()
