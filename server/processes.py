"""The processes of the server: one or several on the same sockets.

A stop loses no request. It has three steps:

1. `/readyz` says no and each answer closes its connection; requests are still served.
2. No new connection is accepted.
3. The open connections finish their requests.

It uses private hooks into Uvicorn; the lock holds the version.
"""

import asyncio
import select
import signal
import socket
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import multiprocess

from .settings import Settings
from .variables import SettingsError

CLOSING = (b"connection", b"close")
DRAIN_SECONDS = 25
KEEP_ALIVE_SECONDS = 75
"""Longer than a proxy keeps its connections.

If we closed first, the closing could cross a request that the proxy sends.
"""
LAST_WORDS_SECONDS = 1
"""How long to wait for a silent connection: its request may be on the way."""
TICK = 0.1
MOST_ROUNDS = 100


class Config(uvicorn.Config):
    """Uvicorn's configuration, and how long a stop is announced."""

    stop_seconds: int = 0


class Server(uvicorn.Server):
    """Uvicorn's server, with a stop that loses no request."""

    config: Config
    interrupted = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.interrupted = self.interrupted or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._announce()
        await self._stop_listening(sockets or [])
        await self._hear_last_words()
        await super().shutdown(sockets)
        # Uvicorn would raise the signal again, and a clean stop would look like a
        # failure.
        self._captured_signals.clear()

    async def _announce(self) -> None:
        """Say that requests must go elsewhere, and leave the time to read it."""
        stop = self.lifespan.state.get("stop")
        if stop is not None:
            stop()
        self.config.encoded_headers.append(CLOSING)
        seconds = 0 if self.interrupted else self.config.stop_seconds
        for tick in range(round(seconds / TICK)):
            await self.on_tick(tick)
            await asyncio.sleep(TICK)
        await self.on_tick(0)

    async def _stop_listening(self, sockets: list[socket.socket]) -> None:
        """Accept what the system has queued already, then close the sockets."""
        for _ in range(MOST_ROUNDS):
            if not select.select(sockets, [], [], 0)[0]:
                break
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()

    async def _hear_last_words(self) -> None:
        for _ in range(round(LAST_WORDS_SECONDS / TICK)):
            if not self.server_state.connections:
                break
            await asyncio.sleep(TICK)


class WorkerProcess(multiprocess.Process):
    """A worker process that runs our server."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            assert isinstance(self.config, Config)
            self._server = Server(self.config)
        return self._server


class Workers(multiprocess.Multiprocess):
    """Starts the worker processes, replaces one that dies, and stops them all."""

    def terminate_all(self) -> None:
        super().terminate_all()
        # The supervisor's own sockets would accept connections that nobody serves.
        for listener in self.sockets:
            listener.close()


def run(settings: Settings) -> None:
    """Serve until a signal. Raises SettingsError when the address cannot be opened."""
    config = Config(
        "server.app:from_environ",
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        log_config=None,
        log_level="warning",
    )
    config.stop_seconds = settings.stop_seconds
    sockets = _open_sockets(settings.host, settings.port)
    if settings.workers == 1:
        Server(config).run(sockets)
        return
    # The supervisor has no other way to use our workers. mypy refuses an assignment.
    setattr(multiprocess, "Process", WorkerProcess)  # noqa: B010
    Workers(config, sockets).run()


def _open_sockets(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of the host. Raises SettingsError."""
    sockets: list[socket.socket] = []
    try:
        for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            family, kind, protocol, _, address = place
            listener = socket.socket(family, kind, protocol)
            sockets.append(listener)
            _bind(listener, family, address)
    except OSError:
        for listener in sockets:
            listener.close()
        raise SettingsError(
            f"L'adresse {host}, port {port}, ne peut pas être ouverte : elle est "
            "prise, ou n'est pas de cette machine."
        ) from None
    return sockets


def _bind(listener: socket.socket, family: int, address: Any) -> None:  # noqa: ANN401
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(address)
    listener.set_inheritable(True)
