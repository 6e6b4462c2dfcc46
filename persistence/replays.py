"""The keys of acts: claimed before the work, replayed, purged in their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records.base import Base

from .records import Batch, Campaign, Idempotency, Record
from .vault import Vault

LIFE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an act under a key.

    `digest` is that of its input.
    """

    user_id: str
    operation: str
    key: str
    digest: str
    at: datetime

    def facts(self, vault: Vault) -> dict[str, Any]:
        """The columns of the key's row, still without an outcome."""
        return {
            "user_id": self.user_id,
            "operation": self.operation,
            "key": vault.fingerprint(self.key),
            "digest": self.digest,
            "outcome": {},
            "at": self.at,
            "expires_at": self.at + LIFE,
        }

    def row(self, vault: Vault) -> Idempotency:
        """The key's row, to be written with the act."""
        return Idempotency(**self.facts(vault))


async def claim(session: AsyncSession, vault: Vault, call: Call) -> Idempotency | None:
    """The row of this key, with the outcome of its first call.

    None: the key is ours until this act ends.

    Others who bring the key meanwhile wait. Rows older than fingerprints bear the key
    itself, until they expire.
    """
    while await _insert(session, vault, call) is None:
        keys = (vault.fingerprint(call.key), call.key)
        rows = (
            select(Idempotency)
            .where(*_whose(call), Idempotency.key.in_(keys))
            .with_for_update()
        )
        for row in list(await session.scalars(rows)):
            if call.at < row.expires_at:
                return row
            await session.delete(row)
        await session.flush()
    return None


async def _insert(session: AsyncSession, vault: Vault, call: Call) -> str | None:
    """Write the key's row and return its key.

    None: the row is already there, under either form of the key.
    """
    rows = Base.metadata.tables["idempotency"]
    facts = call.facts(vault)
    values = []
    for name, value in facts.items():
        values.append(literal(value, rows.c[name].type))
    former = select(rows.c.key).where(*_whose(call), rows.c.key == call.key)
    absent = select(*values).where(~former.exists())
    dialect = session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    insertion = insert(rows).from_select([*facts], absent)
    unless_there = insertion.on_conflict_do_nothing().returning(rows.c.key)
    written: str | None = await session.scalar(unless_there)
    return written


def _whose(call: Call) -> tuple[ColumnElement[bool], ...]:
    return (
        Idempotency.user_id == call.user_id,
        Idempotency.operation == call.operation,
    )


async def settle(
    session: AsyncSession,
    vault: Vault,
    call: Call,
    outcome: dict[str, Any],
    objects: Sequence[Record],
) -> None:
    """Write the outcome of the key's act.

    A batch of a campaign can be replayed until 31 days after the campaign closes.
    """
    expires_at = call.at + LIFE
    for batch in objects:
        if isinstance(batch, Batch) and batch.campaign_id is not None:
            campaign = await session.get_one(Campaign, batch.campaign_id)
            expires_at = max(expires_at, campaign.closes_at + LIFE)
    object_id = objects[0].id if objects else None
    rows = Base.metadata.tables["idempotency"]
    mine = (*_whose(call), rows.c.key == vault.fingerprint(call.key))
    values = {"outcome": outcome, "object_id": object_id, "expires_at": expires_at}
    await session.execute(update(rows).where(*mine).values(**values))


async def purge(session: AsyncSession, now: datetime) -> int:
    """Delete the keys whose time has come; how many."""
    gone = await session.execute(
        delete(Idempotency).where(Idempotency.expires_at <= now)
    )
    assert isinstance(gone, CursorResult)
    return gone.rowcount
