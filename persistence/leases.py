"""A task that one process at a time does, beside the requests, under a lease."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

from sqlalchemy import ColumnElement, CursorResult, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records.base import fresh_id

from .engine import Database
from .records import Lease

logger = logging.getLogger(__name__)


class LeasedTask(ABC):
    """`now` is the machine's clock. `life`: how long it stays with a silent process."""

    name: ClassVar[str]
    period: ClassVar[float]
    """Seconds between two looks at what waits."""
    life: ClassVar[timedelta]

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database, self.now = database, now
        self._token = fresh_id("process")
        self._stopping = asyncio.Event()
        self._failing = False

    @abstractmethod
    async def work(self) -> None:
        """Do what waits, if the task is ours."""

    async def finish(self) -> None:  # noqa: B027 most tasks have nothing to finish
        """What is still to be done at the stop: nothing, for most tasks."""

    async def run(self) -> None:
        """Work again and again until `stop`; finish, then give the task back."""
        while not self._stopping.is_set():
            await self._try(self.work)
            await self._pause()
        await self._try(self.finish)
        await self._try(self._leave)

    def stop(self) -> None:
        self._stopping.set()

    async def lead(self, session: AsyncSession) -> bool:
        """Take the task or keep it, for some time; another process waits meanwhile."""
        claim = update(Lease).where(self.is_free())
        claim = claim.values(token=self._token, until=self.now() + self.life)
        result = await session.execute(
            claim.execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", result).rowcount == 1

    def is_free(self) -> ColumnElement[bool]:
        """The lease is mine, has run out, or is longer than anybody may take it.

        It is too long when the clock of who took it was wrong.
        """
        now = self.now()
        is_over = or_(Lease.until <= now, Lease.until > now + self.life)
        return (Lease.name == self.name) & or_(Lease.token == self._token, is_over)

    async def _leave(self) -> None:
        async with self.database.transaction() as session:
            is_mine = (Lease.name == self.name) & (Lease.token == self._token)
            await session.execute(update(Lease).where(is_mine).values(until=self.now()))

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        """Go on whatever happens. The first failure of a row is logged, by its kind."""
        try:
            await work()
        except Exception as fault:  # noqa: BLE001 its text may hold values
            if not self._failing:
                kind = type(fault).__name__
                logger.warning("the task %s is not done for now: %s", self.name, kind)
            self._failing = True
        else:
            self._failing = False

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self.period):
                await self._stopping.wait()
        except TimeoutError:
            return
