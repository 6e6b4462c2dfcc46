"""What the keys of both databases refuse: statements given straight to them, past every verb."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Executable, select
from sqlalchemy.exc import DBAPIError

from persistence.engine import Database
from persistence.records import Convention

CANAL, ATELIERS, SEINE, OLIVIERS = (
    f"ptr_{siret}"
    for siret in (
        "99990001200025",
        "99990001200017",
        "99990001200041",
        "99990004600015",
    )
)
ESTABLISHED = {
    "version": 1,
    "name": "Atelier",
    "sort_key": "atelier",
    "department": "75",
    "added_on": date(2026, 1, 1),
}


async def broken(database: Database, *statements: Executable) -> str:
    """What the database says when it refuses, at the latest at the commit."""
    with pytest.raises(DBAPIError) as refusal:
        await accepted(database, *statements)
    return str(refusal.value.orig)


async def accepted(database: Database, *statements: Executable) -> None:
    async with database.transaction() as session:
        for statement in statements:
            await session.execute(statement)


async def one(database: Database, column: Any, *where: Any) -> Any:  # noqa: ANN401 a column, a value
    """The first value of a column of the seeded world."""
    async with database.transaction() as session:
        return (await session.scalars(select(column).where(*where).limit(1))).one()


async def convention_in_force(database: Database, partner: str) -> str:
    return str(
        await one(
            database,
            Convention.id,
            Convention.partner_id == partner,
            Convention.closed_on.is_(None),
        )
    )
