"""The demonstration's own issuer of tokens; a start in production refuses its name."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization, RSAKey

from server.clock import SystemClock
from server.settings import DEMO_ISSUER

MACHINE = SystemClock()


class DemoKeyUnreadable(Exception):
    """The file contains no key; the sentence says what to do."""


class DemoIssuer:
    """Signs tokens with a key of its own.

    The key is generated on first use, in a file that only its owner may read.
    Raises DemoKeyUnreadable when the file contains no key.
    """

    def __init__(
        self,
        key_file: Path,
        audience: str = "habilitations",
        now: Callable[[], datetime] = MACHINE.now,
    ) -> None:
        if not key_file.exists():
            _write_new_key(key_file)
        try:
            self._key = _read(key_file.read_bytes())
        except (JoseError, ValueError, TypeError, KeyError):
            raise DemoKeyUnreadable(
                f"Le fichier {key_file}, la clé de la démonstration, est mal "
                "formé : retirez-le, il sera refait."
            ) from None
        self._audience, self._now = audience, now

    def issue(self, subject: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        """Return an access token of this subject for the graph."""
        return self.sign("at+jwt", lifetime, aud=self._audience, sub=subject)

    def sign(
        self,
        kind: str,
        lifetime: timedelta,
        **claims: Any,  # noqa: ANN401 JSON
    ) -> str:
        """Return a token of this kind (`typ`), issued now."""
        now = int(self._now().timestamp())
        header = {"alg": "RS256", "typ": kind, "kid": self._key.kid}
        expiry = now + int(lifetime.total_seconds())
        own_claims = {"iss": DEMO_ISSUER, "iat": now, "exp": expiry}
        return jwt.encode(header, own_claims | claims, self._key)

    def jwks(self) -> KeySetSerialization:
        """Return the public half of the key."""
        return KeySet([self._key]).as_dict()


@cache
def _read(text: bytes) -> RSAKey:
    """Read the key once: checking that it is one takes 40 ms."""
    return RSAKey.import_key(orjson.loads(text))


def _write_new_key(file: Path) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    # The draft has mode 0600, and is complete before it gets its name.
    with NamedTemporaryFile(dir=file.parent) as draft:
        draft.write(orjson.dumps(key.as_dict(private=True)))
        draft.flush()
        with suppress(FileExistsError):  # another worker was first: its key serves
            os.link(draft.name, file)
