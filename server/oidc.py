"""The provider of identity, as a client sees it: the one module that knows Authlib. Tokens are joserfc's affair."""

import asyncio
import logging
import secrets
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc.jwt import JWTClaimsRegistry

from persistence.callers import Identity

from .console_settings import ConsoleSettings
from .identity import LEEWAY_SECONDS, UNREADABLE, reason_of, verified
from .jwks import PAUSE_SECONDS, JwksSource, KeysUnavailable, RemoteJwks
from .sessions import SignedIn

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 it asks to be always heard: what is ignored is said after it

    warnings.simplefilter("ignore")  # it prefers httpx2, which the rest of us does not have
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

logger = logging.getLogger(__name__)
PROVIDER_SECONDS = 5
METADATA_SECONDS = 3600
LONGEST_ANSWER = 100_000
RANDOM_BYTES = 32  # 43 characters: ProConnect asks 32 of them at least
NO_ACCESS_TOKEN = ("", "jwt", "application/jwt")
"""The `typ` of an ID token, if it has one: an access token is no ID token."""


class Motif(StrEnum):
    """Why somebody is on the page of connection again; the words are the console's."""

    REFUSED = "refus"  # the provider refused, or the person gave up
    STATE = "etat"  # the answer is not the one to this browser's question
    LATE = "delai"  # the question is too old
    CODE = "code"  # the code is spent, too old, or not ours
    PROVIDER = "fournisseur"  # the provider does not answer, or not as it should
    TOKEN = "jeton"  # noqa: S105 what it says of the person cannot be believed
    NOT_AGAIN = "reauthentification"  # it was asked to authenticate again, and did not
    SIGNED_OUT = "deconnecte"


class Failed(Exception):
    """A sign-in that comes to nothing; never holds a word of the provider."""

    def __init__(self, motif: Motif) -> None:
        super().__init__(motif)
        self.motif = motif


class Asked(NamedTuple):
    """What a sign-in started with, which its end must match. `at` is in seconds of the machine's clock."""

    state: str
    nonce: str
    verifier: str
    back: str
    force: bool
    at: int

    @classmethod
    def anew(cls, back: str, *, force: bool, now: datetime) -> "Asked":
        state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
        return cls(state, nonce, verifier, back, force, int(now.timestamp()))


class Provider:
    """Its metadata are asked on first use, then hourly: a start does not need it."""

    def __init__(
        self,
        settings: ConsoleSettings,
        issuer: str,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._profile, self.issuer = settings, settings.profile, issuer
        self._now, self._transport, self._seconds = now, transport, seconds
        self._callback = f"{settings.public_url}/connexion/retour"
        self._metadata: Mapping[str, str] = {}
        self._keys: JwksSource | None = None
        self._stale_at = seconds()

    # going there

    async def authorization_url(self, asked: Asked) -> str:
        """Where the person says who they are."""
        metadata = await self._known()
        url, _ = self._client().create_authorization_url(
            metadata["authorization_endpoint"],
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
            **self._profile.parameters(force=asked.force),
        )
        return cast("str", url)

    async def goodbye_url(self, id_token: str, back: str) -> str | None:
        """Where the person leaves the provider too, if it has such a place; it sends them `back`."""
        try:
            place = (await self._known()).get("end_session_endpoint")
        except Failed:  # signing out here is done already
            return None
        # Nothing is done on the way back, so nothing has to match: but ProConnect wants a state.
        told = {
            "id_token_hint": id_token,
            "state": secrets.token_urlsafe(RANDOM_BYTES),
            "post_logout_redirect_uri": back,
        }
        return f"{place}{'&' if '?' in place else '?'}{urlencode(told)}" if place else None

    def origins(self) -> tuple[str, ...]:
        """The other origins that a form may lead to, for the policy of contents: signing out goes there."""
        places = (self._settings.discovery_url, *(self._metadata.get(name, "") for name in ENDPOINTS))
        found = dict.fromkeys(_origin(place) for place in places if place)
        return tuple(origin for origin in found if origin != _origin(self._settings.public_url))

    # coming back

    async def signed_in(self, asked: Asked, code: str) -> SignedIn:
        """Who has come, from the code that their browser brings. Raises Failed."""
        metadata = await self._known()
        tokens = await self._tokens(metadata["token_endpoint"], asked, code)
        try:
            claims = await self._id_claims(str(tokens["id_token"]), asked)
            told = claims | await self._described(metadata, str(tokens["access_token"]), claims["sub"])
        except KeysUnavailable:
            raise Failed(Motif.PROVIDER) from None
        except (*UNREADABLE, KeyError) as met:
            logger.info("ID token refused: %s", reason_of(met))
            raise Failed(Motif.TOKEN) from None
        return SignedIn(
            identity=Identity(self.issuer, claims["sub"]),
            name=_name(told, self._profile.family_name),
            authenticated_at=self._authenticated_at(claims, asked),
            acr=_text(claims.get("acr")),
            amr=" ".join(map(str, amr)) if isinstance(amr := claims.get("amr"), list) else _text(amr),
            id_token=str(tokens["id_token"]),
        )

    async def _tokens(self, endpoint: str, asked: Asked, code: str) -> Mapping[str, Any]:
        proof = {"code_verifier": asked.verifier} if self._profile.pkce else {}
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), self._client() as client:
                tokens = await client.fetch_token(endpoint, grant_type="authorization_code", code=code, **proof)
        except OAuthError:
            raise Failed(Motif.CODE) from None
        except (httpx.HTTPError, TimeoutError, ValueError, TypeError):
            raise Failed(Motif.PROVIDER) from None
        return cast("Mapping[str, Any]", tokens)

    async def _id_claims(self, id_token: str, asked: Asked) -> dict[str, Any]:
        """OpenID Connect Core, 3.1.3.7: one of UNREADABLE is raised when a claim is not as it must be."""
        assert self._keys is not None
        claims = await verified(id_token, self._keys, NO_ACCESS_TOKEN)
        self._registry(exp={"essential": True}, iat={"essential": True}).validate(claims)
        _require(claims.get("nonce") == asked.nonce)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        _require(claims.get("azp", None if several else self._settings.client_id) == self._settings.client_id)
        return claims

    async def _described(self, metadata: Mapping[str, str], access_token: str, subject: str) -> dict[str, Any]:
        """What the provider says of the person beside the ID token: Authlib does not read it when it is signed."""
        if "userinfo_endpoint" not in metadata:
            return {}
        answer = await self._fetched(
            metadata["userinfo_endpoint"],
            {"Authorization": f"Bearer {access_token}", "Accept": self._profile.userinfo},
        )
        _require(answer.headers.get("content-type", "").partition(";")[0].strip() == self._profile.userinfo)
        if self._profile.userinfo == "application/jwt":
            assert self._keys is not None
            told: Any = await verified(answer.text.strip(), self._keys, NO_ACCESS_TOKEN)
            self._registry().validate({"iss": self.issuer, "aud": self._settings.client_id, **told})
        else:
            told = answer.json()
        _require(isinstance(told, dict) and told.get("sub") == subject)
        return cast("dict[str, Any]", told)

    def _authenticated_at(self, claims: Mapping[str, Any], asked: Asked) -> datetime | None:
        """When the person proved who they are. A provider that does not tell is believed only when it was asked to ask.

        Raises Failed when they had to do it again, and did not.
        """
        now, told = self._now(), claims.get("auth_time")
        if not isinstance(told, int) or isinstance(told, bool):
            if self._profile.max_age:
                raise Failed(Motif.TOKEN)
            return now if asked.force else None
        if asked.force and told < asked.at - LEEWAY_SECONDS:
            raise Failed(Motif.NOT_AGAIN)
        return datetime.fromtimestamp(max(0, min(told, now.timestamp())), UTC)

    def _registry(self, **others: Any) -> JWTClaimsRegistry:  # noqa: ANN401 joserfc's options
        return JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            **others,
        )

    # what it says of itself

    async def _known(self) -> Mapping[str, str]:
        if self._seconds() >= self._stale_at:
            try:
                await self._discover()
            except Failed:
                if not self._metadata:
                    raise
                self._stale_at = self._seconds() + PAUSE_SECONDS  # what is known stays good
        return self._metadata

    async def _discover(self) -> None:
        try:
            said = (await self._fetched(self._settings.discovery_url, {"Accept": "application/json"})).json()
            metadata = {name: str(said[name]) for name in ENDPOINTS if said.get(name)}
            _require(said["issuer"] == self.issuer)
            _require(all(_is_safe(url, local=self._settings.is_local) for url in metadata.values()))
            _require(metadata.keys() >= REQUIRED)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Failed(Motif.PROVIDER) from None
        if metadata["jwks_uri"] != self._metadata.get("jwks_uri"):
            self._keys = RemoteJwks(metadata["jwks_uri"], self._transport, trust_env=not self._settings.is_local)
        self._metadata, self._stale_at = metadata, self._seconds() + METADATA_SECONDS

    async def _fetched(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), httpx.AsyncClient(**self._http()) as client:
                answer = (await client.get(url, headers=dict(headers))).raise_for_status()
        except (httpx.HTTPError, TimeoutError):
            raise Failed(Motif.PROVIDER) from None
        _require(len(answer.content) <= LONGEST_ANSWER)
        return answer

    def _client(self) -> Any:  # noqa: ANN401 Authlib has no types
        settings = self._settings
        return AsyncOAuth2Client(
            settings.client_id,
            settings.client_secret,
            token_endpoint_auth_method=self._profile.client_auth if settings.client_secret else "none",
            scope=self._profile.scope,
            redirect_uri=self._callback,
            code_challenge_method="S256" if self._profile.pkce else None,
            **self._http(),
        )

    def _http(self) -> dict[str, Any]:
        """The demonstration asks itself: no proxy of the environment stands between."""
        return {"timeout": PROVIDER_SECONDS, "transport": self._transport, "trust_env": not self._settings.is_local}


REQUIRED = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
ENDPOINTS = (*sorted(REQUIRED), "userinfo_endpoint", "end_session_endpoint")


def _require(met: bool) -> None:  # noqa: FBT001 a condition
    if not met:
        raise ValueError


def _is_safe(url: str, *, local: bool) -> bool:
    return url.startswith("https://") or (local and url.startswith("http://"))


def _text(claim: object) -> str | None:
    return claim if isinstance(claim, str) else None


def _origin(url: str) -> str:
    place = urlsplit(url)
    return f"{place.scheme}://{place.netloc}"


def _name(told: Mapping[str, Any], family_name: str) -> str:
    """As shown; empty when the provider says nothing of it."""
    parts = (told.get("given_name"), told.get(family_name) or told.get("family_name"))
    return " ".join(part.strip() for part in parts if isinstance(part, str)).strip()
