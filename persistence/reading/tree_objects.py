"""The objects of the arrays of `trees.py`, as if the mapping had loaded them.

What was not read raises when it is looked at.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
    make_transient_to_detached,
)
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from .layouts import LayoutColumn, layout_of

Kind = TypeVar("Kind", bound=DeclarativeBase)
Instance: TypeAlias = Any
"""An object of a mapped class."""
NO_OBJECTS: Mapping[Any, Any] = MappingProxyType({})


def objects_from_json(
    record: type[Kind], arrays: Sequence[Sequence[Any]]
) -> list[Kind]:
    """The objects of the arrays, detached.

    One that several arrays describe is one object.
    """
    objects = _Objects()
    return [objects.of(inspect(record), array) for array in arrays]


def loaded(
    session: AsyncSession,
    record: type[Kind],
    arrays: Sequence[Sequence[Any]],
    *,
    refresh: bool = False,
) -> list[Kind]:
    """The objects of the arrays, in the session as if the mapping had loaded them.

    An object that the session already has stays itself: what it lacks is filled, and
    all of it with `refresh`. The session holds its objects weakly, so the caller has to
    hold on to what is returned.
    """
    objects = _Objects(session.sync_session.identity_map, refresh=refresh)
    instances = [objects.of(inspect(record), array) for array in arrays]
    session.add_all(instances)
    return instances


class _Objects:
    """Objects from arrays, one for each identity.

    Those of `present` are a session's own.
    """

    def __init__(
        self,
        present: Any = NO_OBJECTS,  # noqa: ANN401 a mapping
        *,
        refresh: bool = False,
    ) -> None:
        self.present = present
        self.refresh = refresh
        self.by_identity: dict[tuple[Any, ...], Any] = {}

    def of(self, mapper: Mapper[Any], array: Sequence[Any]) -> Instance:
        """The object of an array, with what hangs from it."""
        columns, key, relations = layout_of(mapper)
        values = _values(columns, array)
        primary_key = tuple(values[name] for name in key)
        identity = mapper.identity_key_from_primary_key(primary_key)
        if identity in self.by_identity:
            return self.by_identity[identity]
        present = self.present.get(identity)
        instance = present
        if present is None:
            instance = mapper.class_manager.new_instance()
            instance_dict(instance).update(values)  # as a loader writes what it reads
        else:
            self._fill(present, values)
        self.by_identity[identity] = instance
        for relation, below in zip(relations, array[len(columns) :], strict=False):
            self._relate(instance, relation, below)
        if present is None:
            make_transient_to_detached(instance)
        return instance

    def _fill(self, present: DeclarativeBase, values: Mapping[str, Any]) -> None:
        """Set what an object of the session lacks; everything, to refresh it."""
        for name, value in values.items():
            if self.refresh or name not in instance_dict(present):
                set_committed_value(present, name, value)

    def _relate(
        self,
        instance: DeclarativeBase,
        relation: RelationshipProperty[Any],
        below: Any,  # noqa: ANN401 a list of arrays, or one array, or None
    ) -> None:
        """Set what the relation leads to, and the way back from it."""
        if relation.key in instance_dict(instance) and not self.refresh:
            return
        if relation.uselist:
            others = [self.of(relation.mapper, array) for array in below]
            set_committed_value(instance, relation.key, others)
        else:
            other = None if below is None else self.of(relation.mapper, below)
            others = [] if other is None else [other]
            set_committed_value(instance, relation.key, other)
        self._relate_back(instance, relation, others)

    def _relate_back(
        self,
        instance: DeclarativeBase,
        relation: RelationshipProperty[Any],
        others: Sequence[DeclarativeBase],
    ) -> None:
        """Set the way back from the objects at the end of a relation."""
        back = relation.back_populates
        if relation.direction is RelationshipDirection.ONETOMANY and back:
            for other in others:
                set_committed_value(other, back, instance)


def _values(columns: Sequence[LayoutColumn], array: Sequence[Any]) -> dict[str, Any]:
    """The values of the attributes.

    The array is longer: what hangs from the row follows.
    """
    pairs = zip(columns, array, strict=False)
    return {column.attribute: column.read(value) for column, value in pairs}
