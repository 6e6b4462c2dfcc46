"""What a person entered in the console and the server keeps for them: sealed for its row, theirs alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from persistence.entries import EntryStore
from persistence.records.base import fresh_id
from persistence.records.entries import EntryRecord
from persistence.vault import Sealer, VaultError

from .sessions import Session


class Entries:
    def __init__(self, store: EntryStore, sealer: Sealer, now: Callable[[], datetime]) -> None:
        self._store, self._sealer, self._now = store, sealer, now

    async def begin(self, session: Session, content: Any) -> str:  # noqa: ANN401 JSON
        """Keep it for thirty days; its identifier."""
        entry_id = fresh_id(EntryRecord.prefix)
        whose = session.identity
        new = EntryRecord(
            id=entry_id,
            issuer=whose.issuer,
            subject=whose.subject,
            begun_at=self._now(),
            content=self._seal(entry_id, content),
        )
        await self._store.begin(new)
        return entry_id

    async def read(self, session: Session, entry_id: str) -> Any | None:  # noqa: ANN401 JSON
        """None for what this person did not enter, or too long ago, or under a key that was withdrawn."""
        content = await self._store.read(entry_id, *session.identity, self._now())
        try:
            return None if content is None else orjson.loads(self._sealer.open(content, _place(entry_id)))
        except VaultError:
            return None

    async def write(self, session: Session, entry_id: str, content: Any) -> None:  # noqa: ANN401 JSON
        await self._store.write(entry_id, *session.identity, self._seal(entry_id, content))

    def _seal(self, entry_id: str, content: Any) -> bytes:  # noqa: ANN401 JSON
        return self._sealer.seal(orjson.dumps(content), _place(entry_id))


def _place(entry_id: str) -> str:
    return f"entry.content|{entry_id}"
