"""The lines of drafts, beside what is in force of the same persons."""

from sqlalchemy import ColumnElement, and_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records import Declaration
from persistence.records.base import table


def is_incomplete(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the line is to be mended."""
    return context.agrees(row.c.errors.is_not(None), value)


def live_line(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The line of the same worker in the certificate in force, here."""
    return _line_of(child, parent, years_ago=0)


def last_year_line(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The line of the same worker in last year's certificate in force, here."""
    return _line_of(child, parent, years_ago=1)


def _line_of(child: Table, parent: Table, *, years_ago: int) -> ColumnElement[bool]:
    draft, draft_year = table("declaration").alias(), table("campaign").alias()
    head, year = table("declaration").alias(), table("campaign").alias()
    certificate = (
        select(head.c.id)
        .select_from(
            draft.join(draft_year, draft_year.c.id == draft.c.campaign_id)
            .join(year, year.c.year == draft_year.c.year - years_ago)
            .join(
                head,
                and_(
                    head.c.campaign_id == year.c.id,
                    head.c.establishment_id == draft.c.establishment_id,
                    Declaration.is_in_force.sql(head),
                ),
            )
        )
        .where(draft.c.id == parent.c.declaration_id)
        .correlate(parent)
        .scalar_subquery()
    )
    return and_(
        child.c.declaration_id == certificate, child.c.person_id == parent.c.worker_id
    )
