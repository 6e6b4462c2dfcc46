"""Which onboardings a list shows, and in which order."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from persistence.facts.columns import state
from persistence.facts.onboardings import is_concerned, is_done, is_late, onboardings
from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table, Test
from persistence.reading.values import Value
from persistence.records.base import table


def of_place(name: str) -> Expression:
    """A column of the select of onboardings."""

    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        return row.c[name]

    return read


def administering(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The name of the organism that administers the partner."""
    organism = table("organism").alias()
    organism_id = state("administering_id", "partner_id")(row, context)
    name = select(organism.c.name).where(organism.c.id == organism_id)
    return name.scalar_subquery()


def in_origin(name: str) -> Expression:
    """A column of the partner's line of the file."""

    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        origin = table("partner_origin").alias()
        value = select(origin.c[name]).where(origin.c.id == row.c.origin_id)
        return value.correlate(row).scalar_subquery()

    return read


def last_over(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The day on which the partner's last convention ended."""
    convention = table("convention").alias()
    closed, term = convention.c.closed_on, convention.c.term_on
    is_term_first = or_(closed.is_(None), term < closed)
    end = case((is_term_first, term), else_=closed)
    last = select(func.max(end)).where(
        convention.c.partner_id == row.c.partner_id,
        convention.c.in_force_on.is_not(None),
        end <= context.day,
    )
    return last.correlate(row).scalar_subquery()


def concerned(test: Test) -> Test:
    """Partners that the migration concerns, by a test on where they stand in it."""

    def filtered(row: Table, context: SqlContext, value: Value) -> SqlTest:
        place = onboardings(context).subquery()
        readable = context.readable("onboarding", place)
        meets = test(place, context, value)
        partners = select(place.c.partner_id)
        partners = partners.where(is_concerned(place), meets, *readable)
        return row.c.id.in_(partners)

    return filtered


def has_state(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the onboarding is done, late, or remains to be done."""
    word = case(
        (is_done(row, context), "DONE"),
        (is_late(row, context), "LATE"),
        else_="REMAINING",
    )
    has: SqlTest = word == context.value(value)
    return has


def migrates(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a migration concerns the partner, as the argument says."""
    place = onboardings(context).subquery()
    readable = context.readable("onboarding", place)
    partners = select(place.c.partner_id).where(is_concerned(place), *readable)
    return context.agrees(row.c.id.in_(partners), value)


def of_migration(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """Where the partner stands with the service that migrates.

    Nothing where the migration does not concern it.
    """
    return and_(child.c.partner_id == parent.c.id, is_concerned(child))


def opened_on(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The first day on which the service was open to the partner, null before."""
    return case((is_done(row, context), row.c.first_opened_on))


def is_overdue(row: Table, context: SqlContext) -> SqlTest:
    """Whether the deadline of the migration has passed.

    Without a deadline, it has not.
    """
    return func.coalesce(is_late(row, context), False)
