"""What enforcement resolves for the users of a register, whatever asks for it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Text, cast, select

from persistence.engine import Database
from persistence.facts.callers import holders
from persistence.facts.model import MODEL
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import compiled
from persistence.reading.values import Var

NOW = datetime(2026, 12, 10, 8, tzinfo=UTC)


async def held(
    database: Database, users: Iterable[str], day: date
) -> list[Mapping[str, Any]]:
    """What each of these users holds that day (`callers.holders`)."""
    terms = SqlContext(MODEL, database.dialect)
    told = holders(terms, lambda user: terms.among(user.c.id, Var(("users",))))
    statement = compiled(select(cast(told, Text)), terms)
    binds = statement.binds(
        {"users": list(users)}, Holdings(day, NOW, lambda _attribute, _role: ())
    )
    async with database.reading() as driver:
        return orjson.loads(await database.value(statement.text, binds, driver))  # type: ignore[no-any-return]


def rights_of(told: Mapping[str, Any]) -> tuple[set[tuple[str, ...]], set[str]]:
    """(profile, group, partner, service, establishment) of each right, and the partners administered."""
    return {tuple(grant) for grant in told["grants"]}, {
        partner for (partner,) in told["administered"]
    }
