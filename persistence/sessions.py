"""The store of the console's sessions: each is a row, read by one statement."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, CursorResult, Text, delete, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.facts.model import MODEL
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.values import Var
from persistence.records.base import table
from persistence.records.sessions import IDLE, LONGEST, RETENTION, SessionRecord

from .engine import Database

INSTANTS = (
    "started_at",
    "authenticated_at",
    "seen_at",
    "ended_at",
)
COLUMNS = (
    "digest",
    "id",
    "issuer",
    "subject",
    "name",
    "user_agent",
    *INSTANTS,
)
PRECISION = timedelta(minutes=1)
"""A request that comes less than a minute after the last one writes nothing."""
NO_INSTANT = datetime.min.replace(tzinfo=UTC)
NOBODY = Holdings(date.min, NO_INSTANT, lambda _, __: ())
"""The statement asks for no day and for nothing that somebody holds."""


class SessionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, digest: str) -> tuple[SessionRecord, bool] | None:
        """The row of a cookie, and whether it keeps something that was typed.

        The row may have ended. It is a copy that nothing writes, without its sealed
        values.
        """
        statement = _find_statement(self._database.dialect)
        binds = _binds(statement, digest)
        async with self._database.reading() as driver:
            text = await self._database.value(statement.text, binds, driver)
        return None if text is None else _record(text)

    async def see(self, record: SessionRecord, now: datetime) -> None:
        """Note that the session serves, at most once a minute."""
        if now - record.seen_at < PRECISION:
            return
        record.seen_at = now
        row = SessionRecord
        living = (
            row.digest == record.digest,
            row.ended_at.is_(None),
            row.seen_at < now,
        )
        sighting = update(row).where(*living).values(seen_at=now)
        async with self._database.transaction() as session:
            await session.execute(sighting)

    async def begin(
        self,
        new: SessionRecord,
        former: str | None,
        carry: Callable[[SessionRecord, SessionRecord], None],
    ) -> None:
        """The new row takes the place of the cookie's former one.

        `carry(former, new)` is called when both are the same person's and the former
        was not ended. Rows that ran out more than a day ago are deleted.
        """
        now = new.seen_at
        oldest = now - IDLE - RETENTION
        expiry = delete(SessionRecord).where(SessionRecord.seen_at < oldest)
        async with self._database.transaction() as session:
            await session.execute(expiry)
            old = await _locked(session, former) if former else None
            if old is not None:
                if old.ended_at is None and old.belongs_to(new):
                    carry(old, new)
                old.end(now)
            session.add(new)
            await session.flush()

    async def end(self, digest: str, now: datetime) -> bytes | None:
        """Sign out; answers the sealed ID token that the row held."""
        async with self._database.transaction() as session:
            row = await _locked(session, digest)
            if row is None:
                return None
            id_token = row.id_token
            row.end(now)
            await session.flush()
            return id_token

    async def change_typed(
        self, digest: str, change: Callable[[SessionRecord], bytes | None]
    ) -> None:
        """Rewrite what a row keeps of what was typed, unless the row was ended."""
        async with self._database.transaction() as session:
            row = await _locked(session, digest)
            if row is not None and row.ended_at is None:
                row.typed = change(row)
                await session.flush()

    async def typed(self, digest: str) -> SessionRecord | None:
        """The row, when it holds something that was typed."""
        row = SessionRecord
        rows = select(row).where(row.digest == digest, row.typed.is_not(None))
        async with self._database.looking() as session:
            return await session.scalar(rows)

    async def living(
        self, issuer: str, subject: str, now: datetime
    ) -> Sequence[SessionRecord]:
        """The living sessions of a person, last seen first."""
        row = SessionRecord
        rows = select(row).where(*_living(issuer, subject, now))
        latest_first = rows.order_by(row.seen_at.desc(), row.id)
        async with self._database.looking() as session:
            return list(await session.scalars(latest_first))

    async def end_others(
        self, issuer: str, subject: str, but: str, now: datetime
    ) -> int:
        """End every living session of a person but the one of this digest; how many."""
        living = _living(issuer, subject, now)
        others = update(SessionRecord).where(*living, SessionRecord.digest != but)
        ending = others.values(ended_at=now, id_token=None, typed=None)
        async with self._database.transaction() as session:
            result = await session.execute(ending)
        return cast("CursorResult[Any]", result).rowcount


async def _locked(session: AsyncSession, digest: str) -> SessionRecord | None:
    return await session.get(SessionRecord, digest, with_for_update=True)


def _living(issuer: str, subject: str, now: datetime) -> tuple[Any, ...]:
    """The conditions of `SessionRecord.lives`, for the sessions of a person."""
    row = SessionRecord
    return (
        row.issuer == issuer,
        row.subject == subject,
        row.ended_at.is_(None),
        row.seen_at > now - IDLE,
        row.started_at > now - LONGEST,
    )


@cache
def _find_statement(dialect: str) -> Statement:
    terms, row = SqlContext(MODEL, dialect), table("session")
    facts: dict[str, ColumnElement[Any]] = {name: row.c[name] for name in COLUMNS}
    facts["keeps"] = row.c.typed.is_not(None)
    fields = [(name, terms.spelling.value(fact)) for name, fact in facts.items()]
    answer = as_type(terms.spelling.object(fields), Text)
    digest = terms.value(Var(("digest",)))
    return compiled(select(answer).where(row.c.digest == digest), terms)


def _binds(statement: Statement, digest: str) -> Any:  # noqa: ANN401 the driver's
    return statement.binds({"digest": digest}, NOBODY)


def _record(text: str) -> tuple[SessionRecord, bool]:
    facts = orjson.loads(text)
    keeps = facts.pop("keeps")
    for name in INSTANTS:
        if facts[name]:
            facts[name] = datetime.fromisoformat(facts[name])
    return SessionRecord(**facts), keeps
