"""Who is calling: an OIDC access token, verified at each request.

Expiry is judged on the machine's clock, whatever day a demonstration shows.
"""

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

from persistence.facts.callers import Identity

from .jwks import JwksSource

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""RFC 9864 renames EdDSA to Ed25519: the last two are the same algorithm."""
ACCESS_TOKEN = ("at+jwt", "application/at+jwt")
"""The `typ` of an access token (RFC 9068): an ID token is not one."""
SIGNATURE = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
LEEWAY_SECONDS = 10
CLAIMS = {"iss", "aud", "sub", "exp", "nbf", "iat"}
LONGEST_HEADER = 8192
UNREADABLE = (JoseError, ValueError, TypeError, RecursionError)
"""Whatever forged bytes can make a parser raise."""
logger = logging.getLogger(__name__)

Fault = Literal["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED"]

SENTENCES: dict[Fault, str] = {
    "TOKEN_MISSING": "Cette demande ne porte pas de jeton d'accès. "
    "Connectez-vous, puis recommencez.",
    "TOKEN_INVALID": "Le jeton d'accès n'est pas valable pour ce service. "
    "Reconnectez-vous.",
    "TOKEN_EXPIRED": "Le jeton d'accès a expiré. Reconnectez-vous.",
}


class UnknownKey(BadSignatureError):
    """Signed by a key that the issuer does not publish."""


class UnknownKind(DecodeError):
    """The header is not that of a token of an expected kind."""


class Unauthenticated(Exception):
    """Nobody is recognised.

    Neither the code, nor the sentence, nor the reason contains anything of the token.
    """

    def __init__(self, code: Fault, reason: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code
        self.message = SENTENCES[code]


class Verifier:
    """Recognises the caller by the `Authorization` header of a request."""

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
        """Return the issuer and subject of the token.

        Raises Unauthenticated, or KeysUnavailable when the issuer's keys are missing.
        """
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
        except UNREADABLE as error:
            raise Unauthenticated("TOKEN_INVALID", reason_of(error)) from None
        return Identity(self._issuer, claims["sub"])


async def verified(token: str, keys: JwksSource, kinds: Sequence[str]) -> Claims:
    """Return the claims of a token signed by one of these keys.

    `kinds` are the accepted `typ`. The claims themselves are not validated.
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


def reason_of(error: BaseException) -> str:
    """Return why a token is refused, for the log.

    It contains only our own words, and the name of a standard claim.
    """
    match error:
        case ClaimError() if error.claim in CLAIMS:
            return f"the claim `{error.claim}` is missing or not ours"
        case UnknownKey():
            return "signed by a key that the issuer does not publish"
        case UnknownKind():
            return "its header is not that of an access token (typ, kid, crit)"
        case BadSignatureError():
            return "its signature is wrong"
        case UnsupportedAlgorithmError():
            return "its algorithm is not one of ours"
    return f"it cannot be read ({type(error).__name__})"


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("TOKEN_MISSING", "no bearer token")
    if len(token) > LONGEST_HEADER:
        raise Unauthenticated("TOKEN_INVALID", "longer than a token may be")
    return token


def _key_name(signed: CompactSignature, kinds: Sequence[str]) -> str:
    """Return the `kid` of a token of one of these kinds.

    We know no critical header, so any token with `crit` is refused.
    """
    headers = {"typ": "", **signed.headers()}
    match headers:
        case {"typ": str(kind), "kid": str(kid)}:
            if kind.lower() in kinds and "crit" not in headers:
                return kid
    raise UnknownKind
