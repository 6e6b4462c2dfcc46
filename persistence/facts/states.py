"""What the state of a row forbids, whatever the permits: the words of the bars.

A bar is a rule that no input of the act gets round on that day. What depends on the
input is for the act. The bars say in SQL, for `viewerCan`, the rules of `records/`. A
test walks each act over the rows of the demonstration: an act is barred where each of
its inputs is refused, and by that rule.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, and_, false, func, not_, or_
from sqlalchemy.sql.selectable import NamedFromClause

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest
from persistence.records import Contract, Convention, PartnerState, Rule
from persistence.records.base import table
from persistence.records.periods import exists
from persistence.records.suspensions import suspended_by

Day: TypeAlias = ColumnElement[object]


class At(NamedTuple):
    """A row, in a statement on the day of the caller's rights.

    `by_partner` is whether the partner's own person asks.
    """

    row: FromClause
    context: SqlContext
    by_partner: SqlTest

    @property
    def today(self) -> Day:
        """The day of the facts: bars are compiled where no argument moves it."""
        return self.context.day

    @property
    def c(self) -> Any:  # noqa: ANN401 the columns of the row
        """The columns of the row."""
        return self.row.c


class Bar(NamedTuple):
    """A rule, and whether it forbids the act on a row."""

    rule: Rule
    holds: Callable[[At], SqlTest]


Bars: TypeAlias = Mapping[tuple[str, str], Sequence[Bar]]
"""By (table, act), in the order in which the act refuses."""


# any row


def one_of(row: NamedFromClause, key: ColumnElement[str], test: SqlTest) -> SqlTest:
    """Whether the row of this key is so."""
    return exists(row, where=[row.c.id == key, test])


def over(row: FromClause, day: Day, *ends: str) -> SqlTest:
    """Whether one of these days has come."""
    return func.coalesce(or_(*(row.c[end] <= day for end in ends)), false())


def has(column: str) -> Callable[[At], SqlTest]:
    """The column has a value."""
    return lambda at: at.c[column].is_not(None)


def lacks(column: str) -> Callable[[At], SqlTest]:
    """The column has no value."""
    return lambda at: at.c[column].is_(None)


def passed(*columns: str) -> Callable[[At], SqlTest]:
    """One of the days of these columns has come."""
    return lambda at: over(at.row, at.today, *columns)


def ended(at: At) -> SqlTest:
    """The last day of the row has passed."""
    return over(at.row, at.today, "ends_on")


def no_closing_to_come(at: At) -> SqlTest:
    """No closing is announced for a later day."""
    return not_(func.coalesce(at.c.closed_on > at.today, false()))


def pause(at: At, column: str, side: str | None = None) -> SqlTest:
    """A suspension of the row runs today, of that side if there is one."""
    return suspended_by(column).sql(at.row, at.today, side=side)


# the conventions of the row's partner


def lasts(row: FromClause, day: Day) -> SqlTest:
    """Of a convention: see `Convention.ends_after`."""
    return Convention.period.sql_lasts(row, day)


def in_force(row: FromClause, day: Day) -> SqlTest:
    """Of a convention: see `Convention.holds_on`."""
    return and_(row.c.in_force_on.is_not(None), Convention.period.sql(row, day))


def of_convention(
    at: At, test: Callable[[FromClause], SqlTest], key: str = "convention_id"
) -> SqlTest:
    """The convention of the row is so."""
    convention = table("convention").alias()
    return one_of(convention, at.c[key], test(convention))


def with_convention(at: At, test: Callable[[FromClause], SqlTest]) -> SqlTest:
    """Of a partner: one of its conventions is so."""
    convention = table("convention").alias()
    is_own = convention.c.partner_id == at.c.id
    return exists(convention, where=[is_own, test(convention)])


def another(at: At, test: Callable[[FromClause], SqlTest]) -> SqlTest:
    """Of a convention: another one of its partner is so."""
    other = table("convention").alias()
    is_of_partner = other.c.partner_id == at.c.partner_id
    is_other = other.c.id != at.c.id
    return exists(other, where=[is_of_partner, test(other), is_other])


def announced(at: At) -> SqlTest:
    """R43: a successor of the row's convention is signed and to come."""
    later = table("convention").alias()
    succeeds = later.c.predecessor_id == at.c.convention_id
    is_announced = Convention.is_announced_on.sql(later, at.today)
    return exists(later, where=[succeeds, is_announced])


def another_open(at: At, test: Callable[[NamedFromClause], SqlTest]) -> SqlTest:
    """Of a bulletin: another one of its service has been opened, and is so."""
    other = table("bulletin").alias()
    where = [
        other.c.access_id == at.c.access_id,
        other.c.id != at.c.id,
        other.c.opened_on.is_not(None),
        test(other),
    ]
    return exists(other, where=where)


def has_mode(at: At, mode: str) -> SqlTest:
    """The partner's mode of today is this one."""
    now = table("partner_state").alias()
    is_of_partner = now.c.partner_id == at.c.partner_id
    is_now = PartnerState.period.sql(now, at.today)
    return exists(now, where=[is_of_partner, is_now, now.c.mode == mode])


def is_managed(at: At, key: str = "convention_id") -> SqlTest:
    """The convention has an active manager today."""
    return Contract.is_managed_on.sql(at.row, at.today, key)
