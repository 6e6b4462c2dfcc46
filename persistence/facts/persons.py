"""The cards of one person: the one that stands, and those that it has absorbed.

Lines, changes and treatments keep the card that they were received with. Whatever is
asked of a person is asked of all their cards.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    func,
    select,
    union_all,
)

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import table


def person(card: FromClause) -> ColumnElement[str]:
    """The card that stands for the person of a card."""
    standing: ColumnElement[str] = func.coalesce(card.c.merged_into_id, card.c.id)
    return standing


def person_of(worker_id: ColumnElement[str]) -> ColumnElement[str]:
    """The same, of a row that names a card."""
    card = table("worker").alias()
    query = select(person(card)).where(card.c.id == worker_id)
    return query.correlate_except(card).scalar_subquery()


def cards_of(person_id: ColumnElement[Any]) -> CompoundSelect[Any]:
    """The ids of the cards of the person whose card stands."""
    card = table("worker").alias()
    itself = select(person_id)
    duplicates = select(card.c.id).where(card.c.merged_into_id == person_id)
    parts = (query.correlate_except(card) for query in (itself, duplicates))
    return union_all(*parts)


def is_same_person(row: Table, other: Table) -> SqlTest:
    """Whether both rows name a card of the same person."""
    return row.c.worker_id.in_(cards_of(person_of(other.c.worker_id)))


def of_person(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The rows that name any of the cards of the person whose card the parent is."""
    return child.c.worker_id.in_(cards_of(parent.c.id))


def names_person(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the row names this card, or one that it has absorbed."""
    return row.c.worker_id.in_(cards_of(context.value(value)))


def is_merged(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether another card has absorbed this one."""
    return context.agrees(row.c.merged_into_id.is_not(None), value)
