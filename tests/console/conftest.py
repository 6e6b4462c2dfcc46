"""The console under test.

Its kernel alone on the contract's schema, or whole, over ASGI or in a browser.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from console.kernel.answering import Console
from console.kernel.library import Library
from console.kernel.ports import Ports
from console.site import SITE
from schema.contract import types
from server.demo.issuer import DemoIssuer
from tests.conftest import Copies, running

from .browsing import ARGUMENTS, CHROMIUM, Chromium, Watched, opened, sign_in
from .houses import House, housed


def refuse(*_: Any) -> Any:  # noqa: ANN401 never called
    raise AssertionError("the kernel alone asks nothing")


@pytest.fixture(scope="session")
def console() -> Console:
    """The kernel without a register: its documents and templates."""
    nothing: Any = None
    return Console(
        Ports(
            types().schema,
            nothing,
            nothing,
            refuse,
            refuse,
            refuse,
            lambda: date(2026, 12, 10),
            demo=True,
            form_origins=tuple,
            request_id=str,
            needs=lambda _: frozenset(),
            now=lambda: datetime(2026, 12, 10, 8, tzinfo=UTC),
        ),
        SITE,
    )


@pytest.fixture(scope="session")
def library(console: Console) -> Library:
    return console.library


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The whole console stands on SQLite.

    A file that says `pytestmark = pytest.mark.both_databases` says why.

    The console knows the graph alone, and the graph answers alike on both databases:
    tests/reading and tests/acting hold that. What is left to try on both is what only
    the console asks: its own documents.
    """
    if "house" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize(
            "house",
            ["sqlite", "postgresql"] if both else ["sqlite"],
            indirect=True,
            scope="module",
        )


@pytest.fixture(scope="module")
async def house(
    request: pytest.FixtureRequest,
    copies: Copies,
    issuer: DemoIssuer,
    issuer_file: Path,
) -> AsyncIterator[House]:
    """The whole console on a register of its own, for a file of tests.

    Each of them has its own people.
    """
    url = await copies.fresh(request.param)
    async with housed(url, issuer, issuer_file) as whole:
        yield whole
    await copies.drop(url)


# the browser


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM.exists(), (
        f"no browser at {CHROMIUM}: apt-get install chromium, or name one in CHROMIUM"
    )
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=ARGUMENTS
        )
        yield launched
        await launched.close()


@pytest.fixture(scope="module")
async def chromium(
    browser: Browser, copies: Copies, issuer: DemoIssuer, issuer_file: Path
) -> AsyncIterator[Chromium]:
    """A server for a file of tests, on SQLite.

    The HTML is the same on both databases, and another test holds that.
    """
    async with running(await copies.fresh("sqlite"), issuer, issuer_file) as server:
        one_server = Chromium(server, browser)
        yield one_server
        for page in one_server.pages.values():
            await page.context.close()


Window = Callable[..., Awaitable[Page]]


@pytest.fixture
async def window(browser: Browser) -> AsyncIterator[Window]:
    """Opens a browser of its own for somebody, signed in.

    Whatever goes wrong in one of them fails the test.
    """
    windows: list[Watched] = []

    async def open_(origin: str, who: str, **how: object) -> Page:
        windows.append(await opened(browser, origin, **how))
        page = await windows[-1].context.new_page()
        await sign_in(page, who)
        return page

    yield open_
    faults = [fault for watched in windows for fault in watched.faults]
    for watched in windows:
        await watched.context.close()
    assert faults == []
