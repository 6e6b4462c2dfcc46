"""Rows by their ids, in the order of the ids."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, null, select

from .fields import Fields, record_of
from .question import AsOf, Node, Selected
from .values import Value

STAMP_LENGTH = len("@AAAA-MM-JJ")
"""What follows the key in an id that carries a day."""


def rows_by_ids(fields: Fields, node: Selected) -> ColumnElement[Any]:
    """The JSON list of the rows, null where an id names none that may be seen."""
    values = fields.context.bind(("value", node.values["ids"]), "texts")
    ids = fields.spelling.numbered(values)
    branches = [_branch(fields, target, ids) for target in node.below.fields]
    item = case(*branches, else_=null()) if branches else null()
    rows = select(ids.c.n.label("n"), item.label("node")).subquery()
    items = fields.spelling.listed(rows.c.node, [rows.c.n])
    return fields.spelling.nested(select(items).scalar_subquery())


def _branch(
    fields: Fields, node: Node, ids: FromClause
) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """Which of the ids have one prefix, on one day, and the object of each."""
    day, target = _day_and_target(node)
    record = record_of(target)
    row = fields.context.alias(record)
    is_meant, key = _key(fields, ids.c.id, target.key, day)
    with fields.context.facts_on(day):
        query = select(fields.object(target.below, row))
        conditions = fields.context.readable(record, row)
        query = query.where(row.c.id == key, *conditions)
    return is_meant, query.correlate(ids).scalar_subquery()


def _day_and_target(node: Node) -> tuple[Value, Selected]:
    day = None
    if isinstance(node, AsOf):
        day, node = node.day, node.field
    assert isinstance(node, Selected)
    return day, node


def _key(
    fields: Fields, identifier: ColumnElement[str], prefix: str, day: Value
) -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """Whether an id has the prefix, and ends with the day if there is one; its key without the day."""
    has_prefix = identifier.like(f"{prefix}\\_%", escape="\\")
    if day is None:
        return has_prefix, identifier
    stamp = fields.context.stamp(day)
    length = func.length(identifier) - STAMP_LENGTH
    has_day = func.substr(identifier, length + 1) == stamp
    return and_(has_prefix, has_day), func.substr(identifier, 1, length)
