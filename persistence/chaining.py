"""The chain of the journal: hashes, signed heads, and the receipts of its entries.

All is written by the journal's sealer (`sealing.py`), in the transaction in which it
works. Why: docs/decisions/0094 and 0095.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.types import written

from .receipts import signed_document
from .records import (
    Batch,
    Campaign,
    Declaration,
    Establishment,
    JournalEntry,
    JournalHead,
    JournalSeal,
    Receipt,
)
from .records.journal import BEFORE_THE_FIRST, CHAINED, chain_hash
from .signing import Signer

HOUR = timedelta(hours=1)
"""How long the head of the chain may go unsigned."""
HEAD = "JOURNAL_HEAD"
"""The kind of a statement about the journal; that of a receipt is its batch's."""


def chained_entries() -> Select[Any]:
    """The entries that have a position, with what their hashes cover."""
    columns = [getattr(JournalEntry, name) for name in (*CHAINED, "at")]
    seal = [JournalSeal.position, JournalSeal.at.label("sealed_at"), JournalSeal.hash]
    rows = select(*columns, *seal, JournalSeal.journal_seq).select_from(JournalSeal)
    entries = JournalEntry.seq == JournalSeal.journal_seq
    return (
        rows.outerjoin(JournalEntry, entries)
        .where(JournalSeal.position.is_not(None))
        .order_by(JournalSeal.position)
    )


async def chain(
    session: AsyncSession, signer: Signer, now: datetime, limit: int
) -> int:
    """Chain the entries that have a position and no hash; return how many were.

    Those of before the chain too: the first look of a sealer chains the whole journal.
    """
    last = (
        select(JournalSeal.position, JournalSeal.hash)
        .where(JournalSeal.hash.is_not(None))
        .order_by(JournalSeal.position.desc())
        .limit(1)
    )
    row = (await session.execute(last)).one_or_none()
    position, previous = (row.position, row.hash) if row else (0, BEFORE_THE_FIRST)
    queue = chained_entries().where(JournalSeal.hash.is_(None)).limit(limit)
    entries: dict[str, Any] = {}
    links = []
    for entry in await session.execute(queue):
        position, previous = entry.position, chain_hash(previous, entry)
        links.append({"journal_seq": entry.journal_seq, "hash": previous})
        if entry.object_id is not None:
            entries[entry.object_id] = (position, previous)
    if links:
        await session.execute(update(JournalSeal), links)
        await _sign_receipts(session, signer, entries)
    if position:
        await _sign_head(session, signer, now, (position, previous))
    return len(links)


async def _sign_receipts(
    session: AsyncSession, signer: Signer, entries: Mapping[str, tuple[int, str]]
) -> None:
    """The receipts of the batches that these entries brought.

    `entries`: by the object of an entry, its position and its hash.
    """
    ids = [key for key in entries if key.startswith(f"{Batch.prefix}_")]
    if not ids:
        return
    batches = (await session.execute(_receivable(ids))).all()
    last = await session.scalar(select(func.max(Receipt.number))) or 0
    receipts = []
    for number, batch in enumerate(batches, start=last + 1):
        position, entry = entries[batch.id]
        statement = _statement(batch) | {
            "number": number,
            "position": position,
            "entry": entry,
        }
        receipt = {
            "batch_id": batch.id,
            "declaration_id": batch.declaration_id,
            "number": number,
            "position": position,
            "document": signed_document(statement, signer),
        }
        receipts.append(receipt)
    if receipts:
        await session.execute(insert(Receipt), receipts)


def _receivable(ids: Sequence[str]) -> Select[Any]:
    """The batches that brought lines, in the order of their reception."""
    certificate = Declaration.__table__.alias()
    root = func.coalesce(certificate.c.lines_root, Batch.lines_root)
    columns = (
        Batch.id,
        Batch.kind,
        Batch.declaration_id,
        Batch.received_at,
        Batch.created,
        Batch.replaced,
        Establishment.siret,
        certificate.c.siret.label("declared_siret"),
        certificate.c.line_count,
        certificate.c.sequence,
        Campaign.year,
        root.label("lines_root"),
    )
    return (
        select(*columns)
        .join(Establishment, Establishment.id == Batch.establishment_id)
        .outerjoin(certificate, certificate.c.id == Batch.declaration_id)
        .outerjoin(Campaign, Campaign.id == Batch.campaign_id)
        .where(
            Batch.id.in_(ids),
            root.is_not(None),
            ~exists().where(Receipt.batch_id == Batch.id),
        )
        .order_by(Batch.received_at, Batch.id)
    )


def _statement(batch: Any) -> dict[str, Any]:  # noqa: ANN401 a row
    """What the receipt says of a batch: of a certificate, or of changes."""
    statement = {
        "kind": batch.kind.value,
        "reception": written(batch.received_at),
        "root": batch.lines_root,
    }
    if batch.declaration_id is None:
        lines = batch.created + batch.replaced
        return statement | {"establishment": batch.siret, "lines": lines}
    return statement | {
        "campaign": batch.year,
        "establishment": batch.declared_siret,
        "lines": batch.line_count,
        "sequence": batch.sequence,
    }


async def _sign_head(
    session: AsyncSession, signer: Signer, now: datetime, head: tuple[int, str]
) -> None:
    """Sign the last hash of the chain, where the last signature is an hour old."""
    position, entry = head
    if not await session.scalar(select(is_head_due(now))):
        return
    statement = {
        "at": written(now),
        "entry": entry,
        "kind": HEAD,
        "position": position,
    }
    document = signed_document(statement, signer)
    values = {"position": position, "at": now, "document": document}
    await session.execute(insert(JournalHead), [values])


def is_head_due(now: datetime) -> ColumnElement[bool]:
    """Whether the chain has grown, and its head was not signed within the hour."""
    last = func.coalesce(func.max(JournalHead.position), 0)
    position = select(last).scalar_subquery()
    grown = exists().where(JournalSeal.position > position)
    recent = exists().where(JournalHead.at > now - HOUR, JournalHead.at <= now)
    return grown & ~recent
