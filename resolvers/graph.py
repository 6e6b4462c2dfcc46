"""Where the policy meets the register: who calls, what they may see, and the plans."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import orjson
from graphql import GraphQLSchema

from authz import Engine, Subject, conditions_of
from persistence.act_statements import payload_statement
from persistence.engine import Database, Driver
from persistence.facts.callers import Identity, caller_statement
from persistence.facts.model import MODEL
from persistence.facts.visibility import Permit, Permits
from persistence.reading.binds import Holdings
from persistence.reading.compiler import Reader
from persistence.reading.question import Object
from persistence.reading.statement import Statement
from persistence.vault import Vault

from .reading.bindings import Types
from .reading.documents import Documents
from .reading.planner import Planner
from .reading.plans import PageCost, Plan
from .subjects import subject_of

PLANS = 500
"""How many plans are remembered."""


@dataclass(frozen=True)
class Graph:
    """One schema, one register, one policy.

    Plans are remembered by document, shape of the variables and roles.
    """

    database: Database
    policy: Engine
    schema: GraphQLSchema
    types: Types
    vault: Vault

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.schema)

    @cached_property
    def _plans(self) -> OrderedDict[Any, Plan]:
        return OrderedDict()

    @cached_property
    def _caller(self) -> Statement:
        return caller_statement(self.database.dialect)

    # who calls

    async def subject(self, identity: Identity, today: date, driver: Driver) -> Subject:
        """One small statement, at each request; never remembered."""
        now = datetime.min.replace(tzinfo=UTC)
        holdings = Holdings(today, now, lambda _attribute, _role: ())
        binds = self._caller.binds(identity.variables, holdings)
        text = await self.database.value(self._caller.text, binds, driver)
        return subject_of(None if text is None else orjson.loads(text))

    def permits(self, roles: frozenset[str]) -> Permits:
        """The permits of a set of roles, as plain data that facts/ turns into SQL."""

        def permits_for(type_: str, action: str) -> Sequence[Permit]:
            permits = []
            for permit in self.policy.plan(roles, type_, action):
                conditions = conditions_of(permit.scope, type_)
                permits.append(Permit(permit.role, permit.scope, conditions))
            return tuple(permits)

        return permits_for

    # plans

    def plan(
        self,
        key: Any,  # noqa: ANN401 hashable
        planner: Callable[[bool], tuple[Planner, Plan]],
    ) -> Plan:
        """The plan of this key, remembered.

        Where some leaf is Python's, it is planned again with what Python needs.
        """
        plan = self._plans.get(key)
        if plan is None:
            first, plan = planner(False)  # noqa: FBT003 the first pass
            if first.needs_completion:
                _, plan = planner(True)  # noqa: FBT003 the second
            self._plans[key] = plan
            if len(self._plans) > PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        return plan

    def compiled(
        self,
        planner: Planner,
        question: Object,
        pages: tuple[PageCost, ...],
        roles: frozenset[str],
        *,
        is_payload: bool = False,
    ) -> Plan:
        """The plan of a question.

        A first pass that met a leaf of Python's has no statement: the question is
        planned again. The statement of a payload also reads what the caller holds.
        """
        plan = Plan(question, None, pages, planner.completing, planner.checked)
        if not plan.varies:
            plan.check({})
        if not question.fields or (planner.needs_completion and not planner.completing):
            return plan
        references = [reference for reference, _ in plan.values.references]
        reader = Reader(MODEL, self.database.dialect, self.permits(roles))
        if is_payload:
            statement = payload_statement(reader, question, references)
        else:
            statement = reader.statement(question, references)
        return replace(plan, statement=statement)
