"""The keys of what is sent from a file: each is drawn, and kept beside the file until its answer has come.

A key says that two sendings are one. The content of a file cannot say it: a file sent, then another, then the first
again are three sendings, and the last one counts.
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
    """The keys of calls that were not answered, by the digest of the call: `paie.csv.key` beside `paie.csv`."""

    file: Path

    @classmethod
    def beside(cls, sent: Path) -> Self:
        return cls(sent.with_name(f"{sent.name}.key"))

    def draw(self, address: str, call: Any) -> str:  # noqa: ANN401 a JSON value
        """The key of this call: the one whose answer never came, else a new one, written before it is used."""
        known = self._read()
        key = known.setdefault(digest(address, call), uuid4().hex)
        self._write(known)
        return key

    def forget(self, *keys: str) -> None:
        """The answer has come: the same call sent again is another one."""
        self._write({call: key for call, key in self._read().items() if key not in keys})

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise self._unusable() from None
        if not isinstance(known, dict):
            raise self._unusable()
        return known

    def _write(self, known: Mapping[str, str]) -> None:
        """The whole file or nothing of it, for its owner alone; none when no answer is awaited."""
        try:
            if not known:
                self.file.unlink(missing_ok=True)
                return
            new = self.file.with_name(f"{self.file.name}.{uuid4().hex}")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
                json.dump(known, opened)
            new.replace(self.file)
        except OSError:
            raise self._unusable() from None

    def _unusable(self) -> ExportUnreadable:
        return ExportUnreadable(
            f"La clé de l'envoi se garde dans {self.file} jusqu'à sa réponse : ce fichier ne se lit ou ne s'écrit pas."
        )


def digest(address: str, call: Any) -> str:  # noqa: ANN401 a JSON value
    return hashlib.sha256(json.dumps([address, call], sort_keys=True).encode()).hexdigest()
