"""A morning of the Caf that pays: it returns what is to know, and takes the rest into account.

By keyboard alone, within its budget: pages, fields and keys. And without script.
"""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from .browsing import FOCUS_IS_VISIBLE, Mouse
from .conftest import Window

PAGES, FIELDS, KEYS = 6, 3, 33
"""What the morning may take, from home."""
NAMES = re.compile(r"lef[eè]vre|ben-amar|roux|garnier|durand|1000\d{3}", re.IGNORECASE)
COPIED = "() => navigator.clipboard.readText()"


class Counted:
    """The keyboard, with what it costs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages = self.keys = self.fields = 0
        self.addresses: list[str] = []
        page.on("domcontentloaded", lambda _: self._note_page())

    def _note_page(self) -> None:
        self.pages += 1
        self.addresses.append(self.page.url)

    async def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.keys += 1
            await self.page.keyboard.press(key)

    async def reach(self, selector: str) -> None:
        """Tab until this is focused, and seen to be."""
        target = self.page.locator(selector)
        await target.wait_for(state="attached")
        while not await target.evaluate("one => one === document.activeElement"):
            await self.press("Tab")
            assert self.keys <= KEYS, f"no Tab reaches {selector}"
        assert await target.evaluate(FOCUS_IS_VISIBLE)

    async def go(self, selector: str) -> None:
        """Reach a link or a button, and press it."""
        await self.reach(selector)
        await self.press("Enter")

    async def all_rows(self) -> None:
        """By the skip link to the rows, the radio of the whole filter."""
        await self.go('a.skip[href="#lines"]')
        await self.reach("#those")
        await self.press("ArrowDown")
        self.fields += 1


async def test_seven_lines_are_returned_and_the_others_taken_into_account_within_the_budget(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
) -> None:
    server = await serve()
    page = await window(server.url, "agent-paris")
    counted, main = Counted(page), page.locator("main")
    total, warned = await _counts(server)
    await page.goto("/")

    await counted.go('a.skip[href="#main"]')
    await counted.go('main a[href="/traitement"]')
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Rémunérations à traiter"
    )
    await counted.go('a.skip[href="#main"]')
    await counted.go('.quick a[href*="withWarnings"]')
    await expect(main).to_contain_text(f"{warned} rémunérations")
    await counted.all_rows()
    await counted.go('button[value="RETURNED"]')
    await expect(main).to_contain_text("Ce que cela fera")
    await expect(page.locator("#motif")).to_be_focused()
    await page.keyboard.type("Taux")
    counted.fields += 1
    await counted.go("main form.form button")
    await expect(main).to_contain_text(f"{warned} lignes renvoyées aux Esat")
    await counted.all_rows()
    await counted.go('button[value="TAKEN_INTO_ACCOUNT"]')
    await expect(main).to_contain_text(f"{total - warned} lignes prises en compte")

    assert counted.pages <= PAGES, counted.addresses
    assert counted.fields <= FIELDS
    assert counted.keys <= KEYS
    assert not [one for one in counted.addresses if NAMES.search(one)]
    await page.go_back()
    await expect(main).to_contain_text("lignes renvoyées aux Esat")
    after, _ = await _counts(server)
    assert after == 0


async def _counts(server: Any) -> tuple[int, int]:  # noqa: ANN401 a server
    query = """{ all: lines(live: true, processed: false) { totalCount }
      warned: lines(live: true, processed: false, withWarnings: true) { totalCount } }"""
    data = await server.ask("agent-paris", query)
    return data["all"]["totalCount"], data["warned"]["totalCount"]


@pytest.mark.parametrize("script", [True, False])
async def test_two_lines_are_taken_into_account_and_taken_back(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
    *,
    script: bool,
) -> None:
    server = await serve()
    page = await window(server.url, "agent-paris", java_script_enabled=script)
    agnes, main = Mouse(page), page.locator("main")
    await page.goto("/traitement")
    boxes = page.locator('input[name="ids"]')
    before = await boxes.first.get_attribute("value")
    await agnes.tick(boxes.nth(0))
    await agnes.tick(boxes.nth(1))
    await agnes.press(page.get_by_role("button", name="Pris en compte"))
    await expect(main).to_contain_text("2 lignes prises en compte")
    assert await boxes.first.get_attribute("value") != before

    await agnes.press(page.get_by_role("button", name="Remettre à traiter"))
    await expect(main).to_contain_text("2 lignes remises à traiter")

    assert await boxes.first.get_attribute("value") == before
    copy = page.get_by_role("button", name=re.compile("Copier le matricule"))
    assert await copy.count() == (25 if script else 0)


async def test_the_arrows_go_from_box_to_box_and_a_matricule_is_copied_and_told(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
) -> None:
    server = await serve()
    page = await window(
        server.url, "agent-paris", permissions=["clipboard-read", "clipboard-write"]
    )
    await page.goto("/traitement")
    boxes = page.locator('input[name="ids"]')
    await boxes.first.focus()
    for _ in range(2):
        await page.keyboard.press("ArrowDown")
    await expect(boxes.nth(2)).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.locator("[data-ticked]")).to_have_text("(1)")
    await page.keyboard.press("ArrowUp")
    await expect(boxes.nth(1)).to_be_focused()

    copy = page.get_by_role("button", name=re.compile("Copier le matricule")).first
    matricule = (await copy.get_attribute("aria-label") or "").split()[-1]
    await copy.focus()
    await page.keyboard.press("Enter")

    await expect(page.locator("#live")).to_have_text(f"Matricule {matricule} copié")
    assert await page.evaluate(COPIED) == matricule


async def test_a_number_is_read_one_by_one_with_its_reason(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
) -> None:
    server = await serve()
    page = await window(server.url, "agent-paris")
    agnes, main = Mouse(page), page.locator("main")
    await page.goto("/traitement")
    await agnes.press(page.get_by_role("link", name=re.compile("lire le NIR")).first)
    await agnes.press(page.get_by_role("button", name="Afficher le numéro"))
    await expect(page.locator("#errors")).to_be_visible()
    await agnes.type(page.get_by_label("Pourquoi le lire"), "Rapprochement")
    await agnes.press(page.get_by_role("button", name="Afficher le numéro"))
    await expect(main).to_contain_text("Le numéro de sécurité sociale")

    number = await page.locator("#nir").inner_text()
    assert len(re.sub(r"\D", "", number)) == 15
    await agnes.press(page.get_by_role("link", name="Continuer"))
    assert number not in await page.content()
    entries = '{ journal(act: "workerNirReveal", first: 10) { nodes { reason } } }'
    told = (await server.ask("agent-paris", entries))["journal"]["nodes"]
    assert [each["reason"] for each in told] == ["Rapprochement"]
