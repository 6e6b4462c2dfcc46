"""The whole way: to the provider, back with a session, out; and each way that leads nowhere."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from persistence.facts.callers import Identity
from server.settings import DEMO_ISSUER
from server.sign_in.routes import COOKIE as QUESTION
from server.sign_in.sessions import COOKIE

from .conftest import HOME, Browser, Opener, motif, request


def query(answer: httpx.Response) -> dict[str, str]:
    return {
        name: values[0]
        for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()
    }


def changed(url: str, **parameters: str | None) -> str:
    """The same address with other parameters; None takes one away."""
    fields = {
        name: values[0] for name, values in parse_qs(urlsplit(url).query).items()
    } | parameters
    return str(
        httpx.URL(
            url,
            params={name: value for name, value in fields.items() if value is not None},
        )
    )


@pytest.mark.parametrize("profile", ["standard", "proconnect"])
async def test_a_person_signs_in_and_is_who_their_access_token_says(
    opened: Opener, profile: str
) -> None:
    browser = await opened(OIDC_PROFILE=profile)

    answer = await browser.sign_in("agent-paris", "/partenaires?cas=2")

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/partenaires?cas=2",
    )
    assert set(browser.cookies) == {COOKIE}
    session = await browser.session()
    assert session is not None
    assert session.identity == Identity(DEMO_ISSUER, "agent-paris")
    assert session.name == "Agnès Aubry"


async def test_somebody_whom_the_register_does_not_know_has_a_session_too(
    browser: Browser,
) -> None:
    await browser.sign_in("leo-sans-droit")

    session = await browser.session()
    assert session is not None
    assert session.name == "Léo Leroy"


async def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(
    browser: Browser,
) -> None:
    answer = await browser.sign_in("agent-paris")

    line = next(
        v for v in answer.headers.get_list("set-cookie") if v.startswith(COOKIE)
    )
    secret, *attributes = line.split("; ")
    assert {a.lower() for a in attributes} == {
        "path=/",
        "secure",
        "httponly",
        "samesite=lax",
    }
    assert len(secret.partition("=")[2]) == 43


async def test_the_question_is_as_each_provider_takes_it(opened: Opener) -> None:
    standard = query(await (await opened()).go())
    forced = query(await (await opened()).go(force=True))
    proconnect = query(await (await opened(OIDC_PROFILE="proconnect")).go(force=True))

    usual = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce"}
    assert set(standard) == usual | {
        "code_challenge",
        "code_challenge_method",
        "max_age",
    }
    assert standard["code_challenge_method"] == "S256"
    assert (standard["max_age"], forced["max_age"], forced["prompt"]) == (
        "43200",
        "0",
        "login",
    )
    assert set(proconnect) == usual | {"claims", "prompt"}
    assert "eidas2" in proconnect["claims"]
    assert all(
        len(fields[name]) >= 32
        for fields in (standard, proconnect)
        for name in ("state", "nonce")
    )
    assert standard["redirect_uri"] == f"{HOME}/connexion/retour"


async def test_two_questions_have_nothing_in_common(browser: Browser) -> None:
    one, other = query(await browser.go()), query(await browser.go())

    assert not {one[name] for name in ("state", "nonce", "code_challenge")} & set(
        other.values()
    )


# ways that lead nowhere


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://pirate.example/",
        "//pirate.example/",
        "///pirate.example",
        "/\\pirate.example",
        "\\\\pirate.example",
        "/\t/pirate.example",
        "/\n/pirate.example",
        "/ /pirate.example",
        "javascript:alert(1)",
        "partenaires",
        "",
        "/é",
        "/" + "a" * 2000,
    ],
)
async def test_a_sign_in_comes_back_to_this_site_alone(
    browser: Browser, elsewhere: str
) -> None:
    answer = await browser.sign_in("agent-paris", elsewhere)

    assert answer.headers["location"] == "/"


async def test_an_answer_to_no_question_of_this_browser_is_refused(
    browser: Browser,
) -> None:
    chosen = await browser.choose(await browser.go("/partenaires"), "agent-paris")
    back = chosen.headers["location"]
    former_cookies = dict(browser.cookies)

    for address in (
        changed(back, state="autre"),
        changed(back, state=None),
        changed(back, iss="https://autre.example"),
    ):
        browser.cookies = dict(former_cookies)
        answer = await browser.send("GET", address)
        assert motif(answer) == "etat"
        assert answer.headers["location"].endswith("&retour=%2Fpartenaires")
    for cookies in (
        {},
        {QUESTION: ""},
        {QUESTION: "zz"},
        {QUESTION: "00" * 40},
        {QUESTION: former_cookies[QUESTION][:-2] + "00"},
    ):
        browser.cookies = cookies
        assert motif(await browser.send("GET", back)) == "etat"
    assert await browser.session() is None


async def test_a_question_is_answered_within_ten_minutes(browser: Browser) -> None:
    went = await browser.go()
    browser.machine.wait(minutes=10, seconds=1)

    answer = await browser.send(
        "GET", (await browser.choose(went, "agent-paris")).headers["location"]
    )

    assert motif(answer) == "delai"


async def test_a_code_lasts_a_minute_and_serves_once(browser: Browser) -> None:
    chosen = await browser.choose(await browser.go(), "agent-paris")
    question, back = dict(browser.cookies), chosen.headers["location"]
    await browser.send("GET", back)
    browser.cookies = dict(question)
    assert motif(await browser.send("GET", back)) == "code"

    chosen = await browser.choose(await browser.go(), "agent-paris")
    browser.machine.wait(seconds=61)
    assert motif(await browser.send("GET", chosen.headers["location"])) == "code"


async def test_a_code_is_worth_nothing_without_the_secret_of_the_browser_that_asked(
    opened: Opener,
) -> None:
    """The code of one sign-in, slipped into another: PKCE refuses it, its state and nonce notwithstanding."""
    thief, victim = await opened(), await opened()
    stolen = query(await victim.choose(await victim.go(), "agent-paris"))["code"]
    own = await thief.choose(await thief.go(), "declarante-canal")

    answer = await thief.send("GET", changed(own.headers["location"], code=stolen))

    assert motif(answer) == "code"
    assert await thief.session() is None


async def test_without_pkce_the_nonce_refuses_the_code_of_another(
    opened: Opener,
) -> None:
    thief, victim = (
        await opened(OIDC_PROFILE="proconnect"),
        await opened(OIDC_PROFILE="proconnect"),
    )
    stolen = query(await victim.choose(await victim.go(), "agent-paris"))["code"]
    own = await thief.choose(await thief.go(), "declarante-canal")

    answer = await thief.send("GET", changed(own.headers["location"], code=stolen))

    assert motif(answer) == "jeton"


async def test_a_refusal_of_the_provider_is_told_without_its_words(
    browser: Browser,
) -> None:
    fields = query(await browser.go())

    refusal = {
        "error": "access_denied",
        "error_description": "Prénom Nom a refusé",
        "state": fields["state"],
    }
    answer = await browser.send("GET", "/connexion/retour", params=refusal)

    assert motif(answer) == "refus"
    assert answer.headers["location"] == "/connexion?motif=refus"


# again


async def test_a_step_up_rotates_the_cookie_and_makes_the_session_fresh_again(
    browser: Browser,
) -> None:
    await browser.sign_in("agent-paris")
    former, session = dict(browser.cookies), await browser.session()
    assert session is not None
    assert session.is_fresh
    browser.machine.wait(minutes=16)
    stale = await browser.session()
    assert stale is not None
    assert not stale.is_fresh

    await browser.sign_in("agent-paris", force=True)

    again = await browser.session()
    assert again is not None
    assert again.is_fresh
    assert again.ends_at == session.ends_at
    assert browser.cookies != former
    assert await browser.sessions.of(request(former)) is None


async def test_a_step_up_as_somebody_else_is_their_own_sign_in(
    browser: Browser,
) -> None:
    await browser.sign_in("agent-paris")
    session = await browser.session()
    browser.machine.wait(minutes=5)

    await browser.sign_in("lecteur-paris", force=True)

    other = await browser.session()
    assert session is not None
    assert other is not None
    assert other.identity.subject == "lecteur-paris"
    assert other.ends_at > session.ends_at


async def test_the_demonstrations_other_name_leads_to_the_one_that_cookies_know(
    browser: Browser,
) -> None:
    answer = await browser.send(
        "GET", "http://127.0.0.1:8000/connexion/aller?retour=/partenaires&force=1"
    )

    assert (
        answer.headers["location"]
        == f"{HOME}/connexion/aller?retour=/partenaires&force=1"
    )
    assert browser.cookies == {}


# leaving


async def test_signing_out_ends_the_session_here_then_at_the_provider(
    browser: Browser,
) -> None:
    await browser.sign_in("agent-paris")
    session, former = await browser.session(), dict(browser.cookies)
    assert session is not None

    answer = await browser.send(
        "POST", "/deconnexion", data={"_jeton": session.token()}
    )

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{HOME}/fournisseur/sortie?")
    assert set(query(answer)) == {"id_token_hint", "state", "post_logout_redirect_uri"}
    assert browser.cookies == {}
    assert await browser.sessions.of(request(former)) is None
    home = await browser.send("GET", answer.headers["location"])
    assert home.headers["location"].startswith(f"{HOME}/connexion/fin?state=")
    assert motif(await browser.send("GET", home.headers["location"])) == "deconnecte"


async def test_signing_out_is_asked_by_our_own_form_alone(browser: Browser) -> None:
    await browser.sign_in("agent-paris")
    session = await browser.session()
    assert session is not None
    token = session.token()

    for data, site in (
        ({}, "same-origin"),
        ({"_jeton": "faux"}, "same-origin"),
        ({"_jeton": ""}, "same-origin"),
        ({"_jeton": token}, "cross-site"),
        ({"_jeton": token}, "same-site"),
    ):
        answer = await browser.send(
            "POST", "/deconnexion", data=data, headers={"sec-fetch-site": site}
        )
        assert answer.status_code == 403
    assert await browser.session() is not None


async def test_signing_out_of_a_session_that_ran_out_is_no_error(
    browser: Browser,
) -> None:
    await browser.sign_in("agent-paris")
    browser.machine.wait(hours=13)

    assert motif(await browser.send("POST", "/deconnexion", data={})) == "deconnecte"
