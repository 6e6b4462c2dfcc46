"""The lines of imports of before: without sheets, and in tables of another name."""

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from persistence.engine import Database
from persistence.migrations import check
from persistence.records.base import Base
from tests.acting.ledger import rows
from tests.acting.test_sealing import moved, script
from tests.conftest import World
from tests.journeys.story import a_siret

from .sending import Desk, a_file, a_line
from .test_sheets_over_the_graph import SHEETS

BROKEN = (
    "UPDATE import_line SET outcome = 'LOST'",
    "UPDATE import_line SET arbitration = 'LOST'",
    "UPDATE import_line SET outcome = 'REJECTED', applied_on = '2026-12-10'",
)


async def _refuses(database: Database, statement: str) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(text(statement))


async def test_lines_of_before_stay_and_are_read_with_their_reasons_of_before(
    paris: Desk, world: World
) -> None:
    sent = await paris.sends(a_file(a_line(a_siret()), a_line(a_siret(), seen="hier")))
    before = await rows(
        world.database, "SELECT id, number, fingerprint FROM import_line ORDER BY id"
    )
    await moved(world.database, command.downgrade, str(script("0013").down_revision))
    async with world.database.transaction() as session:  # a reason had no path
        old = "UPDATE extract_line SET reasons = '[[\"DAY_INVALID\", null]]' WHERE number = 3"
        await session.execute(text(old))

    await moved(world.database, command.upgrade, "head")

    await check(world.database)
    assert (
        await rows(
            world.database,
            "SELECT id, number, fingerprint FROM import_line ORDER BY id",
        )
        == before
    )
    seen = await paris.sees(sent, SHEETS)
    assert seen["sheets"] == []
    assert [(line["sheet"], line["number"]) for line in seen["lines"]["nodes"]] == [
        (None, 2),
        (None, 3),
    ]
    assert [(r["code"], r["path"]) for r in seen["lines"]["nodes"][1]["reasons"]] == [
        ("DAY_INVALID", [])
    ]
    for statement in BROKEN:
        await _refuses(world.database, statement)
    await _refuses(world.database, "UPDATE import_line SET number = 2")


TABLES = ("import", "import_line", "partner_origin")


async def test_the_tables_of_imports_have_the_names_that_the_records_give(
    world: World,
) -> None:
    """Names of constraints too: SQLite makes a table again, and might forget some."""
    expected = [_names_of_records(table) for table in TABLES]
    assert all(expected)

    async with world.database.writer.connect() as connection:
        names = await connection.run_sync(_names_of_register)

    assert names == expected


def _names_of_records(table: str) -> set[str]:
    rows = Base.metadata.tables[table]
    constraints = {str(constraint.name) for constraint in rows.constraints}
    return constraints | {str(index.name) for index in rows.indexes}


def _names_of_register(connection: Connection) -> list[set[str]]:
    register = inspect(connection)
    names = []
    for table in TABLES:
        every = [
            register.get_pk_constraint(table),
            *register.get_foreign_keys(table),
            *register.get_unique_constraints(table),
            *register.get_check_constraints(table),
            *register.get_indexes(table),
        ]
        names.append({str(one["name"]) for one in every})
    return names
