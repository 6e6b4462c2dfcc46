"""What each bind of a statement is given at run time: where its value is found, and how the driver takes it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from . import dated_ids, paging
from .dialects import Dialect
from .model import Reading
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


LAST = date(9999, 12, 30)

BindValue: TypeAlias = Callable[[Mapping[str, Any], Holdings], Any]
"""Finds the value of one bind, as the driver takes it; made once, at the compilation."""


def value_source(
    slot: Bind, spelling: Dialect, readings: Mapping[str, Reading]
) -> BindValue:
    """A constant is adapted to the driver now, the rest at each run."""
    give = _raw(slot.source, readings)
    if slot.source[0] == "value" and not varies(slot.source[1]):
        constant = spelling.adapt(resolved(slot.source[1], {}), slot.kind)
        return lambda _variables, _held: constant
    return lambda variables, held: spelling.adapt(give(variables, held), slot.kind)


def _raw(source: Source, readings: Mapping[str, Reading]) -> BindValue:
    match source:
        case ("today",):
            return lambda _, held: held.today
        case ("of today", name):
            of_day = readings[name]
            return lambda _, held: of_day(held.today)
        case ("now",):
            return lambda _, held: held.now
        case ("held", attribute, role):
            return lambda _, held: held.values(attribute, role)
        case ("cursor", value, columns, index):
            return partial(_key_of, value, columns, index)
        case ("fingerprint", value):
            return lambda variables, held: held.fingerprint(resolved(value, variables))
        case (made, value):
            read = READ[made] if made in READ else readings[made]
            return lambda variables, _: read(resolved(value, variables))
    raise AssertionError(source)


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


READ: Mapping[str, Reading] = {
    "value": lambda value: value,
    "limit": lambda size: size + 1,
    "day after": lambda day: min(day, LAST) + timedelta(days=1),
    "key": dated_ids.key_of,
    "day": dated_ids.day_of,
    "days": dated_ids.days_of,
    "stamp": dated_ids.stamp,
    **{f"day {n}": partial(dated_ids.nth_day, n=n) for n in range(dated_ids.MOST_DAYS)},
}
"""The engine's own readings of a value: of a size, of a day, of an id that carries one."""


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
