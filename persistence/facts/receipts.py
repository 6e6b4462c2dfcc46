"""Receipts, as whoever may read a declaration, a line or a batch reads them."""

from typing import Any

from sqlalchemy import ColumnElement, select

from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, Table
from persistence.records.base import table


def receipt_of(own: str, key: str) -> Expression:
    """The document of the receipt whose column `own` is the row's column `key`.

    Null until it is signed.
    """

    def read(row: Table, _: SqlContext) -> ColumnElement[str]:
        receipt = table("receipt").alias()
        query = select(receipt.c.document).where(receipt.c[own] == row.c[key])
        return query.correlate(row).scalar_subquery()

    return read


def leaves(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """The leaves of the certificate of a line, in the order of its tree."""
    line = table("declaration_line").alias()
    query = (
        select(line.c.leaf)
        .where(line.c.declaration_id == row.c.declaration_id, line.c.leaf.is_not(None))
        .order_by(line.c.position, line.c.id)
        .correlate(row)
    )
    return context.spelling.texts_in(query)
