"""How far a migration is, by organism and by case."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, case, func, select

from persistence.reading.context import SqlContext
from persistence.records import PartnerState
from persistence.records.base import table

from .onboardings import is_concerned, is_done, is_late, onboardings


def board(context: SqlContext, migration: FromClause) -> ColumnElement[Any]:
    """Of a migration, over the partners that the caller may read.

    `[[id, code, organism, case, total, done, done late, late], …]`
    """
    columns = list(_counts(context, migration).c)
    spelling = context.spelling
    code_to_case = columns[1:4]
    items = spelling.listed(spelling.array(columns), code_to_case)
    return spelling.nested(select(items).scalar_subquery())


def _counts(context: SqlContext, migration: FromClause) -> Subquery:
    """How many partners stand where, by organism and by case."""
    row, now = onboardings(context).subquery(), table("partner_state").alias()
    done = is_done(row, context)
    readable = context.readable("onboarding", row, anchored=False)
    done_late = and_(done, row.c.first_opened_on > row.c.deadline)
    counts = [func.count().label("n0")]
    for index, flag in enumerate((done, done_late, is_late(row, context)), start=1):
        count = func.sum(case((flag, 1), else_=0))
        counts.append(count.label(f"n{index}"))
    organism = table("organism").alias()
    groups = [
        organism.c.id,
        organism.c.code,
        organism.c.name,
        row.c.onboarding_case,
    ]
    is_now = and_(
        now.c.partner_id == row.c.partner_id,
        PartnerState.period.sql(now, context.day),
    )
    is_of_service = row.c.service_id == migration.c.service_id
    return (
        select(*groups, *counts)
        .join_from(row, now, is_now)
        .join(organism, organism.c.id == now.c.administering_id)
        .where(is_of_service, is_concerned(row), *readable)
        .group_by(*groups)
        .correlate(migration)
        .subquery()
    )
