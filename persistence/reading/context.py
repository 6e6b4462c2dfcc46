"""The statement under way: what joins, tests and expressions are written with."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    FromClause,
    SelectBase,
    and_,
    cast,
)

from .binds import Bind, Source
from .dialects import SPELLINGS
from .model import Model
from .values import Value

Shared = TypeVar("Shared")


class SqlContext:
    """The aliases, the binds and the day of one statement, and the caller's permits.

    The caller's rights are those of `today`. The facts are those of `day`.
    """

    def __init__(
        self,
        model: Model,
        dialect: str,
        permits: Any = None,  # noqa: ANN401 whatever the model's visibility reads
    ) -> None:
        self.model = model
        self.spelling = SPELLINGS[dialect]
        self.permits = permits
        self.binds: dict[str, Bind] = {}
        self._names: dict[tuple[str, Source], str] = {}
        self._aliases = 0
        self._facts_day: Value = None
        self._shared: dict[Any, Any] = {}

    # rows

    def alias(self, record: str) -> FromClause:
        """The rows of a record, under a name of their own."""
        self._aliases += 1
        name = f"t{self._aliases}"
        view = self.model.views.get(record)
        rows = self.model.tables[record] if view is None else view(self)
        return rows.alias(name)

    def readable(
        self, record: str, row: FromClause, *, anchored: bool = True
    ) -> list[ColumnElement[bool]]:
        """The conditions of the caller's permits on a row; none for what is public.

        A test that looks at rows of another record puts them on these rows: a filter
        tells nothing that a list hides.
        """
        return self.model.visible(record, row, self, anchored=anchored)

    def once(self, key: Hashable, create: Callable[[], Shared]) -> Shared:
        """The same object each time, for one key and one day of the facts."""
        dated_key = (self._facts_day, key)
        if dated_key not in self._shared:
            self._shared[dated_key] = create()
        return self._shared[dated_key]  # type: ignore[no-any-return]

    # values

    def bind(self, source: Source, kind: str) -> BindParameter[Any]:
        """A value of each run, by its source: see `binds.py`.

        One source has one bind.
        """
        new_name = f"b{len(self._names)}"
        name = self._names.setdefault((kind, source), new_name)
        self.binds[name] = Bind(kind, source)
        return self.spelling.bind(name, kind)

    def value(self, value: Value, kind: str = "text") -> BindParameter[Any]:
        """A value of the document or of the variables, as it is."""
        return self.bind(("value", value), kind)

    # days

    @property
    def today(self) -> ColumnElement[Any]:
        """The day of the caller's rights, which no argument moves."""
        return self.bind(("today",), "day")

    @property
    def now(self) -> ColumnElement[Any]:
        """The instant of the question."""
        return self.bind(("now",), "instant")

    @property
    def day(self) -> ColumnElement[Any]:
        """The day of the facts: today, unless the field asks for another."""
        if self._facts_day is None:
            return self.today
        return self.value(self._facts_day, "day")

    @contextmanager
    def facts_on(self, day: Value) -> Iterator[None]:
        """Move the day of the facts while what stands under a field is compiled."""
        former, self._facts_day = self._facts_day, day
        yield
        self._facts_day = former

    def of_day(self, reading: str) -> ColumnElement[Any]:
        """Another day: what a reading of the model makes of the day of the facts."""
        is_today = self._facts_day is None
        source = ("of today", reading) if is_today else (reading, self._facts_day)
        return self.bind(source, "day")

    def identifier(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        """The id of a row, with the day of the facts where a field asks for one."""
        if self._facts_day is None:
            return key
        return key + self.stamp(self._facts_day)

    def stamp(self, day: Value) -> ColumnElement[str]:
        """What follows a key in an id of that day."""
        return self.bind(("stamp", day), "text")

    # tests

    def holds(
        self, term: ColumnElement[Any], attribute: str, role: str
    ) -> ColumnElement[bool]:
        """Whether the caller holds this value of the attribute, by the role."""
        values = self.bind(("holding", attribute, role), "texts")
        return self.spelling.among(term, values)

    def among(self, term: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether the term is one of a list of texts."""
        return self.spelling.among(term, self.bind(("value", value), "texts"))

    def among_rows(
        self, term: ColumnElement[Any], rows: SelectBase
    ) -> ColumnElement[bool]:
        """Whether the term is one of the rows.

        They are looked up once, not for each row around them.
        """
        return self.spelling.among_rows(term, rows)

    def agrees(self, term: ColumnElement[bool], value: Value) -> ColumnElement[bool]:
        """Whether a condition is as a Boolean argument says."""
        flag = self.bind(("value", value), "flag")
        return cast(term, Boolean) == flag

    def mentions(self, key: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether a name, by its key, holds each of the searched words, in any order.

        The longest word is tested apart: an index finds it.
        """
        longest_word = self.bind(("longest word", value), "text")
        has_longest = self.spelling.find(key, longest_word)
        words = self.bind(("words", value), "texts")
        return and_(has_longest, self.spelling.holds_all(key, words))

    def starts(self, term: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether a column of digits starts with the typed number, by its index.

        The number has nine digits at least.
        """
        lowest = self.bind(("number", value), "text")
        past = self.bind(("past number", value), "text")
        return and_(term >= lowest, term < past)

    def ends_by(self, end: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether the last day is that day or before.

        An end is the first day without.
        """
        day_after = self.bind(("day after", value), "day")
        return end <= day_after
