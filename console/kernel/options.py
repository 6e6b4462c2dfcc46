"""Objects of an answer where a form chooses among them, and values where it begins from them."""

from collections.abc import Sequence
from typing import Any

from .forms import Option
from .masking import Mask
from .rendering import values
from .wording import EnumWord


def texts_of(value: Any) -> list[str]:  # noqa: ANN401 a value of the answer
    """A value as a form would have typed it."""
    match value:
        case None:
            return []
        case list():
            return [text for item in value for text in texts_of(item)]
        case Mask():
            return [value.id] if "id" in value.selection_.fields else []
        case bool():
            return ["true"] if value else []
    return [value.isoformat() if hasattr(value, "isoformat") else str(value)]


def choices(data: Mask, where: str) -> Sequence[Option]:
    """The options at a path, through the lists that it meets; or at several paths, each object once."""
    items = [item for path in where.split() for item in _objects(data, path)]
    return list({option.value: option for option in map(_option, items)}.values())


def _objects(data: Mask, path: str) -> list[Mask]:
    met = [value for value in values(data, path.split(".")) if isinstance(value, Mask)]
    return [item for each in met for item in (each.nodes if each.selection_.is_connection else [each])]


def _option(item: Mask) -> Option:
    """An object where it is chosen: its identifier, its first word, and its second as a hint."""
    said = {s.key: _word(v) for s, v in item if s.key not in {"id", "version", "viewerCan"} and v is not None}
    if {"givenName", "familyName"} <= said.keys():
        said = {"name": f"{said.pop('givenName')} {said.pop('familyName')}".strip()} | said
    first, *others = said.values() or [item.id]
    return Option(item.id, first, " · ".join(o for o in others if o))


def _word(value: Any) -> str:  # noqa: ANN401 a value of the answer
    match value:
        case Mask():
            return " ".join(_word(v) for s, v in value if s.key != "id")
        case EnumWord():
            return value.label
        case list():
            return ", ".join(_word(item) for item in value)
    return "" if value is None or isinstance(value, bool) else str(value)
