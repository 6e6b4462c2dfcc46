"""Texts of an address or of a form, cast to the types of a document's variables."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_nullable_type,
)

DAY = re.compile(
    r"(?P<day>[0-9]{1,2})\s*[/.-]\s*(?P<month>[0-9]{1,2})\s*[/.-]\s*(?P<year>[0-9]{4})"
)
ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
PERSONAL_NUMBER = re.compile(r"[1-478]\d{4}[\dAB]{2}\d{6}(\d{2})?", re.IGNORECASE)
TRUE = {"true", "on", "oui", "1"}
FALSE = {"false", "non", "0"}
LONGEST = 10_000
"""In characters: no text is longer; the contract bounds each kind more tightly."""
LONGEST_SEARCH = 250
WHOLE_NUMBER = re.compile(r"[0-9]{1,6}")
"""A number of an address. `\\d` would take `²`, and thousands of digits."""
Texts = Mapping[str, Sequence[str]]
"""The values of each name, as they were typed."""


class InvalidValue(Exception):
    """A text that does not fit its type.

    The sentence is for the screen, and never repeats the text.
    """

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sentence = sentence


def whole(text: str) -> int | None:
    """A whole number, of six digits at most; None for anything else."""
    return int(text) if WHOLE_NUMBER.fullmatch(text) else None


def cast(type_: GraphQLInputType, texts: Texts, path: str) -> Any:  # noqa: ANN401
    """The value at a path, or None when nothing was typed. Raises `InvalidValue`."""
    kind = get_nullable_type(type_)
    match kind:
        case GraphQLInputObjectType():
            if kind is type_ and path and not _is_begun(texts, path):
                return None
            return _object(kind, texts, path)
        case GraphQLList():
            return _list(kind.of_type, texts, path)
    values = _not_empty(texts.get(path, ()))
    return _leaf(kind, values[-1], path) if values else None


def _not_empty(texts: Sequence[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]


def _object(
    kind: GraphQLInputObjectType, texts: Texts, path: str
) -> dict[str, Any] | None:
    """The fields that were typed; None when nothing was typed below the path."""
    if path and not _is_typed_below(texts, path):
        return None
    values = {}
    for name, field in kind.fields.items():
        value = cast(field.type, texts, f"{path}.{name}" if path else name)
        if value is not None:
            values[name] = value
    return values


def _is_typed_below(texts: Texts, path: str) -> bool:
    below = [values for name, values in texts.items() if name.startswith(f"{path}.")]
    return any(_not_empty(values) for values in below)


def _is_begun(texts: Texts, path: str) -> bool:
    """Whether anything was typed in a group that may be left out.

    The key of a row, which the form itself gives, is not typed.
    """
    key = re.compile(rf"{re.escape(path)}\..*\.[0-9]{{1,6}}\.[a-zA-Z]+Id")
    others = {name: texts[name] for name in texts if not key.fullmatch(name)}
    return _is_typed_below(others, path)


def _list(item: GraphQLInputType, texts: Texts, path: str) -> list[Any] | None:
    kind = get_nullable_type(item)
    if isinstance(kind, GraphQLInputObjectType):
        return _rows(item, texts, path)
    parts: list[str] = []
    for text in texts.get(path, ()):
        parts += _not_empty(re.split(r"[\n;]", text))
    if not parts:
        return [] if path in texts else None
    return [_leaf(kind, part, path) for part in parts]


def _rows(item: GraphQLInputType, texts: Texts, path: str) -> list[Any] | None:
    """The objects of a list: their fields are at `path.0.name`, `path.1.name`."""
    pattern = re.compile(rf"{re.escape(path)}\.([0-9]{{1,6}})\.")
    matches = [pattern.match(name) for name in texts]
    indexes = {int(match[1]) for match in matches if match}
    if not indexes:
        return None
    rows = [cast(item, texts, f"{path}.{index}") for index in sorted(indexes)]
    return [row for row in rows if row is not None]


def _leaf(kind: Any, text: str, path: str) -> Any:  # noqa: ANN401
    if len(text) > LONGEST:
        raise InvalidValue(path, f"Saisissez {LONGEST} caractères au plus.")
    if isinstance(kind, GraphQLEnumType):
        if text not in kind.values:
            raise InvalidValue(path, "Choisissez une des valeurs proposées.")
        return text
    match kind.name:
        case "Int":
            return _integer(text, path)
        case "Boolean":
            return _boolean(text.lower(), path)
        case "Date":
            return day(text, path)
        case "ID":
            return plain_id(text)
        case "Money" | "Hours" | "Percent":
            return re.sub(r"[\s€%]", "", text).replace(",", ".")
    return text


def _integer(text: str, path: str) -> int:
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"-?\d{1,9}", digits):
        raise InvalidValue(path, "Saisissez un nombre entier.")
    return int(digits)


def _boolean(text: str, path: str) -> bool:
    if text not in TRUE | FALSE:
        raise InvalidValue(path, "Répondez par oui ou par non.")
    return text in TRUE


def plain_id(text: str) -> str:
    """The id of a row without the day of its facts.

    Addresses and forms hold the id alone, and say the day in `on`.
    """
    return text.partition("@")[0]


def day(text: str, path: str) -> str:
    """The ISO day of « 30/06/2026 », or of a date field. Raises `InvalidValue`."""
    match = DAY.fullmatch(text) or ISO_DAY.fullmatch(text)
    if match:
        year, month, day_ = (int(match[part]) for part in ("year", "month", "day"))
        with suppress(ValueError):  # the 31st of June
            return date(year, month, day_).isoformat()
    raise InvalidValue(path, "Saisissez une date, par exemple 30/06/2026.")


def is_personal_number(text: str) -> bool:
    """Whether a text looks like a social security number, whatever parts its digits."""
    return PERSONAL_NUMBER.fullmatch(re.sub(r"[\s._/-]", "", text)) is not None
