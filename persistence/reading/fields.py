"""What the parts of the compiler ask of each other: the fields of a row, as SQL."""

from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Select

from .context import SqlContext
from .dialects import Dialect
from .question import Constant, Node, Object, Selected


class Fields(Protocol):
    """The compiler, as the writers of pages and of lists see it."""

    context: SqlContext
    spelling: Dialect

    def object(self, node: Object, row: FromClause | None) -> ColumnElement[Any]: ...
    def field(self, node: Node, row: FromClause | None) -> ColumnElement[Any]: ...
    def constant(self, node: Constant) -> ColumnElement[Any]: ...


def correlated(query: Select[Any], parent: FromClause | None) -> Select[Any]:
    """Name the row around a select.

    A select that stands in FROM does not find it by itself.
    """
    return query if parent is None else query.correlate(parent)


def record_of(node: Selected) -> str:
    """The record whose rows a field reads."""
    record = node.below.record
    assert record is not None
    return record
