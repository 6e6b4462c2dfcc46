"""Signing in to the console, and out: OpenID Connect, authorization code.

`oidc.Provider` speaks to the provider of identity.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from console.kernel.requests import local_path
from persistence.vault import Sealer, VaultError
from server.console_settings import ConsoleSettings

from .attempts import AuthorizationRequest, SignInError, SignInFault
from .oidc import Provider
from .sessions import TOKEN_FIELD, BrowserSessions, forget

COOKIE = "__Host-connexion"
SIGNED_OUT_PATH = "/connexion/fin"
LASTS = timedelta(minutes=10)
LONGEST_PATH = 2000
"""Of a path to come back to, in characters: the cookie of a sign-in holds it."""
LARGEST_BODY = 10_000
logger = logging.getLogger(__name__)
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class SignInRoutes:
    """The routes that lead to the provider, back from it, and out of the console.

    A sign-in that fails ends on `/connexion?motif=…`.
    """

    def __init__(
        self,
        settings: ConsoleSettings,
        provider: Provider,
        sessions: BrowserSessions,
        sealer: Sealer,
        same_origin: Callable[[Request], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._sessions = sessions
        self._sealer = sealer
        self._same_origin = same_origin
        self._now = now

    def routes(self) -> list[Route]:
        leave = Route(
            "/deconnexion", self.leave, methods=["POST"], max_body_size=LARGEST_BODY
        )
        return [
            Route("/connexion/aller", self.go),
            Route("/connexion/retour", self.come_back),
            Route(SIGNED_OUT_PATH, self.confirm_sign_out),
            leave,
        ]

    async def go(self, request: Request) -> Response:
        """Send the person to the provider.

        `retour`: the local path to come back to. `force=1`: the person must prove again
        who they are, before a sensitive act.
        """
        canonical_url = self._canonical_url(request)
        if canonical_url:
            return _redirect(canonical_url)
        back = _path_back(request)
        force = request.query_params.get("force") == "1"
        sign_in = AuthorizationRequest.new(back, force=force, now=self._now())
        try:
            url = await self._provider.authorization_url(sign_in)
        except SignInError as error:
            return _fail(error, back)
        response = _redirect(url)
        response.set_cookie(
            COOKIE,
            self._sealer.seal(orjson.dumps(list(sign_in)), COOKIE).hex(),
            int(LASTS.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response

    async def come_back(self, request: Request) -> Response:
        """Begin a session for the person who comes back from the provider."""
        sign_in = self._from_cookie(request)
        back = sign_in.back if sign_in else "/"
        try:
            code = self._code(sign_in, request)
            assert sign_in is not None
            person = await self._provider.identify(sign_in, code)
        except SignInError as error:
            response = _fail(error, back)
        else:
            response = _redirect(back)
            await self._sessions.begin(request, person, response)
        forget(response, COOKIE)
        return response

    async def leave(self, request: Request) -> Response:
        """End the session of a form of our own, which has a token.

        Without a living session there is nothing to end.
        """
        if not self._same_origin(request):
            return _refuse_form()
        session = await self._sessions.of(request)
        if session is None:
            return redirect_with_fault(SignInFault.SIGNED_OUT)
        token = (await request.form()).get(TOKEN_FIELD)
        if not session.accepts(str(token)):
            return _refuse_form()
        response = redirect_with_fault(SignInFault.SIGNED_OUT)
        id_token = await self._sessions.end(session, response)
        if id_token:
            back = self._settings.public_url + SIGNED_OUT_PATH
            url = await self._provider.sign_out_url(id_token, back)
            response.headers["location"] = url or response.headers["location"]
        return response

    async def confirm_sign_out(self, _: Request) -> Response:
        """Answer the return from the provider, at an address without a parameter.

        Providers want the exact address to be declared to them.
        """
        return redirect_with_fault(SignInFault.SIGNED_OUT)

    def _from_cookie(self, request: Request) -> AuthorizationRequest | None:
        """Return the sign-in that this browser started, or None."""
        try:
            sealed = bytes.fromhex(request.cookies.get(COOKIE, ""))
            return AuthorizationRequest(
                *orjson.loads(self._sealer.open(sealed, COOKIE))
            )
        except (VaultError, ValueError, TypeError):
            return None

    def _code(self, sign_in: AuthorizationRequest | None, request: Request) -> str:
        """Return the code that answers this sign-in. Raises the fault otherwise."""
        answer: dict[str, str] = dict(request.query_params)
        issuer = self._provider.issuer
        if sign_in is None or answer.get("state") != sign_in.state:
            raise SignInError(SignInFault.STATE)
        if answer.get("iss", issuer) != issuer:
            raise SignInError(SignInFault.STATE)
        if self._now().timestamp() - sign_in.at > LASTS.total_seconds():
            raise SignInError(SignInFault.LATE)
        if "error" in answer or not answer.get("code"):
            raise SignInError(SignInFault.REFUSED)
        return answer["code"]

    def _canonical_url(self, request: Request) -> str | None:
        """Return this address under the console's own name, if it has another one.

        A local machine has several names and a cookie belongs to one: a sign-in starts
        under the name where it will come back.
        """
        ours = urlsplit(self._settings.public_url)
        if not self._settings.is_local or request.url.netloc == ours.netloc:
            return None
        return str(request.url.replace(scheme=ours.scheme, netloc=ours.netloc))


def _path_back(request: Request) -> str:
    """Return the path of ours to come back to, or the home page.

    It is as a browser writes it, and the cookie has room for it.
    """
    path = local_path(request.query_params.get("retour", "/"))
    is_encoded = path.isascii() and " " not in path
    return path if is_encoded and len(path) <= LONGEST_PATH else "/"


def _fail(error: SignInError, back: str = "/") -> Response:
    logger.info("no sign-in: %s", error.fault)
    return redirect_with_fault(error.fault, back)


def redirect_with_fault(fault: SignInFault, back: str = "/") -> Response:
    """Lead to the page of sign-in, which says why."""
    query = {"motif": fault.value}
    if back != "/":
        query["retour"] = back
    return _redirect(f"/connexion?{urlencode(query)}")


def _redirect(url: str) -> Response:
    return RedirectResponse(url, 303, HEADERS)


def _refuse_form() -> Response:
    sentence = "Cette demande ne vient pas d'une page de ce site."
    return PlainTextResponse(sentence, 403, HEADERS)
