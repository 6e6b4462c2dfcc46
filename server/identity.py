"""Who is calling: an OIDC access token, verified at each request on the machine's clock."""

import logging
from collections.abc import Sequence
from typing import Literal

import orjson
from joserfc import jws
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    DecodeError,
    ExpiredTokenError,
    InvalidPayloadError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jws import CompactSignature, JWSRegistry
from joserfc.jwt import Claims, JWTClaimsRegistry

from persistence.callers import Identity
from server.jwks import JwksSource

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")  # the last two are one: RFC 9864 renames it
ACCESS_TOKEN = ("at+jwt", "application/at+jwt")  # RFC 9068: an ID token is no access token
SIGNATURE = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
LEEWAY_SECONDS = 10
CLAIMS = {"iss", "aud", "sub", "exp", "nbf", "iat"}
LONGEST_HEADER = 8192
UNREADABLE = (JoseError, ValueError, TypeError, RecursionError)  # whatever forged bytes can make a parser raise
logger = logging.getLogger(__name__)

Fault = Literal["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED"]

SENTENCES: dict[Fault, str] = {
    "TOKEN_MISSING": "Cette demande ne porte pas de jeton d'accès. Connectez-vous, puis recommencez.",
    "TOKEN_INVALID": "Le jeton d'accès n'est pas valable pour ce service. Reconnectez-vous.",
    "TOKEN_EXPIRED": "Le jeton d'accès a expiré. Reconnectez-vous.",
}


class UnknownKey(BadSignatureError):
    """Signed by a key that the issuer does not publish."""


class UnknownKind(DecodeError):
    """A header that is not one of a token of the awaited kind."""


class Unauthenticated(Exception):
    """Nobody is recognised. Neither the code, nor the sentence, nor the reason holds anything of the token."""

    def __init__(self, code: Fault, reason: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code
        self.message = SENTENCES[code]


class Verifier:
    def __init__(self, issuer: str, audience: str, keys: JwksSource) -> None:
        self._issuer = issuer
        self._keys = keys
        self._claims = JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    async def identify(self, authorization: str | None) -> Identity:
        """Raise Unauthenticated, or KeysUnavailable when the issuer's keys cannot be had."""
        try:
            return await self._identify(_bearer(authorization))
        except Unauthenticated as nobody:
            logger.info("token refused: %s: %s", nobody.code, nobody.reason)
            raise

    async def _identify(self, token: str) -> Identity:
        try:
            claims = await verified(token, self._keys, ACCESS_TOKEN)
            self._claims.validate(claims)
        except ExpiredTokenError:
            raise Unauthenticated("TOKEN_EXPIRED", "its time is over") from None
        except UNREADABLE as met:
            raise Unauthenticated("TOKEN_INVALID", reason_of(met)) from None
        return Identity(self._issuer, claims["sub"])


async def verified(token: str, keys: JwksSource, kinds: Sequence[str]) -> Claims:
    """The claims of a token of one of these kinds (`typ`), signed by one of these keys; none of them is judged.

    Raises one of UNREADABLE, or KeysUnavailable.
    """
    signed = jws.extract_compact(token.encode())
    key = await keys.find(_key_name(signed, kinds))
    if key is None:
        raise UnknownKey
    if not jws.validate_compact(signed, key, registry=SIGNATURE):
        raise BadSignatureError
    claims = orjson.loads(signed.payload)
    if not isinstance(claims, dict):
        raise InvalidPayloadError
    return claims


def reason_of(met: BaseException) -> str:
    """Why a token is refused, for the log: our own words, and the name of a claim that we know."""
    match met:
        case ClaimError() if met.claim in CLAIMS:
            return f"the claim `{met.claim}` is missing or not ours"
        case UnknownKey():
            return "signed by a key that the issuer does not publish"
        case UnknownKind():
            return "its header is not that of an access token (typ, kid, crit)"
        case BadSignatureError():
            return "its signature is wrong"
        case UnsupportedAlgorithmError():
            return "its algorithm is not one of ours"
    return f"it cannot be read ({type(met).__name__})"


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("TOKEN_MISSING", "no bearer token")
    if len(token) > LONGEST_HEADER:
        raise Unauthenticated("TOKEN_INVALID", "longer than a token may be")
    return token


def _key_name(signed: CompactSignature, kinds: Sequence[str]) -> str:
    """The `kid` of a token of such a kind. Nothing is critical that we know of, so `crit` is refused as a whole."""
    match {"typ": "", **signed.headers()}:
        case {"typ": str(kind), "kid": str(kid), **others} if kind.lower() in kinds and "crit" not in others:
            return kid
    raise UnknownKind
