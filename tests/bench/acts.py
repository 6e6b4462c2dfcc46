"""What an act costs the process: its processor milliseconds and its statements, on the demonstration's register."""

import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import make_url, text

from persistence.engine import Database
from persistence.migrations import migrate
from persistence.seeds.demo import seed_demo
from persistence.seeds.reference import seed_reference
from server.app import create_app
from server.demo.issuer import DemoIssuer
from server.settings import DEMO_ISSUER, Settings
from tests.acting.counting import payload_of, statements_sent
from tests.conftest import TODAY, Asker, HeldClock
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Person, an_open_esat

ROUNDS = 30
CANAL = "99990001200025"
PARIS = "agent-paris"
Step = tuple[str, str, dict[str, Any]]
"""Who does which act, and its input."""


async def measure_acts(url: str) -> None:
    """Print one line for each act; the register at `url` is empty, and is left as the acts make it."""
    async with _graph(url) as asker:
        esat = await an_open_esat(Person(asker, PARIS), "jo")
        rounds = {
            "userSuspend": _suspensions(esat.member.affiliation),
            "eligibilityDecide": _decisions(esat.partner.id),
            "remunerationsDeclare": _declarations(),
            "conventionClose": _closings(esat.convention),
        }
        for act, steps in rounds.items():
            milliseconds, statements = await _measure(asker, act, steps)
            print(
                f"(7) {act} : {milliseconds:5.1f} ms de processeur, {statements} requêtes SQL",
                flush=True,
            )


async def _measure(asker: Asker, act: str, steps: Iterator[Step]) -> tuple[float, int]:
    """The median of the rounds in processor milliseconds, and the statements of the last one."""
    spent: list[float] = []
    statements = 0
    with statements_sent() as sent:
        while len(spent) < ROUNDS:
            who, name, given = next(steps)
            sent.texts.clear()
            before = time.process_time()
            await Person(asker, who).does(name, payload_of(name), **given)
            if name == act:
                spent.append((time.process_time() - before) * 1000)
                statements = len(sent.texts)
    return statistics.median(spent), statements


def _suspensions(affiliation: str) -> Iterator[Step]:
    while True:
        yield (
            PARIS,
            "userSuspend",
            {"affiliationId": affiliation, "suspensionReason": "Vérification"},
        )
        yield PARIS, "userReinstate", {"affiliationId": affiliation}


def _decisions(partner: str) -> Iterator[Step]:
    decision = {
        "partnerId": partner,
        "serviceId": "svc_CDAP",
        "ground": "Mission vérifiée",
    }
    while True:
        yield PARIS, "eligibilityDecide", decision | {"decision": "ELIGIBLE"}
        yield PARIS, "eligibilityDecide", decision | {"decision": "NOT_ELIGIBLE"}


def _declarations() -> Iterator[Step]:
    """Each replaces the one before: the same person, another amount."""
    for number in count(1):
        line = a_line(1, netRemuneration=f"{1_000 + number},32")
        yield (
            "declarante-canal",
            "remunerationsDeclare",
            a_deposit(CANAL, uuid4().hex, line, reason="Correction"),
        )


def _closings(convention: str) -> Iterator[Step]:
    closing = {"on": "2026-12-31", "closingReason": "TERMINATED_BY_CAF"}
    while True:
        yield PARIS, "conventionClose", {"conventionId": convention} | closing
        yield PARIS, "conventionClosingCancel", {"conventionId": convention}


@asynccontextmanager
async def _graph(url: str) -> AsyncIterator[Asker]:
    """The graph in this process, over a register just filled with the demonstration."""
    database = Database(
        url.replace("postgresql:", "postgresql+asyncpg:").replace(
            "sqlite:", "sqlite+aiosqlite:"
        )
    )
    database.lay()
    await migrate(database)
    async with database.transaction() as session:
        await seed_reference(session)
    await seed_demo(database, DEMO_ISSUER, TODAY)
    await database.close()
    with tempfile.TemporaryDirectory() as folder:
        key = str(Path(folder) / "issuer.jwk")
        issuer = DemoIssuer(Path(key))
        settings = Settings.from_environ(
            {"DEMO": "1", "DATABASE_URL": url, "DEMO_KEY": key}
        )
        app = create_app(settings, HeldClock(), tasks=False)
        transport = httpx.ASGITransport(app=app)
        async with (
            httpx.AsyncClient(
                transport=transport, base_url="http://localhost", timeout=60
            ) as client,
            app.router.lifespan_context(app),
        ):
            yield Asker(client, issuer)


def in_server(server: str, name: str) -> str:
    """The address of a database on this server, with the options of the server's own address."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def measure_on_sqlite() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await measure_acts(f"sqlite:///{folder}/acts.db")


async def measure_on_postgresql(server: str) -> None:
    """In a database of its own on this server, dropped at the end."""
    name = f"habilitations_acts_{uuid4().hex[:8]}"
    admin = Database(server.replace("postgresql://", "postgresql+asyncpg://"))
    async with admin.writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            await measure_acts(in_server(server, name))
        finally:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.close()
