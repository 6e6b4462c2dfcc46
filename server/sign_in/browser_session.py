"""A living session of the console, and the token of its forms."""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from persistence.facts.callers import Identity


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A living session: whose it is, until when, and the token of its forms.

    The instants are UTC, of the machine's clock.
    """

    identity: Identity
    name: str
    id: str
    idle_ends_at: datetime
    ends_at: datetime
    is_fresh: bool
    has_drafts: bool
    """Whether something typed was waiting for this person when the request came."""
    digest: str = field(repr=False)
    form_key: bytes = field(repr=False)

    def token(self) -> str:
        """Return the token of a form, masked anew at each call.

        So a compressed page does not let it be guessed byte by byte (BREACH).
        """
        mask = secrets.token_bytes(len(self.form_key))
        return base64.urlsafe_b64encode(mask + _xor(mask, self.form_key)).decode()

    def accepts(self, token: str) -> bool:
        """Return whether a token is one of this session's."""
        try:
            content = base64.b64decode(
                token.encode("ascii"), altchars=b"-_", validate=True
            )
        except ValueError:
            return False
        half = len(self.form_key)
        if len(content) != 2 * half:
            return False
        key = _xor(content[:half], content[half:])
        return hmac.compare_digest(key, self.form_key)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
