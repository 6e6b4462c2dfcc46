"""Values of an answer, by their path: `partner.services.0.label`."""

from collections.abc import Iterator, Sequence
from typing import Any

from .masking import Mask


def path(value: Any, dotted: str) -> Any:  # noqa: ANN401 a mask, or what it holds
    """The value at a path; None as soon as something on the way is absent."""
    for name in filter(None, dotted.split(".")):
        if value is None:
            return None
        value = _item(value, int(name)) if isinstance(value, list) else value[name]
    return value


def _item(items: list[Any], rank: int) -> Any:  # noqa: ANN401 what the list holds
    return items[rank] if rank < len(items) else None


def nodes(value: Any) -> list[Any]:  # noqa: ANN401 a list, or a connection
    """The objects of a list or of a connection."""
    if isinstance(value, Mask) and value.selection_.is_connection:
        return list(value.nodes)
    return list(value or ())


def values(value: Any, names: Sequence[str]) -> Iterator[Any]:  # noqa: ANN401
    """The values at a path, each in turn where the path goes through a list.

    A name that begins with « ? » keeps the objects whose field of that name is true.
    """
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from values(item, names)
        return
    if not names:
        yield value
        return

    name, *rest = names
    if name.startswith("?"):
        if value[name.removeprefix("?")]:
            yield from values(value, rest)
    elif name == "nodes" and isinstance(value, Mask):
        yield from values(nodes(value), rest)
    else:
        yield from values(value[name], rest)
