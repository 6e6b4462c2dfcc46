"""Write the next migration: what the records have and the last migration does not.

Run by `make migration m="Keep contacts"`. The script is to be read and completed: it
says whether the step is additive, and moves rows where rows must move.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import Connection

from persistence.engine import Database

from . import config, head, migrate


async def _write(folder: Path, message: str) -> None:
    """Compare the records with a fresh SQLite register at the last migration."""
    number = f"{int(head() or 0) + 1:04}"

    def compare(connection: Connection) -> None:
        settings = config(connection)
        command.revision(settings, message, autogenerate=True, rev_id=number)

    database = Database(f"sqlite+aiosqlite:///{folder}/fresh.db")
    try:
        await migrate(database)
        async with database.writer.connect() as connection:
            await connection.run_sync(compare)
    finally:
        await database.close()


def main() -> int:
    """Return 2 without a message, which names the file and heads it."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.stderr.write('A migration has a name: make migration m="Keep contacts"\n')
        return 2
    with TemporaryDirectory() as folder:
        asyncio.run(_write(Path(folder), message))
    return 0


if __name__ == "__main__":
    sys.exit(main())
