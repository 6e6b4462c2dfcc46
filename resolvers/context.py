"""One request: who asks, when, from where; the answer of a query, and of a payload."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    execute,
)
from sqlalchemy.ext.asyncio import AsyncSession

from authz import Subject
from persistence.engine import Driver
from persistence.facts.callers import Identity
from persistence.reading.binds import Holdings
from persistence.reading.cursors import CursorInvalid

from .batch_lines import Line
from .graph import Graph
from .places import refuse
from .reading.documents import GraphDocument, fragments_of
from .reading.payload import OBJECT, OBJECTS
from .reading.planner import Planner
from .reading.plans import Plan
from .subjects import subject_of
from .variables import VariablesShape, shape_of, variables_of

NO_CURSOR = "Ce curseur n'a pas été donné par cette liste."


@dataclass(frozen=True)
class Context:
    """One request.

    `lines`: those of its one batch, if they were read past graphql-core.
    Each question that Python answers holds `asking`: a request takes one connection at
    a time.
    """

    graph: Graph
    identity: Identity
    now: datetime
    today: date
    source: str
    request_id: str
    lines: list[Line] | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _callers: list[Subject] = field(default_factory=list)

    async def caller(self, driver: Driver) -> Subject:
        """Who asks, and what they hold today; read once for a request."""
        if not self._callers:
            subject = await self.graph.subject(self.identity, self.today, driver)
            self._callers.append(subject)
        return self._callers[0]

    def holdings(self, subject: Subject) -> Holdings:
        """What a statement binds of a subject."""
        values = partial(self.graph.policy.values, subject)
        fingerprint = self.graph.vault.fingerprint
        return Holdings(self.today, self.now, values, fingerprint)

    # a query

    async def answer(
        self,
        document: GraphDocument,
        operation: OperationDefinitionNode,
        raw: Mapping[str, Any],
        *,
        completing: bool = False,
    ) -> str | ExecutionResult:
        """The text of the statement, or graphql-core's result where Python completes.

        With `completing`, graphql-core finishes whatever the document: a test compares
        the two.
        """
        values = variables_of(self.graph.schema, operation, raw)
        async with self.graph.database.reading() as driver:
            subject = await self.caller(driver)
            plan = self.plan(
                document, operation, values, subject.roles, completing=completing
            )
            text = await self.run(plan, values, subject, driver)
        if plan.completed:
            return await self._completed(document, operation, raw, text)
        return text or "{}"

    def plan(
        self,
        document: GraphDocument,
        operation: OperationDefinitionNode,
        values: Mapping[str, Any],
        roles: frozenset[str],
        *,
        completing: bool,
    ) -> Plan:
        """The plan of an operation, for this shape of variables and these roles."""
        graph = self.graph

        def planned(is_second: bool) -> tuple[Planner, Plan]:  # noqa: FBT001 the pass
            tree, kind = document.tree, graph.schema.query_type
            assert tree is not None
            assert kind is not None
            planner = Planner.over(
                graph.types,
                fragments_of(tree),
                operation,
                values,
                completing=is_second or completing,
            )
            question, pages = planner.root(kind)
            return planner, graph.compiled(planner, question, pages, roles)

        name, sizes = _name_of(operation), self._shape(operation, values)
        return graph.plan((document.text, name, sizes, roles, completing), planned)

    async def _completed(
        self,
        document: GraphDocument,
        operation: OperationDefinitionNode,
        raw: Mapping[str, Any],
        text: str | None,
    ) -> ExecutionResult:
        """The same JSON, finished by graphql-core."""
        assert document.tree is not None
        data = orjson.loads(text) if text else {}
        running = execute(
            self.graph.schema,
            document.tree,
            data,
            self,
            dict(raw),
            operation_name=_name_of(operation),
        )
        result = running if isinstance(running, ExecutionResult) else await running
        assert isinstance(result, ExecutionResult)
        return result

    # the payload of an act

    async def payload(
        self,
        info: GraphQLResolveInfo[Any],
        ids: Sequence[str],
        subject: Subject,
        session: AsyncSession,
    ) -> Mapping[str, Any]:
        """The objects of a payload by response key, read in the act's transaction.

        `subject` is who the caller was when the act began. If the act has changed what
        they hold, the payload is planned and read again: it has the rights of after it.
        """
        driver = await self.graph.database.driver_of(session)
        values = self._payload_values(info, ids)
        while True:
            plan = self._payload_plan(info, subject.roles)
            text = await self._text(plan, values, subject, driver)
            if text is None:
                return {}
            holdings, hidden, answer = orjson.loads(text)
            former, subject = subject, subject_of(holdings)
            if subject == former:
                break
        if hidden is not None:
            raise plan.refusal(hidden)
        return answer  # type: ignore[no-any-return]

    def _payload_values(
        self, info: GraphQLResolveInfo[Any], ids: Sequence[str]
    ) -> dict[str, Any]:
        by_prefix: dict[str, list[str]] = defaultdict(list)
        for each in ids:
            prefix, _, _ = each.partition("_")
            by_prefix[prefix].append(each)
        return {
            **info.variable_values.coerced,
            str(OBJECT.path[0]): next(iter(ids), None),
            str(OBJECTS.path[0]): by_prefix,
            **self.identity.variables,
        }

    def _payload_plan(
        self, info: GraphQLResolveInfo[Any], roles: frozenset[str]
    ) -> Plan:
        """The plan of a payload, for this shape of variables and these roles."""
        values, operation = dict(info.variable_values.coerced), info.operation
        graph, fragments = self.graph, info.fragments.values()

        def planned(_: bool) -> tuple[Planner, Plan]:  # noqa: FBT001 always completed
            planner = Planner.over(
                graph.types, fragments, operation, values, completing=True
            )
            question, pages = planner.payload(info.return_type, info.field_nodes)
            plan = graph.compiled(planner, question, pages, roles, is_payload=True)
            return planner, plan

        document = operation.loc and operation.loc.source.body
        name, sizes = _name_of(operation), self._shape(operation, values)
        return graph.plan((document, name, info.path.key, sizes, roles), planned)

    # the statement

    async def run(
        self, plan: Plan, values: Mapping[str, Any], subject: Subject, driver: Driver
    ) -> str | None:
        """What the plan's statement answers this caller; None without a statement."""
        answer = await self._text(plan, values, subject, driver)
        refusal = None if answer is None else plan.unseen(answer)
        if refusal is not None:
            raise refusal
        return answer

    async def _text(
        self, plan: Plan, values: Mapping[str, Any], subject: Subject, driver: Driver
    ) -> str | None:
        if plan.varies:
            plan.check(values)
        if plan.statement is None:
            return None
        try:
            binds = plan.statement.binds(values, self.holdings(subject))
        except CursorInvalid as invalid:
            place = plan.values.cursors[invalid.args[0]]
            raise refuse("CURSOR", NO_CURSOR, place) from None
        text = plan.statement.text
        answer: str = await self.graph.database.value(text, binds, driver)
        return answer

    def _shape(
        self, operation: OperationDefinitionNode, values: Mapping[str, Any]
    ) -> VariablesShape:
        return shape_of(self.graph.types, operation, values)


def _name_of(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None
