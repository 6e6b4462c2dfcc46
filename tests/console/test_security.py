"""Without a session, a token and a good intention, nothing goes out, nothing in."""

import re
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest

from console.kernel.library import Library
from console.kernel.page import Page
from console.kernel.requests import local_path
from console.site import ACTS, PAGES
from tests.journeys.story import a_siret

from .houses import House, Visit
from .markup import parse_page
from .places import addresses, extraction

ELSEWHERE = (
    "//exemple.invalid",
    "///exemple.invalid",
    "/\\exemple.invalid",
    "\\\\exemple.invalid",
    "https://exemple.invalid/",
    "https:exemple.invalid",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "/\t/exemple.invalid",
    "\t//exemple.invalid",
    "/\n/exemple.invalid",
    "/\r\nSet-Cookie: a=b",
    " //exemple.invalid",
    "\u00a0//exemple.invalid",
    "exemple.invalid",
    "",
)
HOSTILE = (
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    "{{1337*1337}}{% raw %}",
    "\u202e\u2066renversé",
    "a\x00b",
    "x" * 10_000,
    "%ff%c0%80",
    "' OR 1=1 --",
)
UNSAFE = [
    ("/partenaires", [("_faire", "export"), ("format", "csv")]),
    ("/utilisateurs", [("search", "Dubois")]),
    ("/preferences", [("theme", "dark"), ("retour", "/")]),
    ("/rester", []),
    ("/sessions", []),
    (
        "/actes/userInvite?partnerId=ptr_99990001200033",
        [("_etape", "faire"), ("person.email", "a@exemple.fr")],
    ),
    (
        "/lots/userSuspend",
        [("_page", "users"), ("_retour", "/"), ("ids", "aff_x|X"), ("_etape", "faire")],
    ),
    ("/imports/imp_x/fichier", []),
    ("/deconnexion", []),
]


def token_of(visit: Visit) -> str:
    return next(
        value
        for form in visit.parsed.forms
        for name, value in form.values
        if name == "_jeton"
    )


@pytest.fixture(scope="module", autouse=True)
async def furnished(house: House) -> None:
    await extraction(house)


# who is nobody


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_no_page_is_read_without_a_session(house: House, page: Page) -> None:
    stranger = await house.arrive("agent-paris")
    stranger.cookies = {"__Host-session": "x" * 43}
    address = (await addresses(house, page))[0]

    visit = await stranger.get(address)

    assert visit.status == 303
    assert visit.place == "/connexion?" + urlencode({"retour": address})
    assert visit.text == ""
    assert visit.questions == []


async def test_no_act_is_shown_without_a_session(house: House) -> None:
    stranger = await house.arrive("agent-paris")
    stranger.cookies = {}

    for act in ACTS:
        visit = await stranger.get(f"/actes/{act}?affiliationId=x")
        assert visit.status == 303
        assert visit.place.startswith("/connexion?retour=%2Factes%2F")
        assert visit.questions == []


# unsafe requests


@pytest.mark.parametrize(("address", "typed"), UNSAFE, ids=[a for a, _ in UNSAFE])
async def test_a_form_without_its_own_token_does_nothing(
    house: House, address: str, typed: list[tuple[str, str]]
) -> None:
    """It may be a form of a former session.

    Nothing is done, and it comes back to be sent again.
    """
    visitor, other = (
        await house.arrive("agent-paris"),
        await house.visitor("agent-rhone"),
    )
    theirs = token_of(await other.get("/sessions"))

    for token in (
        [],
        [("_jeton", "")],
        [("_jeton", theirs)],
        [("_jeton", "é" * 88)],
        [("_jeton", "A" * 88)],
    ):
        visit = await visitor.post(address, [*typed, *token])
        assert visit.status in {303, 403}, token
        assert (
            visit.status == 403
            or visit.place == address + ("&" if "?" in address else "?") + "saisie=1"
        )
        assert visit.questions == []
        assert await visitor.session() is not None


@pytest.mark.parametrize(("address", "typed"), UNSAFE, ids=[a for a, _ in UNSAFE])
async def test_a_form_from_elsewhere_does_nothing_even_with_the_token(
    house: House, address: str, typed: list[tuple[str, str]]
) -> None:
    visitor = await house.arrive("agent-paris")
    mine = token_of(await visitor.get("/sessions"))

    for site in ("cross-site", "same-site", "none"):
        visit = await visitor.post(
            address, [*typed, ("_jeton", mine)], sec_fetch_site=site
        )
        assert visit.status == 403, site
        assert visit.questions == []
        assert await visitor.session() is not None


async def test_a_browser_that_says_no_site_is_believed_by_its_origin_alone(
    house: House,
) -> None:
    visitor = await house.arrive("agent-paris")
    pairs = [
        ("_jeton", token_of(await visitor.get("/sessions"))),
        ("theme", "dark"),
        ("retour", "/"),
    ]
    sent_headers = {
        "content-type": "application/x-www-form-urlencoded",
        "cookie": _cookies(visitor.cookies),
    }

    async def status(**headers: str) -> int:
        visit = await visitor.visit(
            "POST",
            "/preferences",
            content=urlencode(pairs).encode(),
            headers=sent_headers | headers,
        )
        return visit.status

    assert await status(**{"sec-fetch-site": "same-origin"}) == 303
    assert (
        await status(**{"sec-fetch-site": "cross-site", "origin": "https://localhost"})
        == 403
    )


def _cookies(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def test_a_get_never_writes(house: House) -> None:
    """Reading a page or a form, whatever its address says, begins no transaction."""
    visitor = await house.visitor("agent-paris")
    await visitor.get("/")
    with house.overheard() as sent_headers:
        for act in ACTS:
            await visitor.get(
                f"/actes/{act}?partnerId=ptr_99990001200025&_etape=faire&saisie=1"
            )
        for page in PAGES:
            await visitor.get(
                (await addresses(house, page))[0]
                + "?_faire=export&format=csv&_etape=faire"
            )

    assert "BEGIN" not in sent_headers


# what every answer says to the browser


@pytest.mark.thirds
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_every_page_is_kept_by_nobody_and_runs_nothing_but_ours(
    house: House, page: Page
) -> None:
    visitor = await house.visitor("agent-paris")
    for address in [
        *await addresses(house, page),
        "/partenaires/ptr_rien",
        "/actes/partnerRegister",
        "/connexion?motif=x",
    ]:
        _guarded(await visitor.get(address))


def _guarded(visit: Visit) -> None:
    headers = visit.answer.headers
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in headers["content-security-policy"].split(";")
    )
    assert (
        policy["default-src"]
        == policy["base-uri"]
        == policy["frame-ancestors"]
        == "'none'"
    )
    assert (
        policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    )
    assert policy["form-action"] == "'self'"
    assert not re.search(r"unsafe|nonce|data:|\*", headers["content-security-policy"])
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert not re.search(
        r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=\"", visit.text
    )
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', visit.text)


# going somewhere else


@pytest.mark.parametrize("there", ELSEWHERE)
async def test_a_way_back_never_leaves_the_site(house: House, there: str) -> None:
    visitor = await house.visitor("agent-paris")
    token = token_of(await visitor.get("/sessions"))
    moved = [
        await visitor.get(f"/connexion?retour={quote(there)}"),
        await visitor.post(
            "/preferences", [("_jeton", token), ("theme", ""), ("retour", there)]
        ),
    ]
    for visit in moved:
        assert visit.status == 303
        place = urlsplit(urljoin("https://localhost/", visit.place))
        assert (place.scheme, place.netloc) == ("https", "localhost"), visit.place
        assert "set-cookie: a" not in str(visit.answer.headers).lower()

    form = await visitor.get(f"/actes/partnerRegister?retour={quote(there)}")
    for address in re.findall(r'href="([^"]*)"', form.text):
        assert (
            urlsplit(urljoin("https://localhost/x", address)).netloc == "localhost"
        ), address


@pytest.mark.parametrize("there", ELSEWHERE)
def test_what_is_not_a_path_of_ours_is_the_home_page(there: str) -> None:
    assert local_path(there) == "/"


@pytest.mark.parametrize(
    "there", ["/", "/partenaires?search=a%20b&x=1", "/utilisateurs/usr_a#groupes", "/é"]
)
def test_a_path_of_ours_is_kept(there: str) -> None:
    assert local_path(there) == there


# hostile words


@pytest.mark.thirds
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_hostile_words_in_an_address_are_told_or_escaped_and_break_nothing(
    house: House, library: Library, page: Page
) -> None:
    visitor = await house.visitor("agent-paris")
    address = (await addresses(house, page))[0].partition("?")[0]
    names = [
        *library.queries[page.document].variables,
        "s",
        "taille",
        "rang",
        "fait",
        "retour",
        "inconnue",
    ]
    for words in HOSTILE:
        for some in (
            *batched([n for n in names if n not in {"after", "before"}]),
            ["after"],
            ["before"],
        ):
            _harmless(
                await visitor.get(f"{address}?{urlencode(dict.fromkeys(some, words))}"),
                words,
            )
        if "{" in page.path:
            place = page.path.format(
                id=quote(words, safe=""),
                establishment=quote(words, safe=""),
                service="x",
                year="2026",
            )
            _harmless(await visitor.get(place), words)


def batched(names: list[str]) -> list[list[str]]:
    """By five: an address has a limit too."""
    return [names[i : i + 5] for i in range(0, len(names), 5)]


def _harmless(visit: Visit, words: str) -> None:
    assert visit.status in {200, 303, 400, 404}, (visit.status, words[:20])
    assert "<script>alert" not in visit.text
    assert "1787569" not in visit.text
    assert "Traceback" not in visit.text
    assert (
        parse_page(visit.text).headings
        or visit.status == 303
        or "%2F" in visit.answer.request.url.raw_path.decode()
    )


async def test_a_hostile_name_is_escaped_wherever_it_is_shown(house: House) -> None:
    name = '"><script>alert(1)</script>{{1337*1337}}'
    paris = (await house.data("agent-paris", "{ viewer { organisms { id } } }"))[
        "viewer"
    ]["organisms"][0]["id"]
    answer = await house.api(
        "agent-paris",
        "mutation($i: PartnerRegisterInput!) { partnerRegister(input: $i) { partner { id } errors { message } } }",
        {"i": {"name": name, "siret": a_siret(), "kind": "ESAT", "organismId": paris}},
    )
    visitor = await house.visitor("agent-paris")

    pages = [
        "/partenaires",
        (await visitor.search("/partenaires", "script")).place,
        "/",
        "/journal",
    ]
    payload = answer["data"]["partnerRegister"]
    assert payload["errors"] == [], payload
    partner = payload["partner"]["id"]
    pages += [
        f"/partenaires/{partner}{tab}"
        for tab in ("", "/contrats", "/services", "/groupes", "/historique")
    ]
    pages_that_show_it = 0
    for address in pages:
        visit = await visitor.get(address)
        _harmless(visit, name)
        pages_that_show_it += (
            "&lt;script&gt;alert(1)&lt;/script&gt;{{1337*1337}}" in visit.text
        )

    assert pages_that_show_it >= 5
