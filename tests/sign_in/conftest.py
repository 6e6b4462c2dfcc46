"""A browser before the console's sign-in, over the application in process, on a machine's clock that a test moves."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from persistence.engine import Database
from persistence.seeds.fiction import fictional_vault
from persistence.sessions import SessionStore
from server.app import create_app
from server.clock import Clock
from server.settings import Settings
from server.sign_in.browser_session import BrowserSession
from server.sign_in.sessions import BrowserSessions
from tests.conftest import Copies, HeldClock, _plain

HOME = "https://localhost"
FIREFOX = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
)


class Machine(Clock):
    def __init__(self) -> None:
        self.instant = datetime(2026, 12, 10, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def wait(self, **lasts: float) -> None:
        self.instant += timedelta(**lasts)


def request(cookies: dict[str, str], method: str = "GET", **headers: str) -> Request:
    """A request as the console gets it."""
    fields = {
        "cookie": "; ".join(f"{n}={v}" for n, v in cookies.items()),
        "user-agent": FIREFOX,
        **headers,
    }
    raw = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in fields.items()
    ]
    return Request(
        {
            "type": "http",
            "method": method,
            "path": "/",
            "query_string": b"",
            "headers": raw,
        }
    )


def set_by(response: Any, cookies: dict[str, str]) -> dict[str, str]:  # noqa: ANN401 Starlette's or httpx's
    """What a browser holds after an answer."""
    pairs = (
        response.headers.multi_items()
        if hasattr(response.headers, "multi_items")
        else response.headers.items()
    )
    jar = dict(cookies)
    for line in [value for name, value in pairs if name.lower() == "set-cookie"]:
        for name, morsel in SimpleCookie(line).items():
            jar.pop(name, None)
            if morsel["max-age"] != "0":
                jar[name] = morsel.value
    return jar


class Loop(httpx.AsyncBaseTransport):
    """The application's way to its own provider, without a network."""

    app: Starlette

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(app=self.app).handle_async_request(request)


class Browser:
    """Holds cookies, and follows nothing by itself."""

    def __init__(self, app: Starlette, machine: Machine) -> None:
        self.app, self.machine = app, machine
        self.cookies: dict[str, str] = {}

    async def send(self, method: str, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 httpx's
        headers = {
            "cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items()),
            "user-agent": FIREFOX,
        }
        if method == "POST":
            headers["sec-fetch-site"] = "same-origin"
        headers |= options.pop("headers", {})
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url=HOME
        ) as client:
            answer = await client.request(method, url, headers=headers, **options)
        self.cookies = set_by(answer, self.cookies)
        return answer

    async def go(self, back: str = "/", *, force: bool = False) -> httpx.Response:
        """Leave for the provider: the question that it is asked is in `location`."""
        return await self.send(
            "GET",
            "/connexion/aller",
            params={"retour": back} | ({"force": "1"} if force else {}),
        )

    async def choose(
        self, went: httpx.Response, who: str, *, factor: bool = True
    ) -> httpx.Response:
        """Pick a persona on the provider's page: the answer is in `location`."""
        page = await self.send("GET", went.headers["location"])
        hidden = dict(
            re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        )
        picked = (
            hidden | {"personnage": who} | ({"second-facteur": "oui"} if factor else {})
        )
        return await self.send("POST", "/fournisseur/autoriser", data=picked)

    async def sign_in(
        self, who: str, back: str = "/", *, force: bool = False, factor: bool = True
    ) -> httpx.Response:
        chosen = await self.choose(await self.go(back, force=force), who, factor=factor)
        return await self.send("GET", chosen.headers["location"])

    @property
    def sessions(self) -> BrowserSessions:
        sessions: BrowserSessions = self.app.state.sessions
        return sessions

    async def session(self) -> BrowserSession | None:
        return await self.sessions.of(request(self.cookies))


def motif(answer: httpx.Response) -> str | None:
    """Why the page of connection is shown."""
    place = urlsplit(answer.headers["location"])
    assert answer.status_code == 303
    return parse_qs(place.query)["motif"][0] if place.path == "/connexion" else None


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def sessions(database: Database, machine: Machine) -> BrowserSessions:
    """The store alone, on both databases."""
    return BrowserSessions(
        SessionStore(database), fictional_vault().apart("console"), machine.now
    )


Opener = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def opened(
    copies: Copies, issuer_file: Path, machine: Machine
) -> AsyncIterator[Opener]:
    """Opens a browser on a fresh application over SQLite: the databases differ in the store alone."""
    url, lifespans = await copies.fresh("sqlite"), []

    async def open_(**environ: str) -> Browser:
        variables = {
            "DEMO": "1",
            "DATABASE_URL": _plain(url),
            "DEMO_KEY": str(issuer_file),
            "PUBLIC_URL": HOME,
        }
        way = Loop()
        way.app = create_app(
            Settings.from_environ(variables | environ),
            HeldClock(),
            machine,
            way,
            tasks=False,
        )
        lifespan = way.app.router.lifespan_context(way.app)
        await lifespan.__aenter__()
        lifespans.append(lifespan)
        return Browser(way.app, machine)

    yield open_
    for lifespan in lifespans:
        await lifespan.__aexit__(None, None, None)


@pytest.fixture
async def browser(opened: Opener) -> Browser:
    return await opened()
