"""A long work of one act, part by part: the process answers others between two."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")
PART = 100


async def in_parts(items: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    for start in range(0, len(items), PART):
        yield items[start : start + PART]
        await asyncio.sleep(0)
