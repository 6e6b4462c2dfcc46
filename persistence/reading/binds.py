"""What each bind of a statement is given at run time: where its value is found, and how the driver takes it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from persistence.records.base import name_key
from persistence.records.identifiers import compact
from persistence.records.onboarding import GRACE

from . import dated_ids, paging
from .dialects import Dialect
from .question import Read, Value, Var

Source: TypeAlias = tuple[Any, ...]


class Bind(NamedTuple):
    """A bind of the statement: how its value is found at run time, and how the driver wants it."""

    kind: str
    source: Source


def _no_vault(_: str) -> str:
    raise AssertionError


class Holdings(NamedTuple):
    """What a run is given beside the variables: today, the subject's values for (attribute, role), its vault's word.

    `fingerprint` is how the vault writes the key of a call.
    """

    today: date
    now: datetime
    values: Callable[[str, str], Sequence[str]]
    fingerprint: Callable[[str], str] = _no_vault


SIREN, SIRET = 9, 14
LAST = date(9999, 12, 30)

BindValue: TypeAlias = Callable[[Mapping[str, Any], Holdings], Any]
"""Finds the value of one bind, as the driver takes it; made once, at the compilation."""


def value_source(slot: Bind, spelling: Dialect) -> BindValue:
    """A constant is adapted to the driver now, the rest at each run."""
    give = _raw(slot.source)
    if slot.source[0] == "value" and not varies(slot.source[1]):
        constant = spelling.adapt(resolved(slot.source[1], {}), slot.kind)
        return lambda _variables, _held: constant
    return lambda variables, held: spelling.adapt(give(variables, held), slot.kind)


def _raw(source: Source) -> BindValue:
    match source:
        case ("today",):
            return lambda _, held: held.today
        case ("grace", None):
            return lambda _, held: held.today - GRACE
        case ("now",):
            return lambda _, held: held.now
        case ("held", attribute, role):
            return lambda _, held: held.values(attribute, role)
        case ("cursor", value, columns, index):
            return partial(_key_of, value, columns, index)
        case ("fingerprint", value):
            return lambda variables, held: held.fingerprint(resolved(value, variables))
        case (made, value):
            read = READ[made]
            return lambda variables, _: read(resolved(value, variables))
    raise AssertionError(source)


NO_WORD, NO_ADDRESS = "-", " "
"""What no key of a name, and no address, holds."""


def searched_words(text: str) -> list[str]:
    """The words of a name, as keys hold them; without any, one that no key holds."""
    return name_key(text).split() or [NO_WORD]


def searched_address(text: str) -> str:
    """An e-mail address, or a part of one, as addresses are kept."""
    return unicodedata.normalize("NFC", text.strip().lower())


def _key_of(
    value: Value,
    columns: tuple[tuple[str, str], ...],
    index: int,
    variables: Mapping[str, Any],
    _held: Holdings,
) -> Any:  # noqa: ANN401 a key of the order
    """One key of a cursor. Raises `paging.CursorInvalid` with the place of the cursor."""
    try:
        return paging.keys(resolved(value, variables), columns)[index]
    except paging.CursorInvalid:
        raise paging.CursorInvalid(value) from None


def number(text: str, end: str = "") -> str:
    """The nine to fourteen first digits of a SIRET, in any spacing, then `end`; nothing for any other text."""
    digits = compact(text)
    return (
        digits + end
        if digits.isascii() and digits.isdigit() and SIREN <= len(digits) <= SIRET
        else ""
    )


READ: Mapping[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "limit": lambda size: size + 1,
    "words": searched_words,
    "longest word": lambda text: max(searched_words(text), key=len),
    "address": lambda text: searched_address(text) if "@" in text else NO_ADDRESS,
    "finess": lambda text: compact(text).upper(),
    "digits": lambda text: re.sub("[^0-9]", "", compact(text)),
    "number": number,
    "past number": lambda text: number(text, ":"),  # what follows 9
    "day after": lambda day: min(day, LAST) + timedelta(days=1),
    "grace": lambda day: day - GRACE,
    "key": dated_ids.key_of,
    "day": dated_ids.day_of,
    "days": dated_ids.days_of,
    "stamp": dated_ids.stamp,
    **{f"day {n}": partial(dated_ids.nth_day, n=n) for n in range(dated_ids.MOST_DAYS)},
}
"""What a value of the request becomes before the driver takes it."""


def varies(value: Value) -> bool:
    """Whether the value depends on the variables."""
    match value:
        case Read():
            return varies(value.value)
        case tuple():
            return any(map(varies, value))
    return isinstance(value, Var)


def resolved(value: Value, variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 a coerced value
    """A constant of the document, or the leaf of the variables that stands at the path."""
    if isinstance(value, tuple):
        return [resolved(v, variables) for v in value]
    if isinstance(value, Read):
        return READ[value.what](resolved(value.value, variables))
    if not isinstance(value, Var):
        return value
    found: Any = variables
    for step in value.path:
        found = found[step]
    return found
