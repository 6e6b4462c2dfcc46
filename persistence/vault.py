"""The keys that hold personal numbers.

Sealed with AES-256-GCM, found again by a keyed index.

A sealed value is `1 | length of the key's id | key id | nonce (12) | ciphertext and
tag`, bound to its place: moved to another one, it does not open. The index is
HMAC-SHA-256, cut to 16 bytes, under a key of its own: the space of NIR is small enough
to be tried out against a plain digest. What is sealed for another purpose than a number
is sealed under keys derived from the same ones (HKDF-SHA-256): one file, one rotation.
Why: docs/decisions/0038.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from persistence.records.nir import Nir

VERSION, NONCE, KEY = 1, 12, 32
WORD = b"canari"
"""What a canary holds: no number, and no secret."""


class VaultError(Exception):
    """Keys that cannot be used, or a sealed value that they do not open.

    Never says a value.
    """


class Sealer:
    """Seals bytes with the current key, opens with any that is known."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self._current = current
        self._head = bytes((VERSION, len(current.encode()))) + current.encode()

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE)
        return (
            self._head
            + nonce
            + self._keys[self._current].encrypt(nonce, plain, place.encode())
        )

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises `VaultError` where it is not what was sealed for this place.

        So it is for another place's value, an unknown key, or a value that was touched.
        """
        start = 2 + int.from_bytes(sealed[1:2])
        key = self._keys.get(sealed[2:start].decode(errors="replace"))
        if sealed[:1] != bytes((VERSION,)) or key is None:
            raise VaultError("Une clé manque pour ouvrir cette valeur.")
        try:
            return key.decrypt(
                sealed[start : start + NONCE], sealed[start + NONCE :], place.encode()
            )
        except (InvalidTag, ValueError):  # a value cut short has no nonce
            raise VaultError("Cette valeur n'est pas celle de sa ligne.") from None


class Vault:
    """The keys of personal numbers, and those derived from them for other purposes."""

    def __init__(
        self, keys: Mapping[str, bytes], current: str, index_key: bytes
    ) -> None:
        if current not in keys or any(
            len(key) != KEY for key in (*keys.values(), index_key)
        ):
            raise VaultError(
                "Le fichier de clés nomme sa clé courante ; chaque clé compte 32 "
                "octets."
            )
        if index_key in keys.values():
            raise VaultError("La clé de l'index n'est pas une clé de chiffrement.")
        self._keys, self._current = dict(keys), current
        self._numbers, self._index = (
            Sealer(keys, current),
            hmac.new(index_key, digestmod=hashlib.sha256),
        )
        self._opaque = hmac.new(
            _derived(index_key, "idempotency"), digestmod=hashlib.sha256
        )

    def apart(self, purpose: str) -> Sealer:
        """A sealer under keys of its own, derived from ours for this purpose alone."""
        return Sealer(
            {name: _derived(key, purpose) for name, key in self._keys.items()},
            self._current,
        )

    @classmethod
    def read(cls, file: Path) -> Self:
        """`{"current": name, "keys": {name: base64}, "index": base64}`."""
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            keys = {
                name: base64.b64decode(key, validate=True)
                for name, key in content["keys"].items()
            }
            return cls(
                keys,
                content["current"],
                base64.b64decode(content["index"], validate=True),
            )
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            binascii.Error,
        ):
            raise VaultError(
                f"Le fichier de clés {file} est absent ou mal formé : "
                "`habilitations keys`."
            ) from None

    @staticmethod
    def write(file: Path) -> None:
        """New keys in a new file that its owner alone reads.

        An existing one is never overwritten.
        """
        content = {
            "current": "k1",
            "keys": {"k1": _fresh_key()},
            "index": _fresh_key(),
        }
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as text:
                json.dump(content, text, indent=2)
        except FileExistsError:
            raise VaultError(
                f"Le fichier {file} existe : des clés perdues ferment à jamais ce "
                "qu'elles gardent."
            ) from None
        except OSError:
            raise VaultError(f"Le fichier {file} ne peut pas être écrit.") from None

    def seal(self, nir: Nir, row_id: str) -> bytes:
        return self._numbers.seal(nir.reveal().encode(), _place(row_id))

    def open(self, sealed: bytes, row_id: str) -> Nir:
        """Raises `VaultError` as `Sealer.open`."""
        return Nir(self._numbers.open(sealed, _place(row_id)).decode())

    def index(self, nir: Nir) -> str:
        """Where a NIR is found again: 32 hexadecimal digits."""
        return self._digest(nir.reveal().encode())

    def canary(self) -> tuple[str, bytes, str]:
        """The current key's name, a constant word that it seals, and its index."""
        return (
            self._current,
            self._numbers.seal(WORD, _canary_of(self._current)),
            self._digest(WORD),
        )

    def recognises(self, key_name: str, cipher: bytes, digest: str) -> bool:
        """Whether a canary was sealed and indexed by keys that this vault holds."""
        try:
            opened = self._numbers.open(cipher, _canary_of(key_name))
        except VaultError:
            return False
        return opened == WORD and hmac.compare_digest(digest, self._digest(WORD))

    def _digest(self, text: bytes) -> str:
        digest = self._index.copy()
        digest.update(text)
        return digest.hexdigest()[:32]

    def fingerprint(self, key: str) -> str:
        """Where the key of a call is found again.

        64 hexadecimal digits that tell nothing of what it holds.
        """
        digest = self._opaque.copy()
        digest.update(key.encode())
        return digest.hexdigest()


def _fresh_key() -> str:
    return base64.b64encode(os.urandom(KEY)).decode()


def _place(row_id: str) -> str:
    return f"worker.nir_cipher|{row_id}"


def _canary_of(key_name: str) -> str:
    return f"key_canary.cipher|{key_name}"


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(
        hashes.SHA256(), KEY, salt=None, info=f"habilitations|{purpose}".encode()
    ).derive(key)
