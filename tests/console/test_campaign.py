"""The board of a campaign, before each persona: every number is the total of its list."""

import html
import re
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.reading.declared_story import CANAL

from .browsing import Keyboard
from .conftest import Window
from .houses import House, Visit

CELL = re.compile(
    r'<a href="(/campagne/2026/(?:etablissements|depots)[^"]*)"[^>]*>\s*(?:<b>)?([\d\s\u202f\u00a0]+)(?=<| )'
)
SUMS = {
    "atRisk": "atRisk",
    "missing": "missing",
    "pending": "pending",
    "returned": "returned",
}
WHO = ("admin-national", "agent-paris", "lecteur-paris", "agent-cna", "agent-rhone", "agent-hauts-de-seine")  # fmt: skip


def numbers(visit: Visit) -> dict[str, int]:
    """Each address that a number of the page leads to, with the number."""
    return {
        html.unescape(address): int(re.sub(r"\D", "", number))
        for address, number in CELL.findall(visit.text)
    }


def total(address: str, visit: Visit) -> int:
    """How many rows the list has; of a number of persons or lines, their sum."""
    [data] = [heard.answer["data"] for heard in visit.heard]
    campaign = data["campaign"]
    rows = campaign.get("establishments") or campaign["declarations"]
    for name, column in SUMS.items():
        if f"{name}=true" in address:
            assert len(rows["nodes"]) == rows["totalCount"]
            assert all(row[column] for row in rows["nodes"])
            return sum(row[column] for row in rows["nodes"])
    return int(rows["totalCount"])


@pytest.mark.parametrize("who", WHO)
async def test_each_number_of_the_board_is_the_total_of_its_list(
    house: House, who: str
) -> None:
    visitor = await house.visitor(who)
    board = await visitor.get("/campagne/2026")
    assert board.status == 200

    counts = numbers(board)
    lists = {}
    for address in counts:
        link = "&" if "?" in address else "?"
        lists[address] = total(address, await visitor.get(f"{address}{link}taille=100"))

    assert lists == counts
    assert len(counts) > 8 or who in {"agent-rhone", "agent-hauts-de-seine"}


async def test_the_menu_leads_to_the_campaign_of_the_day(house: House) -> None:
    visitor = await house.visitor("agent-paris")

    answer = await visitor.get("/campagne")

    assert (answer.status, answer.place) == (303, "/campagne/2026")
    for address in ("/campagne/1999", "/campagne/abc", "/campagne/abc/depots"):
        assert (await visitor.get(address)).status == 404


async def test_who_administers_sees_one_row_and_the_national_administrator_all(
    house: House,
) -> None:
    rows = {}
    for who in ("agent-paris", "admin-national"):
        page = await (await house.visitor(who)).get("/campagne/2026")
        [data] = [heard.answer["data"] for heard in page.questions]
        rows[who] = [r["organism"] for r in data["campaign"]["board"]["byOrganism"]]
        assert ("Relancer…" in page.text) == (who == "agent-paris")
    assert rows["agent-paris"] == ["Caf de Paris"]
    assert len(rows["admin-national"]) > 3


async def test_the_menu_of_who_reads_no_declaration_has_no_campaign(
    house: House,
) -> None:
    page = await (await house.visitor("centre-ressources")).get("/")
    assert "/campagne" not in page.text
    board = await (await house.visitor("centre-ressources")).get("/campagne/2026")
    assert "Aucun Esat" in board.text


async def test_the_file_of_a_list_has_the_rows_that_its_number_counts(
    house: House,
) -> None:
    visitor = await house.visitor("admin-national")
    page = await visitor.get("/campagne/2026")
    form = page.parsed.form(button=("format", "csv"))

    file = await visitor.submit(page, form, ("format", "csv"))

    rows = file.answer.content.decode("utf-8-sig").splitlines()
    address = "/campagne/2026/etablissements?declared=false"
    assert len(rows) - 1 == numbers(page)[address] > 1
    assert rows[0].startswith('"Esat";"SIRET";"Partenaire"')


# reminders


class Counting(Keyboard):
    """Keys alone, which are counted; and the pages that they open."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.keys = 0
        self.pages = [page.url]
        page.on("domcontentloaded", lambda opened: self.pages.append(opened.url))

    async def key(self, *names: str) -> None:
        for name in names:
            self.keys += 1
            await self.page.keyboard.press(name)

    async def to(self, name: str, role: Literal["link", "button"] = "link") -> None:
        """Tab until this one, and press it."""
        target = self.page.get_by_role(role, name=name).first
        await target.wait_for()
        while not await target.evaluate("e => e === document.activeElement"):
            await self.key("Tab")
            assert self.keys < 60, name
        await self.key("Enter")


LATE = "2027-01-16T09:00+01:00"
PAGES, KEYS = 4, 24
"""The budget of the journey from the home page, which types nothing and ticks nothing."""


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_on_16_january_an_agent_reminds_those_without_a_deposit(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
    *,
    script: bool,
) -> None:
    server = await serve(DEMO_DAY=LATE)
    page = await window(server.url, "agent-cna", java_script_enabled=script)
    agent = Counting(page)

    await agent.to("Campagne")
    await expect(page.locator("h1")).to_have_text("Novembre 2026")
    await expect(page.locator("main")).to_contain_text("À risque")
    await agent.to("Aller au contenu")
    await agent.to("Aller aux Esat sans déclaration")
    await agent.to("Relancer les 3…", "button")
    await expect(page.locator("h1")).to_have_text("Relancer : aperçu")
    await expect(page.locator("main")).to_contain_text("3 Esat sur 3 seront relancés")
    await agent.to("Aller au contenu")
    await agent.to("Relancer 3 Esat", "button")
    await expect(page.locator("h1")).to_have_text("Relancer : compte rendu")

    main = page.locator("main")
    await expect(main).to_contain_text("3 Esat relancés")
    await expect(main).to_contain_text("declarant-horizons@example.invalid")
    assert agent.keys <= KEYS
    assert len(agent.pages) <= PAGES, agent.pages
    assert not any("@" in address for address in agent.pages)
    await page.goto("/campagne/2026")
    await expect(main.locator("td", has_text="16 janv. 2027")).to_have_count(3)


async def test_those_that_are_ticked_are_reminded_and_the_others_are_not(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get("/campagne/2026")
    form = page.parsed.form(field="ids")
    [place] = re.findall(r'name="ids" value="([^"]*)"', page.text)
    address = "/lots/declarationRemind"
    nothing = await visitor.post(address, form.filled({}))
    assert nothing.status == 400
    lot = await visitor.post(address, form.filled({"ids": [place]}))
    assert lot.status == 303
    preview = await visitor.get(lot.place)
    assert "1 Esat sur 1 sera relancé" in preview.parsed.text
    assert CANAL not in preview.answer.request.url.path
    before = await visitor.get("/campagne/2026")
    assert "10 déc. 2026" not in before.parsed.text

    done = await visitor.get((await visitor.step(preview, "faire")).place)

    assert "1 Esat relancé" in done.parsed.text
    assert "declarante-canal@example.invalid" in done.parsed.text
    after = await visitor.get("/campagne/2026")
    assert "10 déc. 2026" in after.parsed.text.replace("\u00a0", " ")
    home = await (await house.visitor("declarante-canal")).get("/")
    words = home.parsed.text.replace("\u00a0", " ")
    assert "Caf de Paris vous a relancé le 10 décembre 2026" in words
    again = await visitor.post(address, form.filled({"ids": [place]}))
    refused = await visitor.get(again.place)
    assert "déjà relancé aujourd" in refused.parsed.text
    assert "Relancer 1 Esat" not in refused.parsed.text
