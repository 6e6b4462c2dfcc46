"""The facts of one object that the policy compares, on one day or on several."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import PartnerState
from persistence.records.base import table

from .guards import GUARDED, STATE, Guard

Facts: TypeAlias = Mapping[str, str | None]
"""The facts of an object by name; None for one that it does not have."""
Terms: TypeAlias = Mapping[str, ColumnElement[Any]]


async def facts_of(
    session: AsyncSession, record: str, object_id: str, *days: date
) -> Sequence[Facts]:
    """What the policy compares, on each of the days.

    Nothing where there is no such row.

    The facts of the state are those of the partner's row of the timeline that day.
    """
    guard = GUARDED[record]
    row, state = table(record).alias(), table("partner_state").alias()
    terms = {
        "partner": _partner(guard, row),
        **{name: state.c[column] for name, column in STATE.items()},
        **_own_facts(guard, row),
    }
    queries = []
    for rank, day in enumerate(days):
        query = _on_day(rank, day, terms, row, state)
        queries.append(query.where(row.c.id == object_id))
    result = await session.execute(union_all(*queries))
    return [_facts(terms, values) for _, *values in sorted(result)]


def _facts(terms: Terms, values: Sequence[Any]) -> Facts:
    """The facts of a day, as texts."""
    pairs = zip(terms, values, strict=True)
    return {name: value and str(value) for name, value in pairs}


def _partner(guard: Guard, row: FromClause) -> ColumnElement[Any]:
    """The partner of the row; null for a record without one."""
    return row.c[guard.partner] if guard.partner else literal(None)


def _own_facts(guard: Guard, row: FromClause) -> Terms:
    """The facts of the row itself; null where their condition is not met."""
    terms = {name: fact(row) for name, fact in guard.facts.items()}
    for name, condition in guard.only.items():
        terms[name] = case((condition(row), terms[name]))
    return terms


def _on_day(
    rank: int, day: date, terms: Terms, row: FromClause, state: FromClause
) -> Select[Any]:
    """The rank of the day, then the facts."""
    is_of_partner = state.c.partner_id == terms["partner"]
    is_of_day = and_(is_of_partner, PartnerState.period.sql(state, day))
    columns: list[ColumnElement[Any]] = [literal(rank)]
    columns += [term.label(f"fact_{name}") for name, term in terms.items()]
    return select(*columns).select_from(row.outerjoin(state, is_of_day))
