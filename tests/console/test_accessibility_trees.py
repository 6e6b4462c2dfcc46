"""What a screen reader says, what a printer prints, how little a first view weighs."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page

from .addresses import Ids, place, world
from .browsing import Chromium
from .reaching import (
    State,
    a_conflict,
    a_form_with_errors,
    steps_with_a_siret_that_differs,
)

ids = pytest.fixture(world, scope="module")
TREES = Path(__file__).parent / "trees"
DRAWN = re.compile(r"(?<=_)[0-9a-f]{20,}")
"""Identifiers that are drawn by lot."""
ASIDE = ".top-search .menu .crumbs .foot .filters .quick .actions .head-acts .bulk-bar .pages .export .skip"
LARGEST = 60_000


async def _assert_tree(page: Page, part: str, name: str) -> None:
    """Compare with the committed text.

    `TREES=write` writes what is there now, to be read before it is committed.
    """
    tree = DRAWN.sub("…", await page.locator(part).aria_snapshot()) + "\n"
    file = TREES / f"{name}.yaml"
    if os.environ.get("TREES") == "write":
        file.write_text(tree, encoding="utf-8")
    assert tree == file.read_text(encoding="utf-8")


async def test_the_frame_is_told(chromium: Chromium) -> None:
    page = await chromium.page("agent-paris", "/accessibilite")
    await page.click("details.who summary")

    await _assert_tree(page, "body", "frame")


async def test_the_worklist_is_told(chromium: Chromium, ids: Ids) -> None:
    await _assert_tree(
        await chromium.page("agent-paris", place("worklist", ids)), "main", "worklist"
    )


async def test_the_list_of_partners_is_told(chromium: Chromium) -> None:
    await _assert_tree(
        await chromium.page("agent-paris", "/partenaires"), "main", "partners"
    )


@pytest.mark.parametrize(
    ("reached", "name"),
    [
        (steps_with_a_siret_that_differs, "onboarding"),
        (a_form_with_errors, "errors"),
        (a_conflict, "conflict"),
    ],
    ids=["onboarding", "errors", "conflict"],
)
async def test_a_state_is_told(
    chromium: Chromium, ids: Ids, reached: State, name: str
) -> None:
    await _assert_tree(await reached(chromium, ids), "main", name)


@pytest.mark.parametrize("document", ["worklist", "partners", "partner", "bulletin"])
async def test_a_printer_prints_what_is_read_and_nothing_to_press(
    chromium: Chromium, ids: Ids, document: str
) -> None:
    page = await chromium.page("agent-paris", place(document, ids))
    read = await page.locator("main").inner_text()
    await page.emulate_media(media="print", color_scheme="dark")

    printed = await page.locator("body").inner_text()

    visible = [
        part for part in ASIDE.split() if await page.locator(part).first.is_visible()
    ]
    assert visible == []
    assert (
        await page.locator("button:visible, summary:visible, select:visible").count()
        == 0
    )
    assert await page.locator("h1").is_visible()
    for words in await page.locator(
        "main h2, main td, main dd, main caption"
    ).all_inner_texts():
        assert words.strip() in read
        assert words.strip() in printed
    assert (
        await page.evaluate("getComputedStyle(document.body).backgroundColor")
        == "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize(
    ("who", "address"),
    [("", "/connexion"), ("agent-paris", "/"), ("agent-paris", "/partenaires")],
)
async def test_a_first_view_weighs_less_than_sixty_kilobytes(
    chromium: Chromium, who: str, address: str
) -> None:
    window = await chromium.window(who)
    page = await window.new_page()
    network = await window.new_cdp_session(page)
    weights: list[float] = []
    await network.send("Network.enable")
    network.on(
        "Network.loadingFinished",
        lambda tree: weights.append(tree["encodedDataLength"]),
    )

    await page.goto(address, wait_until="networkidle")

    await window.close()
    assert len(weights) >= 4, "the page, its sheet and its two scripts"
    assert sum(weights) < LARGEST, weights


async def test_what_goes_wrong_in_the_browser_would_be_noted(
    chromium: Chromium,
) -> None:
    page = await chromium.page("agent-paris", "/accessibilite")

    await page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')"
    )
    await page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"http://192.0.2.1/x\">')"
    )
    async with page.expect_event("pageerror"):
        await page.evaluate("setTimeout(() => { throw new Error('seen') })")

    faults = " ".join(chromium.take_faults())
    assert "violation of style-src" in faults
    assert "violation of img-src: http://192.0.2.1" in faults
    assert "error of a script: seen" in faults
