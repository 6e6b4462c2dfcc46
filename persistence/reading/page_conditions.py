"""Which rows a list has, before it is cut into pages."""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import ColumnElement, FromClause

from .context import SqlContext
from .fields import record_of
from .question import Order, Paged, Selected

Conditions: TypeAlias = Callable[[FromClause], list[ColumnElement[bool]]]
"""The conditions of the rows of a list, on an alias of its record."""


def page_conditions(
    context: SqlContext,
    node: Selected,
    kind: Paged,
    order: Order,
    parent: FromClause | None,
) -> Conditions:
    """Rows that the caller may see, at the end of the join, that meet the filters."""
    names = [name for name in kind.filters if name in node.values]
    is_narrow = any(kind.filters[name].is_anchor for name in names)
    is_anchored = kind.link is not None or is_narrow
    record = record_of(node)

    def conditions(row: FromClause) -> list[ColumnElement[bool]]:
        tests = []
        if kind.link is not None:
            tests.append(kind.link(row, parent, context))  # type: ignore[arg-type]
        for name in names:
            test = kind.filters[name].test
            tests.append(test(row, context, node.values[name]))
        readable = context.readable(record, row, anchored=is_anchored)
        return [*readable, *tests, *_key_tests(row, order)]

    return conditions


def _key_tests(row: FromClause, order: Order) -> list[ColumnElement[bool]]:
    """A row without its keys yet is not in the list."""
    if not order.beside:
        return []
    return [row.c[name].is_not(None) for name in order.columns]
