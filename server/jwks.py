"""The issuer's public keys, by their `kid`."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol, cast

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySetSerialization

logger = logging.getLogger(__name__)
FETCH_SECONDS = 3
LASTS_SECONDS = 3600
"""How long the keys serve: the issuer may withdraw one."""
PAUSE_SECONDS = 60


class KeysUnavailable(Exception):
    """The issuer does not answer: the token can be neither believed nor refused."""

    message = (
        "Les clés du fournisseur d'identité ne répondent pas. Réessayez dans une "
        "minute."
    )


class JwksSource(Protocol):
    async def find(self, kid: str) -> Key | None:
        """Return the key of this name; None if the issuer has none."""


class StaticJwks:
    def __init__(self, jwks: KeySetSerialization) -> None:
        self._keys = usable_keys(jwks)

    async def find(self, kid: str) -> Key | None:
        return self._keys.get(kid)


class RemoteJwks:
    """Fetches the keys when a `kid` is unknown, and hourly; at most once a minute.

    One request fetches them while the others wait.
    """

    def __init__(
        self,
        url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: Callable[[], float] = time.monotonic,
        *,
        trust_env: bool = True,
    ) -> None:
        self._url = url
        self._transport, self._trust_env = transport, trust_env
        self._seconds = seconds
        self._keys: dict[str, Key] = {}
        self._stale_at = self._next_fetch_at = seconds()
        self._answered = False
        self._one_at_a_time = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        if self._must_fetch(kid):
            async with self._one_at_a_time:
                if self._must_fetch(kid):  # unless another request did it meanwhile
                    await self._fetch()
        if kid not in self._keys and not self._answered:
            raise KeysUnavailable
        return self._keys.get(kid)

    def _must_fetch(self, kid: str) -> bool:
        now = self._seconds()
        if now < self._next_fetch_at:
            return False
        return kid not in self._keys or now >= self._stale_at

    async def _fetch(self) -> None:
        try:
            self._keys = usable_keys(await self._answer())
        except (
            httpx.HTTPError,
            TimeoutError,
            ValueError,
            KeyError,
            TypeError,
        ) as error:
            # At most once a minute. The keys that we already have stay good.
            logger.warning("the issuer's keys cannot be had: %s", type(error).__name__)
            self._answered = False
        else:
            self._answered = True
            self._stale_at = self._seconds() + LASTS_SECONDS
        # A request that is cancelled does not get here: the next one fetches at once.
        self._next_fetch_at = self._seconds() + PAUSE_SECONDS

    async def _answer(self) -> KeySetSerialization:
        client = httpx.AsyncClient(transport=self._transport, trust_env=self._trust_env)
        async with asyncio.timeout(FETCH_SECONDS), client:
            answer = await client.get(self._url)
        return cast("KeySetSerialization", answer.raise_for_status().json())


def usable_keys(jwks: KeySetSerialization) -> dict[str, Key]:
    """Return the keys by `kid`, without those that we cannot read."""
    keys: dict[str, Key] = {}
    for jwk in jwks["keys"]:
        try:
            key = JWKRegistry.import_key(jwk)
        except (JoseError, ValueError, KeyError, TypeError):
            continue
        if key.kid and key.get("use") != "enc":
            keys[key.kid] = key
    return keys
