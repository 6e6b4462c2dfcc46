"""The HTTP edge of the graph: POST /graphql, a token, a document, an answer.

Nothing personal leaves in an error. `graph_answers` builds the answers.
"""

from dataclasses import replace
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.facts.callers import Identity
from persistence.faults import RegisterFault
from resolvers.batch_lines import without_lines
from resolvers.context import Context
from resolvers.graph import Graph
from resolvers.places import refuse
from resolvers.reading.documents import GraphDocument
from resolvers.variables import Invalid

from . import request_ids
from .clock import Clock, day_of
from .faults import Outage
from .graph_answers import failed, formatted, masked, misfit, refused, sent
from .graph_request import GraphRequest, Malformed, parse
from .identity import Unauthenticated, Verifier
from .jwks import KeysUnavailable
from .media import GRAPHQL, JSON, preferred

LARGEST_BODY = 2_000_000


class GraphEdge:
    """One route. The order is: size, type, caller, body, document, limits, answer."""

    def __init__(
        self,
        graph: Graph,
        verifier: Verifier,
        clock: Clock,
        outage: Outage | None = None,
    ) -> None:
        self.graph, self._verifier, self._clock = graph, verifier, clock
        self.outage = outage or Outage()

    def routes(self) -> list[Route]:
        route = Route(
            "/graphql", self.answer, methods=["POST"], max_body_size=LARGEST_BODY
        )
        return [route]

    async def answer(self, request: Request) -> Response:
        media = preferred(",".join(request.headers.getlist("accept")))
        request_id = request_ids.current()
        try:
            _require_json(request)
            authorization = request.headers.get("authorization")
            identity = await self._verifier.identify(authorization)
            graph_request = parse(await request.body())
            return await self.execute(identity, graph_request, media, request_id)
        except Unauthenticated as error:
            headers = {"WWW-Authenticate": "Bearer"}
            return failed(media, error.code, error.message, 401, request_id, headers)
        except KeysUnavailable as error:
            code, headers = "KEYS_UNAVAILABLE", {"Retry-After": "10"}
            return failed(media, code, error.message, 503, request_id, headers)
        except Malformed as error:
            return failed(media, "MALFORMED", str(error), error.status, request_id)

    async def execute(
        self,
        identity: Identity,
        request: GraphRequest,
        media: str,
        request_id: str,
        source: str = "API",
    ) -> Response:
        """Answer an identified caller, over HTTP or in the process (the console)."""
        # The clock is read once: the day and the instant of a request agree at
        # midnight.
        now = self._clock.now()
        context = Context(self.graph, identity, now, day_of(now), source, request_id)
        document = self.graph.documents.get(request.query)
        if document.errors:
            return refused(media, document.errors, request_id)
        try:
            answer = await _run(context, document, request)
        except Invalid as invalid:
            errors = tuple(misfit(error) for error in invalid.errors)
            return refused(media, errors, request_id)
        except GraphQLError as error:
            return refused(media, (error,), request_id)
        except RegisterFault as fault:
            code, sentence, headers = self.outage.answer(fault)
            return failed(media, code, sentence, 503, request_id, headers)
        except Exception as defect:  # noqa: BLE001 its text may hold values
            status = 500 if media == GRAPHQL else 200
            return refused(media, (masked(defect, request_id),), request_id, status)
        return sent(self._body(answer, request_id), media, 200, request_id)

    def _body(self, result: str | ExecutionResult, request_id: str) -> bytes:
        if isinstance(result, str):
            return b'{"data":' + result.encode() + b"}"
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            errors = [self._safe(error, request_id) for error in result.errors]
            body["errors"] = [formatted(error) for error in errors]
        return orjson.dumps(body)

    def _safe(self, error: GraphQLError, request_id: str) -> GraphQLError:
        """Return what may be said of an error.

        A refusal stays, a fault of the register becomes its sentence, a defect is
        masked.
        """
        original = error.original_error
        match original:
            case None | GraphQLError():
                return error
            case RegisterFault():
                code, sentence, _ = self.outage.answer(original)
                safe = refuse(code, sentence)
            case _:
                safe = masked(original, request_id)
        return GraphQLError(safe.message, path=error.path, extensions=safe.extensions)


def _require_json(request: Request) -> None:
    """Refuse a body that is too large, or that is not JSON by its header."""
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise Malformed(f"Le corps compte au plus {LARGEST_BODY} octets.", 413)
    media, _, _ = request.headers.get("content-type", "").partition(";")
    if media.strip().lower() != JSON:
        sentence = "Le corps est un objet JSON : `Content-Type: application/json`."
        raise Malformed(sentence, 415)


async def _run(
    context: Context, document: GraphDocument, request: GraphRequest
) -> str | ExecutionResult:
    """Return the answer: its JSON text for most queries, else graphql-core's result.

    Raises Invalid, GraphQLError or RegisterFault.
    """
    operation = document.operation(request.operation_name)
    if operation.operation is not OperationType.QUERY:
        return await _mutate(context, document, request)
    answer = await context.answer(document, operation, request.variables)
    _require_whole(answer)
    return answer


async def _mutate(
    context: Context, document: GraphDocument, request: GraphRequest
) -> ExecutionResult:
    assert document.tree is not None
    schema, operation = context.graph.schema, document.operation(request.operation_name)
    variables, lines = without_lines(schema, operation, request.variables)
    running: Any = execute(
        schema,
        document.tree,
        context_value=replace(context, lines=lines),
        variable_values=dict(variables),
        operation_name=request.operation_name,
    )
    result = running if isinstance(running, ExecutionResult) else await running
    assert isinstance(result, ExecutionResult)
    has_run = result.data is not None or any(
        error.path for error in result.errors or ()
    )
    if result.errors and not has_run:
        raise Invalid(result.errors)  # a variable does not fit
    _require_first_act(operation, result)
    return result


def _require_whole(answer: str | ExecutionResult) -> None:
    """Refuse an answer that the register left incomplete: it is asked again whole.

    Raises RegisterFault.
    """
    if isinstance(answer, str):
        return
    for error in answer.errors or ():
        if isinstance(error.original_error, RegisterFault):
            raise error.original_error


def _require_first_act(
    operation: OperationDefinitionNode, result: ExecutionResult
) -> None:
    """Raise RegisterFault when the register failed at the first act of a document.

    Nothing was done then, and the whole document may be sent again. When an act was
    done before the fault, both are in the answer.
    """
    first = operation.selection_set.selections[0]
    if not isinstance(first, FieldNode):
        return
    key = (first.alias or first.name).value
    for error in result.errors or ():
        fault = error.original_error
        if isinstance(fault, RegisterFault) and error.path and error.path[0] == key:
            raise fault
