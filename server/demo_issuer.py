"""The demonstration's own issuer of tokens. A production start refuses it by its name."""

import os
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import orjson
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization, RSAKey

DEMO_ISSUER = "https://demo.habilitations.invalid"


class DemoIssuer:
    """Signs with a key of its own, made on first use in a file that only its owner reads."""

    def __init__(self, key_file: Path, audience: str = "habilitations") -> None:
        if not key_file.exists():
            _make_key(key_file)
        self._key = RSAKey.import_key(orjson.loads(key_file.read_bytes()))
        self._audience = audience

    def issue(self, subject: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        now = int(time.time())
        header = {"alg": "RS256", "typ": "at+jwt", "kid": self._key.kid}
        claims = {
            "iss": DEMO_ISSUER,
            "aud": self._audience,
            "sub": subject,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
        }
        return jwt.encode(header, claims, self._key)

    def jwks(self) -> KeySetSerialization:
        """The public half."""
        return KeySet([self._key]).as_dict()


def _make_key(file: Path) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    with NamedTemporaryFile(dir=file.parent) as draft:  # mode 0600, and whole before it takes its name
        draft.write(orjson.dumps(key.as_dict(private=True)))
        draft.flush()
        with suppress(FileExistsError):  # another worker was first: its key is the one
            os.link(draft.name, file)
