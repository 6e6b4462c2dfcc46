"""The journal's one place: what an act changed, without personal values, in the transaction of the act."""

from collections.abc import Collection
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstanceState

from persistence.records.base import Base, fresh_id

from .records import BoundIdentity, Idempotency, JournalEntry, Treatment, Worker

MODIFIED = "«modifié»"
SILENT = (Idempotency, JournalEntry, BoundIdentity, Treatment, Worker)
"""Told by nothing but their act: a card that changes would say what its line hides."""
Changes = dict[str, dict[str, Any]]


class ActContext(NamedTuple):
    """Who acts, for whom, from where, by which rule."""

    actor_id: str
    acting_for: str | None
    source: str
    act: str
    request_id: str
    policy_hash: str
    matched_rule: str
    reason: str | None


def entry(
    session: AsyncSession,
    what: ActContext,
    object_id: str | None,
    partner_id: str | None,
    now: datetime,
    today: date,
    records: Collection[Base] | None = None,
) -> JournalEntry:
    """The entry of this act, made before the flush, while the session still knows what changed; to be added after.

    `records`: those that this entry describes, when other entries describe the rest.
    """
    before, after = changes(session, records)
    place = {
        "object_id": object_id,
        "partner_id": partner_id,
        "before": before,
        "after": after,
    }
    return JournalEntry(
        id=fresh_id("jrn"), at=now, day=today, **place, **what._asdict()
    )


def changes(
    session: AsyncSession, records: Collection[Base] | None = None
) -> tuple[Changes, Changes]:
    """Before and after, by object id: only what differs, personal values replaced by a word."""
    before: Changes = {}
    after: Changes = {}
    # `dirty` has no order of its own; the whole session is walked only when nobody says what to tell
    for record in (
        (*session.new, *sorted(session.dirty, key=_key)) if records is None else records
    ):
        if isinstance(record, SILENT) or not isinstance(record, Base):
            continue
        state: InstanceState[Any] = inspect(record)
        key = _key(record)
        for name, old, new in _differences(state):
            if old is not None:
                before.setdefault(key, {})[name] = old
            if new is not None or old is not None:
                after.setdefault(key, {})[name] = new
    return before, after


def _key(record: Base) -> str:
    return str(getattr(record, "id", None) or type(record).__tablename__)


def _differences(state: InstanceState[Any]) -> list[tuple[str, Any, Any]]:
    differences = []
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in ("id", "version") or not history.has_changes():
            continue
        untold = attribute.columns[0].info.get("untold")
        old, new = (history.deleted or [None])[0], (history.added or [None])[0]
        differences.append(
            (
                attribute.key,
                *(_journal_value(v, untold=bool(untold)) for v in (old, new)),
            )
        )
    for relation in state.mapper.relationships:
        if relation.secondary is None:
            continue
        history = state.attrs[relation.key].history
        if history.has_changes():
            unchanged = [_code(r) for r in history.unchanged]
            old, new = (
                sorted(unchanged + [_code(r) for r in part])
                for part in (history.deleted, history.added)
            )
            differences.append((relation.key, old or None, new or None))
    return differences


def _code(record: Any) -> str:  # noqa: ANN401 any record
    return getattr(record, "code", None) or _key(record)


def _journal_value(value: Any, *, untold: bool) -> Any:  # noqa: ANN401 a JSON value
    match value:
        case None:
            return None
        case _ if untold:
            return MODIFIED
        case date():
            return value.isoformat()
        case Enum():
            return value.value
    return value
