"""The demonstration's own provider of identity: one picks who one is. It is mounted on this machine alone."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from persistence.seeds.demo import AGENTS, Persona, personas

from .console_settings import DEMO_PROVIDER, DISCOVERY, ConsoleSettings
from .demo_issuer import DemoIssuer
from .identity import ACCESS_TOKEN, UNREADABLE, verified
from .jwks import StaticJwks
from .settings import DEMO_ISSUER
from .sign_in import LEFT

CODE = "code+jwt"
CODE_LASTS = timedelta(seconds=60)
TOKEN_LASTS = timedelta(minutes=5)
LARGEST_BODY = 20_000
JWT = "application/jwt"
ECHOED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")
FACTORS = {"non": {"acr": "eidas1", "amr": ["pwd"]}, "oui": {"acr": "eidas2", "amr": ["pwd", "totp", "mfa"]}}
STRANGER = Persona("leo-sans-droit", "Léo", "Leroy", "sans droit : son identité n'est liée à personne")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class Group(NamedTuple):
    title: str
    people: list[Persona]


class DemoProvider:
    """Codes are signed, not kept, so that any worker takes them; a worker remembers those that it took."""

    def __init__(
        self,
        settings: ConsoleSettings,
        issuer: DemoIssuer,
        same_origin: Callable[[Request], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._issuer, self._same_origin, self._now = settings, issuer, same_origin, now
        self._keys = StaticJwks(issuer.jwks())
        self._address = settings.public_url + DEMO_PROVIDER
        self._callback = f"{settings.public_url}/connexion/retour"
        self._people = {p.subject: p for group in groups() for p in group.people}
        self._taken: dict[str, int] = {}

    def routes(self) -> list[Mount]:
        inside = [
            Route(DISCOVERY, self.metadata),
            Route("/cles", self.keys),
            Route("/autoriser", self.choose),
            Route("/autoriser", self.chosen, methods=["POST"], max_body_size=LARGEST_BODY),
            Route("/jeton", self.tokens, methods=["POST"], max_body_size=LARGEST_BODY),
            Route("/utilisateur", self.userinfo),
            Route("/sortie", self.leave),
        ]
        return [Mount(DEMO_PROVIDER, routes=inside)]

    async def metadata(self, _: Request) -> Response:
        places = {
            "authorization_endpoint": "/autoriser",
            "token_endpoint": "/jeton",
            "jwks_uri": "/cles",
            "userinfo_endpoint": "/utilisateur",
            "end_session_endpoint": "/sortie",
        }
        spoken = {
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }
        told = {name: self._address + place for name, place in places.items()}
        return JSONResponse({"issuer": DEMO_ISSUER} | told | spoken)

    async def keys(self, _: Request) -> Response:
        return JSONResponse(self._issuer.jwks())

    async def choose(self, request: Request) -> Response:
        """The page of cards, if the question is our console's; any other is told so, and led nowhere."""
        asked = request.query_params
        if not self._is_ours(asked) or asked.get("response_type") != "code":
            return _not_ours()
        echoed = {name: asked[name] for name in ECHOED if name in asked}
        page = PAGES.get_template("demo_provider.html").render(
            action=self._address + "/autoriser", groups=groups(), echoed=echoed
        )
        return HTMLResponse(page, headers=HEADERS)

    async def chosen(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        person = self._people.get(form.get("personnage", ""))
        if not self._same_origin(request) or not self._is_ours(form) or person is None:
            return _not_ours()
        claims = {
            "jti": uuid4().hex,
            "sub": person.subject,
            "nonce": form.get("nonce", ""),
            "challenge": form.get("code_challenge", ""),
            "auth_time": int(self._now().timestamp()),
            "factor": "oui" if form.get("second-facteur") == "oui" else "non",
        }
        told = {"code": self._issuer.sign(CODE, CODE_LASTS, **claims), "state": form.get("state", "")}
        return RedirectResponse(f"{self._callback}?{urlencode(told)}", 303, HEADERS)

    async def tokens(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.get("grant_type") != "authorization_code" or not self._is_ours(form):
            return _failed("invalid_request")
        try:
            said = await verified(form.get("code", ""), self._keys, (CODE,))
        except UNREADABLE:
            return _failed("invalid_grant")
        if not self._takes(said) or not _proves(said["challenge"], form.get("code_verifier", "")):
            return _failed("invalid_grant")
        about = {name: said[name] for name in ("sub", "nonce", "auth_time")} | FACTORS[said["factor"]]
        answer = {
            "access_token": self._issuer.issue(said["sub"], TOKEN_LASTS),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LASTS.total_seconds()),
            "id_token": self._issuer.sign("JWT", TOKEN_LASTS, aud=self._settings.client_id, **about),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    async def userinfo(self, request: Request) -> Response:
        """Signed, as ProConnect's, unless plain JSON is asked for."""
        try:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            said = await verified(token, self._keys, ACCESS_TOKEN)
            about = self._about(self._people[said["sub"]])
        except (*UNREADABLE, KeyError):
            return PlainTextResponse("", 401, {"WWW-Authenticate": "Bearer"})
        if JWT not in request.headers.get("accept", JWT):
            return JSONResponse(about, headers={"Cache-Control": "no-store"})
        signed = self._issuer.sign("JWT", TOKEN_LASTS, aud=self._settings.client_id, **about)
        return Response(signed, headers={"Cache-Control": "no-store"}, media_type=JWT)

    async def leave(self, request: Request) -> Response:
        """It keeps no session of its own: there is only the way back."""
        back = self._settings.public_url + LEFT
        if request.query_params.get("post_logout_redirect_uri") != back:
            return _not_ours()
        return RedirectResponse(f"{back}?{urlencode({'state': request.query_params.get('state', '')})}", 303, HEADERS)

    def _is_ours(self, told: Mapping[str, Any]) -> bool:
        known = (told.get("client_id"), told.get("redirect_uri"))
        return known == (self._settings.client_id, self._callback)

    def _takes(self, said: Mapping[str, Any]) -> bool:
        """Whether the code is in time, and serves for the first time."""
        now = int(self._now().timestamp())
        self._taken = {code: until for code, until in self._taken.items() if until > now}
        if said["exp"] <= now or said["jti"] in self._taken:
            return False
        self._taken[said["jti"]] = said["exp"]
        return True

    @staticmethod
    def _about(person: Persona) -> dict[str, str]:
        return {
            "sub": person.subject,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "usual_name": person.family_name,
            "email": f"{person.subject}@example.invalid",
            "uid": person.subject,
        }


def groups() -> list[Group]:
    """Everyone who can sign in, as they are shown; machines have tokens, and no session."""
    people = [person for person in personas() if not person.machine]
    cafs = [p for p in people if p.subject in AGENTS and AGENTS[p.subject][0].isdigit()]
    national = [p for p in people if p.subject in AGENTS and p not in cafs]
    partners = [p for p in people if p.subject not in AGENTS]
    return [
        Group("Agents des Caf", cafs),
        Group("Centre national d'appui, centres de ressources, Cnaf", national),
        Group("Personnes des partenaires", partners),
        Group("Personne que le registre ne connaît pas", [STRANGER]),
    ]


def _proves(challenge: str, verifier: str) -> bool:
    """PKCE; a client that challenged nothing, as ProConnect's, has nothing to prove."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return not challenge or hmac.compare_digest(made, challenge.encode())


def _failed(error: str) -> Response:
    return JSONResponse({"error": error}, 400, {"Cache-Control": "no-store"})


def _not_ours() -> Response:
    return PlainTextResponse("Cette demande ne vient pas de la console de démonstration.", 400, HEADERS)
