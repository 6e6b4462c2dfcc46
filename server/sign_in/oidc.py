"""The provider of identity, as a client of OpenID Connect sees it.

Only this module knows Authlib, which exchanges a code for tokens.
joserfc verifies them.
"""

import asyncio
import logging
import secrets
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from joserfc.jwt import JWTClaimsRegistry

from persistence.facts.callers import Identity
from server.console_settings import ConsoleSettings
from server.identity import LEEWAY_SECONDS, UNREADABLE, reason_of, verified
from server.jwks import KeysUnavailable

from .attempts import (
    RANDOM_BYTES,
    AuthorizationRequest,
    SignedIn,
    SignInError,
    SignInFault,
)
from .claims import name_of, text_of, words_of
from .discovery import PROVIDER_SECONDS, Discovery, require

with warnings.catch_warnings():
    # Importing this module makes its warnings always shown: the filter comes after it.
    import authlib.deprecate  # noqa: F401

    warnings.simplefilter("ignore")  # Authlib prefers httpx2, which we do not use
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

logger = logging.getLogger(__name__)
ID_TOKEN = ("", "jwt", "application/jwt")
"""The `typ` of an ID token, if it has one: an access token is not one."""


class Provider:
    """The provider that the settings name.

    Its methods raise SignInError, but for `sign_out_url`.
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
        self._discovery = Discovery(settings, issuer, transport, seconds)
        self._callback = f"{settings.public_url}/connexion/retour"

    def origins(self) -> tuple[str, ...]:
        """Return the provider's origins, where a form of ours may lead."""
        return self._discovery.origins()

    # going there

    async def authorization_url(self, sign_in: AuthorizationRequest) -> str:
        """Return the address where the person proves who they are. Raises the fault."""
        metadata = await self._discovery.metadata()
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
            metadata = await self._discovery.metadata()
        except SignInError:
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

    # coming back

    async def identify(self, sign_in: AuthorizationRequest, code: str) -> SignedIn:
        """Return the person who has come, from the code that their browser brings.

        Raises the fault.
        """
        metadata = await self._discovery.metadata()
        tokens = await self._tokens(metadata["token_endpoint"], sign_in, code)
        try:
            id_token, access_token = (
                str(tokens["id_token"]),
                str(tokens["access_token"]),
            )
            claims = await self._id_claims(id_token, sign_in)
            subject = claims["sub"]
            description = await self._description(metadata, access_token, subject)
        except KeysUnavailable:
            raise SignInError(SignInFault.PROVIDER) from None
        except (*UNREADABLE, KeyError) as error:
            logger.info("ID token refused: %s", reason_of(error))
            raise SignInError(SignInFault.TOKEN) from None
        return SignedIn(
            identity=Identity(self.issuer, subject),
            name=name_of(claims | description, self._profile.family_name),
            authenticated_at=self._authenticated_at(claims, sign_in),
            acr=text_of(claims.get("acr")),
            amr=words_of(claims.get("amr")),
            id_token=id_token,
        )

    async def _tokens(
        self, endpoint: str, sign_in: AuthorizationRequest, code: str
    ) -> Mapping[str, Any]:
        parameters = {"grant_type": "authorization_code", "code": code}
        if self._profile.pkce:
            parameters["code_verifier"] = sign_in.verifier
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), self._client() as client:
                tokens = await client.fetch_token(endpoint, **parameters)
        except OAuthError:
            raise SignInError(SignInFault.CODE) from None
        except (httpx.HTTPError, TimeoutError, ValueError, TypeError):
            raise SignInError(SignInFault.PROVIDER) from None
        return cast("Mapping[str, Any]", tokens)

    async def _id_claims(
        self, id_token: str, sign_in: AuthorizationRequest
    ) -> dict[str, Any]:
        """Return the claims of an ID token, once validated.

        Source: OpenID Connect Core, 3.1.3.7. Raises one of UNREADABLE.
        """
        claims = await verified(id_token, self._discovery.keys, ID_TOKEN)
        essential = {"essential": True}
        self._registry(exp=essential, iat=essential).validate(claims)
        require(claims.get("nonce") == sign_in.nonce)
        client, audience = self._settings.client_id, claims["aud"]
        has_several = isinstance(audience, list) and len(audience) > 1
        default = None if has_several else client
        require(claims.get("azp", default) == client)
        return claims

    async def _description(
        self, metadata: Mapping[str, str], access_token: str, subject: str
    ) -> dict[str, Any]:
        """Return what the provider says of the person beside the ID token.

        Authlib cannot read it when it is signed. Raises one of UNREADABLE.
        """
        if "userinfo_endpoint" not in metadata:
            return {}
        media = self._profile.userinfo
        answer = await self._discovery.get(
            metadata["userinfo_endpoint"],
            {"Authorization": f"Bearer {access_token}", "Accept": media},
        )
        answer_media, _, _ = answer.headers.get("content-type", "").partition(";")
        require(answer_media.strip() == media)
        if media == "application/jwt":
            description: Any = await self._signed_description(answer.text.strip())
        else:
            description = answer.json()
        require(isinstance(description, dict))
        require(description.get("sub") == subject)
        return cast("dict[str, Any]", description)

    async def _signed_description(self, token: str) -> dict[str, Any]:
        claims = await verified(token, self._discovery.keys, ID_TOKEN)
        defaults = {"iss": self.issuer, "aud": self._settings.client_id}
        self._registry().validate(defaults | claims)
        return claims

    def _authenticated_at(
        self, claims: Mapping[str, Any], sign_in: AuthorizationRequest
    ) -> datetime | None:
        """Return when the person proved who they are; None if nobody says.

        A provider that does not say when is believed only if it was asked to
        authenticate the person again. Raises the fault when they had to do it again,
        and did not.
        """
        now, seconds = self._now(), claims.get("auth_time")
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            if self._profile.max_age:
                raise SignInError(SignInFault.TOKEN)
            return now if sign_in.force else None
        if sign_in.force and seconds < sign_in.at - LEEWAY_SECONDS:
            raise SignInError(SignInFault.NOT_AGAIN)
        instant = max(0, min(seconds, now.timestamp()))
        return datetime.fromtimestamp(instant, UTC)

    def _registry(
        self,
        **others: Any,  # noqa: ANN401 joserfc's options
    ) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            **others,
        )

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
            **self._discovery.http_options(),
        )
