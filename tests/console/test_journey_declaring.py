"""A declarant, from home to the receipt; each of their pages is for everybody."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from .audit import defects
from .browsing import Chromium, Keyboard, Mouse
from .conftest import Window

WHO = "declarante-canal"
CAMPAIGN = "/declarations/est_99990001200025/2026"
PRIVATE = re.compile(r"380|266|Lef|lodie|[12]\d{12}")
"""The name, the number and the amounts of the first person of the roster."""
WAYS = {
    "mouse": (Mouse, True),
    "without-script": (Mouse, False),
    "keyboard": (Keyboard, True),
}


@pytest.mark.thirds
@pytest.mark.parametrize(
    ("dialect", "way"),
    [("sqlite", "mouse"), ("sqlite", "without-script"), ("sqlite", "keyboard")],
)
async def test_a_declarant_goes_from_home_to_the_receipt(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
    way: str,
) -> None:
    server = await serve()
    kind, script = WAYS[way]
    page = await window(server.url, WHO, java_script_enabled=script)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    delphine = kind(page)

    await delphine.press(page.get_by_role("link", name="Déclarer pour"))
    await delphine.press(page.get_by_role("button", name="Partir de l’effectif connu"))
    await _enters(delphine)
    await _deposits(delphine)

    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Accusé d’enregistrement")
    await expect(page.locator("main")).to_contain_text("Nombre de lignes")
    await page.go_back()
    await expect(heading).not_to_have_text("Accusé d’enregistrement")
    await page.goto("/")
    await expect(page.locator("main")).to_contain_text("1\u00a0personne")
    paths = [re.sub(r"^https?://[^/]*", "", address) for address in addresses]
    plain = [re.sub(r"(?:drl|dec|est)_\w+|/static/\S+", "", path) for path in paths]
    assert [path for path in plain if PRIVATE.search(path)] == []


async def _enters(person: Mouse) -> None:
    """The pay of one person: the others stay in the draft."""
    page = person.page
    await expect(page.get_by_role("heading", level=1)).to_contain_text("novembre 2026")
    await person.type(page.locator('[name="netRemuneration.0"]'), "380,10")
    await person.type(page.locator('[name="netAid.0"]'), "266,00")
    await person.type(page.locator('[name="esatShare.0"]'), "22")
    await page.locator('[name="esatShare.0"]').press("Enter")
    await expect(page.locator("main")).to_contain_text("sont gardées et vérifiées")


async def _deposits(person: Mouse) -> None:
    page = person.page
    await person.press(page.get_by_role("link", name="Vérifier et déposer"))
    await expect(page.locator("main")).to_contain_text("380,10")
    await person.tick(page.get_by_label("Laisser sans ligne"))
    await person.tick(page.get_by_label("J’ai vérifié ces montants"))
    await person.press(page.get_by_role("button", name="Déposer 1"))


@pytest.mark.thirds
async def test_each_page_of_a_declarant_is_for_everybody(chromium: Chromium) -> None:
    page = await chromium.page(WHO, "/declarer")
    found = {"/declarer": await defects(chromium, page)}
    for tab in ("", "/neant", "/suites"):
        found[tab] = await _defects_at(chromium, page, tab)
    await page.goto(CAMPAIGN)
    await page.click("text=Partir de l’effectif connu")
    await _enters(Mouse(page))
    await page.fill('[name="netAid.1"]', "douze")
    await page.locator("button", has_text="Garder et vérifier").first.click()
    found["wrong"] = await defects(chromium, page)
    await page.locator("a", has_text="Toute la ligne").nth(1).click()
    found["line"] = await defects(chromium, page)
    found["verify"] = await _defects_at(chromium, page, "/verifier")
    await page.goto(f"{CAMPAIGN}/verifier")
    await page.check("#sans_ligne")
    await page.check("#verifie")
    await page.click("text=Déposer 1")
    found["outcomes"] = await _defects_at(chromium, page, "/suites")

    assert {name: told for name, told in found.items() if told} == {}


async def _defects_at(chromium: Chromium, page: Page, tab: str) -> str:
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.goto(CAMPAIGN + tab)
    return await defects(chromium, page)
