"""Without a mouse: where the focus goes, that it is seen, and what is announced."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from .addresses import Ids, place, world
from .browsing import Chromium
from .reaching import a_form_with_errors

ids = pytest.fixture(world, scope="module")
FOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const seen = (element) => element && (element === e || e.contains(element) || element.contains(e));
  const box = r.width > 2 ? r : (e.labels?.[0] || e).getBoundingClientRect();
  const over = document.elementFromPoint(box.left + box.width / 2, Math.max(1, box.top) + Math.min(box.height / 2, 8));
  const order = [...document.querySelectorAll("*")].indexOf(e);
  return { text: (e.ariaLabel || e.textContent || e.name || "").trim().replace(/\\s+/g, " ").slice(0, 50),
    tag: e.localName, order, outlined: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
    inside: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
    above: seen(over) } }"""
MOST = 60


async def tabbed(page: Page) -> dict[str, Any]:
    await page.keyboard.press("Tab")
    focus: dict[str, Any] = await page.evaluate(FOCUSED)
    return focus


async def test_the_first_tabs_lead_to_the_content_and_to_the_search(
    chromium: Chromium,
) -> None:
    page = await chromium.page("agent-paris", "/")

    first = await tabbed(page)
    assert (first["text"], first["inside"], first["above"]) == (
        "Aller au contenu",
        True,
        True,
    )
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()

    await page.reload()
    await tabbed(page)
    second = await tabbed(page)
    assert (second["text"], second["inside"], second["above"]) == (
        "Aller à la recherche",
        True,
        True,
    )
    await page.keyboard.press("Enter")
    await expect(page.locator("#global-search")).to_be_focused()


async def test_who_has_no_search_is_not_led_to_it(chromium: Chromium) -> None:
    page = await chromium.page("gestionnaire-canal", "/")

    assert await page.locator(".skip").all_inner_texts() == ["Aller au contenu"]


@pytest.mark.parametrize(
    "document",
    ["worklist", "partners", "partner", "partner_people", "bulletin", "help"],
)
async def test_the_focus_is_seen_and_goes_as_one_reads(
    chromium: Chromium, ids: Ids, document: str
) -> None:
    page = await chromium.page("agent-paris", place(document, ids))

    walk = [await tabbed(page)]
    while (
        (one := await tabbed(page))["order"] != walk[0]["order"]
        and one["tag"] != "body"
        and len(walk) < MOST
    ):
        walk.append(one)

    assert len(walk) > 10
    assert [
        one for one in walk if not (one["outlined"] and one["inside"] and one["above"])
    ] == []
    assert [one["order"] for one in walk] == sorted(one["order"] for one in walk)


async def test_the_focus_is_seen_on_every_field_of_a_form(chromium: Chromium) -> None:
    page = await chromium.page("agent-paris", "/actes/partnerRegister")

    walk = [await tabbed(page) for _ in range(30)]

    assert {"input", "textarea", "button"} <= {str(one["tag"]) for one in walk}
    assert [
        one
        for one in walk
        if one["tag"] != "body" and not (one["outlined"] and one["above"])
    ] == []


async def test_the_menu_opens_by_enter_and_closes_by_escape_where_it_was_opened(
    chromium: Chromium,
) -> None:
    page = await chromium.page("agent-paris", "/")
    menu = page.locator("details.who")
    await menu.locator("summary").focus()

    await page.keyboard.press("Enter")
    await expect(menu).to_have_attribute("open", "")
    await page.keyboard.press("Tab")
    await expect(menu.locator("a").first).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(menu).not_to_have_attribute("open", "")
    await expect(menu.locator("summary")).to_be_focused()


async def test_a_menu_that_is_left_is_closed(chromium: Chromium) -> None:
    page = await chromium.page("agent-paris", "/")
    await page.locator("details.who summary").focus()
    await page.keyboard.press("Enter")

    await page.keyboard.press("Shift+Tab")

    await expect(page.locator("details.who")).not_to_have_attribute("open", "")


async def test_errors_take_the_focus_and_each_leads_to_its_field(
    chromium: Chromium, ids: Ids
) -> None:
    page = await a_form_with_errors(chromium, ids)
    await expect(page.locator("#errors")).to_be_focused()
    links = page.locator("#errors a")
    assert await links.count() >= 3

    for link in await links.all():
        target = (await link.get_attribute("href") or "").removeprefix("#")
        await link.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(f"[id='{target}']")).to_be_focused()
        assert (await page.evaluate(FOCUSED))["inside"]


async def test_a_title_says_that_there_are_errors(chromium: Chromium, ids: Ids) -> None:
    page = await a_form_with_errors(chromium, ids)

    assert (await page.title()).startswith("Erreur")


async def test_a_filter_keeps_the_focus_and_announces_its_count(
    chromium: Chromium,
) -> None:
    page = await chromium.page("agent-paris", "/partenaires")
    await page.evaluate("window.same = true")
    field = page.locator("#q-search")
    await field.fill("bassin")
    await field.press("Enter")

    await expect(page.locator("#live")).to_have_text("1 partenaire")
    await expect(field).to_be_focused()
    await expect(page.locator(".quick [aria-current]")).to_have_count(0)
    await expect(page).to_have_title(re.compile(r"\(1\)"))
    assert await page.evaluate("window.same"), (
        "the page was loaded anew: nothing was announced"
    )
    assert "?s=" in page.url
    assert "bassin" not in page.url

    await page.fill("#q-search", "introuvable")
    await page.focus(".filters button")
    await page.keyboard.press("Enter")

    await expect(page.locator("#live")).to_have_text("Aucun résultat")
    await expect(page.locator(".filters button")).to_be_focused()


async def test_the_end_of_the_session_warns_in_a_dialog_that_holds_the_focus_and_extends(
    chromium: Chromium,
) -> None:
    window = await chromium.window("agent-paris")
    page = await window.new_page()
    await page.route("**/aide", _nearly_over)
    await page.goto("/aide")
    dialog = page.locator("#session-warning")

    await expect(dialog).to_be_visible()
    await expect(page.locator("#session-stay")).to_be_focused()
    assert await dialog.evaluate("element => element.matches(':modal')")
    for _ in range(3):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "['session-stay', ''].includes(document.activeElement.id)"
        )
        assert not await page.evaluate(
            "document.querySelector('#main').contains(document.activeElement)"
        )
    await page.focus("#session-stay")
    async with page.expect_response("**/rester") as answered:
        await page.keyboard.press("Enter")

    assert (await answered.value).ok
    await expect(dialog).not_to_be_visible()
    await window.close()


async def _nearly_over(route: Route) -> None:
    answer = await route.fetch()
    soon = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    body = re.sub(
        r'data-idle-ends="[^"]*"', f'data-idle-ends="{soon}"', await answer.text()
    )
    await route.fulfill(response=answer, body=body)
