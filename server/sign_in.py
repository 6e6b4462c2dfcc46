"""Signing in to the console, and out: OpenID Connect, authorization code. The provider is `oidc.Provider`'s affair."""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from persistence.vault import Sealer, VaultError

from .console_settings import ConsoleSettings
from .oidc import Asked, Failed, Motif, Provider
from .sessions import TOKEN_FIELD, Sessions, forget

COOKIE = "__Host-connexion"
LEFT = "/connexion/fin"
LASTS = timedelta(minutes=10)
LONGEST_PATH = 2000
LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")
"""Printable ASCII without a backslash: a browser drops tabs and newlines, and takes `\\` for `/`."""
LARGEST_BODY = 10_000
logger = logging.getLogger(__name__)
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class SignIn:
    """Three places: going to the provider, coming back, leaving. Whatever fails ends on `/connexion?motif=…`."""

    def __init__(
        self,
        settings: ConsoleSettings,
        provider: Provider,
        sessions: Sessions,
        sealer: Sealer,
        same_origin: Callable[[Request], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._provider, self._sessions = settings, provider, sessions
        self._sealer, self._same_origin, self._now = sealer, same_origin, now

    def routes(self) -> list[Route]:
        return [
            Route("/connexion/aller", self.go),
            Route("/connexion/retour", self.come_back),
            Route(LEFT, self.left),
            Route("/deconnexion", self.leave, methods=["POST"], max_body_size=LARGEST_BODY),
        ]

    async def go(self, request: Request) -> Response:
        """`retour`: a local path; `force=1`: the person proves again who they are, before a sensitive act."""
        elsewhere = self._under_another_name(request)
        if elsewhere:
            return _redirected(elsewhere)
        back, force = local_path(request.query_params.get("retour", "/")), request.query_params.get("force") == "1"
        asked = Asked.anew(back, force=force, now=self._now())
        try:
            response = _redirected(await self._provider.authorization_url(asked))
        except Failed as failed:
            return _failed(failed, back)
        sealed = self._sealer.seal(orjson.dumps(list(asked)), COOKIE).hex()
        lasts = int(LASTS.total_seconds())
        response.set_cookie(COOKIE, sealed, lasts, path="/", secure=True, httponly=True, samesite="lax")
        return response

    async def come_back(self, request: Request) -> Response:
        asked = self._asked(request)
        try:
            who = await self._provider.signed_in(*self._answered(asked, request))
        except Failed as failed:
            response = _failed(failed, asked.back if asked else "/")
        else:
            response = _redirected(asked.back if asked else "/")
            await self._sessions.begin(request, who, response)
        forget(response, COOKIE)
        return response

    async def leave(self, request: Request) -> Response:
        """A form of our own, with its token. Without a living session there is nothing left to end."""
        session = await self._sessions.of(request) if self._same_origin(request) else None
        token = (await request.form()).get(TOKEN_FIELD) if session else None
        if not self._same_origin(request) or (session and not session.accepts(str(token))):
            return PlainTextResponse("Cette demande ne vient pas d'une page de ce site.", 403, HEADERS)
        response = _told(Motif.SIGNED_OUT)
        id_token = await self._sessions.end(session, response) if session else None
        goodbye = await self._provider.goodbye_url(id_token, self._settings.public_url + LEFT) if id_token else None
        if goodbye:
            response.headers["location"] = goodbye
        return response

    async def left(self, _: Request) -> Response:
        """Back from the provider: an address without a parameter, as one is declared there."""
        return _told(Motif.SIGNED_OUT)

    def _asked(self, request: Request) -> Asked | None:
        try:
            sealed = bytes.fromhex(request.cookies.get(COOKIE, ""))
            return Asked(*orjson.loads(self._sealer.open(sealed, COOKIE)))
        except (VaultError, ValueError, TypeError):
            return None

    def _answered(self, asked: Asked | None, request: Request) -> tuple[Asked, str]:
        """What was asked, and the code that answers it."""
        told: dict[str, str] = dict(request.query_params)
        issuer = self._provider.issuer
        if asked is None or told.get("state") != asked.state or told.get("iss", issuer) != issuer:
            raise Failed(Motif.STATE)
        if self._now().timestamp() - asked.at > LASTS.total_seconds():
            raise Failed(Motif.LATE)
        if "error" in told or not told.get("code"):
            raise Failed(Motif.REFUSED)
        return asked, told["code"]

    def _under_another_name(self, request: Request) -> str | None:
        """This machine has several names, and a cookie knows one: the sign-in starts where it will come back."""
        ours = urlsplit(self._settings.public_url)
        if not self._settings.is_local or request.url.netloc == ours.netloc:
            return None
        return str(request.url.replace(scheme=ours.scheme, netloc=ours.netloc))


def local_path(path: str) -> str:
    """The path, if it leads nowhere but here; else the home page."""
    return path if len(path) <= LONGEST_PATH and LOCAL_PATH.fullmatch(path) else "/"


def _failed(failed: Failed, back: str = "/") -> Response:
    logger.info("no sign-in: %s", failed.motif)
    return _told(failed.motif, back)


def _told(motif: Motif, back: str = "/") -> Response:
    asked = {"motif": motif.value} | ({"retour": back} if back != "/" else {})
    return _redirected(f"/connexion?{urlencode(asked)}")


def _redirected(url: str) -> Response:
    return RedirectResponse(url, 303, HEADERS)
