"""Every page of the console, before an agent of a Caf, is one that anybody can use."""

import re
from collections import Counter

import pytest

from console.site import PAGES

from .addresses import Ids, place, world
from .audit import defects
from .browsing import Chromium

ids = pytest.fixture(world, scope="module")

DOCUMENTS = [page.document for page in PAGES]
DEFECTS = """() => { document.body.insertAdjacentHTML("beforeend", `<main><h1>Deux</h1><h4>Trop bas</h4>
  <p id="main" class="hint">Deux fois</p><table><tr><td>Sans nom</table><div class="button">très</div>
  <img src="${document.querySelector("link[rel=icon]").href}"><a href="/a">Voir</a><a href="/b">Voir</a>
  <pre>${"long".repeat(90)}</pre><a href="/c"></a></main>`);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".hint { color: #777 !important } .button { border: 0 !important; animation: x 1s }");
  document.adoptedStyleSheets = [sheet]; }"""

EXPECTED = (
    "2 first headings",
    "a heading jumps to level 4",
    "the id main is there twice",
    "a table without a name",
    "link « voir » does 2 things",
    "a control without a name",
    "axe, light, 1280 px: image-alt",
    "axe, dark, 320 px: color-contrast",
    "at 320 px: the page is",
    "with forced colours, no edge",
    "moves although motion is reduced",
)


@pytest.mark.thirds
@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_page_of_an_agent_is_for_everybody(
    chromium: Chromium, ids: Ids, document: str
) -> None:
    page = await chromium.page("agent-paris", place(document, ids))

    assert await defects(chromium, page) == ""


async def test_no_two_pages_share_a_title(chromium: Chromium, ids: Ids) -> None:
    window = await chromium.window("agent-paris")
    pages = [
        await (await window.request.get(place(document, ids))).text()
        for document in DOCUMENTS
    ]
    await window.close()

    titles = Counter(re.findall(r"<title>([^<]*)</title>", "".join(pages)))
    assert len(titles) == len(DOCUMENTS), titles.most_common(1)


async def test_a_page_with_defects_would_be_found(chromium: Chromium) -> None:
    page = await chromium.page("agent-paris", "/accessibilite")
    await page.evaluate(DEFECTS)

    report = await defects(chromium, page)

    assert [defect for defect in EXPECTED if defect not in report] == []
