"""The demonstration's own provider of identity: people choose who they are.

The settings keep it on its own machine.
"""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route

from server.console_settings import DEMO_PROVIDER, DISCOVERY, ConsoleSettings
from server.identity import ACCESS_TOKEN, UNREADABLE, verified
from server.jwks import StaticJwks
from server.settings import DEMO_ISSUER
from server.sign_in.routes import SIGNED_OUT_PATH

from .issuer import DemoIssuer
from .people import claims_of, groups, people_by_subject

CODE = "code+jwt"
CODE_LASTS = timedelta(seconds=60)
TOKEN_LASTS = timedelta(minutes=5)
LARGEST_BODY = 20_000
JWT = "application/jwt"
ECHOED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")
FACTORS = {
    "non": {"acr": "eidas1", "amr": ["pwd"]},
    "oui": {"acr": "eidas2", "amr": ["pwd", "totp", "mfa"]},
}
"""The claims of a sign-in without a second factor, and with one."""
ENDPOINTS = {
    "authorization_endpoint": "/autoriser",
    "token_endpoint": "/jeton",
    "jwks_uri": "/cles",
    "userinfo_endpoint": "/utilisateur",
    "end_session_endpoint": "/sortie",
}
CAPABILITIES = {
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "code_challenge_methods_supported": ["S256"],
    "token_endpoint_auth_methods_supported": ["none"],
}
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
NO_STORE = {"Cache-Control": "no-store"}
HEADERS = {
    **NO_STORE,
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class DemoProvider:
    """An OpenID Connect provider whose codes are signed, not stored.

    So any worker process can redeem a code; each remembers those that it redeemed.
    """

    def __init__(
        self,
        settings: ConsoleSettings,
        issuer: DemoIssuer,
        same_origin: Callable[[Request], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._issuer = issuer
        self._same_origin = same_origin
        self._now = now
        self._keys = StaticJwks(issuer.jwks())
        self._address = settings.public_url + DEMO_PROVIDER
        self._callback = f"{settings.public_url}/connexion/retour"
        self._people = people_by_subject()
        self._redeemed: dict[str, int] = {}

    def routes(self) -> list[Mount]:
        routes = [
            Route(DISCOVERY, self.metadata),
            Route("/cles", self.keys),
            Route("/autoriser", self.choose),
            _post_route("/autoriser", self.authorize),
            _post_route("/jeton", self.tokens),
            Route("/utilisateur", self.userinfo),
            Route("/sortie", self.leave),
        ]
        return [Mount(DEMO_PROVIDER, routes=routes)]

    async def metadata(self, _: Request) -> Response:
        urls = {name: self._address + path for name, path in ENDPOINTS.items()}
        return JSONResponse({"issuer": DEMO_ISSUER} | urls | CAPABILITIES)

    async def keys(self, _: Request) -> Response:
        return JSONResponse(self._issuer.jwks())

    async def choose(self, request: Request) -> Response:
        """Show the people to choose from, if the request is our console's."""
        query = request.query_params
        if not self._is_ours(query) or query.get("response_type") != "code":
            return _not_ours()
        echoed = {name: query[name] for name in ECHOED if name in query}
        page = PAGES.get_template("provider.html").render(
            action=self._address + "/autoriser", groups=groups(), echoed=echoed
        )
        return HTMLResponse(page, headers=HEADERS)

    async def authorize(self, request: Request) -> Response:
        """Send the person whom the form names back to the console, with a code."""
        form = await _form(request)
        person = self._people.get(form.get("personnage", ""))
        if not self._same_origin(request) or not self._is_ours(form):
            return _not_ours()
        if person is None:
            return _not_ours()
        claims = {
            "jti": uuid4().hex,
            "sub": person.subject,
            "nonce": form.get("nonce", ""),
            "challenge": form.get("code_challenge", ""),
            "auth_time": int(self._now().timestamp()),
            "factor": "oui" if form.get("second-facteur") == "oui" else "non",
        }
        code = self._issuer.sign(CODE, CODE_LASTS, **claims)
        query = urlencode({"code": code, "state": form.get("state", "")})
        return RedirectResponse(f"{self._callback}?{query}", 303, HEADERS)

    async def tokens(self, request: Request) -> Response:
        """Redeem a code for an access token and an ID token."""
        form = await _form(request)
        if form.get("grant_type") != "authorization_code" or not self._is_ours(form):
            return _failed("invalid_request")
        try:
            code = await verified(form.get("code", ""), self._keys, (CODE,))
        except UNREADABLE:
            return _failed("invalid_grant")
        verifier = form.get("code_verifier", "")
        if not self._redeem(code) or not _is_proof(code["challenge"], verifier):
            return _failed("invalid_grant")
        claims = {name: code[name] for name in ("sub", "nonce", "auth_time")}
        answer = {
            "access_token": self._issuer.issue(code["sub"], TOKEN_LASTS),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LASTS.total_seconds()),
            "id_token": self._sign(claims | FACTORS[code["factor"]]),
        }
        return JSONResponse(answer, headers=NO_STORE)

    async def userinfo(self, request: Request) -> Response:
        """Describe the person: in a signed token, as ProConnect, or in plain JSON."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = await verified(token, self._keys, ACCESS_TOKEN)
            person = self._people[claims["sub"]]
        except (*UNREADABLE, KeyError):
            return PlainTextResponse("", 401, {"WWW-Authenticate": "Bearer"})
        description = claims_of(person)
        if JWT not in request.headers.get("accept", JWT):
            return JSONResponse(description, headers=NO_STORE)
        return Response(self._sign(description), headers=NO_STORE, media_type=JWT)

    async def leave(self, request: Request) -> Response:
        """Send the person back to the console; there is no session here to end."""
        back = self._settings.public_url + SIGNED_OUT_PATH
        if request.query_params.get("post_logout_redirect_uri") != back:
            return _not_ours()
        query = urlencode({"state": request.query_params.get("state", "")})
        return RedirectResponse(f"{back}?{query}", 303, HEADERS)

    def _is_ours(self, query: Mapping[str, Any]) -> bool:
        """Return whether a request comes from our console."""
        client = (query.get("client_id"), query.get("redirect_uri"))
        return client == (self._settings.client_id, self._callback)

    def _redeem(self, code: Mapping[str, Any]) -> bool:
        """Redeem a code; return False if it is too old or was redeemed before."""
        now, code_id, expiry = int(self._now().timestamp()), code["jti"], code["exp"]
        for other, end in list(self._redeemed.items()):
            if end <= now:
                del self._redeemed[other]
        if expiry <= now or code_id in self._redeemed:
            return False
        self._redeemed[code_id] = expiry
        return True

    def _sign(self, claims: Mapping[str, Any]) -> str:
        """Return a token for the console: an ID token, or a description."""
        client = self._settings.client_id
        return self._issuer.sign("JWT", TOKEN_LASTS, aud=client, **claims)


def _post_route(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, answer, methods=["POST"], max_body_size=LARGEST_BODY)


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


def _is_proof(challenge: str, verifier: str) -> bool:
    """Return whether the verifier answers the challenge (PKCE).

    A client without a challenge, as ProConnect's, has nothing to prove.
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return not challenge or hmac.compare_digest(expected, challenge.encode())


def _failed(error: str) -> Response:
    return JSONResponse({"error": error}, 400, NO_STORE)


def _not_ours() -> Response:
    """Refuse a request of another client, and lead it nowhere."""
    sentence = "Cette demande ne vient pas de la console de démonstration."
    return PlainTextResponse(sentence, 400, HEADERS)
