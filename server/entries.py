"""What a person entered in the console, which the server keeps for them.

Each content is sealed for its own row, and only this person reads it again.
"""

from collections.abc import Callable
from datetime import datetime

import orjson

from persistence.entries import EntryStore
from persistence.records.base import fresh_id
from persistence.records.entries import EntryRecord
from persistence.vault import Sealer, VaultError
from server.sign_in.browser_session import BrowserSession


class Entries:
    """The contents are of JSON: what `orjson` writes and reads."""

    def __init__(
        self, store: EntryStore, sealer: Sealer, now: Callable[[], datetime]
    ) -> None:
        self._store, self._sealer, self._now = store, sealer, now

    async def begin(self, session: BrowserSession, content: object) -> str:
        """Keep a content for thirty days, and return its identifier."""
        entry_id = fresh_id(EntryRecord.prefix)
        owner = session.identity
        new = EntryRecord(
            id=entry_id,
            issuer=owner.issuer,
            subject=owner.subject,
            begun_at=self._now(),
            content=self._seal(entry_id, content),
        )
        await self._store.begin(new)
        return entry_id

    async def read(self, session: BrowserSession, entry_id: str) -> object | None:
        """Return the content of an entry.

        None if this person did not enter it, if it is too old, or if its key was
        withdrawn.
        """
        sealed = await self._store.read(entry_id, *session.identity, self._now())
        if sealed is None:
            return None
        try:
            text = self._sealer.open(sealed, _place(entry_id))
        except VaultError:
            return None
        content: object = orjson.loads(text)
        return content

    async def write(
        self, session: BrowserSession, entry_id: str, content: object
    ) -> None:
        """Replace the content of an entry of this person."""
        sealed = self._seal(entry_id, content)
        await self._store.write(entry_id, *session.identity, sealed)

    def _seal(self, entry_id: str, content: object) -> bytes:
        return self._sealer.seal(orjson.dumps(content), _place(entry_id))


def _place(entry_id: str) -> str:
    return f"entry.content|{entry_id}"
