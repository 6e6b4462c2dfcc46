"""`viewerCan`: the acts that bear on a row, each with what its caller may, as fields of the same question."""

from collections.abc import Iterator, Mapping
from typing import Any

from persistence.binds import resolved
from persistence.question import Field, Fixed, Leaf, Object, Several

from . import permitted
from .permitted import constant
from .places import refuse

ACTS_AN_OBJECT = 3
"""Judging so many acts costs what an object does: most of them share their predicates."""


def judged(key: str, record: str, acts: Any, asked: Mapping[str, str], values: Mapping[str, Any]) -> Several:  # noqa: ANN401 a marked value
    """One object for each act chosen; `asked` gives the schema's field by response key."""
    chosen = _chosen(record, acts, values)
    return Several(key, tuple(Object(None, tuple(_told(record, act, asked))) for act in chosen))


def _chosen(record: str, acts: Any, values: Mapping[str, Any]) -> list[str]:  # noqa: ANN401 a marked value
    """All the acts of the record, or those that are named: they choose the plan."""
    known = {constant(act): act for act in permitted.ACTS[record]}
    if acts is None:
        return list(known.values())
    named = list(dict.fromkeys(act.name for act in resolved(acts, values)))
    if not known.keys() >= set(named):
        raise refuse("ARGUMENTS", f"`viewerCan` ne connaît ici que ces actes : {', '.join(known)}.")
    return [known[name] for name in named]


def _told(record: str, act: str, asked: Mapping[str, str]) -> Iterator[Field]:
    for key, name in asked.items():
        match name:
            case "act":
                yield Fixed(key, constant(act))
            case "allowed":
                yield Leaf(key, permitted.allowed(record, act))
            case "reason":
                yield Leaf(key, permitted.reason(record, act))
            case _:
                yield Fixed(key, "Permission")
