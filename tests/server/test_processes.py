"""Real servers: what a stop costs whoever is being served, and what each worker process logs."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server.demo.issuer import DemoIssuer
from tests.conftest import ROOT, Copies, _free_port, _plain

BODY = b'{"query": "{ viewer { user { familyName } } }"}'
CLIENTS, ENOUGH = 8, 40
REFUSED = {
    "query": "mutation($i: ActivityAttestInput!) { activityAttest(input: $i) { errors { code } } }",
    "variables": {"i": {"partnerId": "ptr_99990001200025", "evidence": "Appel"}},
}


class Load:
    """Clients that ask one question after another, each on a connection that it uses again while it can."""

    def __init__(self, port: int, token: str, *, reuse: bool) -> None:
        self.port, self.reuse = port, reuse
        close = "" if reuse else "Connection: close\r\n"
        head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n{close}"
        self.request = (
            f"{head}Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
            + BODY
        )
        self.ends: Counter[str] = Counter()

    async def run(self) -> None:
        await asyncio.gather(*(self._client() for _ in range(CLIENTS)))

    async def _client(self) -> None:
        streams = None
        while True:
            if streams is None:
                try:
                    streams = await asyncio.open_connection("127.0.0.1", self.port)
                except ConnectionRefusedError:
                    return  # told at once that nobody is there: nothing was sent, nothing is lost
            reader, writer = streams
            if (
                reader.at_eof()
            ):  # closed while it was idle: a client sees it before it sends
                writer.close()
                streams = None
                continue
            end, closed = await self._ask(reader, writer)
            self.ends[end] += 1
            if closed or not self.reuse:
                writer.close()
                streams = None

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[str, bool]:
        """How the request ended, and whether the connection is closed with it."""
        try:
            writer.write(self.request)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as met:
            return f"lost: {type(met).__name__}", True
        return (
            head[9:12].decode() if b"familyName" in body else "lost: half",
            b"connection: close" in head,
        )


@pytest.fixture
async def seeded(copies: Copies) -> AsyncIterator[str]:
    url = await copies.fresh("sqlite")
    yield url
    await copies.drop(url)


@asynccontextmanager
async def server(
    url: str, issuer_file: Path, **environ: str
) -> AsyncIterator[tuple[subprocess.Popen[str], int]]:
    port = _free_port()
    ours = {
        "DEMO": "1",
        "DATABASE_URL": _plain(url),
        "DEMO_KEY": str(issuer_file),
        "PORT": str(port),
    }
    process = subprocess.Popen(  # noqa: ASYNC220 our own server
        [sys.executable, "-m", "server.cli", "serve"],
        cwd=ROOT,
        env={**os.environ, **ours, **environ},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        async with httpx.AsyncClient() as client, asyncio.timeout(120):
            while await ready(client, port) != httpx.codes.OK:
                assert process.poll() is None, process.stderr and process.stderr.read()
                await asyncio.sleep(0.05)
        yield process, port
    finally:
        process.terminate()
        process.communicate(timeout=60)


def bearer(issuer: DemoIssuer, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.issue(who)}"}


async def ready(client: httpx.AsyncClient, port: int) -> int:
    try:
        return (
            await client.get(
                f"http://127.0.0.1:{port}/readyz", headers={"Connection": "close"}
            )
        ).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_stop_under_load_loses_no_request_and_each_worker_logs_at_its_level(
    seeded: str, issuer: DemoIssuer, issuer_file: Path, workers: str
) -> None:
    async with server(seeded, issuer_file, WORKERS=workers) as (process, port):
        loads = [
            Load(port, issuer.issue("agent-paris"), reuse=reuse)
            for reuse in (True, False)
        ]
        async with httpx.AsyncClient() as client:
            await client.post(
                f"http://127.0.0.1:{port}/graphql",
                json=REFUSED,
                headers=bearer(issuer, "nobody"),
            )
        running = asyncio.gather(*(load.run() for load in loads))
        async with asyncio.timeout(120):
            while min(load.ends["200"] for load in loads) < ENOUGH:  # noqa: ASYNC110 a server is what is waited for
                await asyncio.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            await running
            log = (await asyncio.to_thread(process.communicate))[1].splitlines()

    assert [set(load.ends) for load in loads] == [{"200"}] * 2, [
        load.ends for load in loads
    ]
    assert process.returncode == 0
    assert len(
        [line for line in log if line.startswith("INFO server.app policy ")]
    ) == int(workers)
    assert [line for line in log if "refused activityAttest UNKNOWN_CALLER" in line]
    assert not [
        line for line in log if line.startswith(("INFO httpx", "DEBUG", "INFO casbin"))
    ]


async def test_a_stop_is_announced_while_what_comes_is_still_served(
    seeded: str, issuer: DemoIssuer, issuer_file: Path
) -> None:
    async with (
        server(seeded, issuer_file, STOP_SECONDS="2") as (process, port),
        httpx.AsyncClient() as client,
    ):
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(2):
            while await ready(client, port) == httpx.codes.OK:  # noqa: ASYNC110 a server is what is waited for
                await asyncio.sleep(0.02)

        body = {"query": "{ viewer { user { familyName } } }"}
        answer = await client.post(
            f"http://127.0.0.1:{port}/graphql",
            json=body,
            headers=bearer(issuer, "agent-paris"),
        )

        assert answer.status_code == 200
        assert answer.headers["connection"] == "close"
        assert await ready(client, port) == 503
        assert await asyncio.to_thread(process.wait, 30) == 0


async def test_an_interruption_from_the_keyboard_ends_at_once_and_without_a_trace(
    seeded: str, issuer_file: Path
) -> None:
    """A terminal interrupts every process of the group."""
    async with server(seeded, issuer_file, WORKERS="2", STOP_SECONDS="60") as (
        process,
        _,
    ):
        os.killpg(process.pid, signal.SIGINT)
        log = (await asyncio.to_thread(process.communicate, None, 50))[1]

    assert process.returncode == 0
    assert "Traceback" not in log


async def test_an_address_that_is_taken_is_told_in_a_sentence(
    seeded: str, issuer_file: Path
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ours = {
            "DEMO": "1",
            "DATABASE_URL": _plain(seeded),
            "DEMO_KEY": str(issuer_file),
            "PORT": str(port),
        }
        command = [sys.executable, "-m", "server.cli", "serve"]

        ended = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=ROOT,
            env={**os.environ, **ours},
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 2
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith(
        f"L'adresse 127.0.0.1, port {port}, ne peut pas être ouverte"
    )
