"""The processes of the server: one or several on the same sockets, which log alike and stop without losing a request.

The stop: `/readyz` says no and each answer closes its connection, while what comes is still served; then nobody is let
in; then whoever is connected finishes what was begun.
"""

import asyncio
import select
import signal
import socket
from types import FrameType

import uvicorn
from uvicorn.supervisors import multiprocess

from .settings import Settings
from .variables import SettingsError

CLOSING = (b"connection", b"close")
DRAIN_SECONDS = 25
KEEP_ALIVE_SECONDS = 75
"""Longer than a proxy keeps its connections: whoever closes first may cross a request."""
LAST_WORDS_SECONDS = 1
"""How long a connection that says nothing is waited for: its request may be on the way."""
TICK = 0.1
MOST_ROUNDS = 100


class Config(uvicorn.Config):
    """Uvicorn's, and how long a stop is announced."""

    stop_seconds: int = 0


class Server(uvicorn.Server):
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
        self._captured_signals.clear()  # raised again, they would make a failure of a stop that lost nothing

    async def _announce(self) -> None:
        """Whoever sends requests here is told to send them elsewhere, and has the time to hear it."""
        stop = self.lifespan.state.get("stop")
        if stop is not None:
            stop()
        self.config.encoded_headers.append(CLOSING)
        for tick in range(0 if self.interrupted else round(self.config.stop_seconds / TICK)):
            await self.on_tick(tick)
            await asyncio.sleep(TICK)
        await self.on_tick(0)

    async def _stop_listening(self, sockets: list[socket.socket]) -> None:
        """What the system has let in already is taken first."""
        for _ in range(MOST_ROUNDS):
            if not select.select(sockets, [], [], 0)[0]:
                break
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()

    async def _hear_last_words(self) -> None:
        for _ in range(round(LAST_WORDS_SECONDS / TICK)):
            if not self.server_state.connections:
                break
            await asyncio.sleep(TICK)


class Worker(multiprocess.Process):
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
        for each in self.sockets:
            each.close()  # ours kept the door open for whom nobody would serve


def run(settings: Settings) -> None:
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
    sockets = _listening(settings.host, settings.port)
    if settings.workers == 1:
        Server(config).run(sockets)
        return
    setattr(multiprocess, "Process", Worker)  # noqa: B010 the supervisor has no other way to be given its workers
    Workers(config, sockets).run()


def _listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host. Raises `SettingsError`."""
    sockets = []
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            made = socket.socket(family, kind, protocol)
            sockets.append(made)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made.bind(address)
            made.set_inheritable(True)
    except OSError:
        for each in sockets:
            each.close()
        raise SettingsError(
            f"L'adresse {host}, port {port}, ne peut pas être ouverte : elle est prise, ou n'est pas de cette machine."
        ) from None
    return sockets
