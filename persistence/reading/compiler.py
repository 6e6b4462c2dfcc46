"""From the tree of a question to one statement.

It is compiled once, and run at each request.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    case,
    cast,
    exists,
    false,
    literal,
    null,
    select,
    true,
)

from .context import SqlContext
from .fields import correlated, record_of
from .id_lists import rows_by_ids
from .model import Model
from .paging import page
from .question import (
    AsOf,
    ById,
    ByIds,
    Constant,
    Embedded,
    Find,
    Join,
    Leaf,
    Node,
    Object,
    Paged,
    RowReference,
    Selected,
    Test,
    ToMany,
    ToOne,
    ViewerCan,
)
from .sql_words import quoted
from .statement import Statement, compiled
from .viewer_can import shared_objects


class Reader:
    """Compiles questions for one database, with the permits of one set of roles."""

    def __init__(
        self,
        model: Model,
        dialect: str,
        permits: Any,  # noqa: ANN401 whatever the model's visibility reads
    ) -> None:
        self.context = SqlContext(model, dialect, permits)
        self.spelling = self.context.spelling

    def statement(
        self, question: Object, references: Sequence[RowReference] = ()
    ) -> Statement:
        """The whole answer, as the text of one JSON object.

        Where a row that the question names may not be seen, the answer is its rank.
        """
        answer: ColumnElement[str] = cast(self.object(question, None), Text)
        refusals = []
        for rank, reference in enumerate(references):
            is_hidden = ~self.is_readable(reference)
            refusals.append((is_hidden, literal(str(rank))))
        if refusals:
            answer = case(*refusals, else_=answer)
        return compiled(select(answer), self.context)

    def is_readable(self, reference: RowReference) -> ColumnElement[bool]:
        """Whether the caller may see the row that is named."""
        row = self.context.alias(reference.record)
        is_row = row.c.id == self.context.value(reference.id)
        conditions = self.context.readable(reference.record, row)
        return exists().where(is_row, *conditions)

    # fields

    def object(self, node: Object, row: FromClause | None) -> ColumnElement[Any]:
        """The JSON object of what is selected on a row."""
        pairs = []
        for field in node.fields:
            value = self.field(field, row)
            pairs.append((field.key, value))
        return self.spelling.object(pairs)

    def field(self, node: Node, row: FromClause | None) -> ColumnElement[Any]:
        """The value of a field over the row, or the rows that it leads to."""
        if isinstance(node, Constant):
            return self.constant(node)
        if isinstance(node, AsOf):
            with self.context.facts_on(node.day):
                return self.field(node.field, row)
        match node.kind:
            case Leaf(sql):
                term = sql(row, self.context)  # type: ignore[arg-type]
                return self.spelling.value(term)
            case Embedded():
                return self.spelling.nested(self.object(node.below, row))
            case ToOne() | Find() | ById():
                return self._one(node, row)
            case ToMany():
                return self._many(node, node.kind, row)
            case Paged():
                return self.spelling.nested(page(self, node, node.kind, row))
            case ByIds():
                return rows_by_ids(self, node)
            case ViewerCan():
                return shared_objects(self, node, row)
        raise AssertionError(node.kind)

    def constant(self, node: Constant) -> ColumnElement[Any]:
        """A value that the document itself gives."""
        match node.value:
            case None:
                return null()
            case bool(flag):
                return self.spelling.value(true() if flag else false())
            case str(word):
                return quoted(word)

    # rows

    def _one(self, node: Selected, parent: FromClause | None) -> ColumnElement[Any]:
        """The object of one row, or null."""
        record = record_of(node)
        row = self.context.alias(record)
        readable = self.context.readable(record, row)
        tests = self._tests(node, row, parent)
        item = self.object(node.below, row)
        query = select(item).select_from(row).where(*readable, *tests)
        return self.spelling.nested(correlated(query, parent).scalar_subquery())

    def _tests(
        self, node: Selected, row: FromClause, parent: FromClause | None
    ) -> list[ColumnElement[bool]]:
        """What singles out the one row that is meant."""
        match node.kind:
            case ToOne(link):
                return [link(row, parent, self.context)]  # type: ignore[arg-type]
            case Find(tests, _, link):
                return self._found_by(tests, link, node, row, parent)
        return [row.c.id == self.context.value(node.values["id"])]

    def _found_by(
        self,
        tests: Mapping[str, Test],
        link: Join | None,
        node: Selected,
        row: FromClause,
        parent: FromClause | None,
    ) -> list[ColumnElement[bool]]:
        """The tests that have a value, and the join to the row around."""
        values = node.values
        names = [name for name in tests if name in values]
        conditions = [tests[name](row, self.context, values[name]) for name in names]
        if link is not None:
            conditions.append(link(row, parent, self.context))  # type: ignore[arg-type]
        return conditions

    def _many(
        self, node: Selected, kind: ToMany, parent: FromClause | None
    ) -> ColumnElement[Any]:
        """The list of the objects of all the rows at the end of a join."""
        record = record_of(node)
        row = self.context.alias(record)
        readable = self.context.readable(record, row)
        link = kind.link(row, parent, self.context)  # type: ignore[arg-type]
        names = [*kind.order.columns, "id"]
        keys = [row.c[name] for name in names if name in row.c]
        order = [key.desc() for key in keys] if kind.order.descending else keys
        items = self.spelling.listed(self.object(node.below, row), order)
        query = select(items).select_from(row).where(*readable, link)
        return self.spelling.nested(correlated(query, parent).scalar_subquery())
