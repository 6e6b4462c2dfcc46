"""The file of an import: PUT /imports/{id}, under the token of the graph. It decides nothing, and is previewed."""

import asyncio
import logging
from collections.abc import AsyncIterable

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.callers import Identity
from persistence.extracts import read_file
from persistence.faults import RegisterFault
from persistence.records import Extract, Refused, Rule
from persistence.workbooks import LARGEST
from resolvers.context import Context, Graph
from resolvers.imports import Expected, Upload, import_expected, import_upload
from resolvers.performing import enact

from . import request_ids
from .clock import Clock, day_of
from .faults import Outage
from .graph_edge import Malformed, failed, masked, sent
from .identity import Unauthenticated, Verifier
from .jwks import KeysUnavailable
from .media import JSON

STATUS = {
    Rule.NOT_FOUND: 404,
    Rule.UNKNOWN_CALLER: 403,
    Rule.EXTRACT_RECEIVED: 409,
    Rule.EXTRACT_PURGED: 409,
    Rule.EXTRACT_TOO_LARGE: 413,
}
UNREADABLE = 422
ACT = "importUpload"
COUNTS = ("received", "new", "changed", "unchanged", "conflict", "rejected")
logger = logging.getLogger(__name__)


class ImportEdge:
    """One route. The order is: caller, whether the bytes are awaited, size, reading beside the loop, the preview."""

    def __init__(self, graph: Graph, verifier: Verifier, clock: Clock, outage: Outage | None = None) -> None:
        self._graph, self._verifier, self._clock = graph, verifier, clock
        self._outage = outage or Outage()
        self._one_at_a_time = asyncio.Semaphore(1)

    def routes(self) -> list[Route]:
        return [Route("/imports/{id}", self.answer, methods=["PUT"])]

    async def answer(self, request: Request) -> Response:
        request_id = request_ids.current()
        try:
            identity = await self._verifier.identify(request.headers.get("authorization"))
        except Exception as met:  # noqa: BLE001 whatever fails is masked
            return _failure(met, request_id, self._outage)
        return await self.receive(identity, request.path_params["id"], request.stream(), "API", request_id)

    async def receive(
        self, identity: Identity, import_id: str, stream: AsyncIterable[bytes], source: str, request_id: str
    ) -> Response:
        """The file of an import, whatever door it comes by."""
        try:
            now = self._clock.now()
            context = Context(self._graph, identity, now, day_of(now), source, request_id)
            extract = await self._receive(context, import_id, stream)
        except Exception as met:  # noqa: BLE001 whatever fails is masked, its text may hold a cell
            return _failure(met, request_id, self._outage)
        return sent(orjson.dumps({"import": _told(extract)}), JSON, 200, request_id)

    async def _receive(self, context: Context, import_id: str, stream: AsyncIterable[bytes]) -> Extract:
        expected: Expected = await enact(ACT, import_expected, context, import_id)
        content = await _body(stream)
        if expected.extract.received_at is not None:
            expected.extract.is_again(content)
            return expected.extract
        async with self._one_at_a_time:  # a file may take seconds and memory: the graph answers meanwhile
            reading = await asyncio.to_thread(read_file, content, expected.columns, expected.reference)
            extract: Extract = await enact(ACT, import_upload, context, Upload(import_id, content, reading))
        return extract


async def _body(stream: AsyncIterable[bytes]) -> bytes:
    """The bytes, given up as soon as they are too many."""
    content = bytearray()
    async for chunk in stream:
        content += chunk
        if len(content) > LARGEST:
            raise Refused(Rule.EXTRACT_TOO_LARGE)
    if not content:
        raise Malformed("Le corps est le fichier.")
    return bytes(content)


def _failure(met: Exception, request_id: str, outage: Outage) -> Response:
    """As the graph's edge answers: a stable code, a French sentence, never a cell of the file."""
    match met:
        case Unauthenticated():
            return failed(JSON, met.code, met.message, 401, request_id, {"WWW-Authenticate": "Bearer"})
        case KeysUnavailable():
            return failed(JSON, "KEYS_UNAVAILABLE", met.message, 503, request_id, {"Retry-After": "10"})
        case Refused():
            logger.info("refused %s %s in request %s", ACT, met.rule.name, request_id)
            return failed(JSON, met.rule.name, met.notice.message, STATUS.get(met.rule, UNREADABLE), request_id)
        case Malformed():
            return failed(JSON, "MALFORMED", str(met), met.status, request_id)
        case RegisterFault():
            told = outage.answer(met)
            return failed(JSON, told.code, told.sentence, 503, request_id, told.headers)
    return failed(JSON, "INTERNAL", masked(met, request_id).message, 500, request_id)


def _told(extract: Extract) -> dict[str, object]:
    """What a client shows at once; the lines are read through the graph."""
    counts = {name: getattr(extract, name if name == "received" else f"{name}_count") for name in COUNTS}
    known = {"id": extract.id, "digest": extract.digest, "blankLines": extract.blank_lines}
    return (
        known | counts | {"columns": extract.columns, "ignoredColumns": extract.ignored, "sheets": extract.sheets or []}
    )
