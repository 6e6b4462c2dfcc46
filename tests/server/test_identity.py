import asyncio
import base64
import hmac
import json
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from persistence.facts.callers import Identity
from server.demo.issuer import DemoIssuer
from server.identity import Unauthenticated, Verifier
from server.jwks import KeysUnavailable, RemoteJwks, StaticJwks
from server.settings import DEMO_ISSUER

ISSUER = "https://identite.example"
AUDIENCE = "habilitations"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
KEYS = StaticJwks(KeySet([RSA, EC, ED]).as_dict())
VERIFIER = Verifier(ISSUER, AUDIENCE, KEYS)
ANY_ALGORITHM = jws.JWSRegistry(
    algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False
)

ABSENT: Any = object()


def signed(key: Key = RSA, header: dict[str, Any] | None = None, **claims: Any) -> str:  # noqa: ANN401 a claim forged
    """A token that would be accepted, but for what the test says of it; ABSENT takes a claim or a header away."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "iat": now, "exp": now + 60}
    payload = {
        name: value for name, value in {**good, **claims}.items() if value is not ABSENT
    }
    return sealed(json.dumps(payload), key, header)


def sealed(payload: str, key: Key = RSA, header: dict[str, Any] | None = None) -> str:
    usual = {"alg": "RS256", "typ": "at+jwt", "kid": key.kid or "rsa"}
    protected = {
        name: value
        for name, value in {**usual, **(header or {})}.items()
        if value is not ABSENT
    }
    return jws.serialize_compact(protected, payload, key, registry=ANY_ALGORITHM)


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unsigned(header: object, payload: object) -> str:
    return ".".join(
        (*(encoded(json.dumps(part).encode()) for part in (header, payload)), "")
    )


def sealed_with_secret(secret: bytes) -> str:
    signing_input = unsigned(
        {"alg": "HS256", "typ": "at+jwt", "kid": "rsa"}, CLAIMS
    ).removesuffix(".")
    return f"{signing_input}.{encoded(hmac.digest(secret, signing_input.encode(), 'sha256'))}"


def same_name_as_rsa(key: Key) -> Key:
    return type(key).import_key({**key.as_dict(private=True), "kid": "rsa"})


async def fault_of(authorization: str | None, verifier: Verifier = VERIFIER) -> str:
    with pytest.raises(Unauthenticated) as refused:
        await verifier.identify(authorization)
    secret = (authorization or "").rpartition(" ")[2]
    assert not secret or secret not in f"{refused.value!r} {refused.value.message}"
    return refused.value.code


CLAIMS = json.loads(
    base64.urlsafe_b64decode(signed(exp=4_102_444_800).split(".")[1] + "==")
)
STRANGER = same_name_as_rsa(RSAKey.generate_key(2048))

FORGED: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned(
        {"alg": "none", "typ": "at+jwt", "kid": "rsa"}, CLAIMS
    ),
    "alg nOnE": lambda: unsigned(
        {"alg": "nOnE", "typ": "at+jwt", "kid": "rsa"}, CLAIMS
    ),
    "no alg": lambda: unsigned({"typ": "at+jwt", "kid": "rsa"}, CLAIMS),
    "alg a list": lambda: unsigned(
        {"alg": ["RS256"], "typ": "at+jwt", "kid": "rsa"}, CLAIMS
    ),
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "signature of another token": lambda: (
        signed().rpartition(".")[0] + "." + signed(sub="u-2").rpartition(".")[2]
    ),
    "the public key as a secret": lambda: sealed_with_secret(RSA.as_pem(private=False)),
    "another key of the same name": lambda: signed(STRANGER),
    "another key, embedded": lambda: signed(
        STRANGER, {"jwk": STRANGER.as_dict(private=False)}
    ),
    "another key, at an address": lambda: signed(
        STRANGER, {"jku": "https://pirate.example/jwks"}
    ),
    "RS512, which is not listed": lambda: signed(header={"alg": "RS512"}),
    "an algorithm of another kind of key": lambda: signed(
        EC, {"alg": "ES256", "kid": "rsa"}
    ),
    "no kid": lambda: signed(header={"kid": ABSENT}),
    "unknown kid": lambda: signed(header={"kid": "inconnue"}),
    "kid a number": lambda: unsigned(
        {"alg": "RS256", "typ": "at+jwt", "kid": 1}, CLAIMS
    ),
    "unknown crit": lambda: unsigned(
        {"alg": "RS256", "typ": "at+jwt", "kid": "rsa", "crit": ["x"], "x": 1}, CLAIMS
    ),
    "crit a number": lambda: unsigned(
        {"alg": "RS256", "typ": "at+jwt", "kid": "rsa", "crit": 1}, CLAIMS
    ),
    "payload outside of the encoding": lambda: signed(
        header={"b64": False, "crit": ["b64"]}
    ),
    "no typ": lambda: signed(header={"typ": ABSENT}),
    "typ of an ID token": lambda: signed(header={"typ": "JWT"}),
    "exp a string": lambda: signed(exp="4102444800"),
    "exp a boolean": lambda: signed(exp=True),
    "exp NaN": lambda: signed(exp=float("nan")),
    "exp infinite": lambda: signed(exp=float("inf")),
    "exp null": lambda: signed(exp=None),
    "no exp": lambda: signed(exp=ABSENT),
    "no aud": lambda: signed(aud=ABSENT),
    "no iss": lambda: signed(iss=ABSENT),
    "no sub": lambda: signed(sub=ABSENT),
    "wrong aud": lambda: signed(aud="autre"),
    "aud a list of others": lambda: signed(aud=["autre", "habilitations-2"]),
    "aud an object": lambda: signed(aud={AUDIENCE: True}),
    "wrong iss": lambda: signed(iss=ISSUER + "/"),
    "iss a list": lambda: signed(iss=[ISSUER]),
    "empty sub": lambda: signed(sub=""),
    "sub a number": lambda: signed(sub=1),
    "not yet valid": lambda: signed(nbf=time.time() + 60),
    "issued tomorrow": lambda: signed(iat=time.time() + 86_400),
    "oversized": lambda: signed(padding="x" * 8192),
    "oversized header": lambda: signed(header={"padding": "x" * 600}),
    "extra segment": lambda: signed() + ".AAAA",
    "two segments": lambda: signed().rpartition(".")[0],
    "header a list": lambda: unsigned(["alg", "RS256"], CLAIMS),
    "header a number": lambda: unsigned(1, CLAIMS),
    "header nested": lambda: "W1tb" * 120 + "." + signed().partition(".")[2],
    "claims a list": lambda: sealed("[]"),
    "claims not JSON": lambda: sealed("{"),
    "claims nested": lambda: sealed("[" * 3000),
    "not ASCII": lambda: signed() + "é",
    "half a surrogate": lambda: signed() + "\udce9",
    "a space": lambda: signed() + " " + signed(),
}


REASONS = {
    "another key of the same name": "its signature is wrong",
    "unknown kid": "signed by a key that the issuer does not publish",
    "no typ": "its header is not that of an access token (typ, kid, crit)",
    "wrong aud": "the claim `aud` is missing or not ours",
    "wrong iss": "the claim `iss` is missing or not ours",
    "no sub": "the claim `sub` is missing or not ours",
    "not yet valid": "the claim `nbf` is missing or not ours",
    "the public key as a secret": "its algorithm is not one of ours",
    "extra segment": "it cannot be read (DecodeError)",
    "oversized": "longer than a token may be",
}


@pytest.mark.parametrize(("forged", "reason"), REASONS.items())
async def test_the_log_says_why_a_token_is_refused(
    forged: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    await fault_of(f"Bearer {FORGED[forged]()}")

    assert [record.getMessage() for record in caplog.records] == [
        f"token refused: TOKEN_INVALID: {reason}"
    ]


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_the_log_holds_nothing_of_a_refused_token(
    forge: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = forge()

    await fault_of(f"Bearer {token}")

    (message,) = [record.getMessage() for record in caplog.records]
    assert not [
        part
        for part in token.replace(" ", ".").split(".")
        if len(part) > 3 and part in message
    ]
    assert not [
        value for value in ("u-1", "inconnue", "autre", ISSUER) if value in message
    ]


async def test_the_log_says_that_a_token_is_over_or_that_there_is_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    await fault_of(f"Bearer {signed(exp=1)}")
    await fault_of(None)

    messages = [
        "token refused: TOKEN_EXPIRED: its time is over",
        "token refused: TOKEN_MISSING: no bearer token",
    ]
    assert [record.getMessage() for record in caplog.records] == messages


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_forged_token_is_refused(forge: Callable[[], str]) -> None:
    """R15: one way to say who one is, a token of the issuer; no service has accounts of its own."""
    assert await fault_of(f"Bearer {forge()}") == "TOKEN_INVALID"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, "RS256"), (RSA, "PS256"), (EC, "ES256"), (ED, "EdDSA"), (ED, "Ed25519")],
)
async def test_a_token_of_the_issuer_says_who_is_calling(
    key: Key, algorithm: str
) -> None:
    token = signed(key, {"alg": algorithm})

    assert await VERIFIER.identify(f"Bearer {token}") == Identity(ISSUER, "u-1")


@pytest.mark.parametrize(
    "header", [{"typ": "application/AT+JWT"}, {"x5t": "empreinte"}, {"inconnu": 1}]
)
async def test_a_header_that_forges_nothing_is_no_obstacle(
    header: dict[str, object],
) -> None:
    assert await VERIFIER.identify(f"bearer {signed(header=header)}") == Identity(
        ISSUER, "u-1"
    )


async def test_one_audience_among_several_is_enough() -> None:
    token = signed(aud=["autre", AUDIENCE])

    assert await VERIFIER.identify(f"Bearer {token}") == Identity(ISSUER, "u-1")


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "eyJhbGciOi"]
)
async def test_a_request_without_a_token_is_told_so(authorization: str | None) -> None:
    assert await fault_of(authorization) == "TOKEN_MISSING"


async def test_an_expired_token_is_told_so_after_ten_seconds_of_leeway() -> None:
    assert (
        await fault_of(f"Bearer {signed(exp=int(time.time()) - 11)}") == "TOKEN_EXPIRED"
    )

    assert await VERIFIER.identify(
        f"Bearer {signed(exp=int(time.time()) - 5)}"
    ) == Identity(ISSUER, "u-1")


async def test_the_expiry_of_a_forged_token_is_not_told() -> None:
    assert await fault_of(f"Bearer {signed(STRANGER, exp=1)}") == "TOKEN_INVALID"


class Issuer:
    """Publishes its keys at an address, and counts who asks."""

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys)
        self.requests = 0
        self.up = True
        self.seconds = 0.0
        self.source = RemoteJwks(
            f"{ISSUER}/jwks", httpx.MockTransport(self._answer), lambda: self.seconds
        )
        self.verifier = Verifier(ISSUER, AUDIENCE, self.source)

    async def _answer(self, _: httpx.Request) -> httpx.Response:
        self.requests += 1
        await asyncio.sleep(0)
        broken = [
            {"kty": "EC", "crv": "P-0", "kid": "cassée"},
            {"kty": "AKP", "kid": "future"},
        ]
        keys = [*broken, *KeySet(self.keys).as_dict()["keys"]]
        return httpx.Response(200 if self.up else 502, json={"keys": keys})


async def test_the_keys_are_fetched_once_for_many_requests_at_a_time() -> None:
    issuer = Issuer(RSA)

    callers = await asyncio.gather(
        *(issuer.verifier.identify(f"Bearer {signed()}") for _ in range(20))
    )

    assert set(callers) == {Identity(ISSUER, "u-1")}
    assert issuer.requests == 1


async def test_a_new_key_is_found_and_unknown_names_ask_at_most_once_a_minute() -> None:
    issuer = Issuer(RSA)
    await issuer.verifier.identify(f"Bearer {signed()}")
    issuer.keys = [EC]
    renewed = f"Bearer {signed(EC, {'alg': 'ES256'})}"

    issuer.seconds = 59
    assert await fault_of(renewed, issuer.verifier) == "TOKEN_INVALID"
    assert issuer.requests == 1

    issuer.seconds = 60
    assert await issuer.verifier.identify(renewed) == Identity(ISSUER, "u-1")
    for number in range(10):
        await fault_of(
            f"Bearer {signed(header={'kid': f'inconnue-{number}'})}", issuer.verifier
        )
    assert issuer.requests == 2


async def test_a_key_that_the_issuer_withdrew_is_forgotten_within_the_hour() -> None:
    issuer = Issuer(RSA)
    await issuer.verifier.identify(f"Bearer {signed()}")
    issuer.keys = [EC]

    issuer.seconds = 3600

    assert await fault_of(f"Bearer {signed()}", issuer.verifier) == "TOKEN_INVALID"


async def test_known_keys_outlive_an_issuer_that_does_not_answer() -> None:
    issuer = Issuer(RSA)
    await issuer.verifier.identify(f"Bearer {signed()}")
    issuer.up = False

    issuer.seconds = 3600

    assert await issuer.verifier.identify(f"Bearer {signed()}") == Identity(
        ISSUER, "u-1"
    )


async def test_without_any_key_a_token_is_neither_believed_nor_refused() -> None:
    issuer = Issuer(RSA)
    issuer.up = False

    for _ in range(2):
        with pytest.raises(KeysUnavailable):
            await issuer.verifier.identify(f"Bearer {signed()}")
    assert issuer.requests == 1

    issuer.up, issuer.seconds = True, 60
    assert await issuer.verifier.identify(f"Bearer {signed()}") == Identity(
        ISSUER, "u-1"
    )


async def test_the_demonstration_recognises_its_own_tokens(tmp_path: Path) -> None:
    issuer = DemoIssuer(tmp_path / "demo-issuer.jwk")
    verifier = Verifier(DEMO_ISSUER, AUDIENCE, StaticJwks(issuer.jwks()))

    assert await verifier.identify(f"Bearer {issuer.issue('agent')}") == Identity(
        DEMO_ISSUER, "agent"
    )
    assert (
        await fault_of(
            f"Bearer {issuer.issue('agent', timedelta(minutes=-1))}", verifier
        )
        == "TOKEN_EXPIRED"
    )


def test_the_demonstration_key_is_made_once_and_read_by_its_owner_alone(
    tmp_path: Path,
) -> None:
    file = tmp_path / "demo-issuer.jwk"

    first, second = DemoIssuer(file), DemoIssuer(file)

    assert first.jwks() == second.jwks()
    assert "d" not in first.jwks()["keys"][0]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["demo-issuer.jwk"]
