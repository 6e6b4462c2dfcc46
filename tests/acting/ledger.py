"""What the register holds, read past the graph."""

from typing import Any

from sqlalchemy import text

from persistence.engine import Database


async def rows(
    database: Database, statement: str, **binds: object
) -> list[dict[str, Any]]:
    """The rows of a statement, by column."""
    async with database.reader.connect() as connection:
        return [
            dict(row)
            for row in (await connection.execute(text(statement), binds)).mappings()
        ]


async def journalled(database: Database, act: str) -> int:
    """How many entries the journal has of this act."""
    return len(
        await rows(database, "SELECT seq FROM journal WHERE act = :act", act=act)
    )
