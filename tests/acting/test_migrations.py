"""The register's steps: up, equal to the records, down to nothing, and up again."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from persistence.engine import Database
from persistence.migrations import check, config, is_current, migrate
from persistence.seeds.reference import seed_reference
from tests.conftest import Copies


@pytest.fixture
async def empty(dialect: str, copies: Copies, tmp_path: Path) -> object:
    """An empty database."""
    if dialect == "sqlite":
        made = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
        yield made
        await made.close()
        return
    name = f"empty_{copies.mine}"
    await copies._admin(f'CREATE DATABASE "{name}"')  # noqa: SLF001 the tests' own server
    made = Database(copies.in_server(name))
    yield made
    await made.close()
    await copies.drop(copies.in_server(name))


async def tables(database: Database) -> set[str]:
    async with database.reader.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_the_register_goes_up_agrees_with_the_records_goes_down_and_up_again(empty: Database) -> None:
    assert not await is_current(empty)
    await migrate(empty)
    await check(empty)
    assert await is_current(empty)
    laid = await tables(empty)

    await _down(empty)
    assert await tables(empty) <= {"alembic_version"}
    assert not await is_current(empty)

    await migrate(empty)
    await check(empty)
    assert await tables(empty) == laid
    async with empty.transaction() as session:
        await seed_reference(session)


async def _down(database: Database) -> None:
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "base"))
        await connection.commit()


async def test_migrating_a_current_register_changes_nothing(database: Database) -> None:
    before = await tables(database)

    await migrate(database)

    assert await tables(database) == before
    assert await is_current(database)
    await check(database)
