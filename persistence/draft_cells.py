"""The cells of a line of a draft: sealed as they were written, shown without a number.

A cell is a text under the name of its field. What is sealed is JSON, bound to its line.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

import orjson

from persistence.records.nir import Nir, is_written_as_nir
from persistence.records.rules import Refused

from .vault import Sealer, Vault

NUMBERS = ("nir", "former_nir")
"""The cells that hold the number of somebody."""
HIDDEN = "*"
_HEAD = 5
"""The first characters of a number that cannot be read, which are shown."""


def draft_sealer(vault: Vault) -> Sealer:
    """What seals and opens the cells of drafts."""
    return vault.apart("draft")


def cells_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a line as they were written: those that hold something."""
    return {
        name: value
        for name, value in raw.items()
        if isinstance(value, str) and value.strip()
    }


def seal_cells(sealer: Sealer, cells: Mapping[str, str], line_id: str) -> str:
    sealed = sealer.seal(orjson.dumps(cells), _place(line_id))
    return base64.b64encode(sealed).decode()


def open_cells(sealer: Sealer, cipher: str, line_id: str) -> dict[str, str]:
    """Raises `VaultError` as `Sealer.open`."""
    plain = sealer.open(base64.b64decode(cipher), _place(line_id))
    cells: dict[str, str] = orjson.loads(plain)
    return cells


def _place(line_id: str) -> str:
    return f"draft_line.cells_cipher|{line_id}"


def legible_cells(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells as they may be shown: no number, wherever one was written."""
    return {name: _legible(name, text) for name, text in cells.items()}


def _legible(name: str, text: str) -> str:
    if name in NUMBERS:
        return number_mask(text)
    if is_written_as_nir(text):
        return re.sub("[0-9]", HIDDEN, text)
    return text


def number_mask(text: str) -> str:
    """A number as it may be shown: `1 85 05 ** *** *** **`.

    Of one that cannot be read, the first characters only.
    """
    try:
        return Nir.read(text).mask
    except Refused:
        pass
    mask = ""
    count = 0
    for character in text:
        count += character.isalnum()
        is_hidden = count > _HEAD and character.isalnum()
        mask += HIDDEN if is_hidden else character
    return mask


def with_number_of(
    cells: Mapping[str, Any], former: Mapping[str, str]
) -> dict[str, Any]:
    """The cells with the number of the `former` line, where they repeat its mask.

    What was read with its number hidden is sent back so.
    """
    result = dict(cells)
    for name in NUMBERS:
        text, number = result.get(name), former.get(name)
        if is_mask(text) and number is not None and text == number_mask(number):
            result[name] = number
    return result


def is_mask(text: object) -> bool:
    """Whether a cell is a number that is hidden."""
    return isinstance(text, str) and HIDDEN in text
