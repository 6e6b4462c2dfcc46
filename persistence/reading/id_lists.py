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
    source = ("value", node.values["ids"])
    values = fields.context.bind(source, "texts")
    ids = fields.spelling.numbered(values)
    rows = select(
        ids.c.n.label("n"),
        _item(fields, node, ids).label("node"),
    ).subquery()
    items = fields.spelling.listed(rows.c.node, [rows.c.n])
    query = select(items)
    return fields.spelling.nested(query.scalar_subquery())


def _item(fields: Fields, node: Selected, ids: FromClause) -> ColumnElement[Any]:
    """The object of an id: a branch for each prefix, and for each day."""
    branches = [_branch(fields, target, ids) for target in node.below.fields]
    if not branches:
        return null()
    return case(*branches, else_=null())


def _branch(
    fields: Fields, node: Node, ids: FromClause
) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """Which of the ids have one prefix, on one day, and the object of each."""
    day, target = _day_and_target(node)
    record = record_of(target)
    row = fields.context.alias(record)
    identifier: ColumnElement[str] = ids.c.id
    is_meant: ColumnElement[bool] = identifier.like(f"{target.key}\\_%", escape="\\")
    key = identifier
    if day is not None:
        has_day, key = _day_and_key(fields, identifier, day)
        is_meant = and_(is_meant, has_day)
    with fields.context.facts_on(day):
        item = fields.object(target.below, row)
        readable = fields.context.readable(record, row)
    query = select(item).where(row.c.id == key, *readable)
    return is_meant, query.correlate(ids).scalar_subquery()


def _day_and_target(node: Node) -> tuple[Value, Selected]:
    """The day of a branch, None for today; and what is selected there."""
    day = None
    if isinstance(node, AsOf):
        day, node = node.day, node.field
    assert isinstance(node, Selected)
    return day, node


def _day_and_key(
    fields: Fields, identifier: ColumnElement[str], day: Value
) -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """Whether an id carries the day; and its key, without the day."""
    stamp = fields.context.stamp(day)
    length = func.length(identifier) - STAMP_LENGTH
    has_day = func.substr(identifier, length + 1) == stamp
    return has_day, func.substr(identifier, 1, length)
