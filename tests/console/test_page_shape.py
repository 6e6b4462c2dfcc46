"""Every page as its markup tells it.

One heading, a title of its own, names that lead somewhere, French spaces.
"""

import re

import pytest

from console.kernel.act_form import ActForm
from console.kernel.page import Page
from console.site import ACTS, PAGES

from .houses import House, Visit
from .places import addresses, extraction

REFERENCES = re.compile(
    r'\s(?:for|aria-labelledby|aria-describedby|aria-controls)="([^"]+)"'
)
TABS = ("/contrats", "/services", "/groupes", "/historique")
PLAIN_SPACE = re.compile(r"[^\s>][ \n]+[;:!?»](?=[\s<.,)])|«[ \n]")


@pytest.fixture(scope="module", autouse=True)
async def furnished(house: House) -> None:
    await extraction(house)


def faults(visit: Visit) -> list[str]:
    page, html = visit.parsed, visit.text
    ids = set(page.ids)
    return [
        *([] if '<html lang="fr"' in html else ["no language"]),
        *(
            []
            if len(page.headings) == 1 and page.headings[0]
            else [f"headings: {page.headings}"]
        ),
        *[f"id twice: {i}" for i in ids if page.ids.count(i) > 1],
        *[
            f"leads nowhere: {i}"
            for m in REFERENCES.findall(html)
            for i in m.split()
            if i not in ids
        ],
        *[
            f"leads nowhere: #{i}"
            for i in re.findall(r'href="#([^"]+)"', html)
            if i not in ids
        ],
    ]


def breaks(visit: Visit) -> list[str]:
    """Where a line could break before a sign of punctuation."""
    html = visit.text
    body = re.sub(
        r"<(pre|code|textarea)\b.*?</\1>",
        "",
        html[html.index("<main") : html.index("</main>")],
        flags=re.DOTALL,
    )
    return [
        body[max(0, m.start() - 20) : m.end() + 3] for m in PLAIN_SPACE.finditer(body)
    ]


@pytest.mark.thirds
@pytest.mark.parametrize("who", ["agent-paris", "admin-national", "gestionnaire-canal"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_a_page_has_one_heading_and_its_names_lead_somewhere(
    house: House, page: Page, who: str
) -> None:
    visitor = await house.visitor(who)
    for address in await addresses(house, page):
        visit = await visitor.get(address)
        assert faults(visit) == [], address
        assert breaks(visit) == [], address


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.root == "partner"], ids=lambda page: page.document
)
async def test_a_tab_of_a_partner_stands_among_the_others(
    house: House, page: Page
) -> None:
    visitor = await house.visitor("agent-paris")
    address = (await addresses(house, page))[0]
    partner = "/".join(address.split("/")[:3])

    html = (await visitor.get(address)).text
    tabs = re.findall(r'<nav class="tabs".*?</nav>', html, re.DOTALL)[0]

    assert re.findall(r'href="([^"]+)"', tabs) == [f"{partner}{t}" for t in ("", *TABS)]
    assert f'<a href="{address}" aria-current="page">' in tabs
    assert tabs.count("aria-current") == 1


async def test_no_two_pages_have_the_same_title(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    titles: dict[str, str] = {}
    for page in PAGES:
        visit = await visitor.get((await addresses(house, page))[0])
        match = re.search(r"<title>(.*?)</title>", visit.text, re.DOTALL)
        assert match
        if visit.status == 200:
            assert match[1] not in titles, (page.document, titles[match[1]])
            titles[match[1]] = page.document

    assert len(titles) > len(PAGES) // 2


@pytest.mark.thirds
@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.name)
async def test_a_form_has_one_heading_and_a_label_for_each_field(
    house: House, act: ActForm
) -> None:
    visitor = await house.visitor("agent-paris")
    people = """query { affiliations(first: 1) { nodes { id } } bulletins(first: 1) { nodes { id } }
      conventions(first: 1) { nodes { id } } imports(first: 1) { nodes { id } } }"""
    answer = await house.data("agent-paris", people)
    some = {
        kind: answer[kind]["nodes"][0]["id"]
        for kind in ("affiliations", "bulletins", "conventions", "imports")
    }
    parameters = {
        "partnerId": "ptr_99990001200025",
        "affiliationId": some["affiliations"],
        "bulletinId": some["bulletins"],
        "conventionId": some["conventions"],
        "importId": some["imports"],
        "serviceId": "svc_ESAT",
        "organismId": "org_751",
    }
    visit = await visitor.get(
        f"/actes/{act.name}?" + "&".join(f"{k}={v}" for k, v in parameters.items())
    )
    fields = re.findall(
        r'<(?:input|select|textarea)\b(?![^>]*type="(?:hidden|submit)")[^>]*\sid="([^"]+)"',
        visit.text,
    )

    assert faults(visit) == []
    assert [i for i in fields if f'for="{i}"' not in visit.text] == []
    if visit.status == 200 and any(
        b == ("_etape", "verifier") for f in visit.parsed.forms for b in f.buttons
    ):
        wrong = await visitor.step(visit, "verifier")
        assert wrong.status in {200, 303, 409, 422}
        assert wrong.status == 303 or faults(wrong) == []
