"""Objects over one row that share their expressions: what a caller may do to it."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, literal_column, select

from .fields import Fields, correlated
from .question import Leaf, Node, Object, Selected


def shared_objects(
    fields: Fields, node: Selected, row: FromClause | None
) -> ColumnElement[Any]:
    """The JSON list of the objects.

    Their expressions are the columns of one row, each worked out once.
    """
    targets = [
        target.below for target in node.below.fields if isinstance(target, Selected)
    ]
    terms = _terms(fields, targets, row)
    columns: list[Label[Any]] = [literal_column("1").label("one")]
    columns += [term.label(name) for term, name in terms.items()]
    query = correlated(select(*columns), row).limit(literal_column("1"))
    shared = query.subquery()

    def field(inner: Node) -> ColumnElement[Any]:
        if not _is_leaf(inner):
            return fields.field(inner, row)
        name = terms[_sql(fields, inner, row)]
        return fields.spelling.value(shared.c[name])

    objects = []
    for target in targets:
        pairs = [(inner.key, field(inner)) for inner in target.fields]
        objects.append(fields.spelling.object(pairs))
    whole = select(fields.spelling.array(objects)).select_from(shared)
    return fields.spelling.nested(correlated(whole, row).scalar_subquery())


def _terms(
    fields: Fields, targets: list[Object], row: FromClause | None
) -> dict[ColumnElement[Any], str]:
    """The expressions of all the objects, each once, with the names of their columns."""
    terms: dict[ColumnElement[Any], str] = {}
    for target in targets:
        for inner in filter(_is_leaf, target.fields):
            terms.setdefault(_sql(fields, inner, row), f"v{len(terms)}")
    return terms


def _is_leaf(node: Node) -> bool:
    return isinstance(node, Selected) and isinstance(node.kind, Leaf)


def _sql(fields: Fields, node: Node, row: FromClause | None) -> ColumnElement[Any]:
    """The expression of a leaf: the same object each time, by `SqlContext.once`."""
    assert isinstance(node, Selected)
    assert isinstance(node.kind, Leaf)
    return node.kind.sql(row, fields.context)  # type: ignore[arg-type]
