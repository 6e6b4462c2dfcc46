"""Cursors: the keys of a row, in the order of its list.

They are checked one by one when they come back.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from persistence.types import iso_day

INTEGER_BOUND = 2**31
"""PostgreSQL's integers are below it."""


class CursorInvalid(ValueError):
    """A cursor that this list did not give."""


class KeyColumn(NamedTuple):
    """A column of an order: `int`, `day` or `text`.

    For an id, the kind is its prefix.
    """

    name: str
    kind: str

    @property
    def bind_kind(self) -> str:
        """The kind of the bind that the column is compared with: an id is a text."""
        return self.kind if self.kind in {"int", "day"} else "text"


def cursor_keys(cursor: str, columns: Sequence[KeyColumn]) -> list[Any]:
    """The keys that a cursor holds.

    Raises `CursorInvalid` where they are not of the columns' kinds.
    """
    try:
        keys = orjson.loads(bytes.fromhex(cursor))
        if not isinstance(keys, list):
            raise CursorInvalid
        pairs = zip(keys, columns, strict=True)
        return [_checked(key, column.kind) for key, column in pairs]
    except (ValueError, TypeError) as error:
        raise CursorInvalid from error


def _checked(key: object, kind: str) -> object:
    """The key, if it is of its column's kind. Raises `CursorInvalid`."""
    match kind, key:
        case "int", int() if not isinstance(key, bool) and abs(key) < INTEGER_BOUND:
            return key
        case "day", str():
            return iso_day(key)
        case "text", str() if "\x00" not in key:
            return key
        case _, str() if key.startswith(f"{kind}_") and "\x00" not in key:
            return key
    raise CursorInvalid
