"""The database of the register: sessions for acts, the driver's text for reading."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import greenlet_spawn

from .faults import register_faults
from .pools import postgresql_pool, sqlite_pool

Binds: TypeAlias = Sequence[Any] | Mapping[str, Any]
Driver: TypeAlias = Any
"""The connection of asyncpg or aiosqlite itself."""


class Database:
    """`transaction()` serves one act, `reading()` the statements of one query."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        try:
            self.url = make_url(url)
        except ValueError:  # a port that is no number
            raise ArgumentError("the address of the register") from None
        self.dialect = self.url.get_backend_name()
        if self.dialect == "sqlite":
            self.writer = sqlite_pool(url, size=1, reading=False)
            self.reader = sqlite_pool(url, size=4, reading=True)
        else:
            self.writer = self.reader = postgresql_pool(url, pool_size)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends well, rolled back otherwise.

        Nothing is flushed before it is asked: the journal reads what changed from the
        session.
        """
        async with AsyncSession(
            self.writer, expire_on_commit=False, autoflush=False
        ) as session:
            with register_faults():
                await session.begin()
                yield session
                await session.flush()
            with register_faults(committing=True):
                try:
                    await session.commit()
                except (
                    BaseException
                ):  # SQLite stays inside a transaction whose commit it refused
                    await session.rollback()
                    raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Driver]:
        """The driver's connection, from the pool, for the statements of one request.

        It costs half of `connect()`.
        """
        with register_faults():
            connection: Any = await self.reader.raw_connection()
            try:
                yield connection.driver_connection
            except TimeoutError:  # what was asked is perhaps still on its way
                await greenlet_spawn(connection.invalidate)
                raise
            finally:
                await greenlet_spawn(connection.close)

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncSession]:
        """A session that reads records, in one snapshot, and writes nothing."""
        options = (
            {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        )
        with register_faults():
            async with AsyncSession(
                self.reader.execution_options(**options), autoflush=False
            ) as session:
                yield session

    def lay(self) -> None:
        """The file of a new register, for its owner alone.

        A server whose file is missing never makes an empty one.
        """
        if self.dialect == "sqlite":
            with register_faults():
                os.close(
                    os.open(self.url.database or "", os.O_RDWR | os.O_CREAT, 0o600)
                )

    async def driver_of(self, session: AsyncSession) -> Driver:
        """The driver's connection of an act.

        What is read there is inside its transaction.
        """
        return (
            await (await session.connection()).get_raw_connection()
        ).driver_connection

    async def value(self, text: str, binds: Binds, driver: Driver) -> Any:  # noqa: ANN401 JSON
        """The first column of the first row of compiled text."""
        if self.dialect == "postgresql":
            return await driver.fetchval(text, *binds)
        rows = await driver.execute_fetchall(text, binds)
        return rows[0][0] if rows else None

    async def explanation(self, text: str, binds: Binds, driver: Driver) -> list[str]:
        """How the database runs compiled text, in its own words.

        One line for each step, those below it indented.
        """
        if self.dialect == "postgresql":
            return [row[0] for row in await driver.fetch(f"EXPLAIN {text}", *binds)]
        depths = {0: 0}
        lines = []
        for step, parent, _, words in await driver.execute_fetchall(
            f"EXPLAIN QUERY PLAN {text}", binds
        ):
            depths[step] = depths[parent] + 1
            lines.append("  " * depths[parent] + words)
        return lines

    async def close(self) -> None:
        await asyncio.gather(
            *(engine.dispose() for engine in {self.writer, self.reader})
        )
