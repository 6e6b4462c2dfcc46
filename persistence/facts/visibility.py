"""From permits to SQL: which rows a caller may see.

A permit comes from the policy as plain data: a role, and conditions. A condition
compares one fact of the row with what the caller holds under that role. The facts of
the state (administering, signing, convention, mode) are read on the partner's row of
the timeline of today. The others are the row's own (`guards.py`).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    false,
    or_,
    select,
    true,
)

from persistence.reading.context import SqlContext
from persistence.records.base import table

from .guards import GUARDED, STATE, Guard, Proxy


class Condition(Protocol):
    """A comparison: `op` is among, equals or known.

    `fact` is the fact of the object, `of` the caller's attribute, or the constant.
    """

    @property
    def op(self) -> str: ...
    @property
    def fact(self) -> str: ...
    @property
    def of(self) -> str: ...


class Permit(NamedTuple):
    """Whoever holds the `role` may, where all the conditions are met."""

    role: str
    scope: str
    conditions: Sequence[Condition]


Permits: TypeAlias = Callable[[str, str], Sequence[Permit]]
"""(policy type, action) → the permits of the caller's set of roles."""


def visible(
    record: str,
    row: FromClause,
    permits: Sequence[Permit],
    context: SqlContext,
    *,
    anchored: bool = True,
) -> ColumnElement[bool]:
    """Whether one of the permits is met by a row.

    One EXISTS answers for all the permits that ask for the state. `anchored` is false
    for a root list that no argument narrows: it then starts from the caller's partners.
    """
    guard = GUARDED[record]
    sight = _Sight(guard, row, context, anchored=anchored)
    if guard.via:
        return or_(*(sight.by_proxy(proxy, permits) for proxy in guard.via))
    tests = []
    of_state = []
    for permit in permits:
        if not permit.conditions:
            return true()
        if sight.has_facts_of(permit):
            tests.append(sight.by_facts(permit))
        elif sight.has_state_of(permit):
            of_state.append(permit)
    if of_state:
        tests.append(sight.by_state(of_state))
    if guard.also is not None and permits:
        tests.append(sight.by_proxy(guard.also, permits))
    return or_(*tests) if tests else false()


class _Sight:
    """The tests that permits put on a row."""

    def __init__(
        self, guard: Guard, row: FromClause, context: SqlContext, *, anchored: bool
    ) -> None:
        self.guard = guard
        self.row = row
        self.context = context
        self.anchored = anchored

    def has_facts_of(self, permit: Permit) -> bool:
        """Whether the row itself has all the facts of the permit."""
        return all(each.fact in self.guard.facts for each in permit.conditions)

    def has_state_of(self, permit: Permit) -> bool:
        """Whether the row of the timeline has all the facts of the permit."""
        if not self.guard.partner:
            return False
        facts = {each.fact for each in permit.conditions}
        return facts <= {*STATE, "partner"}

    def by_facts(self, permit: Permit) -> ColumnElement[bool]:
        """By the row's own facts."""
        tests = []
        for condition in permit.conditions:
            fact = self.guard.facts[condition.fact](self.row)
            tests.append(self._is_met(condition, permit.role, fact))
            if condition.fact in self.guard.only:
                tests.append(self.guard.only[condition.fact](self.row))
            if condition.of == "partner_service_establishments":
                tests += self._among_partners(permit.role)
        return and_(*tests)

    def _among_partners(self, role: str) -> list[ColumnElement[bool]]:
        """Start a root list from the caller's partners.

        An index has them. None has partner, service and establishment together.
        """
        if self.anchored or not self.guard.partner:
            return []
        partner = self.row.c[self.guard.partner]
        return [self.context.holds(partner, "partners", role)]

    def by_proxy(self, proxy: Proxy, permits: Sequence[Permit]) -> ColumnElement[bool]:
        """By rows of another record, that stand for this one."""
        other = table(proxy.record).alias()
        is_visible = visible(
            proxy.record, other, permits, self.context, anchored=self.anchored
        )
        rows = select(other.c[proxy.key]).where(is_visible)
        return self._is_one_of(rows, other.c[proxy.key], self.row.c[proxy.column])

    def by_state(self, permits: Sequence[Permit]) -> ColumnElement[bool]:
        """By the timeline: a partner's row of today meets one of the permits."""
        state = table("partner_state").alias()
        met = or_(*(self._is_met_by_state(permit, state) for permit in permits))
        today = self.context.today
        is_met = and_(state.c.starts_on <= today, state.c.ends_on > today, met)
        if self.guard.through:
            return self._through_affiliations(state, is_met)
        rows = select(state.c.partner_id).where(is_met)
        partner = self.row.c[self.guard.partner or "partner_id"]
        return self._is_one_of(rows, state.c.partner_id, partner)

    def _through_affiliations(
        self, state: FromClause, is_met: ColumnElement[bool]
    ) -> ColumnElement[bool]:
        """Of a user: by the partners whom the user works for."""
        link = table("affiliation").alias()
        of_partner = state.c.partner_id == link.c.partner_id
        users = select(link.c.user_id).select_from(link.join(state, of_partner))
        return self._is_one_of(users.where(is_met), link.c.user_id, self.row.c.id)

    def _is_one_of(
        self, rows: Select[Any], key: ColumnElement[Any], term: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        """Whether the term is a key of the rows.

        A root list starts from the rows, found once. Anywhere else, the term comes
        first.
        """
        if not self.anchored:
            return self.context.among_rows(term, rows)
        return rows.where(key == term).correlate(self.row).exists()

    def _is_met_by_state(
        self, permit: Permit, state: FromClause
    ) -> ColumnElement[bool]:
        """Whether a row of the timeline meets all the conditions of a permit."""
        tests = []
        for condition in permit.conditions:
            fact = state.c[STATE.get(condition.fact, "partner_id")]
            tests.append(self._is_met(condition, permit.role, fact))
        return and_(*tests)

    def _is_met(
        self, condition: Condition, role: str, fact: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        """Whether a fact meets a condition."""
        match condition.op:
            case "among":
                return self.context.holds(fact, condition.of, role)
            case "equals":
                return fact == condition.of
        return fact.is_not(None)
