"""Where each bind of a statement takes its value from at each run."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from . import dated_ids
from .cursors import CursorInvalid, KeyColumn, cursor_keys
from .dialects import Dialect
from .model import Reading
from .sql_words import DriverValue
from .values import CoercedValue, Read, Value, Var

Variables: TypeAlias = Mapping[str, Any]
"""The coerced variables of a request, by name."""
Source: TypeAlias = tuple[Any, ...]
"""Where a value comes from: a word, then what this word needs. See `_of_source`."""


class Bind(NamedTuple):
    """A bind of the statement: its kind for the driver, and the source of its value."""

    kind: str
    source: Source


def _no_vault(_: str) -> str:
    """For a run that writes no key."""
    raise AssertionError


class Holdings(NamedTuple):
    """What a run takes beside the variables.

    `values` are what the caller holds, by (attribute, role). `fingerprint` is how the
    vault writes the key of a call.
    """

    today: date
    now: datetime
    values: Callable[[str, str], Sequence[str]]
    fingerprint: Callable[[str], str] = _no_vault


LAST_DAY = date(9999, 12, 30)
"""The last day that has a day after it."""

BindValue: TypeAlias = Callable[[Variables, Holdings], DriverValue]
"""The value of one bind at a run, as the driver takes it."""


def value_source(
    bind: Bind, spelling: Dialect, readings: Mapping[str, Reading]
) -> BindValue:
    """How a bind takes its value.

    A constant is adapted to the driver now, any other value at each run.
    """
    word, *needs = bind.source
    if word == "value" and not varies(needs[0]):
        constant = spelling.adapt(resolved(needs[0], {}), bind.kind)
        return lambda _variables, _holdings: constant
    value = _of_source(bind.source, readings)

    def adapted(variables: Variables, holdings: Holdings) -> DriverValue:
        return spelling.adapt(value(variables, holdings), bind.kind)

    return adapted


def _of_source(source: Source, readings: Mapping[str, Reading]) -> BindValue:
    """How a value is taken from its source, before the driver's own form."""
    match source:
        case ("today",):
            return lambda _, holdings: holdings.today
        case ("of today", name):
            of_day = readings[name]
            return lambda _, holdings: of_day(holdings.today)
        case ("now",):
            return lambda _, holdings: holdings.now
        case ("holding", attribute, role):
            return lambda _, holdings: holdings.values(attribute, role)
        case ("cursor", cursor, columns, index):
            return partial(_key, cursor, columns, index)
        case ("fingerprint", value):
            return partial(_fingerprint, value)
        case (name, value):
            reading = READINGS[name] if name in READINGS else readings[name]
            return lambda variables, _: reading(resolved(value, variables))
    raise AssertionError(source)


def _key(
    cursor: Value,
    columns: tuple[KeyColumn, ...],
    index: int,
    variables: Variables,
    _holdings: Holdings,
) -> CoercedValue:
    """One key of a cursor. Raises `CursorInvalid` with the place of the cursor."""
    try:
        return cursor_keys(resolved(cursor, variables), columns)[index]
    except CursorInvalid:
        raise CursorInvalid(cursor) from None


def _fingerprint(value: Value, variables: Variables, holdings: Holdings) -> str:
    """The key of a call, as the vault writes it."""
    return holdings.fingerprint(resolved(value, variables))


def _day_after(day: date) -> date:
    """The day that follows; the last day stays itself."""
    return min(day, LAST_DAY) + timedelta(days=1)


READINGS: dict[str, Reading] = {
    "value": lambda value: value,
    "limit": lambda size: size + 1,
    "day after": _day_after,
    "key": dated_ids.key_of,
    "day": dated_ids.day_of,
    "days": dated_ids.days_of,
    "stamp": dated_ids.stamp,
}
"""The engine's own readings: of a size, of a day, of an id that carries a day."""

for _n in range(dated_ids.MOST_DAYS):
    READINGS[f"day {_n}"] = partial(dated_ids.nth_day, n=_n)


def varies(value: Value) -> bool:
    """Whether the value depends on the variables."""
    match value:
        case Read():
            return varies(value.value)
        case tuple():
            return any(map(varies, value))
    return isinstance(value, Var)


def resolved(value: Value, variables: Variables) -> CoercedValue:
    """A constant of the document, or the leaf of the variables at the value's path."""
    if isinstance(value, tuple):
        return [resolved(part, variables) for part in value]
    if isinstance(value, Read):
        reading = READINGS[value.what]
        return reading(resolved(value.value, variables))
    if not isinstance(value, Var):
        return value
    leaf: Any = variables
    for step in value.path:
        leaf = leaf[step]
    return leaf
