"""A record with what the mapping loads with it, by one expression: the whole file of a partner in one statement.

The mapping alone sends a select for each table; here each row is a JSON array of its columns, then of what hangs
from it, and comes back as the same detached objects. What was not read raises when it is looked at.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Enum,
    FromClause,
    Select,
    and_,
    inspect,
    select,
)
from sqlalchemy.orm import (
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
    make_transient_to_detached,
)
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from persistence.facts.visibility import table
from persistence.records.base import Base
from persistence.types import Instant

from .dialects import Dialect

Kind = TypeVar("Kind", bound=Base)
Known = dict[tuple[Any, ...], Base]


class RowLayout(NamedTuple):
    """The order of a row's array: (attribute, what reads its value), then the relations that are loaded with it."""

    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]
    key: Sequence[int]
    relations: Sequence[RelationshipProperty[Any]]


@cache
def shape(mapper: Mapper[Any]) -> RowLayout:
    columns = [
        (mapper.get_property_by_column(c).key, _reader(c)) for c in mapper.local_table.c
    ]
    key = [
        index for index, column in enumerate(mapper.local_table.c) if column.primary_key
    ]
    return RowLayout(
        columns, key, [r for r in mapper.relationships if r.lazy == "selectin"]
    )


def row_json(
    kind: type[Base], row: FromClause, spelling: Dialect, *, alone: bool = False
) -> ColumnElement[Any]:
    """The JSON array of a row; `alone` without what hangs from it."""
    return _array(inspect(kind), row, spelling, alone=alone)


def objects_from_json(kind: type[Kind], rows: Sequence[Sequence[Any]]) -> list[Kind]:
    """The objects that the arrays tell, each once however often it is told."""
    known: Known = {}
    return [_grown(inspect(kind), row, known) for row in rows]


def _array(
    mapper: Mapper[Any], row: FromClause, spelling: Dialect, *, alone: bool = False
) -> ColumnElement[Any]:
    columns = [spelling.value(row.c[column.name]) for column in mapper.local_table.c]
    below = (
        []
        if alone
        else [_below(relation, row, spelling) for relation in shape(mapper).relations]
    )
    return spelling.array([*columns, *below])


def _below(
    relation: RelationshipProperty[Any], row: FromClause, spelling: Dialect
) -> ColumnElement[Any]:
    other = table(relation.mapper.local_table.name).alias()  # type: ignore[attr-defined]
    item = _array(relation.mapper, other, spelling)
    order = [
        other.c[column.name]
        for column in relation.order_by or relation.mapper.primary_key
    ]
    made: Select[Any] = select(
        spelling.listed(item, order) if relation.uselist else item
    )
    return spelling.nested(
        _joined(made, relation, row, other).correlate(row).scalar_subquery()
    )


def _joined(
    made: Select[Any],
    relation: RelationshipProperty[Any],
    row: FromClause,
    other: FromClause,
) -> Select[Any]:
    """The rows of a relation, by the pairs of columns that the mapping compares."""
    if relation.secondary is None:
        pairs = relation.local_remote_pairs or ()
        return made.select_from(other).where(
            *(row.c[mine.name] == other.c[theirs.name] for mine, theirs in pairs)
        )
    link = table(relation.secondary.name).alias()  # type: ignore[attr-defined]
    far = and_(
        *(
            other.c[theirs.name] == link.c[c.name]
            for theirs, c in relation.secondary_synchronize_pairs or ()
        )
    )
    near = [
        row.c[mine.name] == link.c[c.name] for mine, c in relation.synchronize_pairs
    ]
    return made.select_from(link.join(other, far)).where(*near)


def _grown(mapper: Mapper[Any], told: Sequence[Any], known: Known) -> Any:  # noqa: ANN401 an object of the mapper's class
    columns, key, relations = shape(mapper)
    identity = (mapper, *(told[index] for index in key))
    if identity in known:
        return known[identity]
    made = known[identity] = mapper.class_manager.new_instance()
    values = instance_dict(made)  # as a loader writes what it has read
    for (name, read), value in zip(columns, told, strict=False):
        values[name] = value if value is None or read is None else read(value)
    for relation, rows in zip(relations, told[len(columns) :], strict=False):
        several = rows if relation.uselist else [] if rows is None else [rows]
        below = [_grown(relation.mapper, row, known) for row in several]
        set_committed_value(
            made, relation.key, below if relation.uselist else next(iter(below), None)
        )
        if (
            relation.direction is RelationshipDirection.ONETOMANY
            and relation.back_populates
        ):
            for one in below:
                set_committed_value(one, relation.back_populates, made)
    make_transient_to_detached(made)
    return made


def _reader(column: ColumnElement[Any]) -> Callable[[Any], Any] | None:
    """What makes the value of JSON the attribute's, where it is not itself."""
    match column.type:
        case Enum(enum_class=kind) if kind is not None:
            return kind.__members__.__getitem__
        case Date():
            return date.fromisoformat
        case Instant():
            return datetime.fromisoformat
    return None
