"""What the engine needs of a register.

It knows no record and no rule of its own.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, TableClause

View: TypeAlias = Callable[[Any], Select[Any]]
"""The rows of a record that are not those of one table, under a `SqlContext`."""
Reading: TypeAlias = Callable[[Any], Any]
"""What a value of the request becomes before the driver takes it."""


class Visible(Protocol):
    """The conditions that the caller's permits put on a row; none for what is public.

    `anchored` is false for a root list that no argument narrows.
    """

    def __call__(
        self,
        record: str,
        row: FromClause,
        context: Any,  # noqa: ANN401 a `SqlContext`, which is given a model
        *,
        anchored: bool,
    ) -> list[ColumnElement[bool]]: ...


class Model(NamedTuple):
    """The records by name: their tables, or the views that stand for one.

    `prefixes` are those of the ids of each record, which a cursor is checked against.
    `readings` are the ways to read a value of the request, by name.
    """

    tables: Mapping[str, TableClause]
    views: Mapping[str, View]
    visible: Visible
    readings: Mapping[str, Reading]
    prefixes: Mapping[str, str]
