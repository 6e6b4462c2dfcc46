"""Where the policy meets the register: who calls, what may be seen, and the reading of a question."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    get_variable_values,
    type_from_ast,
)
from sqlalchemy.ext.asyncio import AsyncSession

from authz import Engine, Grant, Post, Subject, atoms
from persistence.act_statements import payload_statement
from persistence.engine import Database, Driver
from persistence.facts.callers import Identity, caller_statement
from persistence.facts.model import MODEL
from persistence.facts.visibility import Permit, Permits
from persistence.reading.binds import Holdings
from persistence.reading.compiler import Reader
from persistence.reading.cursors import CursorInvalid
from persistence.vault import Vault
from resolvers.reading.bindings import Types
from resolvers.reading.documents import Documents, GraphDocument, fragments_of
from resolvers.reading.payload import OBJECT, OBJECTS
from resolvers.reading.planner import Planner
from resolvers.reading.plans import Plan
from resolvers.reading.shapes import shape

from .places import refuse

PLANS = 500
POSTS = {
    "READING": "agent_reading",
    "MANAGING": "agent_managing",
    "RESOURCE_CENTRE": "resource_centre",
    "NATIONAL": "national",
}
NOBODY = Subject(user="")
ABSENT = "absent"
"""The shape of a variable that is not given: equal to no other, as 0 would be to false."""


def subject_of(holdings: Mapping[str, Any] | None) -> Subject:
    """What the caller holds as a subject; an identity that is bound to nobody holds nothing."""
    return NOBODY if holdings is None else holder_of(holdings)


def holder_of(row: Mapping[str, Any]) -> Subject:
    """What a user holds, as the register says it."""
    machine = row["machine"]
    kind = "machine" if machine else "member"
    return Subject(
        user=row["user"],
        machine=machine,
        grants=tuple(
            Grant(f"{kind}_{profile.lower()}", *rest)
            for profile, *rest in row["grants"]
        ),
        posts=()
        if machine
        else tuple(
            Post(POSTS[profile], organism) for profile, organism in row["posts"]
        ),
        administered=()
        if machine
        else tuple(partner for (partner,) in row["administered"]),
    )


@dataclass(frozen=True)
class Graph:
    """The composed graph: one schema, one register, one policy; plans known by document, shape and roles."""

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
    def _caller(self) -> Any:  # noqa: ANN401 a Statement
        return caller_statement(self.database.dialect)

    # who calls

    async def subject(self, identity: Identity, today: date, driver: Driver) -> Subject:
        """One small statement, at each request; never remembered."""
        holdings = Holdings(
            today, datetime.min.replace(tzinfo=UTC), lambda _attribute, _role: ()
        )
        binds = self._caller.binds(identity.variables, holdings)
        text = await self.database.value(self._caller.text, binds, driver)
        return subject_of(None if text is None else orjson.loads(text))

    def permits(self, roles: frozenset[str]) -> Permits:
        """The ways in for a set of roles, as the plain data that the register turns into SQL."""

        def ways(type_: str, action: str) -> Sequence[Permit]:
            return tuple(
                Permit(p.role, p.scope, atoms(p.scope, type_))
                for p in self.policy.plan(roles, type_, action)
            )

        return ways

    def holdings(self, subject: Subject, context: "Context") -> Holdings:
        values = partial(self.policy.values, subject)
        return Holdings(context.today, context.now, values, self.vault.fingerprint)

    # plans

    def plan(self, key: Any, planner: Callable[[bool], tuple[Planner, Plan]]) -> Plan:  # noqa: ANN401 a hashable key
        """The known plan, or a new one: planned again with what Python needs when a leaf is Python's."""
        known = self._plans.get(key)
        if known is None:
            made, known = planner(False)  # noqa: FBT003 the first pass
            if made.needs_completion:
                known = planner(True)[1]  # noqa: FBT003 the second
            self._plans[key] = known
            if len(self._plans) > PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        return known

    def compiled(
        self,
        planner: Planner,
        question: Any,  # noqa: ANN401 a question
        pages: Any,  # noqa: ANN401 its pages
        roles: frozenset[str],
        *,
        is_payload: bool = False,
    ) -> Plan:
        """A pass that met a leaf of Python's is not compiled: the question is planned again.

        The statement of a payload answers beside it what the caller holds (`payload_statement`).
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


@dataclass(frozen=True)
class Context:
    """One request: who asks, when, from where."""

    graph: Graph
    identity: Identity
    now: datetime
    today: date
    source: str
    request_id: str
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by each question that Python answers: a request takes one connection at a time."""
    _callers: list[Subject] = field(default_factory=list)

    async def caller(self, driver: Driver) -> Subject:
        """Who asks, and what they hold today; looked up once for the questions of a request."""
        if not self._callers:
            self._callers.append(
                await self.graph.subject(self.identity, self.today, driver)
            )
        return self._callers[0]

    async def answer(
        self,
        document: GraphDocument,
        operation: OperationDefinitionNode,
        raw: Mapping[str, Any],
        *,
        completing: bool = False,
    ) -> str | ExecutionResult:
        """A query's answer: the statement's own text, or graphql-core's result where Python completes a leaf.

        `completing` asks for the second way out whatever the document (the differential test).
        """
        values = self.variables(operation, raw)
        database = self.graph.database
        async with database.reading() as driver:
            subject = await self.caller(driver)
            plan = self.plan(
                document, operation, values, subject.roles, completing=completing
            )
            text = await self.run(plan, values, subject, driver)
        return (
            await self._completed(document, operation, raw, text)
            if plan.completed
            else text or "{}"
        )

    def plan(
        self,
        document: GraphDocument,
        operation: OperationDefinitionNode,
        values: Mapping[str, Any],
        roles: frozenset[str],
        *,
        completing: bool,
    ) -> Plan:
        """The plan of this document, for this shape of variables and this set of roles."""

        def planned(complete: bool) -> tuple[Planner, Plan]:  # noqa: FBT001 the pass
            tree, kind = document.tree, self.graph.schema.query_type
            assert tree is not None
            assert kind is not None
            fragments, complete = fragments_of(tree), complete or completing
            planner = Planner.over(
                self.graph.types, fragments, operation, values, completing=complete
            )
            question, pages = planner.root(kind)
            return planner, self.graph.compiled(planner, question, pages, roles)

        name = operation.name.value if operation.name else None
        return self.graph.plan(
            (document.text, name, self.shape(operation, values), roles, completing),
            planned,
        )

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
        name = operation.name.value if operation.name else None
        running = execute(
            self.graph.schema, document.tree, data, self, dict(raw), operation_name=name
        )
        result = running if isinstance(running, ExecutionResult) else await running
        assert isinstance(result, ExecutionResult)
        return result

    async def payload(
        self,
        info: GraphQLResolveInfo[Any],
        ids: Sequence[str],
        subject: Subject,
        session: AsyncSession,
    ) -> Mapping[str, Any]:
        """The objects of a payload by response key, read inside the act's transaction with the caller's rights then.

        `subject` is who the caller was when the act began: what the act has changed of it is read with the payload,
        which is then planned and read again.
        """
        values = dict(info.variable_values.coerced)
        driver = await self.graph.database.driver_of(session)
        by_prefix: dict[str, list[str]] = defaultdict(list)
        for one in ids:
            by_prefix[one.partition("_")[0]].append(one)
        values |= {
            str(OBJECT.path[0]): next(iter(ids), None),
            str(OBJECTS.path[0]): by_prefix,
        }
        values |= self.identity.variables
        while True:
            plan = self._payload_plan(info, subject.roles)
            text = await self._text(plan, values, subject, driver)
            if text is None:
                return {}
            holdings, unseen, answer = orjson.loads(text)
            former, subject = subject, subject_of(holdings)
            if subject == former:
                break
        if unseen is not None:
            raise plan.refusal(unseen)
        return answer  # type: ignore[no-any-return]

    def _payload_plan(
        self, info: GraphQLResolveInfo[Any], roles: frozenset[str]
    ) -> Plan:
        """The plan of the payload of this field, for this shape of variables and this set of roles."""
        values, operation = dict(info.variable_values.coerced), info.operation

        def planned(_: bool) -> tuple[Planner, Plan]:  # noqa: FBT001 a payload is always completed
            planner = Planner.over(
                self.graph.types,
                info.fragments.values(),
                operation,
                values,
                completing=True,
            )
            question, pages = planner.payload(info.return_type, info.field_nodes)
            return planner, self.graph.compiled(
                planner, question, pages, roles, is_payload=True
            )

        name, document = (
            operation.name and operation.name.value,
            operation.loc and operation.loc.source.body,
        )
        return self.graph.plan(
            (document, name, info.path.key, self.shape(operation, values), roles),
            planned,
        )

    async def run(
        self, plan: Plan, values: Mapping[str, Any], subject: Subject, driver: Driver
    ) -> str | None:
        """The plan's statement with this caller's values; None when nothing is asked of the register."""
        answer = await self._text(plan, values, subject, driver)
        if answer is not None and (refusal := plan.unseen(answer)) is not None:
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
            binds = plan.statement.binds(values, self.graph.holdings(subject, self))
        except CursorInvalid as invalid:
            place = plan.values.cursors[invalid.args[0]]
            raise refuse(
                "CURSOR", "Ce curseur n'a pas été donné par cette liste.", place
            ) from None
        answer: str = await self.graph.database.value(
            plan.statement.text, binds, driver
        )
        return answer

    def variables(
        self, operation: OperationDefinitionNode, raw: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        found = get_variable_values(
            self.graph.schema,
            operation.variable_definitions or (),
            dict(raw),
            max_errors=5,
        )
        if isinstance(found, list):
            raise Invalid(found)
        return found.coerced

    def shape(
        self, operation: OperationDefinitionNode, values: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401 a hashable key
        prefixes = self.graph.types.prefixes
        return tuple(
            (
                name,
                shape(
                    values[name],
                    type_from_ast(self.graph.schema, definition.type),
                    prefixes,
                ),
            )
            if (name := definition.variable.name.value) in values
            else (name, ABSENT)
            for definition in operation.variable_definitions or ()
        )


class Invalid(Exception):
    """Variables that do not fit their types."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("variables")
        self.errors = errors
