"""The keys of acts: claimed before the work, found again by what a vault makes of them, forgotten in their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from .records import Batch, Campaign, Idempotency, Record
from .vault import Vault

LIFE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an act under a key: whose, which act, the digest of its input, and when."""

    user_id: str
    operation: str
    key: str
    digest: str
    at: datetime

    def row(self, vault: Vault) -> Idempotency:
        """The key's row, still without an outcome."""
        whose = {
            "user_id": self.user_id,
            "operation": self.operation,
            "key": vault.fingerprint(self.key),
        }
        return Idempotency(
            **whose,
            digest=self.digest,
            outcome={},
            at=self.at,
            expires_at=self.at + LIFE,
        )


async def claim(session: AsyncSession, vault: Vault, call: Call) -> Idempotency:
    """The row of this key: with the outcome of its first call, or new and held until this act ends: others wait.

    Rows older than fingerprints bear the key itself, until they expire.
    """
    written = (vault.fingerprint(call.key), call.key)
    whose = (
        Idempotency.user_id == call.user_id,
        Idempotency.operation == call.operation,
    )
    rows = (
        select(Idempotency)
        .where(*whose, Idempotency.key.in_(written))
        .with_for_update()
    )
    for row in list(await session.scalars(rows)):
        if call.at < row.expires_at:
            return row
        await session.delete(row)
    await session.flush()
    row = call.row(vault)
    session.add(row)
    await session.flush()
    return row


async def settle(
    session: AsyncSession, row: Idempotency, objects: Sequence[Record]
) -> None:
    """What the key's act made; a batch of a campaign can be replayed until 31 days after the campaign closes."""
    row.object_id = objects[0].id if objects else None
    for batch in objects:
        if isinstance(batch, Batch) and batch.campaign_id is not None:
            campaign = await session.get_one(Campaign, batch.campaign_id)
            row.expires_at = max(row.expires_at, campaign.closes_at + LIFE)


async def purge(session: AsyncSession, now: datetime) -> int:
    """Delete the keys whose time has come; how many."""
    gone = await session.execute(
        delete(Idempotency).where(Idempotency.expires_at <= now)
    )
    assert isinstance(gone, CursorResult)
    return gone.rowcount
