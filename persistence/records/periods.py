"""Dated rules, each written in one place.

A rule is a period of days, or a predicate whose two halves stand side by side.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import update_wrapper
from typing import (
    Any,
    Concatenate,
    Generic,
    NamedTuple,
    ParamSpec,
    Self,
    TypeAlias,
    TypeVar,
    overload,
)

from sqlalchemy import ColumnElement, FromClause, and_, literal, or_, select, true

Day: TypeAlias = date | ColumnElement[Any]
"""The day of the question in SQL: a value, or the bind of the statement under way."""

Owner = TypeVar("Owner")
Arguments = ParamSpec("Arguments")


class Period(NamedTuple):
    """The days of a record, from `first` to the earliest of `ends`.

    `first` and `ends` name columns. The earliest end is the first day that is not in
    the period. A `first` that is None has not come; an end that is None never comes.
    The day is a date, or an instant where the columns are instants.
    """

    first: str
    ends: tuple[str, ...] = ()

    def holds(self, record: object, day: date) -> bool:
        """Whether the day is one of the period."""
        first: date | None = getattr(record, self.first)
        return first is not None and first <= day and not self.has_ended(record, day)

    def sql(self, row: FromClause, day: Day) -> ColumnElement[bool]:
        """`holds`, on a row of the record's table."""
        return and_(row.c[self.first] <= day, self.sql_not_ended(row, day))

    def has_ended(self, record: object, day: date) -> bool:
        """Whether the period is over on that day, whether or not it ever began."""
        end = self.end_of(record)
        return end is not None and end <= day

    def sql_not_ended(self, row: FromClause, day: Day) -> ColumnElement[bool]:
        """The contrary of `has_ended`; never null."""
        return and_(true(), *(_comes_after(row, end, day) for end in self.ends))

    def lasts(self, record: object, day: date) -> bool:
        """Whether the period holds that day or some later day.

        A period that ends on its first day holds none.
        """
        first: date | None = getattr(record, self.first)
        return first is not None and not self.has_ended(record, max(first, day))

    def sql_lasts(self, row: FromClause, day: Day) -> ColumnElement[bool]:
        """`lasts`, on a row of the record's table."""
        first = row.c[self.first]
        days_left = (
            or_(row.c[end].is_(None), and_(row.c[end] > day, row.c[end] > first))
            for end in self.ends
        )
        return and_(first.is_not(None), *days_left)

    def end_of(self, record: object) -> date | None:
        """The first day after the period; None where no end is known."""
        ends = [getattr(record, end) for end in self.ends]
        return min((end for end in ends if end is not None), default=None)


def exists(
    *rows: FromClause, where: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Whether there are such `rows`.

    The other rows that `where` names are those of the surrounding statement.
    """
    return (
        select(literal(1))
        .select_from(*rows)
        .where(*where)
        .correlate_except(*rows)
        .exists()
    )


def _comes_after(row: FromClause, end: str, day: Day) -> ColumnElement[bool]:
    return or_(row.c[end].is_(None), row.c[end] > day)


class predicate(Generic[Owner, Arguments]):  # noqa: N801 a decorator
    """A rule that acts ask of a record and lists ask of a row.

    On an instance it is the method that it decorates; on the class, `.sql` is the half
    given to `in_sql`. The SQL half takes the row first and the day last, and names each
    row that its subqueries refer to.
    """

    sql: Callable[..., ColumnElement[bool]]

    def __init__(self, half: Callable[Concatenate[Owner, Arguments], bool]) -> None:
        self.half = half
        update_wrapper(self, half)

    def __call__(
        self, record: Owner, *args: Arguments.args, **named: Arguments.kwargs
    ) -> bool:
        """The Python half of a rule that no class holds."""
        return self.half(record, *args, **named)

    def in_sql(self, half: Callable[..., ColumnElement[bool]]) -> Self:
        self.sql = half
        return self

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...
    @overload
    def __get__(self, record: Owner, owner: type) -> Callable[Arguments, bool]: ...
    def __get__(
        self, record: Owner | None, owner: type
    ) -> Self | Callable[Arguments, bool]:
        if record is None:
            return self
        method: Callable[Arguments, bool] = self.half.__get__(record, owner)
        return method
