"""Who is calling: an OIDC access token, verified at each request on the machine's clock."""

from collections.abc import Sequence
from typing import Literal

import orjson
from joserfc import jws
from joserfc.errors import BadSignatureError, DecodeError, ExpiredTokenError, InvalidPayloadError, JoseError
from joserfc.jws import CompactSignature, JWSRegistry
from joserfc.jwt import Claims, JWTClaimsRegistry

from persistence.callers import Identity
from server.jwks import JwksSource

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")  # the last two are one: RFC 9864 renames it
ACCESS_TOKEN = ("at+jwt", "application/at+jwt")  # RFC 9068: an ID token is no access token
SIGNATURE = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
LEEWAY_SECONDS = 10
LONGEST_HEADER = 8192
UNREADABLE = (JoseError, ValueError, TypeError, RecursionError)  # whatever forged bytes can make a parser raise

Fault = Literal["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED"]

SENTENCES: dict[Fault, str] = {
    "TOKEN_MISSING": "Cette demande ne porte pas de jeton d'accès. Connectez-vous, puis recommencez.",
    "TOKEN_INVALID": "Le jeton d'accès n'est pas valable pour ce service. Reconnectez-vous.",
    "TOKEN_EXPIRED": "Le jeton d'accès a expiré. Reconnectez-vous.",
}


class Unauthenticated(Exception):
    """Nobody is recognised. Neither the code nor the sentence holds anything of the token."""

    def __init__(self, code: Fault) -> None:
        super().__init__(code)
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
        token = _bearer(authorization)
        try:
            claims = await verified(token, self._keys, ACCESS_TOKEN)
            self._claims.validate(claims)
        except ExpiredTokenError:
            raise Unauthenticated("TOKEN_EXPIRED") from None
        except UNREADABLE:
            raise Unauthenticated("TOKEN_INVALID") from None
        return Identity(self._issuer, claims["sub"])


async def verified(token: str, keys: JwksSource, kinds: Sequence[str]) -> Claims:
    """The claims of a token of one of these kinds (`typ`), signed by one of these keys; none of them is judged.

    Raises one of UNREADABLE, or KeysUnavailable.
    """
    signed = jws.extract_compact(token.encode())
    key = await keys.find(_key_name(signed, kinds))
    if key is None or not jws.validate_compact(signed, key, registry=SIGNATURE):
        raise BadSignatureError
    claims = orjson.loads(signed.payload)
    if not isinstance(claims, dict):
        raise InvalidPayloadError
    return claims


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("TOKEN_MISSING")
    if len(token) > LONGEST_HEADER:
        raise Unauthenticated("TOKEN_INVALID")
    return token


def _key_name(signed: CompactSignature, kinds: Sequence[str]) -> str:
    """The `kid` of a token of such a kind. Nothing is critical that we know of, so `crit` is refused as a whole."""
    match {"typ": "", **signed.headers()}:
        case {"typ": str(kind), "kid": str(kid), **others} if kind.lower() in kinds and "crit" not in others:
            return kid
    raise DecodeError
