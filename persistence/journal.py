"""The entries of the journal: what an act changed, without personal values.

An entry is written in the transaction of its act.
"""

from collections.abc import Collection, Iterator, Sequence
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
"""No entry describes them: a worker's card that changes would say what its line
hides."""
UNCOUNTED = ("id", "version")
"""The columns that no entry names: each act changes them."""
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


class FactChange(NamedTuple):
    """A fact of a record, before and after."""

    name: str
    old: Any
    new: Any


def entry(
    session: AsyncSession,
    what: ActContext,
    object_id: str | None,
    partner_id: str | None,
    now: datetime,
    today: date,
    records: Collection[Base] | None = None,
) -> JournalEntry:
    """The entry of this act, to be added to the session after its flush.

    It is made before: the session knows what changed until it is flushed.
    `records`: those that this entry describes, when other entries describe the rest.
    """
    before, after = changes(session, records)
    return JournalEntry(
        id=fresh_id("jrn"),
        at=now,
        day=today,
        object_id=object_id,
        partner_id=partner_id,
        before=before,
        after=after,
        **what._asdict(),
    )


def changes(
    session: AsyncSession, records: Collection[Base] | None = None
) -> tuple[Changes, Changes]:
    """Before and after, by object id: only what differs, without personal values."""
    before: Changes = {}
    after: Changes = {}
    if records is None:
        # `dirty` has no order of its own: entries must be alike each time
        records = (*session.new, *sorted(session.dirty, key=_key))
    for record in records:
        if isinstance(record, SILENT) or not isinstance(record, Base):
            continue
        key = _key(record)
        for name, old, new in _differences(inspect(record)):
            if old is not None:
                before.setdefault(key, {})[name] = old
            if new is not None or old is not None:
                after.setdefault(key, {})[name] = new
    return before, after


def _key(record: Base) -> str:
    return str(getattr(record, "id", None) or type(record).__tablename__)


def _differences(state: InstanceState[Any]) -> Iterator[FactChange]:
    """What differs in one record: its columns, then its lists of codes."""
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key not in UNCOUNTED and history.has_changes():
            is_untold = bool(attribute.columns[0].info.get("untold"))
            old, new = _only(history.deleted), _only(history.added)
            yield FactChange(
                attribute.key,
                _journal_value(old, untold=is_untold),
                _journal_value(new, untold=is_untold),
            )
    for relation in state.mapper.relationships:
        history = state.attrs[relation.key].history
        if relation.secondary is not None and history.has_changes():
            unchanged = [_code(row) for row in history.unchanged]
            old = sorted(unchanged + [_code(row) for row in history.deleted])
            new = sorted(unchanged + [_code(row) for row in history.added])
            yield FactChange(relation.key, old or None, new or None)


def _only(values: Sequence[Any] | None) -> Any:  # noqa: ANN401 a value of any column
    """The value of a column before, or after; None where there was none."""
    return values[0] if values else None


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
