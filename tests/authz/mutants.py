"""One small lie at a time in the policy or the scopes, and who finds it out."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

from authz import ACTIONS, Engine, PolicyError, ScopeCondition, load
from authz.engine import HERE
from authz.policy import PolicyLine, lines
from authz.scopes import GRAINS, KIND_OF, SCOPES

from . import oracle
from .world import PAIRS, SUBJECTS, selected, things

Pair = tuple[str, str]
POLICY = lines((HERE / "policy.csv").read_text("utf-8"))
EXPECTED = {
    (subject, pair): {
        thing for thing in things(pair[0]) if oracle.may(subject, *pair, thing)
    }
    for subject in SUBJECTS
    for pair in PAIRS
}


class Mutant(NamedTuple):
    """A policy that differs by one line, and the actions that it may have changed."""

    name: str
    policy: list[PolicyLine]
    pairs: list[Pair]


def of_the_policy() -> Iterator[Mutant]:
    """Drop each line; give it every other role, action and scope."""
    for index, line in enumerate(POLICY):
        pairs = PAIRS if line[0] == "g" else [(line[2], line[3])]
        for other in (None, *_variants(line)):
            changed = [
                *POLICY[:index],
                *([other] if other else []),
                *POLICY[index + 1 :],
            ]
            also = [(other[2], other[3])] if other and other[0] == "p" else []
            yield Mutant(
                f"{', '.join(line)} → {', '.join(other or ('dropped',))}",
                changed,
                pairs + also,
            )


def of_the_scopes() -> Iterator[str]:
    """Drop each condition of each scope and grain in turn, while the caller holds the name of the lie."""
    tables: tuple[dict[Any, tuple[ScopeCondition, ...]], ...] = (SCOPES, GRAINS)
    for table in tables:
        for key, conditions in table.items():
            for condition in conditions:
                with patch.dict(
                    table,
                    {key: tuple(other for other in conditions if other != condition)},
                ):
                    yield f"{key} without {condition}"


def survives(policy: Iterable[PolicyLine], pairs: Iterable[Pair]) -> bool:
    """Whether neither the validator nor the oracle sees anything wrong."""
    try:
        engine = load(policy="\n".join(", ".join(line) for line in policy))
    except PolicyError:
        return False
    return all(_agrees(engine, pair) for pair in pairs)


def _agrees(engine: Engine, pair: Pair) -> bool:
    return all(
        selected(engine, subject, *pair) == EXPECTED[subject, pair]
        for subject in SUBJECTS
    )


def _variants(line: PolicyLine) -> Iterator[PolicyLine]:
    if line[0] == "g":
        yield from (("g", child, line[2]) for child in KIND_OF if child != line[1])
        yield from (("g", line[1], parent) for parent in KIND_OF if parent != line[2])
        return
    _, role, type_, action, scope = line
    yield from (
        ("p", other, type_, action, scope) for other in KIND_OF if other != role
    )
    yield from (
        ("p", role, type_, other, scope) for other in ACTIONS[type_] if other != action
    )
    yield from (("p", role, type_, action, other) for other in SCOPES if other != scope)
