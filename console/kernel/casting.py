"""Texts of an address or a form, cast to the types of a document's variables."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_nullable_type,
)

DAY = re.compile(r"(?P<day>[0-9]{1,2})\s*[/.-]\s*(?P<month>[0-9]{1,2})\s*[/.-]\s*(?P<year>[0-9]{4})")
ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
PERSONAL = re.compile(r"[1-478]\d{4}[\dAB]{2}\d{6}(\d{2})?", re.IGNORECASE)
TRUE, FALSE = {"true", "on", "oui", "1"}, {"false", "non", "0"}


LONGEST, LONGEST_SEARCH = 10_000, 250
"""No text of a page or of an act is longer; the contract bounds each kind more tightly."""


WHOLE = re.compile(r"[0-9]{1,6}")
"""A number of an address: `²` is a digit to Python, and thousands of digits are none."""


def whole(text: str) -> int | None:
    """A whole number, of six digits at most; None for anything else."""
    return int(text) if WHOLE.fullmatch(text) else None


class InvalidValue(Exception):
    """A text that does not fit its type; the sentence is for the screen and never repeats the text."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path, self.sentence = path, sentence


Texts = Mapping[str, Sequence[str]]


def cast(type_: GraphQLInputType, texts: Texts, path: str) -> Any:  # noqa: ANN401 a JSON value
    """The value of this path, or None when nothing was given. Raises `InvalidValue`."""
    kind = get_nullable_type(type_)
    match kind:
        case GraphQLInputObjectType():
            return _object(kind, texts, path)
        case GraphQLList():
            return _list(kind.of_type, texts, path)
    given = [text.strip() for text in texts.get(path, ()) if text.strip()]
    return _leaf(kind, given[-1], path) if given else None


def _object(kind: GraphQLInputObjectType, texts: Texts, path: str) -> dict[str, Any] | None:
    if path and not any(name.startswith(f"{path}.") and any(map(str.strip, texts[name])) for name in texts):
        return None
    found = {name: cast(field.type, texts, f"{path}.{name}" if path else name) for name, field in kind.fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def _list(item: GraphQLInputType, texts: Texts, path: str) -> list[Any] | None:
    if isinstance(get_nullable_type(item), GraphQLInputObjectType):
        rows = {int(m[1]) for name in texts if (m := re.match(rf"{re.escape(path)}\.([0-9]{{1,6}})\.", name))}
        made = [cast(item, texts, f"{path}.{row}") for row in sorted(rows)]
        return [row for row in made if row is not None] if rows else None
    given = [part.strip() for text in texts.get(path, ()) for part in re.split(r"[\n;]", text) if part.strip()]
    if not given:
        return [] if path in texts else None
    return [_leaf(get_nullable_type(item), text, path) for text in given]


def _leaf(kind: Any, text: str, path: str) -> Any:  # noqa: ANN401 a leaf type; a JSON value
    if len(text) > LONGEST:
        raise InvalidValue(path, f"Saisissez {LONGEST} caractères au plus.")
    if isinstance(kind, GraphQLEnumType):
        if text not in kind.values:
            raise InvalidValue(path, "Choisissez une des valeurs proposées.")
        return text
    match kind.name:
        case "Int":
            return _whole(text, path)
        case "Boolean":
            if text.lower() not in TRUE | FALSE:
                raise InvalidValue(path, "Répondez par oui ou par non.")
            return text.lower() in TRUE
        case "Date":
            return day(text, path)
        case "ID":
            return plain_id(text)
        case "Money" | "Hours" | "Percent":
            return re.sub(r"[\s€%]", "", text).replace(",", ".")
    return text


def _whole(text: str, path: str) -> int:
    digits = re.sub(r"\s", "", text)
    if not re.fullmatch(r"-?\d{1,9}", digits):
        raise InvalidValue(path, "Saisissez un nombre entier.")
    return int(digits)


def plain_id(text: str) -> str:
    """The id of a row without the day of its facts: addresses and forms keep it so, and say the day in `on`."""
    return text.partition("@")[0]


def day(text: str, path: str) -> str:
    """A day typed as « 30/06/2026 », or as a date field gives it."""
    typed = DAY.fullmatch(text) or ISO.fullmatch(text)
    try:
        made = date(*(int(typed[part]) for part in ("year", "month", "day"))) if typed else None
    except ValueError:
        made = None
    if made is None:
        raise InvalidValue(path, "Saisissez une date, par exemple 30/06/2026.")
    return made.isoformat()


def is_personal_number(text: str) -> bool:
    """Whether a text has the shape of a « numéro de sécurité sociale », whatever parts its digits."""
    return PERSONAL.fullmatch(re.sub(r"[\s._/-]", "", text)) is not None
