"""The pools of connections to the register: the one factory of engines.

SQLite is embedded, the default; PostgreSQL serves production.
"""

import asyncio
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

from .faults import Unavailable, cause_of, register_faults

SQLITE_FLOOR = (3, 51, 3)
BUSY_MS = 10_000
CONNECT_SECONDS = 5
ANSWER_SECONDS = 20
"""More than the server gives a statement: past it, the network has swallowed the
answer."""
IDLE_SECONDS = 5
PING_SECONDS = 2
"""A connection that served nobody for a while is asked whether it stands, and given up
when it does not say."""
SESSION = {
    "jit": "off",
    "random_page_cost": "1.1",
    "statement_timeout": "15000",
    "lock_timeout": "10000",
}


class SqliteTooOld(RuntimeError):
    """A library that may corrupt what it keeps; the sentence says which to install."""


def postgresql_pool(url: str, size: int) -> AsyncEngine:
    # jit off: a five-level statement took 498 ms with it and 1 ms without. Long
    # statements must be cached too.
    # random_page_cost: with the default of spinning disks, a page of users scanned
    # every affiliation (20 ms for 2).
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": ANSWER_SECONDS,
            "statement_cache_size": 500,
            "max_cacheable_statement_size": 0,
            "server_settings": SESSION,
        },
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(
        dialect: Any,  # noqa: ANN401 the driver's own
        _record: object,
        arguments: Any,  # noqa: ANN401 the driver's own
        options: Any,  # noqa: ANN401 the driver's own
    ) -> Any:  # noqa: ANN401 the driver's own
        try:
            return dialect.connect(*arguments, **options)
        except TypeError:
            raise ArgumentError(
                "an option of the address that the driver does not know"
            ) from None
        except Exception as met:  # noqa: BLE001 whyever one cannot enter
            raise Unavailable(cause_of(met)) from None

    @event.listens_for(engine.sync_engine, "checkout")
    def stands(
        connection: Any,  # noqa: ANN401 the pool's own
        record: Any,  # noqa: ANN401 the pool's own
        _proxy: object,
    ) -> None:
        """A connection that its server dropped is replaced before anything is sent."""
        driver, now = connection.driver_connection, asyncio.get_running_loop().time()
        lost = driver.is_closed()
        if not lost and now - record.info.get("served_at", now) > IDLE_SECONDS:
            try:
                await_only(driver.fetchrow(";", timeout=PING_SECONDS))
            except Exception:  # noqa: BLE001 whatever it says, it does not answer
                lost = True
        if lost:
            raise DisconnectionError
        record.info["served_at"] = now

    # SQLAlchemy begins with the first statement that it sends itself. What an act sends
    # to the driver before that, its lock above all, would be outside its transaction.
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 SQLAlchemy's connection
        adapter = connection.connection.dbapi_connection
        try:
            await_only(adapter._start_transaction())  # noqa: SLF001 nothing public begins
        except BaseException:
            # Cut off here, it may have begun: nobody else may be served by it.
            connection.invalidate()
            raise

    return engine


def sqlite_pool(url: str, *, size: int, reading: bool) -> AsyncEngine:
    logging.getLogger("aiosqlite").setLevel(
        logging.INFO
    )  # at DEBUG it writes the values of every statement
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
    )

    file = engine.url.database or ""

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(
        dialect: Any,  # noqa: ANN401 the driver's own
        record: Any,  # noqa: ANN401 the pool's own
        _: object,
        options: Any,  # noqa: ANN401 the driver's own
    ) -> Any:  # noqa: ANN401 the driver's own
        with register_faults():
            record.info["file"] = Path(file).stat().st_ino
            return dialect.connect(f"file:{quote(file)}?mode=rw", **options, uri=True)

    @event.listens_for(engine.sync_engine, "checkout")
    def stands(
        _connection: object,
        record: Any,  # noqa: ANN401 the pool's own
        _proxy: object,
    ) -> None:
        """A file that was moved away is still open.

        What would be read there is no longer the register.
        """
        with register_faults():
            if Path(file).stat().st_ino != record.info["file"]:
                raise DisconnectionError

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 the driver's
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("SELECT sqlite_version()")
        version = tuple(int(part) for part in cursor.fetchone()[0].split("."))
        if version < SQLITE_FLOOR:
            installed = ".".join(map(str, version))
            message = (
                f"SQLite {installed} corrompt parfois le journal WAL : "
                "version 3.51.3 au moins (paquet pysqlite3)."
            )
            raise SqliteTooOld(message)
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

    # The driver's default mode loses updates: each transaction takes the write lock
    # at once.
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 SQLAlchemy's connection
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
