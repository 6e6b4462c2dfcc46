"""Objects of an answer as the options of a form, and values as its first texts."""

from collections.abc import Sequence
from typing import Any

from .forms import Option
from .masking import Mask
from .paths import values
from .wording import EnumWord

PLUMBING = {"id", "version", "viewerCan"}
PERSON = {"givenName", "familyName"}


def texts_of(value: Any) -> list[str]:  # noqa: ANN401 a value of the answer
    """A value as somebody would have typed it in a form."""
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
    """The options at a path, or at several parted by spaces; each object once."""
    options = {}
    for path in where.split():
        for item in _objects(data, path):
            options[item.id] = _option(item)
    return list(options.values())


def _objects(data: Mask, path: str) -> list[Mask]:
    objects = []
    for value in values(data, path.split(".")):
        if not isinstance(value, Mask):
            continue
        if value.selection_.is_connection:
            objects += value.nodes
        else:
            objects.append(value)
    return objects


def _option(item: Mask) -> Option:
    """An object to choose: its identifier, its first word, the others as a hint."""
    texts = {}
    for selected, value in item:
        if selected.key not in PLUMBING and value is not None:
            texts[selected.key] = _text(value)
    if texts.keys() >= PERSON:
        name = f"{texts.pop('givenName')} {texts.pop('familyName')}".strip()
        texts = {"name": name} | texts
    first, *others = texts.values() or [item.id]
    return Option(item.id, first, " · ".join(text for text in others if text))


def _text(value: Any) -> str:  # noqa: ANN401 a value of the answer
    match value:
        case Mask():
            fields = [item for selected, item in value if selected.key != "id"]
            return " ".join(_text(item) for item in fields)
        case EnumWord():
            return value.label
        case list():
            return ", ".join(_text(item) for item in value)
        case None | bool():
            return ""
    return str(value)
