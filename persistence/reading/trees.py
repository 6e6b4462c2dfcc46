"""A record with what the mapping loads with it, by one expression: the whole file of a partner in one statement.

The mapping alone sends a select for each table; here each row is a JSON array of its columns, then of what hangs
from it, and comes back as the same detached objects. What was not read raises when it is looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Enum,
    FromClause,
    LargeBinary,
    Select,
    TableClause,
    and_,
    column,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
    make_transient_to_detached,
)
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from persistence.types import FOREVER, Instant

from .dialects import Dialect

Kind = TypeVar("Kind", bound=DeclarativeBase)


class RowLayout(NamedTuple):
    """The order of a row's array: (attribute, what reads its value), then the relations that are loaded with it.

    `names` are those of the columns; what the mapping defers is in neither.
    """

    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]
    names: Sequence[str]
    key: Sequence[str]
    relations: Sequence[RelationshipProperty[Any]]


@cache
def shape(mapper: Mapper[Any]) -> RowLayout:
    attributes = [
        (mapper.get_property_by_column(column), column)
        for column in mapper.local_table.c
    ]
    read = [
        (attribute.key, column)
        for attribute, column in attributes
        if not attribute.deferred
    ]
    return RowLayout(
        columns=[(key, _reader(column)) for key, column in read],
        names=[column.name for _, column in read],
        key=[
            mapper.get_property_by_column(column).key for column in mapper.primary_key
        ],
        relations=[
            relation for relation in mapper.relationships if relation.lazy == "selectin"
        ],
    )


def row_json(
    kind: type[DeclarativeBase],
    row: FromClause,
    spelling: Dialect,
    *,
    alone: bool = False,
) -> ColumnElement[Any]:
    """The JSON array of a row; `alone` without what hangs from it."""
    return _array(inspect(kind), row, spelling, alone=alone)


def objects_from_json(kind: type[Kind], rows: Sequence[Sequence[Any]]) -> list[Kind]:
    """The objects that the arrays tell, detached, each once however often it is told."""
    growth = _Growth()
    return [growth.instance(inspect(kind), row) for row in rows]


def loaded(
    session: AsyncSession,
    kind: type[Kind],
    rows: Sequence[Sequence[Any]],
    *,
    refresh: bool = False,
) -> list[Kind]:
    """The objects of the arrays, in the session as if the mapping had loaded them.

    An object that the session already has stays itself: what it lacks is filled, and all of it with `refresh`.
    The session holds its objects weakly: who calls keeps what is returned.
    """
    growth = _Growth(session.sync_session.identity_map, refresh=refresh)
    instances = [growth.instance(inspect(kind), row) for row in rows]
    session.add_all(instances)
    return instances


def _array(
    mapper: Mapper[Any], row: FromClause, spelling: Dialect, *, alone: bool = False
) -> ColumnElement[Any]:
    layout = shape(mapper)
    columns = [_value(row.c[name], spelling) for name in layout.names]
    below = (
        []
        if alone
        else [_below(relation, row, spelling) for relation in layout.relations]
    )
    return spelling.array([*columns, *below])


def _value(column: ColumnElement[Any], spelling: Dialect) -> ColumnElement[Any]:
    """A column as JSON writes it: bytes in hexadecimal."""
    if not isinstance(column.type, LargeBinary):
        return spelling.value(column)
    return func.hex(column) if spelling.name == "sqlite" else func.encode(column, "hex")


def day_of(text: str) -> date:
    """The day that JSON writes: PostgreSQL writes `FOREVER`, the last that Python knows, as `infinity`."""
    return FOREVER if text == "infinity" else date.fromisoformat(text)


def _below(
    relation: RelationshipProperty[Any], row: FromClause, spelling: Dialect
) -> ColumnElement[Any]:
    other = _plain(relation.mapper.local_table).alias()
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
    link = _plain(relation.secondary).alias()
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


class _Growth:
    """Objects being made from arrays, one for each identity; those of `present` are a session's own."""

    def __init__(
        self,
        present: Any = MappingProxyType({}),  # noqa: ANN401 a mapping
        *,
        refresh: bool = False,
    ) -> None:
        self.present, self.refresh = present, refresh
        self.known: dict[tuple[Any, ...], Any] = {}

    def instance(self, mapper: Mapper[Any], row: Sequence[Any]) -> Any:  # noqa: ANN401 an object of the mapper's class
        columns, _, key, relations = shape(mapper)
        values = {
            name: _read(read, value)
            for (name, read), value in zip(columns, row, strict=False)
        }
        identity = mapper.identity_key_from_primary_key(
            tuple(values[name] for name in key)
        )
        if identity in self.known:
            return self.known[identity]
        present = self.present.get(identity)
        made = self.known[identity] = (
            mapper.class_manager.new_instance() if present is None else present
        )
        if present is None:
            instance_dict(made).update(values)  # as a loader writes what it has read
        else:
            self._fill(made, values)
        for relation, below in zip(relations, row[len(columns) :], strict=False):
            self._relate(made, relation, below)
        if present is None:
            make_transient_to_detached(made)
        return made

    def _fill(self, present: DeclarativeBase, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if self.refresh or name not in instance_dict(present):
                set_committed_value(present, name, value)

    def _relate(
        self,
        made: DeclarativeBase,
        relation: RelationshipProperty[Any],
        rows: Any,  # noqa: ANN401 arrays, or one
    ) -> None:
        if relation.key in instance_dict(made) and not self.refresh:
            return
        several = rows if relation.uselist else [] if rows is None else [rows]
        below = [self.instance(relation.mapper, row) for row in several]
        set_committed_value(
            made, relation.key, below if relation.uselist else next(iter(below), None)
        )
        if (
            relation.direction is RelationshipDirection.ONETOMANY
            and relation.back_populates
        ):
            for one in below:
                set_committed_value(one, relation.back_populates, made)


def _read(read: Callable[[Any], Any] | None, value: Any) -> Any:  # noqa: ANN401 the attribute's value
    return value if value is None or read is None else read(value)


@cache
def _plain(mapped: FromClause) -> TableClause:
    """A mapped table by its columns alone: they cost less to alias."""
    columns = (column(c.name, c.type) for c in mapped.c)
    return table(mapped.name, *columns)  # type: ignore[attr-defined]


def _reader(column: ColumnElement[Any]) -> Callable[[Any], Any] | None:
    """What makes the value of JSON the attribute's, where it is not itself."""
    match column.type:
        case Enum(enum_class=kind) if kind is not None:
            return kind.__members__.__getitem__
        case Date():
            return day_of
        case LargeBinary():
            return bytes.fromhex
        case Instant():
            return datetime.fromisoformat
    return None
