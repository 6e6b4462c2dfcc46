"""A real browser before the console.

It notes whatever goes wrong in it, and is driven by mouse or by keyboard.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)

from tests.conftest import Running

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXPECTED_REFUSAL = re.compile(
    r"Failed to load resource: the server responded with a status of (403|404|409|422)"
)
"""What the browser says of a page that is a refusal: the page is right."""
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
  (event) => console.error(`violation of ${event.violatedDirective}: ${event.blockedURI}`))"""
FOCUS_IS_VISIBLE = """element => { const s = getComputedStyle(element);
  return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none" }"""
MOST_TABS = 200
PATIENCE_MS = 20_000
"""Other tests share the processors."""


@dataclass
class Watched:
    """A context, and what went wrong in it.

    Errors of scripts, violations, requests to elsewhere.
    """

    context: BrowserContext
    origin: str
    faults: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", self._note_message)
        page.on(
            "pageerror", lambda error: self.faults.append(f"error of a script: {error}")
        )
        page.on("request", self._note_request)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED_REFUSAL.match(
            message.text
        ):
            self.faults.append(f"console: {message.text}")

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"asked elsewhere: {request.url}")


async def opened(browser: Browser, origin: str, **how: Any) -> Watched:  # noqa: ANN401 Playwright's
    """A fresh browser window on the console, with an empty cache."""
    context = await browser.new_context(
        base_url=origin, locale="fr-FR", timezone_id="Europe/Paris", **how
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    watched = Watched(context, origin)
    if how.get("java_script_enabled", True):
        await context.add_init_script(TELL_VIOLATIONS)
    context.on("page", watched.listen)
    return watched


async def sign_in(page: Page, who: str, back: str = "/") -> None:
    await page.goto(f"/connexion/aller?retour={back}")
    await page.locator(f'button[name="personnage"][value="{who}"]').click()
    await page.wait_for_url(re.compile(r"^(?!.*(fournisseur|connexion)).*$"))


@dataclass
class Chromium:
    """A browser before one server.

    A window for each persona, and `faults`, what went wrong in any of them.
    """

    server: Running
    browser: Browser
    faults: list[str] = field(default_factory=list)
    states: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    async def page(self, who: str, address: str) -> Page:
        """The persona's own window, at this address; `""` is a stranger."""
        if who not in self.pages:
            self.pages[who] = await (await self.window(who)).new_page()
        page = self.pages[who]
        await page.emulate_media(
            media="screen",
            color_scheme="light",
            forced_colors="none",
            reduced_motion="reduce",
        )
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(address)
        return page

    def take_faults(self) -> list[str]:
        """What went wrong since this was last asked."""
        faults, self.faults[:] = list(self.faults), []
        return faults

    async def window(self, who: str) -> BrowserContext:
        """A new window, signed in as the persona."""
        if who and who not in self.states:
            await self._sign_in(who)
        watched = await opened(
            self.browser, self.server.url, storage_state=self.states.get(who)
        )
        watched.faults = self.faults
        return watched.context

    async def _sign_in(self, who: str) -> None:
        context = await self.browser.new_context(base_url=self.server.url)
        await sign_in(await context.new_page(), who, "/aide")
        self.states[who] = await context.storage_state()
        await context.close()


class Mouse:
    """How a person acts on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await target.click()

    async def type(self, target: Locator, text: str) -> None:
        await target.fill(text)

    async def tick(self, target: Locator) -> None:
        await target.check()

    async def choose(self, target: Locator, label: str) -> None:
        await target.select_option(label=label)


class Keyboard(Mouse):
    """Tab, Enter, Space and letters alone.

    The focus must be seen wherever it is needed.
    """

    async def _reach(self, target: Locator) -> None:
        await target.wait_for()
        for _ in range(MOST_TABS):
            if await target.evaluate("element => element === document.activeElement"):
                assert await target.evaluate(FOCUS_IS_VISIBLE), (
                    f"the focus is not seen on {target}"
                )
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab reaches {target}")

    async def press(self, target: Locator) -> None:
        await self._reach(target)
        await self.page.keyboard.press("Enter")

    async def type(self, target: Locator, text: str) -> None:
        await self._reach(target)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def tick(self, target: Locator) -> None:
        await self._reach(target)
        if not await target.is_checked():
            await self.page.keyboard.press("Space")
        await expect(target).to_be_checked()

    async def choose(self, target: Locator, label: str) -> None:
        await self._reach(target)
        await self.page.keyboard.type(label)
        await expect(target.locator("option:checked")).to_have_text(label)
