"""A document with its variables; ids come from the register by table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import orjson

Ids: TypeAlias = Mapping[str, Sequence[str]]
Variables: TypeAlias = Callable[[Ids], Mapping[str, Any]]


class Asked(NamedTuple):
    text: str
    variables: Variables = lambda _: {}
    name: str | None = None


def cursor(*keys: object) -> str:
    """A cursor as the lists write them."""
    return orjson.dumps(keys).hex().upper()


PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor __typename }"
