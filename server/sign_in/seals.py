"""What the server seals for one person of the console.

Each seal has a label, which binds it to one use: a sealed text cannot serve elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson

from persistence.facts.callers import Identity
from persistence.records import SessionRecord
from persistence.vault import Sealer, VaultError

SEALED_FOR = timedelta(days=30)
Typed = Sequence[tuple[str, str]]
"""What was typed in a form: names and values, in the order of the fields."""


class SessionSeals:
    """Seals and opens the drafts, the ID token and the address texts of a session.

    Nothing can be opened any more when its key was withdrawn.
    """

    def __init__(self, sealer: Sealer, now: Callable[[], datetime]) -> None:
        self._sealer, self._now = sealer, now

    def seal_drafts(self, row: SessionRecord, drafts: Mapping[str, Typed]) -> bytes:
        """Seal what was typed, by path, for this row."""
        return self._sealer.seal(orjson.dumps(drafts), _draft_label(row))

    def open_drafts(self, row: SessionRecord) -> dict[str, Typed]:
        """Return what was typed, by path; nothing when it cannot be opened."""
        if not row.typed:
            return {}
        try:
            content = self._sealer.open(row.typed, _draft_label(row))
        except VaultError:
            return {}
        return orjson.loads(content)  # type: ignore[no-any-return]

    def seal_id_token(self, session_id: str, id_token: str) -> bytes:
        return self._sealer.seal(id_token.encode(), _id_token_label(session_id))

    def open_id_token(self, session_id: str, sealed: bytes) -> str | None:
        try:
            return self._sealer.open(sealed, _id_token_label(session_id)).decode()
        except VaultError:
            return None

    def seal_text(self, owner: Identity, text: str) -> str:
        """Return a sealed text for an address.

        Only this person can read it again, for thirty days.
        """
        content = f"{int(self._now().timestamp())} {text}"
        return self._sealer.seal(content.encode(), _address_label(owner)).hex()

    def open_text(self, owner: Identity, sealed: str) -> str | None:
        """Return the text; None if it is another person's, or too old."""
        label = _address_label(owner)
        try:
            content = self._sealer.open(bytes.fromhex(sealed), label).decode()
        except (VaultError, ValueError):
            return None
        instant, _, text = content.partition(" ")
        age = self._now().timestamp() - int(instant)
        return text if age < SEALED_FOR.total_seconds() else None


def _address_label(owner: Identity) -> str:
    return f"address|{owner.issuer}|{owner.subject}"


def _draft_label(row: SessionRecord) -> str:
    return f"session.typed|{row.id}"


def _id_token_label(session_id: str) -> str:
    return f"session.id_token|{session_id}"
