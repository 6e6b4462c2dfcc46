"""The demonstration's own issuer of tokens. A production start refuses it by its name."""

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

from .clock import SystemClock
from .settings import DEMO_ISSUER

MACHINE = SystemClock()


class DemoKeyUnreadable(Exception):
    """A file that holds no key; the sentence says what to do."""


class DemoIssuer:
    """Signs with a key of its own, made on first use in a file that only its owner reads."""

    def __init__(
        self, key_file: Path, audience: str = "habilitations", now: Callable[[], datetime] = MACHINE.now
    ) -> None:
        if not key_file.exists():
            _make_key(key_file)
        try:
            self._key = _read(key_file.read_bytes())
        except (JoseError, ValueError, TypeError, KeyError):
            message = f"Le fichier {key_file}, la clé de la démonstration, est mal formé : retirez-le, il sera refait."
            raise DemoKeyUnreadable(message) from None
        self._audience, self._now = audience, now

    def issue(self, subject: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        return self.sign("at+jwt", lifetime, aud=self._audience, sub=subject)

    def sign(self, kind: str, lifetime: timedelta, **claims: Any) -> str:  # noqa: ANN401 JSON
        """A token of this kind (`typ`), issued now."""
        now = int(self._now().timestamp())
        header = {"alg": "RS256", "typ": kind, "kid": self._key.kid}
        dated = {"iss": DEMO_ISSUER, "iat": now, "exp": now + int(lifetime.total_seconds())}
        return jwt.encode(header, dated | claims, self._key)

    def jwks(self) -> KeySetSerialization:
        """The public half."""
        return KeySet([self._key]).as_dict()


@cache
def _read(text: bytes) -> RSAKey:
    """Read once: to check that it is a key takes 40 ms."""
    return RSAKey.import_key(orjson.loads(text))


def _make_key(file: Path) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    with NamedTemporaryFile(dir=file.parent) as draft:  # mode 0600, and whole before it takes its name
        draft.write(orjson.dumps(key.as_dict(private=True)))
        draft.flush()
        with suppress(FileExistsError):  # another worker was first: its key is the one
            os.link(draft.name, file)
