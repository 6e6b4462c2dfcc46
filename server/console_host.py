"""What the process gives to the console: sessions, the sign-in, the graph."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import httpx
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from console.app import routes as pages_of
from console.kernel.ports import Ports
from persistence.engine import Database
from persistence.entries import EntryStore
from persistence.sessions import SessionStore
from persistence.vault import Vault
from schema.actions import needs
from server.sign_in.browser_session import BrowserSession
from server.sign_in.oidc import Provider
from server.sign_in.routes import SignInRoutes
from server.sign_in.same_origin import same_origin
from server.sign_in.sessions import BrowserSessions

from . import request_ids
from .clock import Clock, day_of
from .entries import Entries
from .graph_edge import GraphEdge
from .graph_request import NUL_REFUSED, GraphRequest
from .imports import ImportEdge
from .media import JSON
from .settings import Settings

SOURCE = "CONSOLE"
"""What the journal calls the source of an act of the console."""


class ConsoleHost(NamedTuple):
    """What the console runs on, in this process."""

    sessions: BrowserSessions
    entries: Entries
    same_origin: Callable[[Request], bool]
    provider: Provider
    routes: Sequence[BaseRoute]


def open_console(
    settings: Settings,
    database: Database,
    vault: Vault,
    machine: Clock,
    transport: httpx.AsyncBaseTransport | None,
) -> ConsoleHost | None:
    """Return what the console runs on, or None where only the graph is served.

    `machine` gives the time of sessions and tokens.
    """
    console, now = settings.console, machine.now
    if console is None:
        return None
    is_same_origin = partial(same_origin, origin=console.public_url)
    sealer = vault.apart("console")
    sessions = BrowserSessions(SessionStore(database), sealer, now)
    provider = Provider(console, settings.issuer, now, transport)
    sign_in = SignInRoutes(console, provider, sessions, sealer, is_same_origin, now)
    entries = Entries(EntryStore(database), sealer, now)
    return ConsoleHost(
        sessions=sessions,
        entries=entries,
        same_origin=is_same_origin,
        provider=provider,
        routes=sign_in.routes(),
    )


def ports(
    host: ConsoleHost,
    settings: Settings,
    edge: GraphEdge,
    imports: ImportEdge,
    clock: Clock,
) -> Ports:
    """Return the only access of the console to the rest of the process.

    Its questions take the same path as `/graphql`, with the rights of the person who is
    signed in.
    """

    async def ask(
        session: BrowserSession, query: str, variables: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        if b"\\u0000" in orjson.dumps(variables):
            return _malformed(NUL_REFUSED)
        request = GraphRequest({"query": query, "variables": dict(variables)})
        number = request_ids.current()
        answer = await edge.execute(session.identity, request, JSON, number, SOURCE)
        return _body_of(answer)

    async def upload(
        session: BrowserSession, import_id: str, content: bytes
    ) -> Mapping[str, Any]:
        number = request_ids.current()
        stream = _stream(content)
        identity = session.identity
        answer = await imports.receive(identity, import_id, stream, SOURCE, number)
        return _body_of(answer)

    return Ports(
        schema=edge.graph.schema,
        sessions=host.sessions,
        entries=host.entries,
        ask=ask,
        upload=upload,
        same_origin=host.same_origin,
        today=lambda: day_of(clock.now()),
        demo=settings.demo,
        form_origins=host.provider.origins,
        request_id=request_ids.current,
        needs=needs,
        now=clock.now,
    )


def pages(
    host: ConsoleHost,
    settings: Settings,
    edge: GraphEdge,
    imports: ImportEdge,
    clock: Clock,
) -> Sequence[BaseRoute]:
    """Return the console's own routes, its documents checked against the schema."""
    return pages_of(ports(host, settings, edge, imports, clock))


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _body_of(answer: Response) -> Mapping[str, Any]:
    return orjson.loads(answer.body)  # type: ignore[no-any-return]


def _malformed(sentence: str) -> Mapping[str, Any]:
    error = {"message": sentence, "extensions": {"code": "MALFORMED"}}
    return {"errors": [error]}
