"""The demonstration's provider: whom it shows, what it refuses, and that it stays in the demonstration."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import httpx
import orjson
import pytest

from persistence.seeds.fiction import fictional_vault
from persistence.seeds.stories import personas
from persistence.signing import add_key
from persistence.vault import Vault
from server.app import create_app
from server.demo.issuer import DemoIssuer
from server.identity import verified
from server.jwks import StaticJwks
from server.settings import Settings
from server.sign_in.attempts import AuthorizationRequest
from server.sign_in.routes import COOKIE
from tests.conftest import Running

from .conftest import HOME, Browser


class Tags(HTMLParser):
    """Every tag of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def page_of(browser: Browser) -> httpx.Response:
    return await browser.send("GET", (await browser.go()).headers["location"])


async def test_every_person_of_the_demonstration_is_a_card_and_no_machine_is(
    browser: Browser,
) -> None:
    tags = Tags((await page_of(browser)).text)

    people = {p.subject for p in personas() if not p.machine}
    assert {b["value"] for b in tags.all("button")} == people | {"leo-sans-droit"}
    assert "paie-fictive" not in people


async def test_the_page_needs_neither_script_nor_style_of_its_own(
    browser: Browser,
) -> None:
    page = await page_of(browser)
    tags = Tags(page.text)

    assert tags.all("html") == [{"lang": "fr"}]
    assert "<title>Démonstration – Choisir un personnage</title>" in page.text
    assert [link["href"] for link in tags.all("link")] == ["/static/desk.css"]
    assert not [
        t
        for t, a in tags.tags
        if t in {"script", "style"} or "style" in a or any(n[:2] == "on" for n in a)
    ]
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for directive in (
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "style-src 'self'",
    ):
        assert directive in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"


async def test_every_field_and_button_of_the_page_has_its_words(
    browser: Browser,
) -> None:
    tags = Tags((await page_of(browser)).text)

    ids = {a["id"] for _, a in tags.tags if "id" in a}
    assert {a["for"] for a in tags.all("label")} == {
        i["id"] for i in tags.all("input") if i["type"] != "hidden"
    }
    assert {b["aria-describedby"] for b in tags.all("button")} <= ids
    assert [len(tags.all(h)) for h in ("main", "h1", "h2")] == [1, 1, 4]


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "autre"}, {"redirect_uri": f"{HOME}/connexion/retour/"}, {"redirect_uri": "https://pirate.example"},
     {"response_type": "token"}],
)  # fmt: skip
async def test_a_question_that_is_not_the_consoles_leads_nowhere(
    browser: Browser, changed: dict[str, str]
) -> None:
    question = httpx.URL((await browser.go()).headers["location"]).copy_merge_params(
        changed
    )

    answer = await browser.send("GET", str(question))

    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "site"),
    [
        ({"personnage": "paie-fictive"}, "same-origin"),
        ({"personnage": "inconnu"}, "same-origin"),
        ({"redirect_uri": "https://pirate.example"}, "same-origin"),
        ({}, "cross-site"),
    ],
)
async def test_a_choice_that_is_not_of_the_page_leads_nowhere(
    browser: Browser, changed: dict[str, str], site: str
) -> None:
    form = {
        "client_id": "console",
        "redirect_uri": f"{HOME}/connexion/retour",
        "personnage": "agent-paris",
    }

    answer = await browser.send(
        "POST",
        "/fournisseur/autoriser",
        data=form | changed,
        headers={"sec-fetch-site": site},
    )

    assert answer.status_code == 400


async def test_the_second_factor_is_told_as_it_was_chosen(
    browser: Browser, issuer: DemoIssuer
) -> None:
    for factor, acr in ((True, "eidas2"), (False, "eidas1")):
        tokens = await _exchanged(browser, factor=factor)
        claims = await verified(
            tokens.json()["id_token"], StaticJwks(issuer.jwks()), ("jwt",)
        )
        assert (claims["acr"], "mfa" in claims["amr"]) == (acr, factor)


async def test_a_verifier_that_does_not_match_gets_no_token(browser: Browser) -> None:
    for verifier in ("autre", "", None):
        answer = await _exchanged(browser, {"code_verifier": verifier})
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uri": f"{HOME}/ailleurs"}, "invalid_request"),
        ({"client_id": "autre"}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"code": "faux"}, "invalid_grant"),
        ({"code": ""}, "invalid_grant"),
    ],
)
async def test_a_question_for_tokens_is_exact(
    browser: Browser, changed: dict[str, str], error: str
) -> None:
    answer = await _exchanged(browser, changed)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_an_access_token_is_no_code(browser: Browser, issuer: DemoIssuer) -> None:
    answer = await _exchanged(browser, {"code": issuer.issue("agent-paris")})

    assert answer.json() == {"error": "invalid_grant"}


async def test_the_description_of_a_person_is_signed_or_not_as_is_asked(
    browser: Browser,
) -> None:
    token = (await _exchanged(browser)).json()["access_token"]
    place, bearer = "/fournisseur/utilisateur", {"Authorization": f"Bearer {token}"}

    plain = await browser.send(
        "GET", place, headers=bearer | {"Accept": "application/json"}
    )
    signed = await browser.send(
        "GET", place, headers=bearer | {"Accept": "application/jwt"}
    )
    nobody = await browser.send("GET", place, headers={"Authorization": "Bearer faux"})

    assert plain.json()["usual_name"] == "Aubry"
    assert signed.headers["content-type"].startswith("application/jwt")
    assert signed.text.count(".") == 2
    assert nobody.status_code == 401


async def test_leaving_leads_back_to_the_console_alone(browser: Browser) -> None:
    answer = await browser.send(
        "GET", "/fournisseur/sortie?post_logout_redirect_uri=https://pirate.example/"
    )

    assert answer.status_code == 400


def test_a_production_has_neither_this_provider_nor_a_console_that_was_not_asked_for(
    tmp_path: Path,
) -> None:
    production = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'r.db'}",
        "OIDC_ISSUER": "https://identite.example",
        "OIDC_JWKS_URL": "https://identite.example/jwks",
        "NIR_KEYS": str(_keys(tmp_path)),
    }
    console = {
        "OIDC_CLIENT_ID": "habilitations",
        "PUBLIC_URL": "https://habilitations.example",
    }

    assert _paths(production) == {
        "/graphql",
        "/imports/{id}",
        "/keys",
        "/livez",
        "/readyz",
    }
    opened = _paths(production | console) - _paths(production)
    assert {
        "/connexion/aller",
        "/connexion/retour",
        "/connexion/fin",
        "/deconnexion",
        "/partenaires",
    } <= opened
    assert not any(path.startswith("/fournisseur") for path in opened)


# over a network


async def test_the_demonstration_signs_in_over_real_http_whichever_worker_answers(
    serve: Callable[..., Awaitable[Running]],
) -> None:
    """A browser keeps `Secure` cookies on this machine, httpx does not over http: they are carried by hand."""
    running = await serve(WORKERS="2")
    cookies: dict[str, str] = {}

    async def send(method: str, url: str, **options: object) -> httpx.Response:
        headers = {
            "cookie": "; ".join(f"{n}={v}" for n, v in cookies.items()),
            "sec-fetch-site": "same-origin",
        }
        answer = await running.client.request(method, url, headers=headers, **options)  # type: ignore[arg-type]
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            cookies[name] = value.strip('"')
        return answer

    went = await send("GET", "/connexion/aller?retour=/partenaires")
    page = await send("GET", went.headers["location"])
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    chosen = await send(
        "POST", "/fournisseur/autoriser", data=hidden | {"personnage": "agent-paris"}
    )
    back = await send("GET", chosen.headers["location"])

    assert back.headers["location"] == "/partenaires"
    assert len(cookies["__Host-session"]) == 43


async def _exchanged(
    browser: Browser,
    changed: Mapping[str, str | None] = MappingProxyType({}),
    *,
    factor: bool = True,
) -> httpx.Response:
    """What the provider answers to the code of a sign-in, asked with what the console would send, but for a change."""
    chosen = await browser.choose(await browser.go(), "agent-paris", factor=factor)
    sealed = bytes.fromhex(browser.cookies[COOKIE])
    sign_in = AuthorizationRequest(
        *orjson.loads(fictional_vault().apart("console").open(sealed, COOKIE))
    )
    form = {
        "grant_type": "authorization_code",
        "client_id": "console",
        "redirect_uri": f"{HOME}/connexion/retour",
        "code": httpx.URL(chosen.headers["location"]).params["code"],
        "code_verifier": sign_in.verifier,
    }
    fields = {
        name: value
        for name, value in (form | dict(changed)).items()
        if value is not None
    }
    return await browser.send("POST", "/fournisseur/jeton", data=fields)


def _paths(environ: dict[str, str]) -> set[str]:
    return {route.path for route in create_app(Settings.from_environ(environ)).routes}  # type: ignore[attr-defined]


def _keys(folder: Path) -> Path:
    file = folder / "keys.json"
    if not file.exists():
        Vault.write(file)
        add_key(file, date(2026, 12, 1))
    return file
