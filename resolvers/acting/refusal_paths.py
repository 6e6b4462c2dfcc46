"""Where a refusal stands in the input of an act."""

from collections.abc import Iterator
from contextlib import contextmanager

from persistence.records import Refused


@contextmanager
def under(path: str, but: tuple[str, ...] = ()) -> Iterator[None]:
    """Put a refusal met inside a part of the input under that part, `but` for what has a path of its own."""
    try:
        yield
    except Refused as refused:
        if but and refused.notice.path == but:
            raise
        raise Refused(
            refused.rule, path, *refused.notice.path, detail=refused.notice.detail
        ) from None


@contextmanager
def at(*path: str) -> Iterator[None]:
    """Give a refusal met inside the input's path, when it has none of its own."""
    try:
        yield
    except Refused as refused:
        if refused.notice.path:
            raise
        raise Refused(refused.rule, *path, detail=refused.notice.detail) from None
