"""Whether the process lives, and whether to send it requests.

Both answers are given without a token, hence without a detail.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .faults import Outage

PROBE_SECONDS = 1
FRESH = {"Cache-Control": "no-store"}


class Health:
    """Serves `/livez` and `/readyz`.

    `probe` raises when the register cannot serve. `stop` makes `/readyz` say no, so
    that requests go elsewhere before the process ends.
    """

    def __init__(
        self,
        probe: Callable[[], Awaitable[object]],
        policy: str,
        outage: Outage | None = None,
    ) -> None:
        self._probe = probe
        self._outage = outage or Outage()
        self._policy = policy
        self._stopping = False

    def routes(self) -> list[Route]:
        return [Route("/livez", self._live), Route("/readyz", self._ready)]

    def stop(self) -> None:
        self._stopping = True

    async def _live(self, _: Request) -> Response:
        return PlainTextResponse("ok", headers=FRESH)

    async def _ready(self, _: Request) -> Response:
        if self._stopping or not await self._is_serving():
            body = {"status": "unavailable"}
            return JSONResponse(body, status_code=503, headers=FRESH)
        body = {"status": "ready", "policy": self._policy}
        return JSONResponse(body, headers=FRESH)

    async def _is_serving(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._probe()
        except Exception as fault:  # noqa: BLE001 the answer is the same for any fault
            self._outage.log(fault)
            return False
        return True
