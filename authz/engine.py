"""The rule engine: which permits could allow an act, and whether one of them does.

Casbin walks the lines of the policy for both questions, with the same matcher. Only the
object differs: for a plan it stands for every object, for a decision it is one object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeAlias

import casbin

from .enforcer import Enforcer
from .policy import ACTIONS, PolicyLine, lines, validated
from .scopes import KIND_OF, conditions_of
from .subject import Subject

HERE = Path(__file__).parent
Facts: TypeAlias = Mapping[str, str | None]
"""What is true of an object (see `scopes`)."""


class Action(NamedTuple):
    """A type and an action of it, as ("Partner", "read")."""

    type_: str
    action: str


class PlanKey(NamedTuple):
    """What a plan depends on."""

    roles: frozenset[str]
    action: Action


class RoleScope(NamedTuple):
    """A role and the scope through which it may allow an act.

    `scopes.conditions_of` gives the conditions of the scope.
    """

    role: str
    scope: str


class _Roles(NamedTuple):
    """A caller of whom only the roles matter."""

    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Recorder:
    """Stands for every object: records what could allow, and allows none."""

    permits: list[RoleScope] = field(default_factory=list)

    def is_within(self, _subject: object, role: str, scope: str) -> bool:
        """Record the permit, and go on to the next one."""
        self.permits.append(RoleScope(role, scope))
        return False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One object, described by its facts."""

    engine: "Engine"
    type_: str
    facts: Facts

    def is_within(self, subject: Subject, role: str, scope: str) -> bool:
        """Whether the object meets every condition of the scope."""
        values = partial(self.engine.values, subject, role=role)
        for condition in conditions_of(scope, self.type_):
            fact = self.facts.get(condition.fact)
            if not condition.admits(fact, values):
                return False
        return True


class Engine:
    """The validated policy, immutable; a new policy is a new engine. `load` makes one.

    `policy_hash` identifies the rules: 16 hexadecimal digits over model and policy.
    """

    def __init__(self, model: str, policy: str) -> None:
        links = validated(model, policy).get_role_manager()
        fingerprint = sha256((model + policy).encode())
        self.policy_hash = fingerprint.hexdigest()[:16]
        self._model = model
        self._lines = lines(policy)
        self._descendants: dict[str, frozenset[str]] = {}
        for role in KIND_OF:
            heirs = [heir for heir in KIND_OF if links.has_link(heir, role)]
            self._descendants[role] = frozenset(heirs)
        self._enforcers: dict[Action, casbin.Enforcer] = {}
        self._plans: dict[PlanKey, tuple[RoleScope, ...]] = {}

    def plan(
        self, roles: frozenset[str], type_: str, action: str
    ) -> tuple[RoleScope, ...]:
        """Return the permits that could allow the action, in the policy's order.

        A permit that another one covers is left out; no permit means never.
        Raises KeyError on an unknown action.
        """
        key = PlanKey(roles, Action(type_, action))
        if key not in self._plans:
            recorder = _Recorder()
            caller = _Roles(roles)
            enforcer = self._enforcer(type_, action)
            enforcer.enforce(caller, type_, action, recorder)
            permits = self._without_covered(recorder.permits, type_)
            self._plans[key] = permits
        return self._plans[key]

    def allows(
        self,
        subject: Subject,
        type_: str,
        action: str,
        facts: Facts,
    ) -> RoleScope | None:
        """Return the first permit that allows this act on an object, or None.

        `facts` describes the object (see `scopes`). A fact that is missing or None
        satisfies no condition. Raises KeyError on an unknown action.
        """
        candidate = _Candidate(self, type_, facts)
        enforcer = self._enforcer(type_, action)
        request = (subject, type_, action, candidate)
        is_allowed, rule = enforcer.enforce_ex(*request)
        if not is_allowed:
            return None
        role, *_, scope = rule
        return RoleScope(role, scope)

    def rules(self, type_: str, action: str) -> tuple[RoleScope, ...]:
        """Return a permit for each line of the policy on this action, in its order.

        Raises KeyError on an unknown action.
        """
        _require_action(type_, action)
        permits = []
        for line in self._lines:
            if line[0] == "p" and line[2:4] == (type_, action):
                _, role, _, _, scope = line
                permits.append(RoleScope(role, scope))
        return tuple(permits)

    def values(self, subject: Subject, attribute: str, role: str) -> tuple[str, ...]:
        """Return the sorted bind values of an attribute of the caller.

        They come from what is held through this role or through one that inherits it.
        """
        return subject.values(attribute, self.descendants(role))

    def descendants(self, role: str) -> frozenset[str]:
        """Return the role itself and those that inherit it."""
        return self._descendants[role]

    def _enforcer(self, type_: str, action: str) -> casbin.Enforcer:
        """Return Casbin over the lines of one action.

        The matcher demands the same type and action: no other line could match.
        """
        _require_action(type_, action)
        key = Action(type_, action)
        if key not in self._enforcers:
            rules = [line for line in self._lines if line[2:4] == key]
            self._enforcers[key] = self._new_enforcer(rules)
        return self._enforcers[key]

    def _new_enforcer(self, rules: list[PolicyLine]) -> casbin.Enforcer:
        """Return Casbin over these lines, with our two functions of its matcher."""
        model = casbin.Enforcer.new_model(text=self._model)
        for _, *permit in rules:
            model.add_policy("p", "p", permit)
        enforcer = Enforcer(model)
        enforcer.add_function("holds", self._has_role)
        enforcer.add_function("within", _is_within)
        return enforcer

    def _has_role(self, subject: Subject | _Roles, role: str) -> bool:
        """Answer `holds` of the matcher: the role itself, or one that inherits it."""
        return not self._descendants[role].isdisjoint(subject.roles)

    def _without_covered(
        self, permits: list[RoleScope], type_: str
    ) -> tuple[RoleScope, ...]:
        """Drop each permit that another one of the list covers."""
        widest = []
        for permit in permits:
            covering = (self._is_wider(other, permit, type_) for other in permits)
            if not any(covering):
                widest.append(permit)
        return tuple(widest)

    def _is_wider(self, wide: RoleScope, narrow: RoleScope, type_: str) -> bool:
        """Whether a permit allows all that another one allows, and more.

        Its role is the same or a descendant, and its conditions are among the other's.
        """
        wide_conditions = set(conditions_of(wide.scope, type_))
        narrow_conditions = set(conditions_of(narrow.scope, type_))
        is_same_role = wide.role == narrow.role
        if is_same_role and wide_conditions == narrow_conditions:
            return False
        inherits = narrow.role in self._descendants[wide.role]
        return inherits and wide_conditions <= narrow_conditions


def _require_action(type_: str, action: str) -> None:
    """Raise KeyError unless the type has this action."""
    if action not in ACTIONS[type_]:
        raise KeyError(f"{type_}:{action}")


def _is_within(
    subject: Subject, target: _Candidate | _Recorder, role: str, scope: str
) -> bool:
    """Answer `within` of the matcher: whether the object is in this scope."""
    return target.is_within(subject, role, scope)


def load(model: str | None = None, policy: str | None = None) -> Engine:
    """Return the engine of these two texts, by default those that ship with the code.

    Raises PolicyError if they are unfit.
    """
    if model is None:
        model = (HERE / "model.conf").read_text("utf-8")
    if policy is None:
        policy = (HERE / "policy.csv").read_text("utf-8")
    return Engine(model, policy)
