"""The one engine factory: SQLite (embedded default) or PostgreSQL, for acts (sessions) and for reading (text)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import greenlet_spawn

SQLITE_FLOOR = (3, 51, 3)
BUSY_MS = 10_000
Binds: TypeAlias = Sequence[Any] | Mapping[str, Any]
Driver: TypeAlias = Any
"""The connection of asyncpg or aiosqlite itself."""


class Database:
    """Two ways in: `transaction()` for one act, `reading()` for the statements of one query."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect == "sqlite":
            self.writer = _sqlite(url, size=1, reading=False)
            self.reader = _sqlite(url, size=4, reading=True)
        else:
            self.writer = self.reader = _postgresql(url, pool_size)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends well, rolled back otherwise.

        Nothing is flushed before it is asked: the journal reads what changed from the session.
        """
        async with AsyncSession(self.writer, expire_on_commit=False, autoflush=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Driver]:
        """The driver's connection, from the pool, for the statements of one request: half the cost of `connect()`."""
        connection = await self._checkout()
        try:
            yield connection.driver_connection
        finally:
            await greenlet_spawn(connection.close)

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncSession]:
        """A session that reads records, in one snapshot, and writes nothing."""
        options = {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        async with AsyncSession(self.reader.execution_options(**options), autoflush=False) as session:
            yield session

    async def _checkout(self) -> Any:  # noqa: ANN401 the pool's connection
        """A connection that still stands: the pool does not see what its driver has lost."""
        while True:
            connection: Any = await self.reader.raw_connection()
            if self.dialect == "sqlite" or not connection.driver_connection.is_closed():
                return connection
            await greenlet_spawn(connection.invalidate)

    async def driver_of(self, session: AsyncSession) -> Driver:
        """The driver's connection of an act: what is read there is inside its transaction."""
        return (await (await session.connection()).get_raw_connection()).driver_connection

    async def value(self, text: str, binds: Binds, driver: Driver) -> Any:  # noqa: ANN401 JSON text or None
        """The first column of the first row of compiled text."""
        if self.dialect == "postgresql":
            return await driver.fetchval(text, *binds)
        rows = await driver.execute_fetchall(text, binds)
        return rows[0][0] if rows else None

    async def close(self) -> None:
        await asyncio.gather(*(engine.dispose() for engine in {self.writer, self.reader}))


SESSION = {"jit": "off", "random_page_cost": "1.1", "statement_timeout": "15000", "lock_timeout": "10000"}


def _postgresql(url: str, size: int) -> AsyncEngine:
    # jit off: a five-level statement took 498 ms with it and 1 ms without; long statements must be cached too.
    # random_page_cost: with the default of spinning disks, a page of users scanned every affiliation (20 ms for 2).
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={
            "statement_cache_size": 500,
            "max_cacheable_statement_size": 0,
            "server_settings": SESSION,
        },
    )


def _sqlite(url: str, *, size: int, reading: bool) -> AsyncEngine:
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # at DEBUG it writes the values of every statement
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0, pool_timeout=30, hide_parameters=True
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 the driver's connection
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("SELECT sqlite_version()")
        version = tuple(int(part) for part in cursor.fetchone()[0].split("."))
        if version < SQLITE_FLOOR:
            found = ".".join(map(str, version))
            message = f"SQLite {found} corrompt parfois le journal WAL : version 3.51.3 au moins (paquet pysqlite3)."
            raise RuntimeError(message)
        pragmas = [
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            "secure_delete=ON",
            "trusted_schema=OFF",
            *(["query_only=ON"] if reading else []),
        ]
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    # The driver's default mode loses updates: each transaction takes the write lock at once.
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 SQLAlchemy's connection
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
