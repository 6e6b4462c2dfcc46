"""A small load: some connections kept busy, answers counted and compared."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import repeat

CONNECTIONS = 4


async def _drive(port: int, requests: Iterator[bytes], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = 0
    for request in requests:
        if time.monotonic() >= until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        body = await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
        assert b'"errors":[{' not in body, body[:400]
        done += 1
    writer.close()
    return done


async def rate(port: int, requests: Sequence[bytes], seconds: float) -> float:
    """Answers per second over the connections: one request again and again, or each of several once."""
    shared = repeat(requests[0]) if len(requests) == 1 else iter(requests)
    began = time.monotonic()
    counts = await asyncio.gather(
        *(_drive(port, shared, began + seconds) for _ in range(CONNECTIONS))
    )
    return sum(counts) / (time.monotonic() - began)


def main() -> None:
    """`load PORT SECONDS`, requests on standard input, each after its length in a line; prints the rate."""
    import uvloop  # noqa: PLC0415 this process only

    requests = []
    while length := sys.stdin.buffer.readline():
        requests.append(sys.stdin.buffer.read(int(length)))
    print(uvloop.run(rate(int(sys.argv[1]), requests, float(sys.argv[2]))))


if __name__ == "__main__":
    main()
