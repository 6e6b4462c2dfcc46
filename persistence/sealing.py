"""The journal's sealer: each committed entry gets its position and its hash.

It works outside of the acts, one process at a time. With the hash comes the receipt of
what the entry brought (`chaining.py`).

A follower reads by position: an entry that commits late takes its place after those
that are already there.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records.base import fresh_id, table

from .chaining import chain, is_head_due
from .engine import Database
from .records import JournalEntry, JournalSeal, Lease
from .signing import Signer

if TYPE_CHECKING:
    from persistence.reading.context import SqlContext

TASK = "journal"
PERIOD = 0.5
"""Seconds between two looks at what waits."""
LIFE = timedelta(seconds=5)
"""How long the task stays with a process that says nothing more."""
BATCH = 1_000
logger = logging.getLogger(__name__)


def journal_rows(_: "SqlContext") -> Select[Any]:
    """The journal as it is read: each entry with its position.

    The position is null while the entry waits. Its instant is that of the seal.
    """
    entry, seal = table("journal"), table("journal_seal")
    columns = [c for c in entry.c if c.name != "at"]
    at = func.coalesce(seal.c.at, entry.c.at, type_=entry.c.at.type).label("at")
    rows = entry.join(seal, seal.c.journal_seq == entry.c.seq)
    return select(*columns, at, seal.c.position).select_from(rows)


class JournalSealer:
    """`now` is the machine's clock, `signer` signs receipts and heads.

    What makes two sealers safe is the row of the lease, locked while one numbers.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime], signer: Signer
    ) -> None:
        self._database, self._now, self._signer = database, now, signer
        self._token = fresh_id("process")
        self._stopping = asyncio.Event()
        self._failing = False

    async def seal(self) -> int:
        """Number and chain what waits, a batch at most; return how many entries were.

        None are where the task is another process's.
        """
        if not await self._has_work():
            return 0
        async with self._database.transaction() as session:
            if not await self._lead(session):
                return 0
            numbered = await _number(session)
            chained = await chain(session, self._signer, self._now(), BATCH)
            return max(numbered, chained)

    async def run(self) -> None:
        """Number what waits, again and again, until `stop`.

        What the last acts left is numbered before it ends, and the task is given back.
        """
        while not self._stopping.is_set():
            await self._try(self._seal_all)
            await self._pause()
        await self._try(self._seal_all)
        await self._try(self._leave)

    def stop(self) -> None:
        self._stopping.set()

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        """Go on with the task whatever the register answers.

        The first failure of a row is logged, without its text.
        """
        try:
            await work()
        except Exception as fault:  # noqa: BLE001 its text may hold values
            if not self._failing:
                logger.warning(
                    "the journal is not numbered for now: %s", type(fault).__name__
                )
            self._failing = True
        else:
            self._failing = False

    async def _seal_all(self) -> None:
        while await self.seal() == BATCH:
            pass

    async def _leave(self) -> None:
        async with self._database.transaction() as session:
            mine = update(Lease).where(Lease.name == TASK, Lease.token == self._token)
            await session.execute(mine.values(until=self._now()))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PERIOD):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _has_work(self) -> bool:
        """Whether anything waits, and for this process: a read that locks nothing."""
        queue = exists().where(JournalSeal.hash.is_(None))
        work = queue | is_head_due(self._now())
        task = exists().where(*self._free())
        async with self._database.reader.connect() as connection:
            return bool(await connection.scalar(select(work & task)))

    async def _lead(self, session: AsyncSession) -> bool:
        """Take the task or keep it, for this transaction and some seconds.

        Another process waits here meanwhile.
        """
        claim = (
            update(Lease)
            .where(*self._free())
            .values(token=self._token, until=self._now() + LIFE)
        )
        result = await session.execute(
            claim.execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", result).rowcount == 1

    def _free(self) -> tuple[Any, ...]:
        """The lease is mine, has run out, or is longer than anybody may take it.

        It is too long when the clock of who took it was wrong.
        """
        now = self._now()
        return Lease.name == TASK, or_(
            Lease.token == self._token, Lease.until <= now, Lease.until > now + LIFE
        )


async def _number(session: AsyncSession) -> int:
    """Give positions that follow the last one, in the order of `seq`.

    Their instants never go back.
    """
    places = select(JournalSeal.position, JournalSeal.at).where(
        JournalSeal.position.is_not(None)
    )
    last = (
        await session.execute(places.order_by(JournalSeal.position.desc()).limit(1))
    ).one_or_none()
    position, at = (last.position or 0, last.at) if last is not None else (0, None)
    queue = (
        select(JournalSeal.journal_seq, JournalEntry.at)
        .join(JournalEntry, JournalEntry.seq == JournalSeal.journal_seq)
        .where(JournalSeal.position.is_(None))
        .order_by(JournalSeal.journal_seq)
        .limit(BATCH)
    )
    rows = []
    for seq, instant in await session.execute(queue):
        position, at = position + 1, instant if at is None else max(at, instant)
        rows.append({"journal_seq": seq, "position": position, "at": at})
    if rows:
        await session.execute(update(JournalSeal), rows)
    return len(rows)
