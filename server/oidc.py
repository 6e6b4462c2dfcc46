"""The provider of identity, as a client of OpenID Connect sees it.

Only this module knows Authlib, which exchanges a code for tokens; joserfc verifies them.
"""

import asyncio
import logging
import secrets
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self, cast
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc.jwt import JWTClaimsRegistry

from persistence.callers import Identity

from .console_settings import ConsoleSettings
from .identity import LEEWAY_SECONDS, UNREADABLE, reason_of, verified
from .jwks import PAUSE_SECONDS, JwksSource, KeysUnavailable, RemoteJwks
from .sessions import SignedIn

with warnings.catch_warnings():
    # Importing this module makes its warnings always shown: the filter comes after it.
    import authlib.deprecate  # noqa: F401

    warnings.simplefilter("ignore")  # Authlib prefers httpx2, which we do not use
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

logger = logging.getLogger(__name__)
PROVIDER_SECONDS = 5
METADATA_SECONDS = 3600
LONGEST_ANSWER = 100_000
RANDOM_BYTES = 32
"""43 characters: ProConnect wants at least 32."""
ID_TOKEN = ("", "jwt", "application/jwt")
"""The `typ` of an ID token, if it has one: an access token is not one."""


class Motif(StrEnum):
    """Why somebody is back on the page of sign-in; the words are the console's."""

    REFUSED = "refus"
    """The provider refused, or the person gave up."""
    STATE = "etat"
    """The answer is not to the request of this browser."""
    LATE = "delai"
    """The request is too old."""
    CODE = "code"
    """The code is spent, too old, or not ours."""
    PROVIDER = "fournisseur"
    """The provider does not answer, or not as it should."""
    TOKEN = "jeton"  # noqa: S105 no secret
    """What the provider says of the person cannot be trusted."""
    NOT_AGAIN = "reauthentification"
    """The provider had to authenticate the person again, and did not."""
    SIGNED_OUT = "deconnecte"


class Failed(Exception):
    """A sign-in that fails; it never contains a word of the provider."""

    def __init__(self, fault: Motif) -> None:
        super().__init__(fault)
        self.fault = fault


class Asked(NamedTuple):
    """What a sign-in starts with, and its end must match.

    `back` is the local path to come back to. `force`: the person must prove again who
    they are. `at` is the time of the start, in seconds of the machine's clock.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    force: bool
    at: int

    @classmethod
    def new(cls, back: str, *, force: bool, now: datetime) -> Self:
        return cls(
            state=secrets.token_urlsafe(RANDOM_BYTES),
            nonce=secrets.token_urlsafe(RANDOM_BYTES),
            verifier=secrets.token_urlsafe(RANDOM_BYTES),
            back=back,
            force=force,
            at=int(now.timestamp()),
        )


class Provider:
    """The provider that the settings name.

    Its metadata are read on first use, then hourly: a start does not need them.
    """

    def __init__(
        self,
        settings: ConsoleSettings,
        issuer: str,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self._settings = settings
        self._profile = settings.profile
        self._now = now
        self._transport = transport
        self._seconds = seconds
        self._callback = f"{settings.public_url}/connexion/retour"
        self._metadata: Mapping[str, str] = {}
        self._keys: JwksSource | None = None
        self._stale_at = seconds()

    # going there

    async def authorization_url(self, sign_in: Asked) -> str:
        """Return the address where the person proves who they are. Raises the fault."""
        metadata = await self._current_metadata()
        url, _ = self._client().create_authorization_url(
            metadata["authorization_endpoint"],
            state=sign_in.state,
            nonce=sign_in.nonce,
            code_verifier=sign_in.verifier,
            **self._profile.parameters(force=sign_in.force),
        )
        return cast("str", url)

    async def sign_out_url(self, id_token: str, back: str) -> str | None:
        """Return the address where the person signs out of the provider too.

        The provider sends them `back`. None if it has no such address, or does not
        answer: signing out of the console is done already.
        """
        try:
            metadata = await self._current_metadata()
        except Failed:
            return None
        url = metadata.get("end_session_endpoint")
        if url is None:
            return None
        query = {
            "id_token_hint": id_token,
            # Nothing is checked on the way back, but ProConnect wants a state.
            "state": secrets.token_urlsafe(RANDOM_BYTES),
            "post_logout_redirect_uri": back,
        }
        separator = "&" if "?" in url else "?"
        return f"{url}{separator}{urlencode(query)}"

    def origins(self) -> tuple[str, ...]:
        """Return the provider's origins, where a form of ours may lead.

        Signing out goes there: the content security policy must allow it.
        """
        urls = [self._settings.discovery_url]
        urls += [self._metadata[name] for name in ENDPOINTS if name in self._metadata]
        origins = dict.fromkeys(_origin(url) for url in urls)
        origins.pop(_origin(self._settings.public_url), None)
        return tuple(origins)

    # coming back

    async def identify(self, sign_in: Asked, code: str) -> SignedIn:
        """Return the person who has come, from the code that their browser brings.

        Raises the fault.
        """
        metadata = await self._current_metadata()
        tokens = await self._tokens(metadata["token_endpoint"], sign_in, code)
        try:
            id_token, access_token = str(tokens["id_token"]), str(tokens["access_token"])
            claims = await self._id_claims(id_token, sign_in)
            subject = claims["sub"]
            description = await self._description(metadata, access_token, subject)
        except KeysUnavailable:
            raise Failed(Motif.PROVIDER) from None
        except (*UNREADABLE, KeyError) as error:
            logger.info("ID token refused: %s", reason_of(error))
            raise Failed(Motif.TOKEN) from None
        return SignedIn(
            identity=Identity(self.issuer, subject),
            name=_name(claims | description, self._profile.family_name),
            authenticated_at=self._authenticated_at(claims, sign_in),
            acr=_text(claims.get("acr")),
            amr=_words(claims.get("amr")),
            id_token=id_token,
        )

    async def _tokens(self, endpoint: str, sign_in: Asked, code: str) -> Mapping[str, Any]:
        parameters = {"grant_type": "authorization_code", "code": code}
        if self._profile.pkce:
            parameters["code_verifier"] = sign_in.verifier
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), self._client() as client:
                tokens = await client.fetch_token(endpoint, **parameters)
        except OAuthError:
            raise Failed(Motif.CODE) from None
        except (httpx.HTTPError, TimeoutError, ValueError, TypeError):
            raise Failed(Motif.PROVIDER) from None
        return cast("Mapping[str, Any]", tokens)

    async def _id_claims(self, id_token: str, sign_in: Asked) -> dict[str, Any]:
        """Return the claims of an ID token, once validated.

        Source: OpenID Connect Core, 3.1.3.7. Raises one of UNREADABLE.
        """
        assert self._keys is not None
        claims = await verified(id_token, self._keys, ID_TOKEN)
        essential = {"essential": True}
        self._registry(exp=essential, iat=essential).validate(claims)
        _require(claims.get("nonce") == sign_in.nonce)
        client, audience = self._settings.client_id, claims["aud"]
        has_several = isinstance(audience, list) and len(audience) > 1
        default = None if has_several else client
        _require(claims.get("azp", default) == client)
        return claims

    async def _description(self, metadata: Mapping[str, str], access_token: str, subject: str) -> dict[str, Any]:
        """Return what the provider says of the person beside the ID token.

        Authlib cannot read it when it is signed. Raises one of UNREADABLE.
        """
        if "userinfo_endpoint" not in metadata:
            return {}
        media = self._profile.userinfo
        answer = await self._get(
            metadata["userinfo_endpoint"],
            {"Authorization": f"Bearer {access_token}", "Accept": media},
        )
        answer_media, _, _ = answer.headers.get("content-type", "").partition(";")
        _require(answer_media.strip() == media)
        if media == "application/jwt":
            description: Any = await self._signed_description(answer.text.strip())
        else:
            description = answer.json()
        _require(isinstance(description, dict))
        _require(description.get("sub") == subject)
        return cast("dict[str, Any]", description)

    async def _signed_description(self, token: str) -> dict[str, Any]:
        assert self._keys is not None
        claims = await verified(token, self._keys, ID_TOKEN)
        defaults = {"iss": self.issuer, "aud": self._settings.client_id}
        self._registry().validate(defaults | claims)
        return claims

    def _authenticated_at(self, claims: Mapping[str, Any], sign_in: Asked) -> datetime | None:
        """Return when the person proved who they are; None if nobody says.

        A provider that does not say when is believed only if it was asked to
        authenticate the person again. Raises the fault when they had to do it again, and
        did not.
        """
        now, seconds = self._now(), claims.get("auth_time")
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            if self._profile.max_age:
                raise Failed(Motif.TOKEN)
            return now if sign_in.force else None
        if sign_in.force and seconds < sign_in.at - LEEWAY_SECONDS:
            raise Failed(Motif.NOT_AGAIN)
        instant = max(0, min(seconds, now.timestamp()))
        return datetime.fromtimestamp(instant, UTC)

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

    async def _current_metadata(self) -> Mapping[str, str]:
        """Return the metadata, read again when they are an hour old.

        If the provider does not answer, the former ones serve for a minute more.
        """
        if self._seconds() >= self._stale_at:
            try:
                await self._discover()
            except Failed:
                if not self._metadata:
                    raise
                self._stale_at = self._seconds() + PAUSE_SECONDS
        return self._metadata

    async def _discover(self) -> None:
        url, is_local = self._settings.discovery_url, self._settings.is_local
        try:
            answer = (await self._get(url, {"Accept": "application/json"})).json()
            metadata = {name: str(answer[name]) for name in ENDPOINTS if answer.get(name)}
            _require(answer["issuer"] == self.issuer)
            for endpoint in metadata.values():
                _require(_is_safe(endpoint, local=is_local))
            _require(metadata.keys() >= REQUIRED)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Failed(Motif.PROVIDER) from None
        keys_url = metadata["jwks_uri"]
        if keys_url != self._metadata.get("jwks_uri"):
            self._keys = RemoteJwks(keys_url, self._transport, trust_env=not is_local)
        self._metadata = metadata
        self._stale_at = self._seconds() + METADATA_SECONDS

    async def _get(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        client = httpx.AsyncClient(**self._http())
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), client:
                answer = await client.get(url, headers=dict(headers))
                answer.raise_for_status()
        except (httpx.HTTPError, TimeoutError):
            raise Failed(Motif.PROVIDER) from None
        _require(len(answer.content) <= LONGEST_ANSWER)
        return answer

    def _client(self) -> Any:  # noqa: ANN401 Authlib has no types
        settings, profile = self._settings, self._profile
        has_secret = bool(settings.client_secret)
        return AsyncOAuth2Client(
            settings.client_id,
            settings.client_secret,
            token_endpoint_auth_method=profile.client_auth if has_secret else "none",
            scope=profile.scope,
            redirect_uri=self._callback,
            code_challenge_method="S256" if profile.pkce else None,
            **self._http(),
        )

    def _http(self) -> dict[str, Any]:
        """Return the options of an HTTP client.

        The demonstration speaks to itself, without a proxy of the environment.
        """
        return {
            "timeout": PROVIDER_SECONDS,
            "transport": self._transport,
            "trust_env": not self._settings.is_local,
        }


REQUIRED = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
ENDPOINTS = (*sorted(REQUIRED), "userinfo_endpoint", "end_session_endpoint")


def _require(condition: bool) -> None:  # noqa: FBT001 a condition
    """Raise ValueError, which is one of UNREADABLE."""
    if not condition:
        raise ValueError


def _is_safe(url: str, *, local: bool) -> bool:
    return url.startswith("https://") or (local and url.startswith("http://"))


def _text(claim: object) -> str | None:
    return claim if isinstance(claim, str) else None


def _words(claim: object) -> str | None:
    """Return a claim that is a list or a text, as words between spaces."""
    return " ".join(map(str, claim)) if isinstance(claim, list) else _text(claim)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _name(claims: Mapping[str, Any], family_name: str) -> str:
    """Return the name to show; empty when the provider gives none.

    `family_name` is the name of the claim in this provider's profile.
    """
    given_name = claims.get("given_name")
    last_name = claims.get(family_name) or claims.get("family_name")
    names = [name for name in (given_name, last_name) if isinstance(name, str)]
    return " ".join(name.strip() for name in names).strip()
