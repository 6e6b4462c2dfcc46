"""Where a refusal stands in an input: by Python names, then by those of the graph."""

from collections.abc import Iterator
from contextlib import contextmanager

from strawberry.utils.str_converters import to_camel_case

from persistence.records import Notice, Refused


def as_graph_notice(notice: Notice) -> Notice:
    """The notice as the graph gives it.

    Its path begins with `input`, and says each field by its name in the graph.
    """
    names = map(to_camel_case, notice.path)
    path = ("input", *names) if notice.path else ()
    return Notice(notice.rule, path, notice.detail)


@contextmanager
def under(path: str, but: tuple[str, ...] = ()) -> Iterator[None]:
    """Put a refusal met inside a part of the input under that part.

    The path `but` stays as it is: it stands beside that part.
    """
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
