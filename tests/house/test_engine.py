"""The one factory of engines: what it refuses, and what its defaults hold."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from persistence import pools
from persistence.engine import Database

PARAMETER = "par_RG_MIN_2018"
ADDED = text("UPDATE parameter SET value = :value WHERE id = :id")


@pytest.mark.parametrize("floor", [(99, 0, 0), (3, 99, 0)])
async def test_an_sqlite_that_may_corrupt_its_journal_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, floor: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(pools, "SQLITE_FLOOR", floor)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    database.lay()

    with pytest.raises(RuntimeError, match="corrompt parfois le journal WAL"):
        async with database.reading():
            pass
    with pytest.raises(RuntimeError, match="corrompt parfois le journal WAL"):
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
    await database.close()


def test_the_floor_is_the_release_that_mended_the_journal() -> None:
    import sqlite3  # noqa: PLC0415 what the drivers get under this name

    assert pools.SQLITE_FLOOR == (3, 51, 3)
    assert sqlite3.sqlite_version_info >= pools.SQLITE_FLOOR


async def test_eight_loops_of_ten_additions_by_two_processes_lose_none(
    register_url: str,
) -> None:
    """Read, think, write: SQLite takes the write lock at the start, PostgreSQL locks the row that is read."""
    databases = [Database(register_url), Database(register_url)]
    lock = " FOR UPDATE" if databases[0].dialect == "postgresql" else ""
    read = text(f"SELECT value FROM parameter WHERE id = :id{lock}")  # noqa: S608 two constants

    async def add(database: Database) -> None:
        for _ in range(10):
            async with database.transaction() as session:
                value = await session.scalar(read, {"id": PARAMETER})
                await asyncio.sleep(0)
                await session.execute(ADDED, {"id": PARAMETER, "value": value + 1})

    async with databases[0].transaction() as session:
        before = await session.scalar(read, {"id": PARAMETER})
    await asyncio.gather(*(add(database) for database in databases * 4))
    async with databases[1].transaction() as session:
        after = await session.scalar(read, {"id": PARAMETER})
    await asyncio.gather(*(database.close() for database in databases))

    assert after == before + 80


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    class Stop(Exception):
        pass

    async def stopped() -> None:
        async with database.transaction() as session:
            await session.execute(ADDED, {"id": PARAMETER, "value": 0})
            raise Stop

    with pytest.raises(Stop):
        await stopped()

    async with database.transaction() as session:
        kept = await session.scalar(
            text("SELECT value FROM parameter WHERE id = :id"), {"id": PARAMETER}
        )
    assert kept


async def test_the_reading_side_of_sqlite_cannot_write(database: Database) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL has one pool for both ways in")

    async with database.reading() as driver:
        with pytest.raises(Exception, match="readonly"):
            await driver.execute_fetchall("UPDATE parameter SET value = 0")


async def test_readers_wait_neither_for_each_other_nor_for_the_writer(
    database: Database,
) -> None:
    """A reading beside an open act sees the register before the act, at once."""
    read = "SELECT value FROM parameter WHERE id = 'par_RG_MIN_2018'"
    async with database.transaction() as session:
        await session.execute(ADDED, {"id": PARAMETER, "value": 1})
        async with (
            asyncio.timeout(5),
            database.reading() as one,
            database.reading() as two,
        ):
            seen = [
                await database.value(
                    read, {} if database.dialect == "sqlite" else (), d
                )
                for d in (one, two)
            ]

    assert seen == [5570, 5570]
