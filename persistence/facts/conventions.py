"""Filters of conventions: their status, their mode, their last day, their managers."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    literal,
    or_,
    select,
)

from persistence import records
from persistence.reading.context import SqlContext
from persistence.reading.question import SqlTest, Table
from persistence.reading.values import Value
from persistence.records import (
    Convention,
    PartnerState,
)
from persistence.records.base import table
from persistence.records.contracts import Mode


def ends_by(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """In force, even suspended, and its last day is known to be that day or before."""
    period = records.Convention.period
    return period.sql(row, context.day) & or_(
        *(context.ends_by(row.c[end], value) for end in period.ends)
    )


def of_contract(child: Table, parent: Table, _: SqlContext) -> SqlTest:
    """The convention of a contract."""
    return child.c.id == parent.c.convention_id


def has_mode(row: Table, context: SqlContext, value: Value) -> SqlTest:
    """Whether the convention's contract has this mode."""
    contract = table("contract").alias()
    return row.c.id.in_(
        select(contract.c.convention_id).where(contract.c.mode == context.value(value))
    )


def without_manager(row: Table, context: SqlContext) -> SqlTest:
    """Of a partner: delegated that day, with nobody to act for it.

    See `Contract.managers_on`. Only the partners whose managers the caller reads count.
    """
    now = table("partner_state").alias()
    delegated = select(now.c.partner_id).where(
        now.c.partner_id == row.c.id,
        now.c.mode == Mode.DELEGATED.value,
        records.PartnerState.period.sql(now, context.day),
        ~records.Contract.is_managed_on.sql(now, context.day),
        *context.readable(
            "contract_manager", now
        ),  # whoever reads no manager there is not told that none is
    )
    return delegated.correlate(row).exists()


def is_in_force(
    row: Table, context: SqlContext, key: str = "id"
) -> ColumnElement[bool]:
    """Whether the timeline names this row's convention today."""
    now = table("partner_state").alias()
    query = select(now.c.partner_id).where(
        now.c.partner_id == row.c.partner_id,
        now.c.convention_id == row.c[key],
        PartnerState.period.sql(now, context.day),
    )
    return query.correlate(row).exists()


def convention_status(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The status is computed from the dates, never stored."""
    day = context.day
    return case(
        (and_(row.c.closed_on.is_not(None), row.c.closed_on <= day), literal("CLOSED")),
        (row.c.in_force_on.is_(None), literal("DRAFT")),
        (row.c.in_force_on > day, literal("ANNOUNCED")),
        (and_(row.c.term_on.is_not(None), row.c.term_on <= day), literal("EXPIRED")),
        (Convention.is_suspended_on.sql(row, day), literal("SUSPENDED")),
        else_=literal("IN_FORCE"),
    )
