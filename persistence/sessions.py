"""Where the console's sessions are kept: found by one statement, begun, carried over, ended."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, Text, delete, select, update
from sqlalchemy import cast as as_type

from persistence.facts.model import MODEL
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.values import Var
from persistence.records.base import table
from persistence.records.sessions import IDLE, LONGEST, RETENTION, SessionRecord

from .engine import Database

COLUMNS = (
    "digest", "id", "issuer", "subject", "name", "user_agent", "started_at", "authenticated_at", "seen_at", "ended_at",
)  # fmt: skip
INSTANTS = ("started_at", "authenticated_at", "seen_at", "ended_at")
PRECISION = timedelta(minutes=1)
"""How precisely `seen_at` is noted: a request less than a minute later writes nothing."""
NOBODY = Holdings(date.min, datetime.min.replace(tzinfo=UTC), lambda _, __: ())
"""The statement asks for no day and for nothing that somebody holds."""


class SessionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, digest: str) -> tuple[SessionRecord, bool] | None:
        """The row of a cookie, living or not, without what it holds sealed: a copy that no act writes.

        With it, whether it keeps something that was typed.
        """
        statement = _find_statement(self._database.dialect)
        async with self._database.reading() as driver:
            text = await self._database.value(
                statement.text, _binds(statement, digest), driver
            )
        return None if text is None else _record(text)

    async def see(self, record: SessionRecord, now: datetime) -> None:
        """Note that the session serves, at most once a minute."""
        if now - record.seen_at < PRECISION:
            return
        record.seen_at = now
        row = SessionRecord
        sighting = update(row).where(
            row.digest == record.digest, row.ended_at.is_(None), row.seen_at < now
        )
        async with self._database.transaction() as session:
            await session.execute(sighting.values(seen_at=now))

    async def begin(
        self,
        new: SessionRecord,
        former: str | None,
        carry: Callable[[SessionRecord, SessionRecord], None],
    ) -> None:
        """The new row takes the place of the cookie's former one. Rows that ran out more than a day ago go.

        `carry(former, new)` is called when both are the same person's and the former was not ended.
        """
        now = new.seen_at
        async with self._database.transaction() as session:
            await session.execute(
                delete(SessionRecord).where(
                    SessionRecord.seen_at < now - IDLE - RETENTION
                )
            )
            old = (
                await session.get(SessionRecord, former, with_for_update=True)
                if former
                else None
            )
            if old is not None:
                if old.ended_at is None and old.belongs_to(new):
                    carry(old, new)
                old.end(now)
            session.add(new)
            await session.flush()

    async def end(self, digest: str, now: datetime) -> bytes | None:
        """Sign out; answers the sealed ID token that the row held."""
        async with self._database.transaction() as session:
            row = await session.get(SessionRecord, digest, with_for_update=True)
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
            row = await session.get(SessionRecord, digest, with_for_update=True)
            if row is not None and row.ended_at is None:
                row.typed = change(row)
                await session.flush()

    async def typed(self, digest: str) -> SessionRecord | None:
        """The row, when it holds something that was typed."""
        async with self._database.looking() as session:
            rows = select(SessionRecord).where(
                SessionRecord.digest == digest, SessionRecord.typed.is_not(None)
            )
            return await session.scalar(rows)

    async def living(
        self, issuer: str, subject: str, now: datetime
    ) -> Sequence[SessionRecord]:
        """The living sessions of a person, last seen first."""
        async with self._database.looking() as session:
            rows = select(SessionRecord).where(*_living(issuer, subject, now))
            return list(
                await session.scalars(
                    rows.order_by(SessionRecord.seen_at.desc(), SessionRecord.id)
                )
            )

    async def end_others(
        self, issuer: str, subject: str, but: str, now: datetime
    ) -> int:
        """End every living session of a person but the one of this digest; how many."""
        ended = {"ended_at": now, "id_token": None, "typed": None}
        others = update(SessionRecord).where(
            *_living(issuer, subject, now), SessionRecord.digest != but
        )
        async with self._database.transaction() as session:
            return cast(
                "CursorResult[Any]", await session.execute(others.values(**ended))
            ).rowcount


def _living(issuer: str, subject: str, now: datetime) -> tuple[Any, ...]:
    """As `SessionRecord.lives`."""
    row = SessionRecord
    mine = (row.issuer == issuer, row.subject == subject)
    return (
        *mine,
        row.ended_at.is_(None),
        row.seen_at > now - IDLE,
        row.started_at > now - LONGEST,
    )


@cache
def _find_statement(dialect: str) -> Statement:
    terms, row = SqlContext(MODEL, dialect), table("session")
    facts = {name: row.c[name] for name in COLUMNS} | {
        "keeps": row.c.typed.is_not(None)
    }
    answer = terms.spelling.object(
        [(name, terms.spelling.value(fact)) for name, fact in facts.items()]
    )
    rows = select(as_type(answer, Text)).where(
        row.c.digest == terms.value(Var(("digest",)))
    )
    return compiled(rows, terms)


def _binds(statement: Statement, digest: str) -> Any:  # noqa: ANN401 as the driver takes them
    return statement.binds({"digest": digest}, NOBODY)


def _record(text: str) -> tuple[SessionRecord, bool]:
    facts = orjson.loads(text)
    keeps = facts.pop("keeps")
    instants = {
        name: datetime.fromisoformat(facts[name]) for name in INSTANTS if facts[name]
    }
    return SessionRecord(**facts | instants), keeps
