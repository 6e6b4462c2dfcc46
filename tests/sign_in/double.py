"""A provider that can be made to say anything: its own keys, its answers set by the test."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jws
from joserfc.jwk import Key, KeySet, RSAKey

from server.console_settings import ConsoleSettings
from server.providers import PROFILES
from server.sign_in.attempts import AuthorizationRequest, SignedIn
from server.sign_in.oidc import Provider

ISSUER = "https://identite.example"
CLIENT = "habilitations-console"
NOW = datetime(2026, 12, 10, 8, tzinfo=UTC)
AT = int(NOW.timestamp())
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ANY_ALGORITHM = jws.JWSRegistry(
    algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False
)
ABSENT: Any = Ellipsis
SIGN_IN = AuthorizationRequest("e" * 43, "n" * 43, "v" * 43, "/", False, AT)  # noqa: FBT003 a fact of the question
FORCED = SIGN_IN._replace(force=True)


def without_absent(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not ABSENT}


def signed(claims: Mapping[str, Any], key: Key = RSA, **header: Any) -> str:  # noqa: ANN401 a header forged
    headers = without_absent({"alg": "RS256", "typ": "JWT", "kid": "rsa", **header})
    return jws.serialize_compact(
        headers, json.dumps(without_absent(claims)), key, registry=ANY_ALGORITHM
    )


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 a claim forged
    """Those of a good ID token, but for what the test says of it."""
    about = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "u-1",
        "iat": AT,
        "exp": AT + 60,
        "auth_time": AT,
    }
    return {**about, "nonce": SIGN_IN.nonce, **changed}


class Double:
    """`answers`: a path to a response, or to an exception; what is asked there is noted."""

    def __init__(self, profile: str = "standard", **metadata: Any) -> None:  # noqa: ANN401 JSON
        places = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/autoriser",
            "token_endpoint": f"{ISSUER}/jeton",
            "jwks_uri": f"{ISSUER}/cles",
            "userinfo_endpoint": f"{ISSUER}/utilisateur",
            "end_session_endpoint": f"{ISSUER}/sortie?tenant=1",
        }
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, httpx.Response | Exception] = {
            "/decouverte": httpx.Response(200, json=without_absent(places | metadata)),
            "/cles": httpx.Response(200, json=KeySet([RSA]).as_dict()),
        }
        self.now = NOW
        self.settings = ConsoleSettings(
            public_url="https://habilitations.example",
            client_id=CLIENT,
            client_secret="s",
            discovery_url=f"{ISSUER}/decouverte",
            profile=PROFILES[profile],
        )
        self.seconds = 0.0
        way = httpx.MockTransport(self._answer)
        self.provider = Provider(
            self.settings, ISSUER, lambda: self.now, way, lambda: self.seconds
        )
        self.says(signed(claims()))
        self.describes({"sub": "u-1", "given_name": "Agnès", "family_name": "Aubry"})

    def says(self, id_token: object) -> None:
        tokens = {
            "access_token": "acces",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": id_token,
        }
        self.answers["/jeton"] = httpx.Response(200, json=without_absent(tokens))

    def describes(self, about: object) -> None:
        self.answers["/utilisateur"] = httpx.Response(200, json=about)

    def describes_signed(self, token: str, media: str = "application/jwt") -> None:
        self.answers["/utilisateur"] = httpx.Response(
            200, text=token, headers={"content-type": media}
        )

    async def signs_in(self, sign_in: AuthorizationRequest = SIGN_IN) -> SignedIn:
        return await self.provider.identify(sign_in, "code")

    def sent(self, path: str) -> dict[str, str]:
        """The last form sent there."""
        body = next(
            r for r in reversed(self.requests) if r.url.path == path
        ).content.decode()
        return {name: values[0] for name, values in parse_qs(body).items()}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[request.url.path]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content
        )
