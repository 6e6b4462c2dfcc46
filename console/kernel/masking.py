"""What a template sees of an answer: the fields that its own document asks for, and no other."""

from collections.abc import Iterator, Mapping
from typing import Any

from .selection import SelectedField, Selection


class NotSelected(Exception):
    """A template reads a field that its document does not ask for."""


class Mask:
    """An object of the answer. A key that the document does not ask for is refused, whatever the answer holds."""

    __slots__ = ("_data", "_selection", "_shown")

    def __init__(self, data: Mapping[str, Any], selection: Selection) -> None:
        self._data, self._selection = data, selection
        self._shown: dict[str, Any] = {}

    def __getattr__(self, key: str) -> Any:  # noqa: ANN401 a field of the answer
        if key in self._shown:
            return self._shown[key]
        selected = self._selection.fields.get(key)
        if selected is None:
            raise NotSelected(f"{self._selection.type.name}.{key} is not in the document")
        made = self._shown[key] = shown(self._data.get(key), selected)
        return made

    __getitem__ = __getattr__

    def __iter__(self) -> Iterator[tuple[SelectedField, Any]]:
        """The fields that the answer holds, in the order of the document."""
        return ((s, self[key]) for key, s in self._selection.fields.items() if key in self._data)

    def __bool__(self) -> bool:
        return True

    @property
    def selection_(self) -> Selection:
        return self._selection

    @property
    def plain_(self) -> Mapping[str, Any]:
        return self._data


def shown(value: Any, selected: SelectedField) -> Any:  # noqa: ANN401 a value of the answer
    """The value as its type says: a day, an instant, a word, an object behind its own mask."""
    if value is None:
        return None
    if isinstance(value, list):
        return [shown(item, selected) for item in value]
    if selected.below is not None:
        return Mask(value, selected.below)
    return selected.leaf(value)
