"""`viewerCan`: whether the caller may do each act to a row, in the same question."""

from collections.abc import Iterator, Mapping
from typing import Any

from persistence.reading.binds import resolved
from persistence.reading.question import (
    Constant,
    Embedded,
    Leaf,
    Node,
    Object,
    Selected,
    ViewerCan,
)
from resolvers import permissions
from resolvers.permissions import constant
from resolvers.places import refuse

ACTS_AN_OBJECT = 3
"""So many acts cost what an object does: most of them share their predicates."""


def viewer_can(
    key: str,
    record: str,
    acts: Any,  # noqa: ANN401 a marked value
    fields: Mapping[str, str],
    values: Mapping[str, Any],
) -> Selected:
    """One object for each act; `fields` are those of the schema, by response key."""
    objects = []
    for act in _acts(record, acts, values):
        leaves = Object(None, tuple(act_fields(record, act, fields)))
        objects.append(Selected(act, Embedded(), leaves))
    return Selected(key, ViewerCan(), Object(None, tuple(objects)))


def _acts(
    record: str,
    acts: Any,  # noqa: ANN401 a marked value
    values: Mapping[str, Any],
) -> list[str]:
    """All the acts of the record, or those that are named: they choose the plan."""
    by_name = {constant(act): act for act in permissions.ACTS[record]}
    if acts is None:
        return list(by_name.values())
    names = list(dict.fromkeys(act.name for act in resolved(acts, values)))
    if not by_name.keys() >= set(names):
        sentence = f"`viewerCan` ne connaît ici que ces actes : {', '.join(by_name)}."
        raise refuse("ARGUMENTS", sentence)
    return [by_name[name] for name in names]


def act_fields(record: str, act: str, fields: Mapping[str, str]) -> Iterator[Node]:
    for key, name in fields.items():
        match name:
            case "act":
                yield Constant(key, constant(act))
            case "allowed":
                yield Selected(key, Leaf(permissions.allowed(record, act)))
            case "reason":
                yield Selected(key, Leaf(permissions.reason(record, act)))
            case _:
                yield Constant(key, "Permission")
