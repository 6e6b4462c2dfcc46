"""The floor: Starlette and asyncpg with fixed SQL. It verifies the same token and resolves the same caller."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.callers import caller_statement
from persistence.engine import SESSION
from persistence.reader import Held
from resolvers.context import subject_of
from server.demo_issuer import DEMO_ISSUER, DemoIssuer
from server.identity import Verifier
from server.jwks import StaticJwks

from .questions import QUESTIONS

DAY = date(2026, 12, 10)


def create() -> Starlette:
    issuer = DemoIssuer(Path(os.environ["DEMO_KEY"]))
    verifier = Verifier(DEMO_ISSUER, "habilitations", StaticJwks(issuer.jwks()))
    caller = caller_statement("postgresql")
    held: Any = Held(DAY, None, lambda _a, _r: ())  # type: ignore[arg-type]

    async def answer(request: Request) -> Response:
        identity = await verifier.identify(request.headers.get("authorization"))
        await request.body()
        question = QUESTIONS[int(request.path_params["number"])]
        async with request.app.state.pool.acquire() as connection:
            row = await connection.fetchval(caller.text, *caller.binds(identity._asdict(), held))
            assert "agent_managing" in subject_of(row).roles
            text = await connection.fetchval(question.sql, DAY, *question.variables.values())
        return Response(b'{"data":' + text.encode() + b"}", 200, {"Cache-Control": "no-store"}, "application/json")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
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

    return Starlette(routes=[Route("/graphql/{number:int}", answer, methods=["POST"])], lifespan=lifespan)


async def _no_reset(_connection: object) -> None:
    """Its pool's reset is a round trip that the graph's pool does not pay."""
