"""What waits for the Caf that pays: when it came, what is to know, what it replaces."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records import BatchResult
from persistence.records.base import table

from .persons import is_same_person
from .treatments import NOTED, REOPENED


def line_arrival(row: Table, _: SqlContext) -> ColumnElement[datetime]:
    """When a line came into the queue: its deposit, or its withdrawal.

    Null for a line of a draft.
    """
    head = table("declaration").alias()
    deposit = select(head.c.received_at).where(head.c.id == row.c.declaration_id)
    received_at = deposit.correlate(row).scalar_subquery()
    return func.coalesce(row.c.withdrawn_at, received_at)


def line_came_after(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a line came into the queue after an instant."""
    return line_arrival(row, context) > context.value(value, "instant")


def line_came_by(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a line was in the queue at an instant."""
    return line_arrival(row, context) <= context.value(value, "instant")


def change_came_after(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a change was received after an instant."""
    return row.c.received_at > context.value(value, "instant")


def change_came_by(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a change had been received at an instant."""
    return row.c.received_at <= context.value(value, "instant")


def line_warnings(row: Table, _: SqlContext) -> ColumnElement[str]:
    """The warnings of a line, as the batch that brought it keeps them: JSON text."""
    result = table("batch_result").alias()
    query = select(result.c.warnings).where(
        result.c.object_id == row.c.id, *BatchResult.with_warnings(result)
    )
    query = query.order_by(result.c.id.desc()).limit(1)
    return query.correlate(row).scalar_subquery()


def has_warnings(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether there is something to know of a line."""
    result = table("batch_result").alias()
    query = select(result.c.id).where(
        result.c.object_id == row.c.id, *BatchResult.with_warnings(result)
    )
    return context.agrees(query.correlate(row).exists(), value)


def mentions_worker(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a row is about a person of this name, or under this matricule."""
    card = table("worker").alias()
    is_named = or_(
        context.mentions(card.c.sort_key, value),
        card.c.matricule == context.bind(("compact", value), "text"),
    )
    query = select(card.c.id).where(card.c.id == row.c.worker_id, is_named)
    return query.correlate(row).exists()


def campaign_of_line(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The campaign of a line, by its declaration, which its payer does not read."""
    head = table("declaration").alias()
    campaign = select(head.c.campaign_id).where(head.c.id == parent.c.declaration_id)
    return child.c.id == campaign.correlate(parent).scalar_subquery()


def at_siret(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether a row is of the establishment of this SIRET, in any spacing."""
    here = table("establishment").alias()
    query = select(here.c.id).where(
        here.c.id == row.c.establishment_id,
        here.c.siret == context.bind(("compact", value), "text"),
    )
    return query.correlate(row).exists()


def answered_before(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The last line of the person that the Caf answered, while this one waits.

    It says something else: an answer follows the words.
    """
    answer = table("treatment").alias()
    head = table("declaration").alias()
    campaign: ColumnElement[Any] = (
        select(head.c.campaign_id)
        .where(head.c.id == parent.c.declaration_id)
        .correlate(parent)
        .scalar_subquery()
    )
    last = (
        select(answer.c.line_id)
        .where(
            is_same_person(answer, parent),
            answer.c.establishment_id == parent.c.establishment_id,
            answer.c.campaign_id == campaign,
            answer.c.paying_id == parent.c.paying_id,
            answer.c.outcome != REOPENED,
            answer.c.outcome != NOTED,
            answer.c.words_digest != parent.c.words_digest,
        )
        .order_by(answer.c.id.desc())
        .limit(1)
        .correlate(parent)
        .scalar_subquery()
    )
    return and_(parent.c.processing.is_(None), child.c.id == last)
