"""The process, composed once: register, policy, contract, identity, edge."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from authz import load
from persistence.engine import Database
from persistence.faults import RegisterFault
from persistence.keys import keep_canary, require_keys
from persistence.migrations import OtherStep, require_step
from persistence.sealing import Sealer
from persistence.seeds.fiction import fictional_vault
from persistence.vault import Vault
from resolvers.context import Graph
from schema.contract import types

from .clock import Clock, DemoClock, SystemClock
from .demo_issuer import DemoIssuer
from .desk import open_desk, pages
from .faults import Outage
from .graph_edge import GraphEdge
from .health import Health
from .hosts import Hosts
from .identity import Verifier
from .imports import ImportEdge
from .jwks import JwksSource, RemoteJwks, StaticJwks
from .logs import configure
from .mask import Mask
from .mishaps import Endpoint, answers_to_faults, apology
from .settings import RegisterSettings, Settings

LAST_SECONDS = 5
logger = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    clock: Clock | None = None,
    machine: Clock | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    tasks: bool = True,
) -> Starlette:
    """The application for these settings. A test may give the clock, the machine's own, and the way to the provider.

    Without `tasks`, what the process does beside its requests is left to the test.
    """
    machine = machine or SystemClock()
    database = Database(settings.database_url)
    policy, vault = load(), create_vault(settings)
    graph = compose(database, vault)
    desk = open_desk(settings, database, vault, machine, transport)
    sealer = Sealer(database, machine.now)
    verifier, clock = Verifier(settings.issuer, settings.audience, _keys(settings)), clock or create_clock(settings)
    outage = Outage()
    edge, files = GraphEdge(graph, verifier, clock, outage), ImportEdge(graph, verifier, clock, outage)

    async def probe() -> None:
        await require_step(database)
        await require_keys(database, vault)

    health = Health(probe, policy.policy_hash, outage)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        logger.info("policy %s", policy.policy_hash)
        sealing: asyncio.Task[None] | None = None
        try:
            with suppress(OtherStep, RegisterFault):  # `/readyz` says so
                await require_step(database)
                await keep_canary(database, vault)
            _spare_the_collector()
            sealing = asyncio.create_task(sealer.run()) if tasks else None
            yield {"stop": health.stop}
        finally:
            health.stop()
            sealer.stop()
            with suppress(TimeoutError):  # a register that does not answer does not hold the process
                async with asyncio.timeout(LAST_SECONDS):
                    if sealing is not None:
                        await sealing
                    await database.close()

    shown = [*desk.routes, *pages(desk, settings, edge, files, clock)] if desk else []
    named: dict[str, Endpoint] = {route.name: route.endpoint for route in shown if isinstance(route, Route)}
    mask = Middleware(Mask, apology=apology(named, outage), demo=settings.demo)
    hosts = Middleware(Hosts, names=settings.allowed_hosts)
    app = Starlette(
        routes=[*edge.routes(), *files.routes(), *health.routes(), *shown],
        middleware=[mask, hosts],
        lifespan=lifespan,
        exception_handlers=answers_to_faults(named, outage),
    )
    if desk is not None:
        app.state.sessions, app.state.same_origin, app.state.provider = desk.sessions, desk.same_origin, desk.provider
    return app


def _spare_the_collector() -> None:
    """What is made at the start stays: walking it again during each large batch took a fifth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def compose(database: Database, vault: Vault) -> Graph:
    """One schema, one register, one policy, one set of keys."""
    contract = types()
    return Graph(database, load(), contract.schema, contract, vault)


def create_vault(settings: RegisterSettings) -> Vault:
    """The keys of personal numbers; a demonstration holds none but fiction, and its keys are in the open."""
    return Vault.read(settings.nir_keys) if settings.nir_keys is not None else fictional_vault()


def from_environ() -> Starlette:
    """What uvicorn calls in each worker."""
    import os  # noqa: PLC0415 the only reading of the environment, at the start of a worker

    configure()
    return create_app(Settings.from_environ(os.environ))


def _keys(settings: Settings) -> JwksSource:
    if settings.demo_key is not None:
        return StaticJwks(DemoIssuer(settings.demo_key, settings.audience).jwks())
    assert settings.jwks_url is not None
    return RemoteJwks(settings.jwks_url)


def create_clock(settings: RegisterSettings) -> Clock:
    return DemoClock(settings.demo_day) if settings.demo_day is not None else SystemClock()
