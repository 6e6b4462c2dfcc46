"""Campaigns, declarations, their lines and changes, as lists show and filter them."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, SqlTest, Table
from persistence.reading.values import Value
from persistence.records import Campaign, Declaration
from persistence.records.base import table


def declaration_status(row: Table, _terms: SqlContext) -> ColumnElement[str]:
    """The status is computed from the instants, never stored."""
    return case(
        (row.c.superseded_at.is_not(None), literal("SUPERSEDED")),
        (row.c.received_at.is_(None), literal("DRAFT")),
        else_=literal("DEPOSITED"),
    )


def change_status(row: Table, _terms: SqlContext) -> ColumnElement[str]:
    """A change that has ended does not take place: corrected, or else cancelled."""
    other = table("activity_change").alias()
    is_corrected = select(other.c.id).where(
        other.c.corrects_id == row.c.id, other.c.act == "CORRECTION"
    )
    return case(
        (row.c.ended_at.is_(None), literal("RECEIVED")),
        (is_corrected.correlate(row).exists(), literal("CORRECTED")),
        else_=literal("CANCELLED"),
    )


def change_status_is(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the change has this status."""
    wanted: SqlTest = change_status(row, context) == context.value(value)
    return wanted


def change_is_processed(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the Caf has answered a change; one that a line states waits for none."""
    is_settled = or_(row.c.processing.is_not(None), row.c.source == "CERTIFICATE")
    return context.agrees(is_settled, value)


def ender(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The change that has ended another one."""
    return and_(child.c.id == parent.c.ended_by_id, child.c.id != parent.c.id)


def status_is(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the declaration has this status."""
    wanted: SqlTest = declaration_status(row, context) == context.value(value)
    return wanted


def is_in_force(row: Table, _: SqlContext) -> ColumnElement[bool]:
    """Whether the declaration counts: deposited, and not replaced."""
    return Declaration.is_in_force.sql(row)


def progress(row: Table, context: SqlContext) -> ColumnElement[str]:
    """Where the Caf are with the lines in force; null for any other declaration."""
    return case(
        (not_(is_in_force(row, context)), null()),
        (_has_line(row, "RETURNED"), literal("RETURNED")),
        (_has_line(row, None), literal("PENDING")),
        else_=literal("TAKEN_INTO_ACCOUNT"),
    )


def progress_is(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the Caf are there with the declaration."""
    wanted: SqlTest = progress(row, context) == context.value(value)
    return wanted


def _has_line(row: Table, processing: str | None) -> ColumnElement[bool]:
    """Whether a line of the declaration has been dealt with in this manner."""
    line = table("declaration_line").alias()
    lines = select(line.c.id).where(
        line.c.declaration_id == row.c.id, _is_processed_as(line, processing)
    )
    return lines.correlate(row).exists()


def _is_processed_as(line: Table, processing: str | None) -> ColumnElement[bool]:
    if processing is None:
        return line.c.processing.is_(None)
    is_it: ColumnElement[bool] = line.c.processing == processing
    return is_it


def place(column_name: str) -> Expression:
    """What names the establishment of a row: whoever reads the row may know it."""

    def read(row: Table, _: SqlContext) -> ColumnElement[str]:
        here = table("establishment").alias()
        return (
            select(here.c[column_name])
            .where(here.c.id == row.c.establishment_id)
            .correlate(row)
            .scalar_subquery()
        )

    return read


def lines_counted(processing: str | None) -> Expression:
    """How many lines of a declaration the Caf have dealt with in this manner.

    A count says nothing of any one line.
    """

    def read(row: Table, _: SqlContext) -> ColumnElement[int]:
        line = table("declaration_line").alias()
        counted = (
            select(func.count())
            .select_from(line)
            .where(
                line.c.declaration_id == row.c.id, _is_processed_as(line, processing)
            )
        )
        return counted.correlate(row).scalar_subquery()

    return read


def removed(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """Workers of the declaration that this one replaced, and no longer in it."""
    before, here = table("declaration_line").alias(), table("declaration_line").alias()
    was = select(before.c.person_id).where(
        before.c.declaration_id == parent.c.supersedes_id
    )
    is_here = select(here.c.person_id).where(here.c.declaration_id == parent.c.id)
    was, is_here = was.correlate(parent), is_here.correlate(parent)
    return and_(child.c.id.in_(was), child.c.id.not_in(is_here))


def not_superseded(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the line's declaration is deposited, and not replaced by another."""
    head = table("declaration").alias()
    live = select(head.c.id).where(
        head.c.id == row.c.declaration_id, Declaration.is_in_force.sql(head)
    )
    return context.agrees(live.correlate(row).exists(), value)


def of_campaign(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the line's declaration is for this campaign."""
    head = table("declaration").alias()
    here = select(head.c.id).where(
        head.c.id == row.c.declaration_id, head.c.campaign_id == context.value(value)
    )
    return here.correlate(row).exists()


def has_notices(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the line has an error or a warning."""
    notices = or_(row.c.errors.is_not(None), row.c.warnings.is_not(None))
    return context.agrees(notices, value)


def campaign_status(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The status of a campaign at the instant of the question (R22)."""
    return Campaign.sql_status_at(row, context.now)
