"""SQL that several types share: the state of today, and what the dates of a record say."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)

from persistence.reading.compiler import SqlContext
from persistence.reading.question import Expression, Join, Table, Test, Value
from persistence.records import (
    Bulletin,
    Convention,
    PartnerSiret,
    PartnerState,
    ServiceAccess,
)
from persistence.records.base import table
from persistence.records.periods import exists


def equal(column: str, kind: str = "text") -> Test:
    """A filter or a search on one column's value."""

    def test(row: Table, terms: SqlContext, value: Value) -> ColumnElement[bool]:
        wanted: ColumnElement[bool] = row.c[column] == terms.value(value, kind)
        return wanted

    return test


def decimal(column: str) -> Expression:
    """An integer of hundredths as a number with two decimals, written alike on both databases."""

    def read(row: Table, _: SqlContext) -> ColumnElement[str]:
        hundredths = row.c[column]
        return (
            cast(hundredths // 100, Text)
            + "."
            + func.substr(cast(hundredths % 100 + 100, Text), 2)
        )

    return read


def state(column: str, partner: str = "id") -> Expression:
    """A column of the partner's row of the timeline of today."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[Any]:
        now = table("partner_state").alias()
        is_now = [
            now.c.partner_id == row.c[partner],
            PartnerState.period.sql(now, terms.day),
        ]
        held = select(now.c[column]).where(*is_now)
        return held.correlate(row).scalar_subquery()

    return read


def by_state(column: str, partner: str = "id") -> Join:
    """The child whose id the partner's row of today holds."""

    def link(child: Table, parent: Table, terms: SqlContext) -> ColumnElement[bool]:
        return child.c.id == state(column, partner)(parent, terms)

    return link


def through(rows: str, child_key: str, parent_key: str) -> Join:
    """Children linked by a table of pairs."""

    def link(child: Table, parent: Table, _: SqlContext) -> ColumnElement[bool]:
        pair = table(rows).alias()
        return child.c.id.in_(
            select(pair.c[child_key])
            .where(pair.c[parent_key] == parent.c.id)
            .correlate(parent)
        )

    return link


def texts(rows: str, column: str, key: str) -> Expression:
    """A JSON list of one text column of the rows that name this one, in order."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[Any]:
        listed = table(rows).alias()
        found = (
            select(listed.c[column])
            .where(listed.c[key] == row.c.id)
            .order_by(listed.c[column])
            .correlate(row)
        )
        return terms.spelling.texts_in(found)

    return read


def is_in_force(row: Table, terms: SqlContext, key: str = "id") -> ColumnElement[bool]:
    """Whether the timeline names this row's convention today."""
    now = table("partner_state").alias()
    held = select(now.c.partner_id).where(
        now.c.partner_id == row.c.partner_id,
        now.c.convention_id == row.c[key],
        PartnerState.period.sql(now, terms.day),
    )
    return held.correlate(row).exists()


def convention_status(row: Table, terms: SqlContext) -> ColumnElement[Any]:
    """The status is computed from the dates, never stored."""
    day = terms.day
    return case(
        (and_(row.c.closed_on.is_not(None), row.c.closed_on <= day), literal("CLOSED")),
        (row.c.in_force_on.is_(None), literal("DRAFT")),
        (row.c.in_force_on > day, literal("ANNOUNCED")),
        (and_(row.c.term_on.is_not(None), row.c.term_on <= day), literal("EXPIRED")),
        (Convention.is_suspended_on.sql(row, day), literal("SUSPENDED")),
        else_=literal("IN_FORCE"),
    )


def bulletin_status(row: Table, terms: SqlContext) -> ColumnElement[Any]:
    """A bulletin is open only while the convention above it is in force, and its service not suspended."""
    day, convention = terms.day, table("convention").alias()
    convention_over = not_(Convention.period.sql_not_ended(convention, day))
    is_over = or_(
        not_(Bulletin.period.sql_not_ended(row, day)),
        exists(
            convention, where=[convention.c.id == row.c.convention_id, convention_over]
        ),
    )
    stopped = ServiceAccess.is_suspended_on.sql(row, day, "access_id")
    return case(
        (is_over, literal("CLOSED")),
        (row.c.partner_signed_on.is_(None), literal("DRAFT")),
        (row.c.opened_on.is_(None), literal("SIGNED")),
        (row.c.opened_on > day, literal("ANNOUNCED")),
        (and_(is_in_force(row, terms, "convention_id"), ~stopped), literal("OPEN")),
        else_=literal("SUSPENDED"),
    )


def count_of(rows: str, key: str) -> Expression:
    def read(row: Table, _: SqlContext) -> ColumnElement[Any]:
        counted = table(rows).alias()
        return (
            select(func.count())
            .select_from(counted)
            .where(counted.c[key] == row.c.id)
            .correlate(row)
            .scalar_subquery()
        )

    return read


def borne_siret(row: Table, terms: SqlContext) -> ColumnElement[str]:
    """The first SIRET that the day does not end: before the registration, the first one."""
    siret = table("partner_siret").alias()
    borne = PartnerSiret.period.sql_not_ended(siret, terms.day)
    known = select(siret.c.siret).where(siret.c.partner_id == row.c.id, borne)
    return known.order_by(siret.c.starts_on).limit(1).correlate(row).scalar_subquery()
