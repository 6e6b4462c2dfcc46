"""Whoever is not signed in, or sends a form of another session, goes round by sign-in.

What they had typed is saved, and comes back after.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .answering import Console
from .page_errors import PageError
from .ports import Session
from .requests import TOKEN, address, with_query

LARGEST_FIELD = 2_000_000
"""In bytes."""
Handler = Callable[[Request, Any], Awaitable[Response]]


def signed_in(
    console: Console, handler: Handler
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for somebody who is signed in.

    A form that arrives without a session is saved, to be found again after signing
    in.
    """

    async def endpoint(request: Request) -> Response:
        session = await console.ports.sessions.of(request)
        if session is None:
            return await _sign_in_first(console, request)
        try:
            if request.method != "GET":
                _require_own_page(console, request)
                if not await _is_current_form(request, session):
                    return await _send_again(console, request)
            return await handler(request, session)
        except PageError as error:
            return await console.error_page(request, session, error)

    return endpoint


def _require_own_page(console: Console, request: Request) -> None:
    """Raise `PageError` for a form that another site sent."""
    if not console.ports.same_origin(request):
        raise PageError(403)


async def _is_current_form(request: Request, session: Session) -> bool:
    """Whether a form is of this session, rather than of one before it."""
    form = await request.form(max_part_size=LARGEST_FIELD)
    return session.accepts(str(form.get(TOKEN, "")))


async def _send_again(console: Console, request: Request) -> Response:
    """A form left open while its session changed: it comes back, to be sent."""
    await console.save_draft(request)
    return RedirectResponse(with_query(address(request), saisie="1"), 303)


async def _sign_in_first(console: Console, request: Request) -> Response:
    expired = await console.ports.sessions.expired(request)
    back = address(request)
    is_own_form = request.method != "GET" and console.ports.same_origin(request)
    if is_own_form and expired:
        await console.save_draft(request)
        back = with_query(back, saisie="1")
    parameters = {"retour": back}
    if expired:
        parameters["motif"] = "expiree"
    return RedirectResponse("/connexion?" + urlencode(parameters), 303)


async def confirm_identity(console: Console, request: Request) -> Response:
    """Sign in again before a sensitive act; what was typed comes back after."""
    await console.save_draft(request)
    back = with_query(address(request), saisie="1")
    parameters = urlencode({"force": "1", "retour": back})
    return RedirectResponse(f"/connexion/aller?{parameters}", 303)
