"""The rows of lives that an act has changed: events, and the spans computed from them.

All the workers of an act are written together: nothing is sent line by line.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, update

from persistence.records import (
    ActivityChange,
    DualActivity,
    Establishment,
    WorkerRate,
    WorkerStay,
)
from persistence.records.base import Base
from persistence.records.life import Life
from persistence.register import Register

EVENT = (
    "id",
    "version",
    "partner_id",
    "establishment_id",
    "worker_id",
    "person_id",
    "paying_id",
    "act",
    "source",
    "line_id",
    "kind",
    "effective_on",
    "rate_before",
    "rate_after",
    "departure_reason",
    "weekly_hours",
    "employer_siret",
    "comment",
    "client_reference",
    "received_at",
    "corrects_id",
    "ended_at",
    "ended_by_id",
)
KEY = ("worker_id", "establishment_id", "partner_id")
STAY = (*KEY, "starts_on", "ends_on", "departure_reason")
RATE = (*KEY, "starts_on", "rate")
DUAL = (*KEY, "starts_on", "ends_on", "weekly_hours", "employer_siret")


class LifeRows:
    """What one act writes of the lives of workers in one establishment.

    `ended`: by the id of an event, the event that ends it; itself, when the certificate
    that stated it no longer does.
    """

    def __init__(
        self,
        register: Register,
        place: Establishment,
        now: datetime,
    ) -> None:
        self.register = register
        self.place = place
        self.now = now
        self.events: list[tuple[Any, ...]] = []
        self.ended: dict[str, str] = {}
        self.restored: set[str] = set()
        self.rates_before: dict[str, int | None] = {}
        self.lives: dict[str, Life] = {}
        self.new_workers: set[str] = set()

    def note_life(
        self,
        worker_id: str,
        life: Life,
        *,
        is_new: bool = False,
    ) -> None:
        """The spans of this worker are to be written again; a new one has none yet."""
        self.lives[worker_id] = life
        if is_new:
            self.new_workers.add(worker_id)

    async def write(self) -> None:
        """Ends come first: the indexes have room for one event in force."""
        await self._end()
        await self.register.copy(
            ActivityChange,
            EVENT,
            self.events,
        )
        await self._name_enders()
        await self._restore()
        await self._follow_rates()
        await self._write_spans()

    async def _end(self) -> None:
        if not self.ended:
            return
        rows = _table(ActivityChange)
        ending = update(rows).where(
            self.register.among(rows.c.id, list(self.ended)), rows.c.ended_at.is_(None)
        )
        values = {
            "ended_at": self.now,
            "ended_by_id": rows.c.id,
            "version": rows.c.version + 1,
        }
        await self._execute(ending.values(**values))

    async def _name_enders(self) -> None:
        """What ends an event may be new itself: it is named once it is there."""
        named = [{"key": key, "by": by} for key, by in self.ended.items() if by != key]
        if named:
            rows = _table(ActivityChange)
            naming = update(rows).where(rows.c.id == bindparam("key"))
            await self._execute(naming.values(ended_by_id=bindparam("by")), named)

    async def _restore(self) -> None:
        if not self.restored:
            return
        rows = _table(ActivityChange)
        restoring = update(rows).where(
            self.register.among(rows.c.id, list(self.restored))
        )
        values: Mapping[str, Any] = {"ended_at": None, "ended_by_id": None}
        await self._execute(restoring.values(version=rows.c.version + 1, **values))

    async def _follow_rates(self) -> None:
        """A change of rate tells the rate of before it, whatever is put before it."""
        pairs = self.rates_before.items()
        rates = [{"key": key, "rate": rate} for key, rate in pairs]
        if rates:
            rows = _table(ActivityChange)
            following = update(rows).where(rows.c.id == bindparam("key"))
            values: dict[str, Any] = {"rate_before": bindparam("rate")}
            await self._execute(following.values(**values), rates)

    async def _write_spans(self) -> None:
        former = [key for key in self.lives if key not in self.new_workers]
        for record, _, _ in SPANS if former else ():
            rows = _table(record)
            removal = delete(rows).where(
                self.register.among(rows.c.worker_id, former),
                rows.c.establishment_id == self.place.id,
            )
            await self._execute(removal)
        for record, columns, name in SPANS:
            await self.register.copy(
                record,
                columns,
                list(self._spans(name)),
            )

    def _spans(self, name: str) -> Iterable[tuple[Any, ...]]:
        place = (self.place.id, self.place.partner_id)
        for worker_id, life in self.lives.items():
            spans: Sequence[tuple[Any, ...]] = getattr(life, name)
            for span in spans:
                yield (worker_id, *place, *span)

    async def _execute(
        self,
        statement: Any,  # noqa: ANN401 an update, a delete
        values: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        connection = await self.register.session.connection()
        await connection.execute(statement, values)


SPANS: tuple[tuple[type[Base], tuple[str, ...], str], ...] = (
    (WorkerStay, STAY, "stays"),
    (WorkerRate, RATE, "rates"),
    (DualActivity, DUAL, "dual_activities"),
)


def _table(record: type[Base]) -> Any:  # noqa: ANN401 a table
    return Base.metadata.tables[record.__tablename__]
