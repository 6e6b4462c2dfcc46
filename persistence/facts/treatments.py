"""What the Caf answered to lines: who sees which answer, and whether it still holds."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records import Declaration, TreatmentOutcome
from persistence.records.base import table

from .persons import is_same_person

NOTED = TreatmentOutcome.WITHDRAWAL_NOTED.value
REOPENED = TreatmentOutcome.REOPENED.value


def is_processed(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the Caf has answered; of a withdrawn line, noted that it is withdrawn."""
    is_answered = and_(
        row.c.processing.is_not(None),
        or_(row.c.withdrawn_at.is_(None), row.c.processing == "WITHDRAWAL_NOTED"),
    )
    return context.agrees(is_answered, value)


def is_withdrawn(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the line is withdrawn."""
    return context.agrees(row.c.withdrawn_at.is_not(None), value)


def previous_line(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The line of the same worker in the declaration that the parent's replaced."""
    head = table("declaration").alias()
    replaced = (
        select(head.c.supersedes_id)
        .where(head.c.id == parent.c.declaration_id)
        .correlate(parent)
        .scalar_subquery()
    )
    return and_(child.c.declaration_id == replaced, is_same_person(child, parent))


def treatments_of_line(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """What the Caf that pays answered to the words of the line, and to the line.

    The words may have been answered on a line of before.
    """
    head = table("declaration").alias()
    campaign = (
        select(head.c.campaign_id)
        .where(head.c.id == parent.c.declaration_id)
        .correlate(parent)
        .scalar_subquery()
    )
    is_of_words = or_(
        child.c.words_digest == parent.c.words_digest, child.c.line_id == parent.c.id
    )
    return and_(
        is_same_person(child, parent),
        child.c.establishment_id == parent.c.establishment_id,
        child.c.campaign_id == campaign,
        child.c.paying_id == parent.c.paying_id,
        is_of_words,
    )


def payer_contact(row: Table, _: SqlContext) -> ColumnElement[str]:
    """Where to reach the Caf that returned the line; null for any other line."""
    payer = table("organism").alias()
    contact = select(payer.c.contact).where(
        payer.c.id == row.c.paying_id, row.c.processing == "RETURNED"
    )
    return contact.correlate(row).scalar_subquery()


def treated_line(treatment: Table) -> Select[Any]:
    """The line that shows this treatment today.

    That line is in force and says what was treated; or, of a withdrawal that is noted,
    it is still withdrawn. There is none once another treatment has followed, or once
    the Esat has answered.
    """
    line, head = table("declaration_line").alias(), table("declaration").alias()
    in_force = and_(
        Declaration.is_in_force.sql(head),
        line.c.words_digest == treatment.c.words_digest,
    )
    withdrawn = and_(
        line.c.withdrawn_at.is_not(None),
        line.c.id == treatment.c.line_id,
        treatment.c.outcome == NOTED,
    )
    return (
        select(line.c.id)
        .join(head, head.c.id == line.c.declaration_id)
        .where(
            is_same_person(line, treatment),
            line.c.establishment_id == treatment.c.establishment_id,
            line.c.paying_id == treatment.c.paying_id,
            head.c.campaign_id == treatment.c.campaign_id,
            line.c.processing.is_not(None),
            treatment.c.outcome != REOPENED,
            or_(in_force, withdrawn),
            ~_is_followed(treatment),
        )
        .correlate(treatment)
    )


def treated_change(treatment: Table) -> Select[Any]:
    """The change that shows this treatment today: in force, or a cancellation.

    There is none once another treatment has followed, or once the Esat has undone it.
    """
    change, later = table("activity_change").alias(), table("treatment").alias()
    followers = select(later.c.id).where(
        later.c.change_id == change.c.id, later.c.id > treatment.c.id
    )
    is_told = or_(change.c.ended_at.is_(None), change.c.act == "CANCELLATION")
    return (
        select(change.c.id)
        .where(
            change.c.id == treatment.c.change_id,
            change.c.processing.is_not(None),
            treatment.c.outcome != REOPENED,
            is_told,
            ~followers.correlate(change, treatment).exists(),
        )
        .correlate(treatment)
    )


def _is_followed(treatment: Table) -> ColumnElement[bool]:
    """Whether another treatment came later, but what another Caf noted."""
    later = table("treatment").alias()
    noted_by = case((later.c.outcome == NOTED, later.c.paying_id))
    is_ours = or_(noted_by.is_(None), noted_by == treatment.c.paying_id)
    followers = select(later.c.id).where(
        is_same_person(later, treatment),
        later.c.establishment_id == treatment.c.establishment_id,
        later.c.campaign_id == treatment.c.campaign_id,
        later.c.line_id.is_not(None),
        later.c.id > treatment.c.id,
        is_ours,
    )
    return followers.correlate(treatment).exists()
