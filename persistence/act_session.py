"""One act's session as it begins.

It reads who calls, locks a partner, and reads what the act needs under the lock.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import orjson
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.facts.callers import Identity
from persistence.facts.visibility import Permit
from persistence.reading.binds import Holdings
from persistence.reading.layouts import day_of
from persistence.reading.statement import Statement
from persistence.reading.tree_objects import loaded
from persistence.records.base import Base

from .act_locks import lock_each_statement
from .act_statements import (
    NO_HOLDINGS,
    begin_statement,
    judge_statement,
    lock_statement,
    look_statement,
    rows_statement,
)
from .engine import Database
from .records import Mode, Partner, Record, Span, User

B = TypeVar("B", bound=Base)


class Judgement(NamedTuple):
    """The permits by which a row is read, and those by which the act is done to it."""

    read: tuple[Permit, ...]
    act: tuple[Permit, ...]

    def verdict(self, flags: Sequence[bool]) -> tuple[bool, Permit | None]:
        """Read the flags of a statement.

        They say whether the row may be read, and the first permit that is met.
        """
        is_readable, *are_met = flags
        return is_readable, next(
            (
                permit
                for permit, is_met in zip(self.act, are_met, strict=True)
                if is_met
            ),
            None,
        )


class Timeline(NamedTuple):
    """The stored spans of a partner, and the names of who administers it."""

    spans: list[Span]
    names: Mapping[str, str]


class Look(NamedTuple):
    """What an act looks at under its lock.

    `verdicts`: by id, whether the row may be read and the permit that is met.
    `records`: the rows alone, or else `file`: the partner with all that hangs from it.
    """

    holdings: Any
    verdicts: Mapping[str, tuple[bool, Permit | None]]
    records: Sequence[Any]
    file: Partner | None
    timeline: Timeline


class ActSession:
    """One act's session, on the day of the act."""

    def __init__(self, session: AsyncSession, database: Database, today: date) -> None:
        self.session, self.database, self.today = session, database, today
        self._rows: list[Base] = []  # the session refers weakly to its own

    async def begin(
        self, identity: Identity, holdings: Holdings
    ) -> tuple[Any, User | None]:
        """What the caller holds (`callers.holdings_of_caller`), and their card.

        Nobody's identity has neither.
        """
        text = await self._answer(
            begin_statement(self.database.dialect), identity.variables, holdings
        )
        if text is None:
            return None, None
        holdings_now, card = orjson.loads(text)
        (caller,) = loaded(self.session, User, [card])
        return holdings_now, caller

    async def lock(
        self,
        record: type[Record],
        record_id: str,
        permits: Sequence[Permit] | None,
        holdings: Holdings,
    ) -> str | None:
        """Lock the partner of a row, where a permit is met, and return its id.

        `permits`: None locks whatever the caller may do.
        """
        key = None if permits is None else tuple(permits)
        statement = lock_statement(self.database.dialect, record, key)
        partner_id: str | None = await self._answer(
            statement, {"id": record_id}, holdings
        )
        return partner_id

    async def lock_each(
        self,
        record: type[Record],
        ids: Sequence[str],
        permits: Sequence[Permit],
        holdings: Holdings,
    ) -> list[str]:
        """Lock the partners of the rows that meet a permit, and return their ids."""
        key = tuple(permits)
        statement = lock_each_statement(self.database.dialect, record, key)
        text = await self._answer(statement, {"ids": list(ids)}, holdings)
        partner_ids: list[str] = orjson.loads(text or "[]")
        return partner_ids

    async def look(
        self,
        record: type[Record],
        ids: Sequence[str],
        partner_id: str,
        judgement: "Judgement",
        identity: Identity,
        holdings: Holdings,
        *,
        is_file: bool,
    ) -> "Look":
        """The rows under the lock of their partner.

        The answer says what the caller holds now, what the permits say, and the file.
        """
        read, permits = judgement
        statement = look_statement(
            self.database.dialect, record, read, permits, is_file
        )
        variables = {"ids": list(ids), "partner": partner_id, **identity.variables}
        holdings_now, rows, file, spans = orjson.loads(
            await self._answer(statement, variables, holdings)
        )
        verdicts = {row_id: judgement.verdict(flags) for row_id, flags, _ in rows}
        if is_file:
            (partner,) = loaded(self.session, Partner, [file], refresh=True)
            return Look(holdings_now, verdicts, [], partner, _timeline_of(spans))
        records = loaded(
            self.session, record, [row for _, _, row in rows], refresh=True
        )
        return Look(holdings_now, verdicts, records, None, _timeline_of(spans))

    async def judge_row(
        self,
        record: type[Record],
        record_id: str,
        judgement: "Judgement",
        holdings: Holdings,
    ) -> tuple[bool, Permit | None]:
        """Whether the row may be read, and the first permit that allows the act."""
        statement = judge_statement(self.database.dialect, record, *judgement)
        text = await self._answer(statement, {"id": record_id}, holdings)
        return (False, None) if text is None else judgement.verdict(orjson.loads(text))

    async def _answer(
        self, statement: Statement, variables: Mapping[str, Any], holdings: Holdings
    ) -> Any:  # noqa: ANN401 text or None
        driver = await self.database.driver_of(self.session)
        return await self.database.value(
            statement.text, statement.binds(variables, holdings), driver
        )

    async def rows_of(self, record: type[B], ids: Sequence[str]) -> list[B | None]:
        """The rows of these ids, in order; None for one that is not there.

        One statement at most.
        """
        mapper, identity_map = inspect(record), self.session.sync_session.identity_map
        present: dict[str, B] = {}
        for one in ids:
            instance: Any = identity_map.get(
                mapper.identity_key_from_primary_key((one,))
            )
            if instance is not None:
                present[one] = instance
        missing = [one for one in dict.fromkeys(ids) if one not in present]
        if missing:
            text = await self._answer(
                rows_statement(self.database.dialect, record),
                {"ids": missing},
                NO_HOLDINGS,
            )
            rows = loaded(self.session, record, orjson.loads(text))
            self._rows += rows
            for instance in rows:
                present[mapper.primary_key_from_instance(instance)[0]] = instance
        return [present.get(one) for one in ids]


def _timeline_of(rows: Sequence[Sequence[Any]]) -> "Timeline":
    """The spans of a look, and the names of the organisms that administer."""
    spans, names = [], {}
    for (
        starts_on,
        ends_on,
        convention_id,
        mode,
        administering_id,
        signing_id,
        name,
    ) in rows:
        facts = (
            convention_id,
            Mode[mode] if mode else None,
            administering_id,
            signing_id,
        )
        spans.append(Span(day_of(starts_on), day_of(ends_on), *facts))
        names[administering_id] = name
    return Timeline(spans, names)
