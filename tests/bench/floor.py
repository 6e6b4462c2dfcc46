"""The floor: Starlette and the bare driver with fixed SQL. It verifies the same token and resolves the same caller."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.engine import Database
from persistence.facts.callers import Identity, caller_statement
from persistence.pools import SESSION
from persistence.reading.binds import Holdings
from resolvers.subjects import subject_of
from server.demo.issuer import DemoIssuer
from server.identity import Verifier
from server.jwks import StaticJwks
from server.settings import DEMO_ISSUER, Settings

from .deposits import copy
from .questions import QUESTIONS

DAY = date(2026, 12, 10)


def create() -> Starlette:
    issuer = DemoIssuer(Path(os.environ["DEMO_KEY"]))
    verifier = Verifier(DEMO_ISSUER, "habilitations", StaticJwks(issuer.jwks()))
    database = Database(Settings.from_environ(os.environ).database_url)
    caller = caller_statement(database.dialect)
    held: Any = Holdings(DAY, None, lambda _a, _r: ())  # type: ignore[arg-type]

    async def known(identity: Identity, driver: Any) -> None:  # noqa: ANN401 a connection
        row = await database.value(
            caller.text, caller.binds(identity.variables, held), driver
        )
        assert subject_of(orjson.loads(row)).user

    async def answer(request: Request) -> Response:
        identity = await verifier.identify(request.headers.get("authorization"))
        await request.body()
        question = QUESTIONS[int(request.path_params["number"])]
        async with connected(request) as driver:
            await known(identity, driver)
            text = await database.value(
                question.fixed(database.dialect),
                question.given(database.dialect, DAY),
                driver,
            )
        return Response(
            b'{"data":' + text.encode() + b"}",
            200,
            {"Cache-Control": "no-store"},
            "application/json",
        )

    async def deposit(request: Request) -> Response:
        identity = await verifier.identify(request.headers.get("authorization"))
        body = await request.body()
        async with connected(request) as driver:
            await known(identity, driver)
        run, pool = str(request.path_params["run"]), request.app.state.pool
        made = await copy(
            body,
            run,
            new=request.path_params["kind"] == "new",
            database=database,
            pool=pool,
        )
        return Response(made, 200, {"Cache-Control": "no-store"}, "application/json")

    @asynccontextmanager
    async def connected(request: Request) -> AsyncIterator[Any]:
        if request.app.state.pool is None:
            async with database.reading() as driver:
                yield driver
            return
        async with request.app.state.pool.acquire() as driver:
            yield driver

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.pool = None
        if database.dialect == "sqlite":
            yield
            return
        async with asyncpg.create_pool(
            os.environ["DATABASE_URL"],
            min_size=10,
            max_size=10,
            statement_cache_size=500,
            max_cacheable_statement_size=0,
            server_settings=SESSION,
            reset=_no_reset,
        ) as pool:
            app.state.pool = pool
            yield

    routes = [
        Route("/graphql/{number:int}", answer, methods=["POST"]),
        Route("/deposit/{kind}/{run}", deposit, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _no_reset(_connection: object) -> None:
    """Its pool's reset is a round trip that the graph's pool does not pay."""
