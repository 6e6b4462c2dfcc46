"""Where a line of an extraction stands, and what proves it after the purge."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson


def place(number: int, sheet: str = "") -> str:
    """The place of a line as a spreadsheet writes it: `12`, or `Feuil2!12`."""
    return f"{sheet}!{number}" if sheet else str(number)


Sealed = tuple[int, str, str, bool]
"""(number, fingerprint, outcome, whether it was applied) of a line."""


def proof(lines: Iterable[Sealed]) -> str:
    """SHA-256 of the compact JSON `[[2,"<fingerprint>","NEW",true],…]`, by number.

    The file's holder makes it again.
    """
    return hashlib.sha256(orjson.dumps(sorted(lines))).hexdigest()


def fingerprint(values: Sequence[Any]) -> str:
    """SHA-256 of the compact JSON of a line's ten values, in their fixed order."""
    return hashlib.sha256(orjson.dumps(list(values))).hexdigest()
