"""A Caf opens the Esat service of a partner.

It goes from the list of what is to be done to the people who may declare.
"""

from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from .browsing import Mouse
from .conftest import Window

BASSIN = "ptr_99990001200033"
ANOTHER_SIRET = "999 900 012 00025"
SCAN = FilePayload(
    name="bulletin.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4 un bulletin"
)


class Opening(Mouse):
    """The agent of the Caf, before the pages of one partner."""

    async def follows(self, name: str) -> None:
        await self.press(self.page.get_by_role("link", name=name, exact=True).first)

    async def presses(self, name: str) -> None:
        await self.press(self.page.get_by_role("button", name=name, exact=True))

    async def sees(self, *sentences: str) -> None:
        for sentence in sentences:
            await expect(self.page.locator("main")).to_contain_text(sentence)

    async def step(self, label: str) -> str:
        return (
            await self.page.get_by_role("listitem")
            .filter(has_text=label)
            .first.inner_text()
        )


@pytest.mark.thirds
@pytest.mark.parametrize(
    ("dialect", "script"), [("sqlite", True), ("postgresql", True), ("sqlite", False)]
)
async def test_a_caf_opens_the_esat_of_a_partner_step_by_step(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
    *,
    script: bool,
) -> None:
    server = await serve()
    page = await window(server.url, "agent-paris", java_script_enabled=script)
    agent = Opening(page)

    await _finds_the_file_in_what_is_to_be_done(agent)
    await _sees_that_the_siret_differs(agent)
    await _decides_eligibility(agent)
    await _cannot_open_all_the_same(agent)
    await _prepares_another_bulletin(agent)
    await _signs_it(agent)
    await _opens(agent)
    await _makes_a_group_with_a_role(agent)
    await _includes_somebody(agent)
    await _another_caf_finds_nothing(
        await window(server.url, "agent-rhone", java_script_enabled=script), page.url
    )
    await _the_signing_caf_reads_what_the_cna_follows(
        await window(server.url, "agent-hauts-de-seine", java_script_enabled=script)
    )


async def _finds_the_file_in_what_is_to_be_done(agent: Opening) -> None:
    await expect(agent.page.get_by_role("heading", level=1)).to_have_text(
        "Mes actions à faire"
    )
    await agent.sees("En retard", "SIRET à vérifier")
    await agent.press(
        agent.page.locator('a[href$="/ouvrir"]', has_text="ESAT du Bassin").first
    )
    await agent.sees("Cas 1", "Aucune action n’est à effectuer dans Habtiers")


async def _sees_that_the_siret_differs(agent: Opening) -> None:
    page = agent.page
    await agent.sees("différents", "positions 13, 14")
    await expect(page.locator("mark")).to_have_text(["2", "5"])
    disabled = page.locator('[aria-disabled="true"]', has_text="Ouvrir le service")
    await expect(disabled).to_be_visible()
    assert "comparer les SIRET du bulletin et de la convention" in await agent.step(
        "Ouvrir le service"
    )
    await expect(page.locator("a", has_text="Ouvrir le service")).to_have_count(0)


async def _decides_eligibility(agent: Opening) -> None:
    await agent.follows("Décider de l’éligibilité")
    await agent.tick(agent.page.get_by_label("Éligible", exact=True))
    await agent.type(
        agent.page.get_by_label("Son motif"), "Arrêté d'autorisation vérifié"
    )
    await agent.page.get_by_label("Document numérisé").set_input_files(SCAN)
    await agent.presses("Continuer")
    await agent.sees("vérifiez avant de confirmer", "Arrêté d'autorisation vérifié")
    await agent.presses("Enregistrer la décision")
    await agent.sees("La décision est enregistrée")
    assert "Fait" in await agent.step("Décider de l’éligibilité")


async def _cannot_open_all_the_same(agent: Opening) -> None:
    """By an address of one's own, where no link leads."""
    page = agent.page
    file = page.url
    await page.goto("/")
    bulletin = (
        page.locator('a[href^="/bulletins/"]').filter(has_text="ESAT du Bassin").first
    )
    identifier = str(await bulletin.get_attribute("href")).rpartition("/")[2]
    await page.goto(f"/actes/serviceOpen?bulletinId={identifier}")
    await agent.presses("Continuer")
    confirm = page.get_by_role("button", name="Ouvrir le service")
    await expect(page.locator("#errors").or_(confirm)).to_be_visible()
    if await confirm.count():
        await agent.presses("Ouvrir le service")
    await expect(page.locator("#errors")).to_contain_text("SIRET")
    await page.goto(file)


async def _prepares_another_bulletin(agent: Opening) -> None:
    page = agent.page
    await agent.follows("Préparer un autre bulletin")
    await agent.type(page.get_by_label("SIRET tel qu’écrit sur le bulletin"), "123")
    await agent.presses("Préparer le bulletin")
    await expect(page.locator("#errors")).to_be_visible()
    assert (await page.title()).startswith("Erreur")
    await agent.type(
        page.get_by_label("SIRET tel qu’écrit sur le bulletin"), "999 900 012 00033"
    )
    await agent.tick(page.get_by_label("Déclarant", exact=True))
    await agent.tick(page.get_by_label("ESAT du Bassin"))
    await agent.presses("Préparer le bulletin")
    await agent.sees("Le bulletin est préparé", "identiques")
    await expect(page.locator("mark")).to_have_count(0)


async def _signs_it(agent: Opening) -> None:
    page = agent.page
    await agent.follows("Enregistrer les signatures")
    await agent.type(page.get_by_label("Jour de signature du partenaire"), "2026-12-01")
    await agent.type(
        page.get_by_label("Jour de signature de l’organisme"), "2026-12-02"
    )
    await agent.type(
        page.get_by_label("Qui a signé pour le partenaire"), "La directrice"
    )
    await agent.type(page.get_by_label("Qui a signé pour l’organisme"), "Le directeur")
    await page.get_by_label("Document numérisé").set_input_files(SCAN)
    await agent.type(page.get_by_label("Premier jour d’effet"), "2026-12-10")
    await agent.presses("Continuer")
    await agent.sees(
        "vérifiez avant de confirmer", "1er\u00a0décembre\u00a02026", "empreinte"
    )
    await agent.presses("Enregistrer les signatures")
    await agent.sees("Le bulletin est signé")


async def _opens(agent: Opening) -> None:
    await agent.follows("Ouvrir le service")
    await agent.presses("Continuer")
    await agent.presses("Ouvrir le service")
    await agent.sees("Le service est ouvert", "ouvert le 10\u00a0décembre\u00a02026")


async def _makes_a_group_with_a_role(agent: Opening) -> None:
    page = agent.page
    await agent.follows("Créer un groupe")
    await expect(page.locator("#f-name")).to_have_value("Esat – déclarants")
    await agent.presses("Créer le groupe")
    await page.get_by_role("link", name="Donner un rôle à Esat – déclarants").click()
    await agent.tick(page.get_by_label("Déclarant", exact=True))
    await agent.presses("Continuer")
    await agent.presses("Donner ce rôle")
    await agent.sees("Le rôle est donné")


async def _includes_somebody(agent: Opening) -> None:
    page = agent.page
    file = page.url.partition("?")[0]
    await page.goto(f"/partenaires/{BASSIN}/groupes")
    await agent.follows("Inviter une personne")
    await agent.type(page.get_by_label("Prénom"), "Inès")
    await agent.type(page.get_by_label("Nom", exact=True), "Idoux")
    await agent.type(page.get_by_label("Courriel"), "ines@exemple.fr")
    await agent.presses("Continuer")
    await agent.presses("Inviter")
    await expect(page.locator("#invitation")).not_to_be_empty()
    await page.goto(file)
    await page.get_by_role("link", name="Inclure dans Esat – déclarants").click()
    await agent.tick(page.get_by_label("Inès Idoux"))
    await agent.presses("Continuer")
    await agent.sees("vérifiez avant de confirmer", "Inès Idoux")
    await agent.presses("Inclure ces personnes")
    await agent.sees("Les personnes sont incluses")
    assert "À faire" not in await page.locator("ol.tasks").inner_text()


async def _another_caf_finds_nothing(page: Page, address: str) -> None:
    for place in (address, f"/partenaires/{BASSIN}", f"/partenaires/{BASSIN}/groupes"):
        answer = await page.goto(place)
        assert answer is not None
        assert answer.status == 404
        await expect(page.get_by_role("heading", level=1)).to_have_text("Rien ici")
        assert "Bassin" not in await page.content()


async def _the_signing_caf_reads_what_the_cna_follows(page: Page) -> None:
    await page.goto("/partenaires")
    await page.fill("#global-search", "horizons")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Fondation Horizons").click()
    await expect(page.locator(".banner")).to_contain_text("Dossier suivi par le")
    await expect(page.locator(".banner")).to_contain_text("plusieurs départements")
    await page.wait_for_url("**/partenaires/ptr_*")
    await page.goto(page.url + "/groupes")
    await expect(page.locator("a", has_text="Inviter une personne")).to_have_count(0)
    await expect(
        page.locator('[aria-disabled="true"]', has_text="Inviter une personne")
    ).to_be_visible()
