"""The key that signs receipts and the heads of the journal (Ed25519).

Its seed is in the file of keys, beside those of personal numbers. After a rotation the
former key is kept as its public half, so that what it signed can still be checked.
"""

import base64
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from .vault import VaultError

SEED = 32
NO_KEY = (
    "Le fichier de clés {file} n'a pas de clé de signature des reçus : "
    "`habilitations keys {file}` l'ajoute, sans toucher aux autres."
)


class PublicKey(NamedTuple):
    """A key that checks signatures, and the days from and until which it signs.

    `until` is the day of the rotation, when the next key took its place.
    """

    public: bytes
    since: date | None = None
    until: date | None = None

    @property
    def id(self) -> str:
        """What documents name it by: 16 hexadecimal digits of its digest."""
        return key_id(self.public)

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Self:
        """From a member of the file of keys, or of `/keys`. Raises ValueError."""
        since, until = words.get("since"), words.get("until")
        return cls(
            strict_base64(words["public"]),
            date.fromisoformat(since) if since else None,
            date.fromisoformat(until) if until else None,
        )

    def words(self) -> dict[str, str]:
        """As the file of keys and `/keys` write it."""
        words = {"public": written(self.public)}
        for name, day in (("since", self.since), ("until", self.until)):
            if day is not None:
                words[name] = day.isoformat()
        return words

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the current key; knows the public half of each key, newest first."""

    private: Ed25519PrivateKey
    keys: Sequence[PublicKey]

    @classmethod
    def of(
        cls, seed: bytes, since: date | None, former: Iterable[PublicKey] = ()
    ) -> Self:
        private = Ed25519PrivateKey.from_private_bytes(seed)
        public = private.public_key().public_bytes_raw()
        return cls(private, (PublicKey(public, since), *former))

    @classmethod
    def read(cls, file: Path) -> Self:
        """From the file of keys. Raises `VaultError` where it has no such key."""
        content = _content(file)
        try:
            signing = content["signing"]
            former = [PublicKey.read(key) for key in signing["former"]]
            since = date.fromisoformat(signing["since"])
            return cls.of(strict_base64(signing["seed"]), since, former)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise VaultError(NO_KEY.format(file=file)) from None

    @property
    def key_id(self) -> str:
        return self.keys[0].id

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)


def add_key(file: Path, today: date) -> None:
    """Put a signing key into a file of keys: its first one, or the next.

    The former one stays as its public half. The file is replaced as a whole.
    """
    content = _content(file)
    former: list[PublicKey] = []
    if "signing" in content:
        current, *older = Signer.read(file).keys
        former = [current._replace(until=today), *older]
    content["signing"] = {
        "seed": written(os.urandom(SEED)),
        "since": today.isoformat(),
        "former": [key.words() for key in former],
    }
    _replace(file, content)


def has_key(file: Path) -> bool:
    return "signing" in _content(file)


def key_id(public: bytes) -> str:
    return sha256(public).hexdigest()[:16]


def written(content: bytes) -> str:
    return base64.b64encode(content).decode()


def strict_base64(text: str) -> bytes:
    """The bytes of a text, when it is the one text that they are written as.

    Raises ValueError. A lax reader leaves out letters, and the last bits of the last
    one: an altered copy would be accepted.
    """
    content = base64.b64decode(text, validate=True)
    if written(content) != text:
        raise ValueError("base64")
    return content


def _content(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        message = f"Le fichier de clés {file} est absent ou mal formé."
        raise VaultError(message)
    return content


def _replace(file: Path, content: Mapping[str, Any]) -> None:
    """Write a file anew for its owner alone; a failure leaves it as it was."""
    fresh = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as text:
            json.dump(content, text, indent=2)
            text.flush()
            os.fsync(text.fileno())
        fresh.replace(file)
    except OSError:
        raise VaultError(f"Le fichier {file} ne peut pas être écrit.") from None
