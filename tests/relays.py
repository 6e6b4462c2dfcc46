"""A relay of mail for the tests: a small SMTP server on this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Delivery:
    """What the relay has taken: to whom, and the message."""

    addresses: list[str]
    message: EmailMessage


@dataclass
class LocalRelay:
    """Answers as SMTP asks.

    `codes` are the next answers to MAIL, RCPT or DATA's end, by command. `hang_up`:
    close the connection once the message has come, without an answer.
    """

    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    codes: dict[str, list[int]] = field(default_factory=dict)
    hang_up: bool = False

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        addresses: list[str] = []
        await self._answer(writer, 220)
        while line := await reader.readline():
            command, _, rest = line.decode().strip().partition(" ")
            match command.upper():
                case "EHLO" | "HELO" | "RSET" | "NOOP":
                    await self._answer(writer, 250)
                case "MAIL":
                    addresses = []
                    await self._answer(writer, self._code("MAIL", 250))
                case "RCPT":
                    code = self._code("RCPT", 250)
                    if code == 250:
                        addresses.append(rest.partition("<")[2].partition(">")[0])
                    await self._answer(writer, code)
                case "DATA":
                    await self._answer(writer, 354)
                    content = await self._content(reader)
                    code = self._code("END", 250)
                    if code == 250:
                        message = message_from_bytes(content, policy=policy.default)
                        assert isinstance(message, EmailMessage)
                        self.deliveries.append(Delivery(addresses, message))
                    if self.hang_up:
                        break
                    await self._answer(writer, code)
                case "QUIT":
                    await self._answer(writer, 221)
                    break
                case _:
                    await self._answer(writer, 502)
        writer.close()

    def _code(self, command: str, usual: int) -> int:
        codes = self.codes.get(command)
        return codes.pop(0) if codes else usual

    async def _answer(self, writer: asyncio.StreamWriter, code: int) -> None:
        writer.write(f"{code} relay\r\n".encode())
        await writer.drain()

    async def _content(self, reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


@asynccontextmanager
async def a_relay() -> AsyncIterator[LocalRelay]:
    relay = LocalRelay()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        await server.wait_closed()
