"""What the console is given by the process: sessions, the way in and out, the graph; in a demonstration, a provider."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import httpx
import orjson
from starlette.requests import Request
from starlette.routing import BaseRoute

from console.app import routes as pages_of
from console.kernel.ports import Ports
from persistence.engine import Database
from persistence.entries import EntryStore
from persistence.sessions import SessionStore
from persistence.vault import Vault
from schema.actions import needs

from . import request_ids
from .clock import Clock, day_of
from .demo_issuer import DemoIssuer
from .demo_provider import DemoProvider
from .entries import Entries
from .graph_edge import NUL_REFUSED, Asked, GraphEdge
from .imports import ImportEdge
from .media import JSON
from .oidc import Provider
from .sessions import Session, Sessions, same_origin
from .settings import Settings
from .sign_in import SignIn


class Desk(NamedTuple):
    sessions: Sessions
    entries: Entries
    same_origin: Callable[[Request], bool]
    provider: Provider
    routes: Sequence[BaseRoute]


def open_desk(
    settings: Settings, database: Database, vault: Vault, machine: Clock, transport: httpx.AsyncBaseTransport | None
) -> Desk | None:
    """None where nobody signs in: the graph alone is served. `machine` tells the time of sessions and tokens."""
    console, now = settings.console, machine.now
    if console is None:
        return None
    ours = partial(same_origin, origin=console.public_url)
    sealer = vault.apart("console")
    sessions = Sessions(SessionStore(database), sealer, now)
    provider = Provider(console, settings.issuer, now, transport)
    routes: list[BaseRoute] = [*SignIn(console, provider, sessions, sealer, ours, now).routes()]
    if settings.demo_key is not None:
        issuer = DemoIssuer(settings.demo_key, settings.audience, now)
        routes += DemoProvider(console, issuer, ours, now).routes()
    return Desk(sessions, Entries(EntryStore(database), sealer, now), ours, provider, routes)


def ports(desk: Desk, settings: Settings, edge: GraphEdge, imports: ImportEdge, clock: Clock) -> Ports:
    """The graph, as the console is given it: the very path of `/graphql`, with the rights of whoever is signed in."""

    async def ask(session: Session, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        if b"\\u0000" in orjson.dumps(variables):
            return {"errors": [{"message": NUL_REFUSED, "extensions": {"code": "MALFORMED"}}]}
        asked = Asked({"query": query, "variables": dict(variables)})
        answer = await edge.execute(session.identity, asked, JSON, request_ids.current(), "CONSOLE")
        return orjson.loads(answer.body)  # type: ignore[no-any-return]

    async def upload(session: Session, import_id: str, content: bytes) -> Mapping[str, Any]:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        answer = await imports.receive(session.identity, import_id, chunks(), "CONSOLE", request_ids.current())
        return orjson.loads(answer.body)  # type: ignore[no-any-return]

    return Ports(
        schema=edge.graph.schema,
        sessions=desk.sessions,
        entries=desk.entries,
        ask=ask,
        upload=upload,
        same_origin=desk.same_origin,
        today=lambda: day_of(clock.now()),
        demo=settings.demo,
        form_origins=desk.provider.origins,
        request_id=request_ids.current,
        needs=needs,
    )


def pages(desk: Desk, settings: Settings, edge: GraphEdge, imports: ImportEdge, clock: Clock) -> Sequence[BaseRoute]:
    """The console's own addresses, once its documents are checked against the schema."""
    return pages_of(ports(desk, settings, edge, imports, clock))
