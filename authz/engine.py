"""The rule engine: which permits could allow an act, and whether one of them does.

Casbin walks the rules of the policy for both questions with the same matcher; only the object differs.
Source: authorization.md 1 to 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import casbin
from casbin.util import SimpleEval

from authz.policy import ACTIONS, Line, lines, validated
from authz.scopes import KIND_OF, atoms
from authz.subject import Subject

HERE = Path(__file__).parent


class Permit(NamedTuple):
    """A role and the scope through which it may allow; `scopes.atoms` gives the scope's conditions."""

    role: str
    scope: str


class _Roles(NamedTuple):
    """A caller of whom only the roles matter."""

    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Recorder:
    """Every object at once: notes the permits that could allow, and allows none."""

    permits: list[Permit] = field(default_factory=list)

    def within(self, _subject: object, role: str, scope: str) -> bool:
        self.permits.append(Permit(role, scope))
        return False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One object, known by its facts."""

    engine: "Engine"
    type_: str
    facts: Mapping[str, str | None]

    def within(self, subject: Subject, role: str, scope: str) -> bool:
        values = partial(self.engine.values, subject, role=role)
        return all(atom.admits(self.facts.get(atom.fact), values) for atom in atoms(scope, self.type_))


class _Enforcer(casbin.Enforcer):  # type: ignore[misc]  # it is untyped
    """Casbin parses the matcher again at each decision, half of its time: here, once. Nothing else is shared."""

    @staticmethod
    def _get_expression(expr: str, functions: Mapping[str, Any] | None = None) -> SimpleEval:
        made = SimpleEval("", functions)
        made.ast_parsed_value = _parsed(expr)
        return made


@cache
def _parsed(expr: str) -> Any:  # noqa: ANN401 a tree of Python's grammar
    return casbin.Enforcer._get_expression(expr).ast_parsed_value  # noqa: SLF001 what is overridden


class Engine:
    """The validated policy, immutable; a new policy is a new engine. `load` makes one.

    `policy_hash` is the identity of the rules: 16 hexadecimal digits over the model and the policy.
    """

    def __init__(self, model: str, policy: str) -> None:
        links = validated(model, policy).get_role_manager()
        self.policy_hash = sha256((model + policy).encode()).hexdigest()[:16]
        self._model = model
        self._lines = lines(policy)
        self._descendants = {
            role: frozenset(heir for heir in KIND_OF if links.has_link(heir, role)) for role in KIND_OF
        }
        self._enforcers: dict[tuple[str, str], casbin.Enforcer] = {}
        self._plans: dict[tuple[frozenset[str], str, str], tuple[Permit, ...]] = {}

    def plan(self, roles: frozenset[str], type_: str, action: str) -> tuple[Permit, ...]:
        """Give the permits that could allow these roles the action, in the policy's order.

        A permit that another one covers is left out; no permit means never. KeyError on an unknown action.
        """
        key = (roles, type_, action)
        if key not in self._plans:
            recorder = _Recorder()
            self._enforcer(type_, action).enforce(_Roles(roles), type_, action, recorder)
            self._plans[key] = self._widest(recorder.permits, type_)
        return self._plans[key]

    def allows(self, subject: Subject, type_: str, action: str, facts: Mapping[str, str | None]) -> Permit | None:
        """Give the first permit of the policy that allows this act on an object with these facts, else None.

        A fact that is missing or None satisfies no condition. KeyError on an unknown action.
        """
        candidate = _Candidate(self, type_, facts)
        allowed, rule = self._enforcer(type_, action).enforce_ex(subject, type_, action, candidate)
        return Permit(role=rule[0], scope=rule[-1]) if allowed else None

    def rules(self, type_: str, action: str) -> tuple[Permit, ...]:
        """Give every line of the policy for this action, in its order. KeyError on an unknown action."""
        if action not in ACTIONS[type_]:
            raise KeyError(f"{type_}:{action}")
        return tuple(
            Permit(line[1], line[4]) for line in self._lines if line[0] == "p" and line[2:4] == (type_, action)
        )

    def values(self, subject: Subject, attribute: str, role: str) -> tuple[str, ...]:
        """Give the sorted bind values of an attribute, held through this role or one that inherits it."""
        return subject.values(attribute, self.descendants(role))

    def descendants(self, role: str) -> frozenset[str]:
        """Give the role itself and those that inherit it."""
        return self._descendants[role]

    def _enforcer(self, type_: str, action: str) -> casbin.Enforcer:
        """Casbin over the rules of one action: its matcher demands equality, no other rule could match."""
        if action not in ACTIONS[type_]:
            raise KeyError(f"{type_}:{action}")
        if (type_, action) not in self._enforcers:
            self._enforcers[type_, action] = self._assembled(
                [line for line in self._lines if line[2:4] == (type_, action)]
            )
        return self._enforcers[type_, action]

    def _assembled(self, rules: list[Line]) -> casbin.Enforcer:
        model = casbin.Enforcer.new_model(text=self._model)
        model.add_policies("p", "p", [list(rule[1:]) for rule in rules])
        enforcer = _Enforcer(model)
        enforcer.add_function("holds", self._holds)
        enforcer.add_function("within", _within)
        return enforcer

    def _holds(self, subject: Subject | _Roles, role: str) -> bool:
        return not self._descendants[role].isdisjoint(subject.roles)

    def _widest(self, permits: list[Permit], type_: str) -> tuple[Permit, ...]:
        reach = {permit: (permit.role, {*atoms(permit.scope, type_)}) for permit in permits}

        def covered(narrow: Permit) -> bool:
            role, strict = reach[narrow]
            return any(
                role in self._descendants[giver] and gentle <= strict and (giver, gentle) != reach[narrow]
                for giver, gentle in reach.values()
            )

        return tuple(permit for permit in permits if not covered(permit))


def _within(subject: Subject, thing: _Candidate | _Recorder, role: str, scope: str) -> bool:
    return thing.within(subject, role, scope)


def load(model: str | None = None, policy: str | None = None) -> Engine:
    """Make the engine of these two texts, by default those that ship with the code; PolicyError if unfit."""
    return Engine(
        (HERE / "model.conf").read_text("utf-8") if model is None else model,
        (HERE / "policy.csv").read_text("utf-8") if policy is None else policy,
    )
