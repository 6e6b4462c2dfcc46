"""The journal's sealer: each committed entry gets its position and its hash.

It works outside of the acts, one process at a time. With the hash comes the receipt of
what the entry brought (`chaining.py`).

A follower reads by position: an entry that commits late takes its place after those
that are already there.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records.base import table

from .chaining import chain, is_head_due
from .engine import Database
from .leases import LeasedTask
from .records import JournalEntry, JournalSeal
from .signing import Signer

if TYPE_CHECKING:
    from persistence.reading.context import SqlContext

BATCH = 1_000


def journal_rows(_: "SqlContext") -> Select[Any]:
    """The journal as it is read: each entry with its position.

    The position is null while the entry waits. Its instant is that of the seal.
    """
    entry, seal = table("journal"), table("journal_seal")
    columns = [c for c in entry.c if c.name != "at"]
    at = func.coalesce(seal.c.at, entry.c.at, type_=entry.c.at.type).label("at")
    rows = entry.join(seal, seal.c.journal_seq == entry.c.seq)
    return select(*columns, at, seal.c.position).select_from(rows)


class JournalSealer(LeasedTask):
    """`signer` signs receipts and heads.

    What makes two sealers safe is the row of the lease, locked while one numbers.
    """

    name = "journal"
    period = 0.5
    life = timedelta(seconds=5)

    def __init__(
        self, database: Database, now: Callable[[], datetime], signer: Signer
    ) -> None:
        super().__init__(database, now)
        self._signer = signer

    async def seal(self) -> int:
        """Number and chain what waits, a batch at most; return how many entries were.

        None are where the task is another process's.
        """
        if not await self._has_work():
            return 0
        async with self.database.transaction() as session:
            if not await self.lead(session):
                return 0
            numbered = await _number(session)
            chained = await chain(session, self._signer, self.now(), BATCH)
            return max(numbered, chained)

    async def work(self) -> None:
        """Number all that waits."""
        while await self.seal() == BATCH:
            pass

    async def finish(self) -> None:
        """What the last acts left is numbered too."""
        await self.work()

    async def _has_work(self) -> bool:
        """Whether anything waits, and for this process: a read that locks nothing."""
        queue = exists().where(JournalSeal.hash.is_(None))
        work = queue | is_head_due(self.now())
        task = exists().where(self.is_free())
        async with self.database.reader.connect() as connection:
            return bool(await connection.scalar(select(work & task)))


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
