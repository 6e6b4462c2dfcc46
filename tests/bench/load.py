"""A small load: some connections kept busy for some seconds, answers counted and compared."""

import asyncio
import sys
import time

CONNECTIONS = 4


async def _drive(host: str, port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    done = 0
    while time.monotonic() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
        done += 1
    writer.close()
    return done


async def rate(port: int, request: bytes, seconds: float) -> float:
    """Answers per second over the connections."""
    began = time.monotonic()
    counts = await asyncio.gather(*(_drive("127.0.0.1", port, request, began + seconds) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


def main() -> None:
    """`load PORT SECONDS`, the request on standard input; prints the rate."""
    import uvloop  # noqa: PLC0415 this process only

    print(uvloop.run(rate(int(sys.argv[1]), sys.stdin.buffer.read(), float(sys.argv[2]))))


if __name__ == "__main__":
    main()
