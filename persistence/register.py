"""The register's writes: rows in bulk, closings first, the timeline."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    delete,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import get_history

from persistence.reading.dialects import SPELLINGS
from persistence.records.base import Base
from persistence.types import Instant

from .closings import write_closings_first
from .engine import Database
from .parts import in_parts
from .records import (
    Partner,
    PartnerState,
    Record,
    Span,
    timeline,
)
from .register_questions import RegisterQuestions

B = TypeVar("B", bound=Base)

ROWS_AT_ONCE = 200
"""The rows of one insert on SQLite, which binds 32,766 values at most."""
_SPANS = Base.metadata.tables["partner_state"]


def raise_version(record: Record) -> None:
    """The next version of a record, once an act whoever asks."""
    if not get_history(record, "version").added:
        record.version += 1


class Register(RegisterQuestions):
    """One act's session, on the day of the act: what it reads, and what it writes."""

    def __init__(self, session: AsyncSession, database: Database, today: date) -> None:
        super().__init__(session, database, today)
        self._after_flush: list[Callable[[], Awaitable[None]]] = []

    # writing in bulk

    def after_flush(self, *writes: Callable[[], Awaitable[None]] | None) -> None:
        """Rows that hang from the act's records: they are written once these are."""
        self._after_flush.extend(write for write in writes if write is not None)

    async def flush(self) -> None:
        """The act's records, then the rows that hang from them."""
        await write_closings_first(self.session)
        await self.session.flush()
        while self._after_flush:
            await self._after_flush.pop(0)()

    async def write_all(self, records: Sequence[Base]) -> None:
        """New records, which the session does not have to look through together."""
        async for part in in_parts(records):
            self.session.add_all(part)
            await self.session.flush()

    async def copy(
        self,
        record: type[Base],
        columns: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """New rows past the mapping, by column.

        PostgreSQL takes a COPY, SQLite an insert of many rows: it prepares the lists of
        its CHECK once a statement, not once a row.
        """
        if not rows:
            return
        target = Base.metadata.tables[record.__tablename__]
        driver = await self.database.driver_of(self.session)
        if self.database.dialect == "postgresql":
            await driver.copy_records_to_table(
                target.name, records=rows, columns=columns
            )
            return
        adapted = _adapted(
            rows, [isinstance(target.c[c].type, Date | Instant) for c in columns]
        )
        insertion = f'INSERT INTO "{target.name}" ({", ".join(columns)}) VALUES '  # noqa: S608
        marks = f"({', '.join('?' * len(columns))})"
        for start in range(0, len(adapted), ROWS_AT_ONCE):
            part = adapted[start : start + ROWS_AT_ONCE]
            values = ", ".join([marks] * len(part))
            await driver.execute(insertion + values, list(chain.from_iterable(part)))

    def among(
        self, term: ColumnElement[str], values: Sequence[str]
    ) -> ColumnElement[bool]:
        """Whether a column is one of many values, bound as one array.

        A thousand binds would cost more to prepare.
        """
        spelling = SPELLINGS[self.database.dialect]
        bound = spelling.bind(f"among_{term.key}", "texts")
        bound.value, bound.required = spelling.adapt(values, "texts"), False
        return spelling.among(term, bound)

    async def upsert(
        self,
        record: type[Base],
        columns: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """Rows written anew or again, by their primary key."""
        if not rows:
            return
        target = Base.metadata.tables[record.__tablename__]
        insert_ = (
            postgresql.insert
            if self.database.dialect == "postgresql"
            else sqlite.insert
        )
        insertion = insert_(target)
        replaced = {
            c: insertion.excluded[c] for c in columns if not target.c[c].primary_key
        }
        statement = insertion.on_conflict_do_update(
            index_elements=list(target.primary_key), set_=replaced
        )
        await (await self.session.connection()).execute(
            statement, [dict(zip(columns, r, strict=True)) for r in rows]
        )

    # the timeline

    async def keep_timeline(
        self, partner: Partner, stored: Sequence[Span] | None = None
    ) -> None:
        """Rewrite the timeline from today on, if the documents say otherwise.

        `stored`: the rows, when they have been read.
        """
        if stored is None:
            stored = await self._stored_spans(partner)
        wanted = timeline(partner)
        if stored == wanted:
            return
        if _before(self.today, stored) != _before(self.today, wanted):
            message = f"the past of the timeline of {partner.id} would change"
            raise RuntimeError(message)
        unchanged = _common_length(stored, wanted)
        if len(stored) > unchanged:
            former = delete(PartnerState).where(
                PartnerState.partner_id == partner.id,
                PartnerState.starts_on >= wanted[unchanged].starts_on,
            )
            await self.session.execute(
                former, execution_options={"synchronize_session": False}
            )
        await self.session.execute(insert(_SPANS), _rows(partner, wanted)[unchanged:])

    async def _stored_spans(self, partner: Partner) -> list[Span]:
        columns = [getattr(PartnerState, name) for name in Span._fields]
        rows = select(*columns).where(PartnerState.partner_id == partner.id)
        ordered = rows.order_by(PartnerState.starts_on)
        return [Span(*row) for row in await self.session.execute(ordered)]

    async def register_all(self, partners: Sequence[Partner]) -> None:
        """Many new partners with their first timelines."""
        async for part in in_parts(partners):
            await self.write_all(part)
            spans = [
                row for partner in part for row in _rows(partner, timeline(partner))
            ]
            await self.session.execute(insert(_SPANS), spans)


def _common_length(stored: Sequence[Span], wanted: Sequence[Span]) -> int:
    """How many spans the two have in common from the first one on."""
    length = 0
    for former, new in zip(stored, wanted, strict=False):
        if former != new:
            break
        length += 1
    return length


def _adapted(
    rows: Sequence[tuple[Any, ...]], dated: Sequence[bool]
) -> list[tuple[Any, ...]]:
    """Days and instants as SQLite keeps them, a column at a time.

    The rows of one act say the same few days: each is written once.
    """
    adapt = SPELLINGS["sqlite"].adapt
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, is_dated in enumerate(dated):
        if is_dated:
            days = columns[place]
            words = {day: adapt(day, "day") for day in set(days)}
            columns[place] = [words[day] for day in days]
    return list(zip(*columns, strict=True))


def _rows(partner: Partner, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The spans as the table has them, each chained to the one before."""
    return [
        {
            "partner_id": partner.id,
            "chained": span.starts_on if index else None,
            **span._asdict(),
        }
        for index, span in enumerate(spans)
    ]


def _before(today: date, spans: Sequence[Span]) -> list[Span]:
    """What the spans say of the days that are past."""
    return [
        span._replace(ends_on=min(span.ends_on, today))
        for span in spans
        if span.starts_on < today
    ]
