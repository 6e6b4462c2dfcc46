"""The outermost layer of the process.

Every answer has a request number and its security headers; every failure is masked.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import request_ids
from .graph_answers import bare

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of each answer, unless it sets its own: nobody stores it, it runs nothing."""
TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
Apology: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
logger = logging.getLogger(__name__)


class AnswerMask:
    """`apology` gives the answer to a failure; `demo` is served without TLS."""

    def __init__(self, app: ASGIApp, apology: Apology, *, demo: bool) -> None:
        self._app, self._apology = app, apology
        self._headers = HEADERS if demo else HEADERS | TLS_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = request_ids.begin()
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Request-Id", number)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            logger.info("the client left in request %s", number)
        except Exception as defect:  # noqa: BLE001 its text may hold values
            if has_begun:
                # Too late for another answer: the connection is cut. The trace that the
                # server logs has no text, hence no value.
                raise bare(defect) from None
            response = await self._apology(Request(scope, receive), defect)
            await response(scope, receive, send_with_headers)
