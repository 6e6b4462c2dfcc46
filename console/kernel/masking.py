"""What a template sees of an answer: the fields that its document asks for."""

from collections.abc import Iterator, Mapping
from typing import Any

from .selection import SelectedField, Selection


class NotSelected(Exception):
    """A template reads a field that its document does not ask for."""


class Mask:
    """An object of the answer.

    A field that the document does not ask for is refused, whatever the answer holds.
    """

    __slots__ = ("_cache", "_data", "_selection")

    def __init__(self, data: Mapping[str, Any], selection: Selection) -> None:
        self._data = data
        self._selection = selection
        self._cache: dict[str, Any] = {}

    def __getattr__(self, key: str) -> Any:  # noqa: ANN401 a field of the answer
        if key in self._cache:
            return self._cache[key]
        selected = self._selection.fields.get(key)
        if selected is None:
            type_name = self._selection.type.name
            raise NotSelected(f"{type_name}.{key} is not in the document")
        value = _masked(self._data.get(key), selected)
        self._cache[key] = value
        return value

    __getitem__ = __getattr__

    def __iter__(self) -> Iterator[tuple[SelectedField, Any]]:
        """The fields that the answer holds, in the order of the document."""
        for key, selected in self._selection.fields.items():
            if key in self._data:
                yield selected, self[key]

    def __bool__(self) -> bool:
        return True

    @property
    def selection_(self) -> Selection:
        return self._selection

    @property
    def plain_(self) -> Mapping[str, Any]:
        """The object as the graph answered it."""
        return self._data


def _masked(value: Any, selected: SelectedField) -> Any:  # noqa: ANN401
    """A value as its type says: a day, an instant, a word, another masked object."""
    if value is None:
        return None
    if isinstance(value, list):
        return [_masked(item, selected) for item in value]
    if selected.below is not None:
        return Mask(value, selected.below)
    return selected.parse(value)
