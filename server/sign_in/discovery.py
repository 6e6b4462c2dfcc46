"""What the provider of identity publishes: its endpoints and its keys."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from server.console_settings import ConsoleSettings
from server.jwks import PAUSE_SECONDS, JwksSource, RemoteJwks

from .attempts import SignInError, SignInFault

PROVIDER_SECONDS = 5
"""How long the provider may take to answer."""
METADATA_SECONDS = 3600
LONGEST_ANSWER = 100_000
REQUIRED = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
ENDPOINTS = (*sorted(REQUIRED), "userinfo_endpoint", "end_session_endpoint")


class Discovery:
    """The metadata and the keys of the provider that the settings name.

    The metadata are read on first use, then hourly: a start does not need them.
    """

    def __init__(
        self,
        settings: ConsoleSettings,
        issuer: str,
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._issuer = issuer
        self._transport = transport
        self._seconds = seconds
        self._metadata: Mapping[str, str] = {}
        self._keys: JwksSource | None = None
        self._stale_at = seconds()

    @property
    def keys(self) -> JwksSource:
        """The provider's keys; its metadata must have been read."""
        assert self._keys is not None
        return self._keys

    async def metadata(self) -> Mapping[str, str]:
        """Return the metadata, read again when they are an hour old.

        If the provider does not answer, the former ones serve for a minute more.
        """
        if self._seconds() >= self._stale_at:
            try:
                await self._discover()
            except SignInError:
                if not self._metadata:
                    raise
                self._stale_at = self._seconds() + PAUSE_SECONDS
        return self._metadata

    async def _discover(self) -> None:
        url, is_local = self._settings.discovery_url, self._settings.is_local
        try:
            answer = (await self.get(url, {"Accept": "application/json"})).json()
            metadata = {
                name: str(answer[name]) for name in ENDPOINTS if answer.get(name)
            }
            require(answer["issuer"] == self._issuer)
            for endpoint in metadata.values():
                require(_is_safe(endpoint, local=is_local))
            require(metadata.keys() >= REQUIRED)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SignInError(SignInFault.PROVIDER) from None
        keys_url = metadata["jwks_uri"]
        if keys_url != self._metadata.get("jwks_uri"):
            self._keys = RemoteJwks(keys_url, self._transport, trust_env=not is_local)
        self._metadata = metadata
        self._stale_at = self._seconds() + METADATA_SECONDS

    async def get(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        client = httpx.AsyncClient(**self.http_options())
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), client:
                answer = await client.get(url, headers=dict(headers))
                answer.raise_for_status()
        except (httpx.HTTPError, TimeoutError):
            raise SignInError(SignInFault.PROVIDER) from None
        require(len(answer.content) <= LONGEST_ANSWER)
        return answer

    def origins(self) -> tuple[str, ...]:
        """Return the provider's origins, where a form of ours may lead.

        Signing out goes there: the content security policy must allow it.
        """
        urls = [self._settings.discovery_url]
        urls += [self._metadata[name] for name in ENDPOINTS if name in self._metadata]
        origins = dict.fromkeys(_origin(url) for url in urls)
        origins.pop(_origin(self._settings.public_url), None)
        return tuple(origins)

    def http_options(self) -> dict[str, Any]:
        """Return the options of an HTTP client.

        The demonstration speaks to itself, without a proxy of the environment.
        """
        return {
            "timeout": PROVIDER_SECONDS,
            "transport": self._transport,
            "trust_env": not self._settings.is_local,
        }


def require(condition: bool) -> None:  # noqa: FBT001 a condition
    """Raise ValueError, which is one of UNREADABLE."""
    if not condition:
        raise ValueError


def _is_safe(url: str, *, local: bool) -> bool:
    return url.startswith("https://") or (local and url.startswith("http://"))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
