"""The outermost layer of the process: whatever it answers has a number and its headers, whatever fails is masked."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import request_ids
from .graph_edge import bare

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Of each answer, unless it says otherwise: it is kept by nobody, and runs nothing."""
TLS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}
Apology: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
logger = logging.getLogger(__name__)


class Mask:
    """`apology` answers what failed; `demo` is served without TLS."""

    def __init__(self, app: ASGIApp, apology: Apology, *, demo: bool) -> None:
        self._app, self._apology = app, apology
        self._headers = HEADERS if demo else HEADERS | TLS_ALONE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, begins = request_ids.begin(), True

        async def dress(message: Message) -> None:
            nonlocal begins
            if message["type"] == "http.response.start":
                begins = False
                headers = MutableHeaders(scope=message)
                for name, value in {"X-Request-Id": number, **self._headers}.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, dress)
        except ClientDisconnect:
            logger.info("the client left in request %s", number)
        except Exception as defect:  # noqa: BLE001 whatever fails is masked, its text may hold values
            if not begins:  # too late for another answer: the connection is cut, and its trace says no value
                raise bare(defect) from None
            response = await self._apology(Request(scope, receive), defect)
            await response(scope, receive, dress)
