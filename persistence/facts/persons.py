"""The cards of one person: the one that stands, and those that it has absorbed.

Lines, changes and treatments keep the card that they were received with, and name
their person beside it (`records/persons.py`).
"""

from sqlalchemy import select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records.base import table


def is_same_person(row: Table, other: Table) -> SqlTest:
    """Whether both rows name a card of the same person."""
    return row.c.person_id == other.c.person_id


def of_person(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The rows that name any card of the person, whichever of them the parent is."""
    return child.c.person_id == parent.c.person_id


def names_person(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the row names a card of the person, whichever of them is asked for."""
    card = table("worker").alias()
    person = select(card.c.person_id).where(card.c.id == context.value(value))
    return row.c.person_id == person.scalar_subquery()


def is_merged(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether another card has absorbed this one."""
    return context.agrees(row.c.merged_into_id.is_not(None), value)
