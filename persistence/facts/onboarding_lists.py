"""Which onboardings a list shows, and in which order."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from persistence.facts.columns import state
from persistence.facts.onboardings import is_concerned, is_done, is_late, onboardings
from persistence.reading.compiler import SqlContext
from persistence.reading.question import Expression, SqlTest, Table, Test, Value
from persistence.records.base import table


def of_place(name: str) -> Expression:
    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        return row.c[name]

    return read


def administering(row: Table, terms: SqlContext) -> ColumnElement[Any]:
    organism = table("organism").alias()
    named = select(organism.c.name).where(
        organism.c.id == state("administering_id", "partner_id")(row, terms)
    )
    return named.scalar_subquery()


def in_origin(name: str) -> Expression:
    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        origin = table("partner_origin").alias()
        return (
            select(origin.c[name])
            .where(origin.c.id == row.c.origin_id)
            .correlate(row)
            .scalar_subquery()
        )

    return read


def last_over(row: Table, terms: SqlContext) -> ColumnElement[Any]:
    """The day on which the partner's last convention ended."""
    convention = table("convention").alias()
    closed, term = convention.c.closed_on, convention.c.term_on
    ended = case((or_(closed.is_(None), term < closed), term), else_=closed)
    found = select(func.max(ended)).where(
        convention.c.partner_id == row.c.partner_id,
        convention.c.in_force_on.is_not(None),
        ended <= terms.day,
    )
    return found.correlate(row).scalar_subquery()


def concerned(test: Test) -> Test:
    """Partners that the migration concerns, by a test on where they stand in it."""

    def filtered(row: Table, terms: SqlContext, value: Value) -> SqlTest:
        at = onboardings(terms).subquery()
        known = terms.seen("onboarding", at)
        return row.c.id.in_(
            select(at.c.partner_id).where(
                is_concerned(at), test(at, terms, value), *known
            )
        )

    return filtered


def has_state(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    described = case(
        (is_done(row, terms), "DONE"), (is_late(row, terms), "LATE"), else_="REMAINING"
    )
    has: SqlTest = described == terms.value(value)
    return has


def migrates(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    at = onboardings(terms).subquery()
    known = terms.seen("onboarding", at)
    concerned = select(at.c.partner_id).where(is_concerned(at), *known)
    return terms.agrees(row.c.id.in_(concerned), value)


def of_migration(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """Where the partner stands with the service that migrates, if the migration concerns it."""
    return and_(child.c.partner_id == parent.c.id, is_concerned(child))


def opened_on(row: Table, terms: SqlContext) -> ColumnElement[Any]:
    """The first day on which the service was open to the partner, null before."""
    return case((is_done(row, terms), row.c.first_opened_on))


def is_overdue(row: Table, terms: SqlContext) -> SqlTest:
    """Whether the deadline of the migration has passed; without a deadline, it has not."""
    return func.coalesce(is_late(row, terms), False)
