"""Objects over one row that share their expressions: what a caller may do to it."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Label,
    Subquery,
    literal_column,
    select,
)

from .fields import Fields, correlated
from .question import Leaf, Node, Object, Selected


def shared_objects(
    fields: Fields, node: Selected, row: FromClause | None
) -> ColumnElement[Any]:
    """The JSON list of the objects.

    Their expressions are the columns of one row, so that each is computed once.
    """
    return _SharedObjects(fields, row).list_of(node)


class _SharedObjects:
    """The objects over one row; `names` are the columns of their expressions."""

    def __init__(self, fields: Fields, row: FromClause | None) -> None:
        self.fields = fields
        self.spelling = fields.spelling
        self.row = row
        self.names: dict[ColumnElement[Any], str] = {}

    def list_of(self, node: Selected) -> ColumnElement[Any]:
        """The JSON list."""
        targets = []
        for target in node.below.fields:
            if isinstance(target, Selected):
                targets.append(target.below)
                self._name_terms(target.below)
        shared = self._shared_row()
        objects = [self._object(target, shared) for target in targets]
        query = select(self.spelling.array(objects)).select_from(shared)
        query = correlated(query, self.row)
        return self.spelling.nested(query.scalar_subquery())

    def _name_terms(self, target: Object) -> None:
        """Name each expression, the first time that it is met."""
        for inner in target.fields:
            term = self._term(inner)
            if term is not None:
                self.names.setdefault(term, f"v{len(self.names)}")

    def _shared_row(self) -> Subquery:
        """One row, with a column for each expression."""
        one: ColumnElement[int] = literal_column("1")
        columns: list[Label[Any]] = [one.label("one")]
        for term, name in self.names.items():
            columns.append(term.label(name))
        query = correlated(select(*columns), self.row)
        return query.limit(one).subquery()

    def _object(self, target: Object, shared: FromClause) -> ColumnElement[Any]:
        """One object of the list."""
        pairs = []
        for inner in target.fields:
            value = self._value(inner, shared)
            pairs.append((inner.key, value))
        return self.spelling.object(pairs)

    def _value(self, inner: Node, shared: FromClause) -> ColumnElement[Any]:
        """A column of the shared row, or what is not shared."""
        term = self._term(inner)
        if term is None:
            return self.fields.field(inner, self.row)
        return self.spelling.value(shared.c[self.names[term]])

    def _term(self, inner: Node) -> ColumnElement[Any] | None:
        """The expression of a leaf: the same object each time, by `SqlContext.once`.

        None for what is not a leaf.
        """
        if not isinstance(inner, Selected) or not isinstance(inner.kind, Leaf):
            return None
        return inner.kind.sql(self.row, self.fields.context)  # type: ignore[arg-type]
