"""A long word breaks on every width; a printed list keeps all its columns."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.journeys.story import a_siret

from .browsing import Chromium

WORD = "Esat" + "x" * 246
CANAL = "ptr_99990001200025"
LANDSCAPE = 1032
"""The width of A4 between margins of 12 mm, in pixels of a page that is printed."""
WIDER = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || style.visibility === "hidden" || e.closest(".unseen, .skip, svg")) return false;
  if (e.parentElement.closest(".scroll, .chart-box")) return false;
  return box.right > document.documentElement.clientWidth + 1;
}).map((e) => e.tagName + "." + e.className).slice(0, 5)"""
COLUMNS = """() => [...document.querySelectorAll("thead th:not(.tick)")].map((e) => e.getBoundingClientRect())
  .filter((box) => box.width < 1 || box.right > innerWidth + 1).length"""
LETTERS = """() => [...document.querySelectorAll("tbody th a, .card-title a")]
  .filter((e) => e.textContent.includes("xxxxx"))
  .map((e) => Math.round(e.getBoundingClientRect().width))"""


@pytest.fixture(scope="module")
async def long(chromium: Chromium) -> dict[str, str]:
    """A partner, a group and a person with a word of 250 letters for a name."""
    server = chromium.server
    [paris] = (await server.ask("agent-paris", "{ viewer { organisms { id } } }"))[
        "viewer"
    ]["organisms"]
    facts = {
        "name": WORD,
        "siret": a_siret(),
        "kind": "ESAT",
        "organismId": paris["id"],
        "department": "75",
    }
    partner = (
        await server.do("agent-paris", "partnerRegister", "partner { id }", **facts)
    )["partner"]["id"]
    access = "query($id: ID!) { partner(by: {id: $id}) { services { id } } }"
    [service] = (await server.ask("agent-paris", access, id=CANAL))["partner"][
        "services"
    ][:1]
    values = {"accessId": service["id"], "name": WORD}
    group = (
        await server.do("gestionnaire-canal", "groupCreate", "group { id }", **values)
    )["group"]["id"]
    person = {
        "givenName": "Zoé",
        "familyName": WORD,
        "email": "long@exemple.example",
        "jobTitle": WORD,
    }
    await server.do("gestionnaire-canal", "userInvite", partnerId=CANAL, person=person)
    return {"partner": partner, "group": group}


PAGES = (
    "/partenaires",
    "/partenaires/{partner}",
    f"/partenaires/{CANAL}/groupes",
    "/groupes/{group}",
    "/utilisateurs",
)


async def page_at(chromium: Chromium, address: str, width: int) -> Page:
    page = await chromium.page("agent-paris", address)
    await page.set_viewport_size({"width": width, "height": 900})
    return page


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("address", PAGES)
async def test_a_word_of_250_letters_breaks(
    chromium: Chromium, long: dict[str, str], address: str, width: int
) -> None:
    page = await page_at(chromium, address.format(**long), width)

    assert await page.evaluate(WIDER) == []
    assert max(await page.evaluate(LETTERS), default=0) < 400
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "address", ["/partenaires", "/utilisateurs", "/bulletins", "/journal", *PAGES[1:3]]
)
async def test_a_page_that_is_printed_on_a4_keeps_its_columns(
    chromium: Chromium, long: dict[str, str], address: str
) -> None:
    page = await chromium.page("agent-paris", address.format(**long))
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": LANDSCAPE, "height": 703})

    assert await page.locator("thead th:not(.tick)").count() >= 3
    assert await page.evaluate(COLUMNS) == 0


async def test_a_list_is_printed_on_sheets_in_landscape(
    chromium: Chromium, long: dict[str, str]
) -> None:
    files = []
    for address in ("/partenaires", "/accessibilite"):
        page = await chromium.page("agent-paris", address)
        await page.emulate_media(media="print")
        files.append(await page.pdf(prefer_css_page_size=True))

    assert long
    assert [orientation(file) for file in files] == ["landscape", "portrait"]


def orientation(file: bytes) -> str:
    """How the first sheet of a PDF lies."""
    box: Any = file.partition(b"/MediaBox")[2].partition(b"]")[0].strip(b" [")
    _, _, width, height = map(float, box.split())
    return "landscape" if width > height else "portrait"
