"""The file of an import: PUT /imports/{id}, under the token of the graph.

The file decides nothing: it is read, and its effects are previewed.
"""

import asyncio
import logging
from collections.abc import AsyncIterable, Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.facts.callers import Identity
from persistence.faults import RegisterFault
from persistence.intake.import_reading import read_file
from persistence.intake.workbooks import LARGEST
from persistence.records import Import, Refused, Rule
from resolvers.acting.performing import perform_internally
from resolvers.context import Context
from resolvers.graph import Graph
from resolvers.imports import Expected, Upload, import_expected, import_upload

from . import request_ids
from .clock import Clock, day_of
from .faults import Outage
from .graph_answers import failed, masked, sent
from .graph_request import Malformed
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
COUNTS = ("new", "changed", "unchanged", "conflict", "rejected")
logger = logging.getLogger(__name__)


class ImportEdge:
    """One route.

    The order is: the caller, whether a file is expected, its size, its reading in a
    thread, the preview.
    """

    def __init__(
        self,
        graph: Graph,
        verifier: Verifier,
        clock: Clock,
        outage: Outage | None = None,
    ) -> None:
        self._graph, self._verifier, self._clock = graph, verifier, clock
        self._outage = outage or Outage()
        self._one_at_a_time = asyncio.Semaphore(1)

    def routes(self) -> list[Route]:
        return [Route("/imports/{id}", self.answer, methods=["PUT"])]

    async def answer(self, request: Request) -> Response:
        request_id = request_ids.current()
        authorization = request.headers.get("authorization")
        try:
            identity = await self._verifier.identify(authorization)
        except Exception as error:  # noqa: BLE001 whatever fails is masked
            return _failure(error, request_id, self._outage)
        import_id, stream = request.path_params["id"], request.stream()
        return await self.receive(identity, import_id, stream, "API", request_id)

    async def receive(
        self,
        identity: Identity,
        import_id: str,
        stream: AsyncIterable[bytes],
        source: str,
        request_id: str,
    ) -> Response:
        """Receive the file of an import, over HTTP or from the console."""
        try:
            now = self._clock.now()
            context = Context(
                self._graph, identity, now, day_of(now), source, request_id
            )
            extract = await self._receive(context, import_id, stream)
        except Exception as error:  # noqa: BLE001 its text may hold a cell
            return _failure(error, request_id, self._outage)
        body = orjson.dumps({"import": _summary(extract)})
        return sent(body, JSON, 200, request_id)

    async def _receive(
        self, context: Context, import_id: str, stream: AsyncIterable[bytes]
    ) -> Import:
        expected: Expected = await perform_internally(
            ACT, import_expected, context, import_id
        )
        content = await _body(stream)
        if expected.extract.received_at is not None:
            expected.extract.require_same_file(content)
            return expected.extract
        # A file may take seconds and memory: one is read at a time, in a thread, and
        # the
        # graph answers meanwhile.
        async with self._one_at_a_time:
            reading = await asyncio.to_thread(
                read_file, content, expected.columns, expected.reference
            )
            upload = Upload(import_id, content, reading)
            extract: Import = await perform_internally(
                ACT, import_upload, context, upload
            )
        return extract


async def _body(stream: AsyncIterable[bytes]) -> bytes:
    """Return the bytes. Raises as soon as there are too many, or if there is none."""
    content = bytearray()
    async for chunk in stream:
        content += chunk
        if len(content) > LARGEST:
            raise Refused(Rule.EXTRACT_TOO_LARGE)
    if not content:
        raise Malformed("Le corps est le fichier.")
    return bytes(content)


def _failure(error: Exception, request_id: str, outage: Outage) -> Response:
    """Answer as the graph does: a stable code, a French sentence, no cell."""
    code: str
    headers: Mapping[str, str] = {}
    match error:
        case Unauthenticated():
            code, sentence, status = error.code, error.message, 401
            headers = {"WWW-Authenticate": "Bearer"}
        case KeysUnavailable():
            code, sentence, status = "KEYS_UNAVAILABLE", error.message, 503
            headers = {"Retry-After": "10"}
        case Refused():
            code, sentence = error.rule.name, error.notice.message
            status = STATUS.get(error.rule, UNREADABLE)
            logger.info("refused %s %s in request %s", ACT, code, request_id)
        case Malformed():
            code, sentence, status = "MALFORMED", str(error), error.status
        case RegisterFault():
            code, sentence, headers = outage.answer(error)
            status = 503
        case _:
            code, status = "INTERNAL", 500
            sentence = masked(error, request_id).message
    return failed(JSON, code, sentence, status, request_id, headers)


def _summary(extract: Import) -> dict[str, object]:
    """Return what a client shows at once; the lines are read through the graph."""
    return {
        "id": extract.id,
        "digest": extract.digest,
        "blankLines": extract.blank_lines,
        "received": extract.received,
        **{name: getattr(extract, f"{name}_count") for name in COUNTS},
        "columns": extract.columns,
        "ignoredColumns": extract.ignored,
        "sheets": extract.sheets or [],
    }
