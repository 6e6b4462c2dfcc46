"""A relay between us and PostgreSQL, that a test cuts as a network would."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import make_url

CHUNK = 65_536


class Relay:
    """Listens on a port of this machine; `cut` drops what is under way, `close` refuses what comes after too."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.passes = asyncio.Event()
        self.passes.set()
        """Cleared, nothing passes any more, and nobody is told: a network that swallows."""
        self.cuts_before: Callable[[bytes], bool] = lambda _: False
        """What a client must not get to say: the connection is cut instead."""
        self.cuts_after: Callable[[bytes], bool] = lambda _: False
        """What a client says, and never hears the answer of."""

    @property
    def url(self) -> str:
        through = self._url.set(
            host="127.0.0.1", port=self.port
        ).difference_update_query(["host", "port"])
        return through.render_as_string(hide_password=False)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self) -> None:
        for writer in self._transports:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host, port = self._url.query.get("host", self._url.host), self._url.port or 5432
        if str(host).startswith("/"):
            theirs, ours = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            theirs, ours = await asyncio.open_connection(str(host), port)
        both, deaf = {writer, ours}, asyncio.Event()
        self._transports |= both
        task: Any = asyncio.current_task()
        self._tasks.add(task)
        with suppress(OSError):
            await asyncio.gather(
                self._ask(reader, ours, deaf), self._answer(theirs, writer, deaf)
            )
        for each in both:
            each.transport.abort()
        self._tasks.discard(task)
        self._transports -= both

    async def _ask(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        deaf: asyncio.Event,
    ) -> None:
        while chunk := await source.read(CHUNK):
            if self.cuts_before(chunk):
                break
            if self.cuts_after(chunk):
                deaf.set()
            await self.passes.wait()
            target.write(chunk)
            await target.drain()
        raise ConnectionError

    async def _answer(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        deaf: asyncio.Event,
    ) -> None:
        while chunk := await source.read(CHUNK):
            if deaf.is_set():
                break
            await self.passes.wait()
            target.write(chunk)
            await target.drain()
        raise ConnectionError
