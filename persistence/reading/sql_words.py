"""What both dialects are written with: kinds of binds, and our own words as SQL."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy import Boolean, ColumnElement, Date, Integer, String, literal_column

from persistence.types import Instant

Sql: TypeAlias = ColumnElement[Any]
DriverValue: TypeAlias = Any
"""A value as the driver takes it."""
Pair: TypeAlias = tuple[str, Sql]
"""A key of a JSON object, and its value."""

KINDS: dict[str, Any] = {
    "text": String(),
    "int": Integer(),
    "day": Date(),
    "instant": Instant(),
    "flag": Boolean(),
}
"""The kinds of the binds, with their types.

The kind `texts` is a list of texts. Its type is the dialect's.
"""


def quoted(word: str) -> Sql:
    """Our own word as a literal.

    A GraphQL name has letters, digits, `_` and `$` only.
    """
    return literal_column(f"'{word}'")


def flat(pairs: Iterable[Pair]) -> list[Sql]:
    """Keys and values in turn, as the databases' JSON functions take them."""
    arguments = []
    for key, value in pairs:
        arguments += [quoted(key), value]
    return arguments
