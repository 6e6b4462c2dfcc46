"""The HTTP edge of the graph: POST /graphql, a token, a document, an answer. Nothing personal leaves in an error."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import orjson
from graphql import ExecutionResult, FieldNode, GraphQLError, OperationDefinitionNode, OperationType, execute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.callers import Identity
from persistence.faults import RegisterFault
from resolvers.context import Context, Graph, Invalid
from resolvers.documents import Document
from resolvers.places import refuse

from . import request_ids
from .clock import Clock, day_of
from .faults import Outage
from .identity import Unauthenticated, Verifier
from .jwks import KeysUnavailable
from .media import GRAPHQL, JSON, preferred

NUL_REFUSED = "Le caractère NUL est refusé."
LARGEST_BODY = 2_000_000
BOM = b"\xef\xbb\xbf"
MISFIT = re.compile(r"Variable '(\$\w+)' has invalid value(?: at ((?:\.\w+|\[\d+\])+))?:", re.ASCII)
LACKS = re.compile(r" Expected value of type '\w+!?' to include required field '(\w+)'", re.ASCII)
"""How graphql-core begins to say that a variable does not fit: names of the schema and ranks, then values."""
logger = logging.getLogger(__name__)


class Malformed(Exception):
    """A body that is no GraphQL request."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class GraphEdge:
    """One route. The order is: size, type, caller, body, document, limits, plan, answer."""

    def __init__(self, graph: Graph, verifier: Verifier, clock: Clock, outage: Outage | None = None) -> None:
        self.graph, self._verifier, self._clock = graph, verifier, clock
        self.outage = outage or Outage()

    def routes(self) -> list[Route]:
        return [Route("/graphql", self.answer, methods=["POST"], max_body_size=LARGEST_BODY)]

    async def answer(self, request: Request) -> Response:
        media = preferred(",".join(request.headers.getlist("accept")))
        request_id = request_ids.current()
        try:
            _is_json(request)
            identity = await self._verifier.identify(request.headers.get("authorization"))
            asked = _asked(await request.body())
            return await self.execute(identity, asked, media, request_id)
        except Unauthenticated as nobody:
            headers = {"WWW-Authenticate": "Bearer"}
            return failed(media, nobody.code, nobody.message, 401, request_id, headers)
        except KeysUnavailable as keys:
            return failed(media, "KEYS_UNAVAILABLE", keys.message, 503, request_id, {"Retry-After": "10"})
        except Malformed as malformed:
            return failed(media, "MALFORMED", str(malformed), malformed.status, request_id)

    async def execute(
        self, identity: Identity, asked: "Asked", media: str, request_id: str, source: str = "API"
    ) -> Response:
        """The answer to a caller who is known: over HTTP, or to the console in the same process."""
        now = self._clock.now()  # read once: the day and the instant of a request agree at midnight
        context = Context(self.graph, identity, now, day_of(now), source, request_id)
        document = self.graph.documents.get(asked.query)
        if document.errors:
            return _refused(media, document.errors, request_id)
        try:
            operation = document.operation(asked.operation_name)
            if operation.operation is OperationType.QUERY:
                answer = await context.answer(document, operation, asked.variables)
                _require_answered(answer)
            else:
                answer = await _mutate(context, document, asked)
        except Invalid as invalid:
            return _refused(media, tuple(_fit(error) for error in invalid.errors), request_id)
        except GraphQLError as error:
            return _refused(media, (error,), request_id)
        except RegisterFault as fault:
            told = self.outage.answer(fault)
            return failed(media, told.code, told.sentence, 503, request_id, told.headers)
        except Exception as defect:  # noqa: BLE001 whatever fails is masked, its text may hold values
            return _refused(media, (masked(defect, request_id),), request_id, 500 if media == GRAPHQL else 200)
        if isinstance(answer, str):
            return sent(b'{"data":' + answer.encode() + b"}", media, 200, request_id)
        return sent(self._enveloped(answer, request_id), media, 200, request_id)

    def _enveloped(self, result: ExecutionResult, request_id: str) -> bytes:
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [_formatted(self._unmasked(error, request_id)) for error in result.errors]
        return orjson.dumps(answer)

    def _unmasked(self, error: GraphQLError, request_id: str) -> GraphQLError:
        """A refusal passes, a register that does not serve says so, a defect is masked."""
        original = error.original_error
        match original:
            case None | GraphQLError():
                return error
            case RegisterFault():
                code, sentence, _ = self.outage.answer(original)
                told = refuse(code, sentence)
            case _:
                told = masked(original, request_id)
        return GraphQLError(told.message, path=error.path, extensions=told.extensions)


class Asked:
    """The members of a request, checked."""

    __slots__ = ("operation_name", "query", "variables")

    def __init__(self, body: Any) -> None:  # noqa: ANN401 JSON
        if not isinstance(body, dict):
            raise Malformed("Le corps est un objet JSON avec `query`.")
        query = body.get("query")
        variables, extensions = body.get("variables"), body.get("extensions")
        self.variables: Mapping[str, Any] = {} if variables is None else variables
        self.operation_name = body.get("operationName")
        if not isinstance(query, str):
            raise Malformed("`query` est le texte du document GraphQL.")
        self.query = query
        if not isinstance(self.variables, dict) or not isinstance(extensions, dict | None):
            raise Malformed("`variables` et `extensions` sont des objets.")
        if not isinstance(self.operation_name, str | None):
            raise Malformed("`operationName` est un texte.")
        self.operation_name = (self.operation_name or "").strip() or None  # a blank name names nothing


def _is_json(request: Request) -> None:
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise Malformed(f"Le corps compte au plus {LARGEST_BODY} octets.", 413)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Malformed("Le corps est un objet JSON : `Content-Type: application/json`.", 415)


def _asked(body: bytes) -> Asked:
    if b"\\u0000" in body or b"\x00" in body:
        raise Malformed(NUL_REFUSED)
    try:
        return Asked(orjson.loads(body.removeprefix(BOM)))
    except orjson.JSONDecodeError:
        raise Malformed("Le corps n'est pas du JSON.") from None


async def _mutate(context: Context, document: Document, asked: Asked) -> ExecutionResult:
    assert document.tree is not None
    running: Any = execute(
        context.graph.schema,
        document.tree,
        context_value=context,
        variable_values=dict(asked.variables),
        operation_name=asked.operation_name,
    )
    result = running if isinstance(running, ExecutionResult) else await running
    assert isinstance(result, ExecutionResult)
    if result.data is None and result.errors and all(error.path is None for error in result.errors):
        raise Invalid(result.errors)  # refused before anything ran: a variable does not fit
    _require_begun(document.operation(asked.operation_name), result)
    return result


def _require_answered(answer: str | ExecutionResult) -> None:
    """A question that the register left half answered is asked again as a whole. Raises `RegisterFault`."""
    for error in () if isinstance(answer, str) else answer.errors or ():
        if isinstance(error.original_error, RegisterFault):
            raise error.original_error


def _require_begun(operation: OperationDefinitionNode, result: ExecutionResult) -> None:
    """Nothing was done when the first act met a register that does not serve: all may be sent again.

    Raises `RegisterFault`. After an act that was done, the fault is told beside it.
    """
    first = operation.selection_set.selections[0]
    key = (first.alias or first.name).value if isinstance(first, FieldNode) else None
    for error in result.errors or ():
        if isinstance(error.original_error, RegisterFault) and error.path and error.path[0] == key:
            raise error.original_error


# answers


def masked(defect: BaseException, request_id: str) -> GraphQLError:
    logger.error("defect %s in request %s", type(defect).__name__, request_id, exc_info=bare(defect))
    return refuse("INTERNAL", f"Une erreur inattendue s'est produite. Numéro à donner au support : {request_id}.")


def bare(defect: BaseException) -> BaseException:
    """The defect with its trace and without its text, which may hold values."""
    return RuntimeError(type(defect).__name__).with_traceback(defect.__traceback__)


def _fit(error: GraphQLError) -> GraphQLError:
    """A variable that does not fit: named, with the path to what does not; its value is never echoed."""
    found = MISFIT.match(error.message)
    name, inside = (found[1], found[2] or "") if found else ("$?", "")
    lacks = LACKS.match(error.message, found.end()) if found else None
    path = [int(rank) if rank else word for word, rank in re.findall(r"\.(\w+)|\[(\d+)\]", inside)]
    path += [lacks[1]] if lacks else []
    where = f", à `{'.'.join(map(str, path))}`" if path else ""
    told = {"code": "BAD_USER_INPUT", "variable": name.removeprefix("$"), "path": path}
    return GraphQLError(f"La variable {name} ne convient pas à son type{where}.", error.nodes, extensions=told)


def _refused(media: str, errors: tuple[GraphQLError, ...], request_id: str, status: int | None = None) -> Response:
    """Request errors: 400 and no `data` under GraphQL's own type, 200 for clients that drop errors above."""
    code = status or (400 if media == GRAPHQL else 200)
    return sent(orjson.dumps({"errors": [_formatted(error) for error in errors]}), media, code, request_id)


def failed(
    media: str, code: str, message: str, status: int, request_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    return sent(orjson.dumps({"errors": [_formatted(refuse(code, message))]}), media, status, request_id, headers)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    made: dict[str, Any] = dict(error.formatted)
    made["extensions"] = {"code": "INVALID"} | dict(error.extensions or {})
    return made


def sent(body: bytes, media: str, status: int, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    kept = {"Cache-Control": "no-store", "X-Request-Id": request_id, **(headers or {})}
    return Response(body, status, kept, f"{media}; charset=utf-8")
