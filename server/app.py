"""The process, composed once: register, policy, graph, identity, edges, console."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from authz import Engine, load
from persistence.engine import Database
from persistence.faults import RegisterFault
from persistence.keys import keep_canary, require_keys
from persistence.mailing import MailTask
from persistence.migrations import OtherStep, require_step
from persistence.records import RoleProfile
from persistence.sealing import JournalSealer
from persistence.seeds.fiction import fictional_signer, fictional_vault
from persistence.signing import Signer
from persistence.vault import Vault
from resolvers.graph import Graph
from schema.contract import types
from server.demo.issuer import DemoIssuer
from server.demo.provider import DemoProvider

from .clock import Clock, DemoClock, SystemClock
from .console_host import ConsoleHost, open_console, pages
from .faults import Outage
from .graph_edge import GraphEdge
from .health import Health
from .hosts import Hosts
from .identity import Verifier
from .imports import ImportEdge
from .jwks import JwksSource, RemoteJwks, StaticJwks
from .keys import PublicKeys
from .logs import configure
from .mask import AnswerMask
from .mishaps import Endpoint, answers_to_faults, apology
from .settings import RegisterSettings, Settings
from .smtp import SmtpRelay

LAST_SECONDS = 5
"""How long the register may take to let the process end."""
logger = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    clock: Clock | None = None,
    machine: Clock | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    tasks: bool = True,
) -> Starlette:
    """Return the application for these settings.

    A test may give the clock of the rules, the machine's clock (sessions, tokens), and
    the transport to the provider of identity. Without `tasks`, the background work is
    left to the test.
    """
    machine = machine or SystemClock()
    clock = clock or create_clock(settings)
    database = Database(settings.database_url)
    policy, vault = load(), create_vault(settings)
    outage = Outage()
    graph = compose(database, vault)
    verifier = Verifier(settings.issuer, settings.audience, _keys(settings))
    edge = GraphEdge(graph, verifier, clock, outage)
    files = ImportEdge(graph, verifier, clock, outage)

    async def probe() -> None:
        await require_step(database)
        await require_keys(database, vault)

    health = Health(probe, policy.policy_hash, outage)
    signer = create_signer(settings)
    sealer = JournalSealer(database, machine.now, signer)
    mailer = create_mailer(settings, database, policy, clock, machine)
    console = open_console(settings, database, vault, machine, transport)
    console_routes: list[BaseRoute] = []
    if console is not None:
        console_routes += console.routes
        console_routes += _demo_provider(settings, console, machine)
        console_routes += pages(console, settings, edge, files, clock)
    endpoints = _endpoints_by_name(console_routes)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        logger.info("policy %s", policy.policy_hash)
        running: list[asyncio.Task[None]] = []
        try:
            await _greet(database, vault)
            tune_garbage_collection()
            if tasks:
                running.append(asyncio.create_task(sealer.run()))
            if tasks and mailer is not None:
                running.append(asyncio.create_task(mailer.run()))
            yield {"stop": health.stop}
        finally:
            health.stop()
            sealer.stop()
            if mailer is not None:
                mailer.stop()
            await _close(database, running)

    app = Starlette(
        routes=[
            *edge.routes(),
            *files.routes(),
            *health.routes(),
            *PublicKeys(signer.keys).routes(),
            *console_routes,
        ],
        middleware=[
            Middleware(
                AnswerMask, apology=apology(endpoints, outage), demo=settings.demo
            ),
            Middleware(Hosts, names=settings.allowed_hosts),
        ],
        lifespan=lifespan,
        exception_handlers=answers_to_faults(endpoints, outage),
    )
    if console is not None:
        app.state.sessions = console.sessions
        app.state.same_origin = console.same_origin
        app.state.provider = console.provider
    return app


async def _greet(database: Database, vault: Vault) -> None:
    """Write the first value that the vault's keys must decrypt later.

    A register that cannot serve does not stop the start: `/readyz` says so.
    """
    with suppress(OtherStep, RegisterFault):
        await require_step(database)
        await keep_canary(database, vault)


async def _close(database: Database, running: Sequence[asyncio.Task[None]]) -> None:
    """Let the background work end, then close the register.

    A register that does not answer does not keep the process from ending.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_SECONDS):
            await asyncio.gather(*running)
            await database.close()


def _demo_provider(
    settings: Settings, console: ConsoleHost, machine: Clock
) -> Sequence[BaseRoute]:
    """Return the routes of the demonstration's provider of identity, if it has one."""
    if settings.demo_key is None or settings.console is None:
        return ()
    issuer = DemoIssuer(settings.demo_key, settings.audience, machine.now)
    is_same_origin = console.same_origin
    provider = DemoProvider(settings.console, issuer, is_same_origin, machine.now)
    return provider.routes()


def _endpoints_by_name(routes: Sequence[BaseRoute]) -> dict[str, Endpoint]:
    return {route.name: route.endpoint for route in routes if isinstance(route, Route)}


def tune_garbage_collection() -> None:
    """Keep the garbage collector away from the objects of the start, which all stay.

    Walking them again during each large batch took a fifth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def compose(database: Database, vault: Vault) -> Graph:
    """Return the graph over this register: one schema, one policy, one set of keys."""
    contract = types()
    return Graph(database, load(), contract.schema, contract, vault)


def create_vault(settings: RegisterSettings) -> Vault:
    """Return the keys of personal numbers.

    A demonstration has only fictional numbers, and its keys are public.
    """
    if settings.nir_keys is None:
        return fictional_vault()
    return Vault.read(settings.nir_keys)


def create_signer(settings: RegisterSettings) -> Signer:
    """Return the key of receipts. Raises `VaultError` where the file has none.

    That of a demonstration is public, as its other keys are.
    """
    if settings.nir_keys is None:
        return fictional_signer()
    return Signer.read(settings.nir_keys)


def from_environ() -> Starlette:
    """Return the application: Uvicorn calls this in each worker."""
    import os  # noqa: PLC0415 nothing else here reads the environment

    configure()
    return create_app(Settings.from_environ(os.environ))


def _keys(settings: Settings) -> JwksSource:
    if settings.demo_key is not None:
        return StaticJwks(DemoIssuer(settings.demo_key, settings.audience).jwks())
    assert settings.jwks_url is not None
    return RemoteJwks(settings.jwks_url)


def create_mailer(
    settings: Settings,
    database: Database,
    policy: Engine,
    clock: Clock,
    machine: Clock,
) -> MailTask | None:
    """Return the task that sends the mail; None without a relay."""
    if settings.smtp is None:
        return None
    profiles = []
    for profile in RoleProfile:
        role = f"member_{profile.lower()}"
        if policy.plan(frozenset({role}), "Declaration", "deposit"):
            profiles.append(profile.value)
    relay = SmtpRelay(settings.smtp)
    now, today = clock.now, clock.today
    return MailTask(database, relay, profiles, machine.now, now, today)


def create_clock(settings: RegisterSettings) -> Clock:
    """Return the clock of the rules: the demonstration's day, or the machine's."""
    if settings.demo_day is None:
        return SystemClock()
    return DemoClock(settings.demo_day)
