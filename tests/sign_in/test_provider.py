"""What is believed of a provider: its metadata, its ID token, what it says of the person."""

import base64
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from persistence.facts.callers import Identity
from server.sign_in.attempts import AuthorizationRequest, SignInError, SignInFault

from .double import (
    ABSENT,
    AT,
    CLIENT,
    FORCED,
    ISSUER,
    NOW,
    RSA,
    SIGN_IN,
    Double,
    claims,
    encoded,
    signed,
)


async def fault_of(
    double: Double, sign_in: AuthorizationRequest = SIGN_IN
) -> SignInFault:
    with pytest.raises(SignInError) as failed:
        await double.signs_in(sign_in)
    return failed.value.fault


async def test_a_person_is_who_the_id_token_says() -> None:
    double = Double()
    double.says(signed(claims(acr="eidas2", amr=["pwd", "otp"])))

    who = await double.signs_in()

    assert who.identity == Identity(ISSUER, "u-1")
    assert (who.name, who.acr, who.amr, who.authenticated_at) == (
        "Agnès Aubry",
        "eidas2",
        "pwd otp",
        NOW,
    )
    form = double.sent("/jeton")
    assert (form["code"], form["code_verifier"]) == ("code", SIGN_IN.verifier)
    assert form["redirect_uri"] == "https://habilitations.example/connexion/retour"


@pytest.mark.parametrize(
    ("profile", "in_header"), [("standard", True), ("proconnect", False)]
)
async def test_a_client_shows_its_secret_where_the_provider_looks_for_it(
    profile: str, *, in_header: bool
) -> None:
    double = Double(profile)
    if profile == "proconnect":
        double.describes_signed(signed({"sub": "u-1"}))

    await double.signs_in()

    request = next(r for r in double.requests if r.url.path == "/jeton")
    assert request.headers.get("authorization", "").startswith("Basic ") is in_header
    assert (double.sent("/jeton").get("client_secret") == "s") is not in_header


# the ID token


def the_public_key_as_a_secret() -> str:
    content = (
        f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(claims())}"
    )
    mac = hmac.digest(RSA.as_pem(private=False), content.encode(), "sha256")
    return f"{content}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
FORGED: dict[str, Callable[[], object]] = {
    "alg none": lambda: (
        f"{encoded({'alg': 'none', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(claims())}."
    ),
    "the public key as a secret": the_public_key_as_a_secret,
    "another key of the same name": lambda: signed(claims(), STRANGER),
    "another key, embedded": lambda: signed(
        claims(), STRANGER, jwk=STRANGER.as_dict(private=False)
    ),
    "RS512, which is not listed": lambda: signed(claims(), alg="RS512"),
    "unknown kid": lambda: signed(claims(), kid="inconnue"),
    "no kid": lambda: signed(claims(), kid=ABSENT),
    "critical extension": lambda: signed(claims(), crit=["b64"], b64=False),
    "an access token": lambda: signed(claims(), typ="at+jwt"),
    "an access token, spelt out": lambda: signed(claims(), typ="application/AT+JWT"),
    "a logout token": lambda: signed(claims(), typ="logout+jwt"),
    "another issuer": lambda: signed(claims(iss=f"{ISSUER}/")),
    "no issuer": lambda: signed(claims(iss=ABSENT)),
    "another audience": lambda: signed(claims(aud="autre")),
    "no audience": lambda: signed(claims(aud=ABSENT)),
    "audiences without us": lambda: signed(
        claims(aud=["autre", "une autre"], azp=CLIENT)
    ),
    "several audiences without azp": lambda: signed(claims(aud=[CLIENT, "autre"])),
    "azp of another": lambda: signed(claims(azp="autre")),
    "expired": lambda: signed(claims(exp=AT - 11)),
    "no exp": lambda: signed(claims(exp=ABSENT)),
    "exp a text": lambda: signed(claims(exp=str(AT + 60))),
    "issued later": lambda: signed(claims(iat=AT + 60)),
    "no iat": lambda: signed(claims(iat=ABSENT)),
    "another nonce": lambda: signed(claims(nonce="m" * 43)),
    "no nonce": lambda: signed(claims(nonce=ABSENT)),
    "a list of nonces": lambda: signed(claims(nonce=[SIGN_IN.nonce, "m"])),
    "no sub": lambda: signed(claims(sub=ABSENT)),
    "empty sub": lambda: signed(claims(sub="")),
    "sub a number": lambda: signed(claims(sub=1)),
    "no auth_time": lambda: signed(claims(auth_time=ABSENT)),
    "auth_time a text": lambda: signed(claims(auth_time=str(AT))),
    "auth_time a boolean": lambda: signed(claims(auth_time=True)),
    "claims a list": lambda: (
        f"{encoded({'alg': 'RS256', 'kid': 'rsa'})}.{encoded([])}.AAAA"
    ),
    "two segments": lambda: signed(claims()).rpartition(".")[0],
    "not a token": lambda: "jeton",
    "a number": lambda: 1,
    "nothing": lambda: ABSENT,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_an_id_token_that_is_not_as_it_must_be_signs_nobody_in(
    forge: Callable[[], object],
) -> None:
    double = Double()
    double.says(forge())

    assert await fault_of(double) is SignInFault.TOKEN


@pytest.mark.parametrize(
    "token",
    [
        signed(claims(), typ=ABSENT),
        signed(claims(aud=[CLIENT])),
        signed(claims(aud=[CLIENT, "autre"], azp=CLIENT)),
        signed(claims(exp=AT - 5)),
        signed(claims(iat=AT + 5)),
    ],
)
async def test_an_id_token_that_differs_in_form_alone_is_good(token: str) -> None:
    double = Double()
    double.says(token)

    assert (await double.signs_in()).identity.subject == "u-1"


# when the person proved who they are


async def test_somebody_asked_to_authenticate_again_must_have_done_it() -> None:
    double = Double()
    double.says(signed(claims(auth_time=AT - 11)))
    assert await fault_of(double, FORCED) is SignInFault.NOT_AGAIN

    double.says(signed(claims(auth_time=AT - 5)))
    assert (await double.signs_in(FORCED)).authenticated_at == NOW - timedelta(
        seconds=5
    )


@pytest.mark.parametrize("auth_time", [AT + 3600, 2**62])
async def test_an_authentication_to_come_is_one_of_now(auth_time: int) -> None:
    double = Double()
    double.says(signed(claims(auth_time=auth_time)))

    assert (await double.signs_in()).authenticated_at == NOW


async def test_a_provider_that_does_not_tell_is_believed_when_it_was_made_to_ask() -> (
    None
):
    double = Double("proconnect")
    double.says(signed(claims(auth_time=ABSENT)))
    double.describes_signed(signed({"sub": "u-1"}))

    assert (await double.signs_in()).authenticated_at is None
    assert (await double.signs_in(FORCED)).authenticated_at == NOW


# what it says of the person


async def test_a_signed_description_is_read_where_it_is_promised() -> None:
    double = Double("proconnect")
    about = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "u-1",
        "given_name": "Agnès",
        "usual_name": "Aubry",
    }
    double.describes_signed(signed(about), "application/jwt; charset=utf-8")

    assert (await double.signs_in()).name == "Agnès Aubry"
    assert (
        next(r for r in double.requests if r.url.path == "/utilisateur").headers[
            "accept"
        ]
        == "application/jwt"
    )
    assert "code_verifier" not in double.sent("/jeton")


PERSON = {"iss": ISSUER, "aud": CLIENT, "sub": "u-1"}


@pytest.mark.parametrize(
    "token",
    [
        signed(PERSON | {"sub": "u-2"}),
        signed(PERSON | {"sub": ABSENT}),
        signed(PERSON | {"iss": "https://autre.example"}),
        signed(PERSON | {"aud": "autre"}),
        signed(PERSON | {"exp": AT - 60}),
        signed(PERSON, STRANGER),
        signed(PERSON, typ="at+jwt"),
        f"{encoded({'alg': 'none', 'kid': 'rsa'})}.{encoded(PERSON)}.",
    ],
)
async def test_a_signed_description_that_cannot_be_believed_signs_nobody_in(
    token: str,
) -> None:
    double = Double("proconnect")
    double.describes_signed(token)

    assert await fault_of(double) is SignInFault.TOKEN


@pytest.mark.parametrize(
    ("profile", "media"),
    [("proconnect", "application/json"), ("standard", "application/jwt")],
)
async def test_a_description_in_another_form_than_promised_is_refused(
    profile: str, media: str
) -> None:
    double = Double(profile)
    if media == "application/json":
        double.describes(PERSON)
    else:
        double.describes_signed(signed(PERSON), media)

    assert await fault_of(double) is SignInFault.TOKEN


@pytest.mark.parametrize(
    "about", [{"sub": "u-2"}, {}, [], "u-1", {"sub": "u-1", "x": "x" * 100_000}]
)
async def test_a_description_of_somebody_else_is_refused(about: object) -> None:
    double = Double()
    double.describes(about)

    assert await fault_of(double) is SignInFault.TOKEN


async def test_a_provider_without_descriptions_leaves_the_id_token_to_name_the_person() -> (
    None
):
    double = Double(userinfo_endpoint=ABSENT)
    double.says(signed(claims(given_name="Agnès", family_name=" Aubry ")))

    assert (await double.signs_in()).name == "Agnès Aubry"


@pytest.mark.parametrize(
    "about", [{"sub": "u-1"}, {"sub": "u-1", "given_name": 1, "family_name": None}]
)
async def test_somebody_without_a_name_signs_in_all_the_same(about: object) -> None:
    double = Double()
    double.describes(about)

    assert not (await double.signs_in()).name


# a provider that fails

DOWN = httpx.ConnectError("")
SLOW = httpx.ReadTimeout("")


@pytest.mark.parametrize(
    "answer",
    [DOWN, SLOW, httpx.Response(500), httpx.Response(200, text="<html>")],
    ids=repr,
)
@pytest.mark.parametrize("path", ["/decouverte", "/jeton", "/cles", "/utilisateur"])
async def test_a_provider_that_does_not_answer_is_told_so(
    path: str, answer: httpx.Response | Exception
) -> None:
    double = Double()
    double.answers[path] = answer

    readable = (
        path == "/utilisateur"
        and isinstance(answer, httpx.Response)
        and answer.status_code == 200
    )
    assert await fault_of(double) is (
        SignInFault.TOKEN if readable else SignInFault.PROVIDER
    )


async def test_a_refused_code_is_told_so() -> None:
    double = Double()
    double.answers["/jeton"] = httpx.Response(
        400, json={"error": "invalid_grant", "error_description": "Nom"}
    )

    assert await fault_of(double) is SignInFault.CODE


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://autre.example"},
        {"issuer": ABSENT},
        {"token_endpoint": ABSENT},
        {"jwks_uri": ABSENT},
        {"authorization_endpoint": ABSENT},
        {"token_endpoint": "http://identite.example/jeton"},
        {"userinfo_endpoint": "file:///etc/passwd"},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
    ids=repr,
)
async def test_metadata_that_are_not_those_of_the_issuer_are_refused(
    metadata: dict[str, Any],
) -> None:
    assert await fault_of(Double(**metadata)) is SignInFault.PROVIDER


async def test_metadata_are_asked_once_and_not_before_somebody_comes() -> None:
    double = Double()
    assert double.requests == []

    await double.signs_in()
    await double.signs_in()

    assert [r.url.path for r in double.requests].count("/decouverte") == 1


async def test_metadata_are_asked_again_after_an_hour_and_stay_good_while_the_provider_is_down() -> (
    None
):
    double = Double()

    def discoveries() -> int:
        return [r.url.path for r in double.requests].count("/decouverte")

    await double.provider.authorization_url(SIGN_IN)
    double.answers["/decouverte"] = DOWN
    for at, times in ((3599.0, 1), (3600.0, 2), (3659.0, 2), (3660.0, 3)):
        double.seconds = at
        assert (await double.provider.authorization_url(SIGN_IN)).startswith(
            f"{ISSUER}/autoriser?"
        )
        assert discoveries() == times


async def test_leaving_the_provider_says_which_session_and_where_to_come_back() -> None:
    double = Double()

    url = httpx.URL(
        await double.provider.sign_out_url(
            "jeton", "https://habilitations.example/connexion/fin"
        )
        or ""
    )

    assert url.path == "/sortie"
    assert {*url.params} == {
        "tenant",
        "id_token_hint",
        "state",
        "post_logout_redirect_uri",
    }
    assert len(url.params["state"]) >= 32
    assert (
        await Double(end_session_endpoint=ABSENT).provider.sign_out_url("jeton", "")
        is None
    )
    assert double.provider.origins() == (ISSUER,)


async def test_a_provider_that_is_down_keeps_nobody_from_leaving() -> None:
    double = Double()
    double.answers["/decouverte"] = DOWN

    assert await double.provider.sign_out_url("jeton", "") is None
