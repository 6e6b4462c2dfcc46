"""`viewerCan`: the acts that bear on a row, each with what its caller may, as fields of the same question."""

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
"""Judging so many acts costs what an object does: most of them share their predicates."""


def judged(
    key: str,
    record: str,
    acts: Any,  # noqa: ANN401 a marked value
    asked: Mapping[str, str],
    values: Mapping[str, Any],
) -> Selected:
    """One object for each act chosen; `asked` gives the schema's field by response key."""
    objects = [
        Selected(act, Embedded(), Object(None, tuple(act_fields(record, act, asked))))
        for act in _chosen(record, acts, values)
    ]
    return Selected(key, ViewerCan(), Object(None, tuple(objects)))


def _chosen(record: str, acts: Any, values: Mapping[str, Any]) -> list[str]:  # noqa: ANN401 a marked value
    """All the acts of the record, or those that are named: they choose the plan."""
    known = {constant(act): act for act in permissions.ACTS[record]}
    if acts is None:
        return list(known.values())
    named = list(dict.fromkeys(act.name for act in resolved(acts, values)))
    if not known.keys() >= set(named):
        raise refuse(
            "ARGUMENTS",
            f"`viewerCan` ne connaît ici que ces actes : {', '.join(known)}.",
        )
    return [known[name] for name in named]


def act_fields(record: str, act: str, asked: Mapping[str, str]) -> Iterator[Node]:
    for key, name in asked.items():
        match name:
            case "act":
                yield Constant(key, constant(act))
            case "allowed":
                yield Selected(key, Leaf(permissions.allowed(record, act)))
            case "reason":
                yield Selected(key, Leaf(permissions.reason(record, act)))
            case _:
                yield Constant(key, "Permission")
