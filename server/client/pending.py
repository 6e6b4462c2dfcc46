"""The idempotency keys of what is sent from a file.

A key is random, and stays beside the file until its answer has come: it says that two
sendings are one. The content of the file cannot say it. A file, then another, then the
first one again are three sendings, and the last one counts.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from .payroll import ExportUnreadable


@dataclass(frozen=True, slots=True)
class PendingKeys:
    """The keys of calls that were not answered, by the digest of the call.

    They are in `paie.csv.key`, beside `paie.csv`.
    """

    file: Path

    @classmethod
    def beside(cls, sent: Path) -> Self:
        return cls(sent.with_name(f"{sent.name}.key"))

    def draw(self, address: str, call: Any) -> str:  # noqa: ANN401 a JSON value
        """Return the key of this call: the one whose answer never came, or a new one.

        A new key is written before it is used. Raises ExportUnreadable.
        """
        keys = self._read()
        key = keys.setdefault(digest(address, call), uuid4().hex)
        self._write(keys)
        return key

    def forget(self, *keys: str) -> None:
        """Remove keys whose answer has come: the same call later is another one."""
        self._write(
            {call: key for call, key in self._read().items() if key not in keys}
        )

    def _read(self) -> dict[str, str]:
        try:
            keys = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise self._unusable() from None
        if not isinstance(keys, dict):
            raise self._unusable()
        return keys

    def _write(self, keys: Mapping[str, str]) -> None:
        """Write the whole file or nothing of it; without keys, there is no file."""
        try:
            if not keys:
                self.file.unlink(missing_ok=True)
                return
            draft = self.file.with_name(f"{self.file.name}.{uuid4().hex}")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            handle = os.open(draft, flags, 0o600)  # only its owner may read it
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(keys, stream)
            draft.replace(self.file)
        except OSError:
            raise self._unusable() from None

    def _unusable(self) -> ExportUnreadable:
        return ExportUnreadable(
            f"La clé de l'envoi se garde dans {self.file} jusqu'à sa réponse : ce "
            "fichier ne se lit ou ne s'écrit pas."
        )


def digest(address: str, call: Any) -> str:  # noqa: ANN401 a JSON value
    content = json.dumps([address, call], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
