"""A delegated manager and their people.

Invited, included, removed; the Caf reads; the last manager stays. On SQLite: a browser
asks nothing that tests/reading, tests/acting and tests/sign_in do not try on both
databases; test_journey_opening.py goes one whole way on PostgreSQL.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from .browsing import Keyboard, Mouse, sign_in
from .conftest import Window

CANAL = "ptr_99990001200025"
PEOPLE = f"/partenaires/{CANAL}/groupes"
WAYS = {
    "mouse": (Mouse, True),
    "without-script": (Mouse, False),
    "keyboard": (Keyboard, True),
}


@pytest.mark.thirds
@pytest.mark.parametrize(
    ("dialect", "way"),
    [
        ("sqlite", "mouse"),
        ("sqlite", "without-script"),
        ("sqlite", "keyboard"),
    ],
)
async def test_a_manager_brings_somebody_in_and_out(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
    way: str,
) -> None:
    server = await serve()
    kind, script = WAYS[way]
    page = await window(server.url, "gestionnaire-canal", java_script_enabled=script)
    guest = await window(server.url, "leo-sans-droit", java_script_enabled=script)
    marc, leo = kind(page), kind(guest)

    code = await _invites(marc)
    await _accepts(leo, code)
    others = await _members(page, "Lecteurs")
    await _includes(marc, "Déclarants")
    assert "Léo Leroy" in await _members(page, "Déclarants")
    assert await _members(page, "Lecteurs") == others
    await expect_tab(guest, "Esat")
    await _removes(marc, "Déclarants")
    await _tells_what_was_done(page)


async def _invites(marc: Mouse) -> str:
    page = marc.page
    await marc.press(page.get_by_role("link", name="Mes utilisateurs"))
    await marc.press(page.get_by_role("link", name="ESAT du Canal Saint-Martin").first)
    await marc.press(page.get_by_role("link", name="Inviter une personne"))
    await marc.press(page.get_by_role("button", name="Continuer"))
    await expect(page.locator("#errors")).to_be_visible()
    await marc.type(page.get_by_label("Prénom"), "Léo")
    await marc.type(page.get_by_label("Nom", exact=True), "Leroy")
    await marc.type(page.get_by_label("Courriel"), "leo@exemple.fr")
    await marc.press(page.get_by_role("button", name="Continuer"))
    await expect(page.locator("main")).to_contain_text("leo@exemple.fr")
    await marc.press(page.get_by_role("button", name="Inviter", exact=True))
    code = await page.locator("#invitation").inner_text()
    assert len(code) >= 20
    assert code not in page.url
    return code


async def _accepts(leo: Mouse, code: str) -> None:
    page = leo.page
    await expect(page.get_by_role("heading", level=1)).to_contain_text(
        "votre compte n’est pas connu ici"
    )
    await leo.press(page.get_by_role("link", name="acceptez-la avec son code"))
    await leo.type(page.get_by_label("Code de l’invitation"), code)
    await leo.press(page.get_by_role("button", name="Accepter", exact=True))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour Léo")
    await expect(page.locator("main")).to_contain_text("bienvenue")


async def _members(page: Page, group: str) -> list[str]:
    await page.goto(PEOPLE)
    await page.get_by_role("link", name=group, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(group)
    rows = page.locator("table tbody tr").filter(has_not_text="inclus")
    return [name.strip() for name in await rows.locator("th").all_inner_texts()]


async def _includes(marc: Mouse, group: str) -> None:
    page = marc.page
    await page.goto(PEOPLE)
    await marc.press(page.get_by_role("link", name=group, exact=True))
    await marc.press(page.get_by_role("link", name="Inclure des personnes"))
    await marc.tick(page.get_by_label("Léo Leroy"))
    await marc.press(page.get_by_role("button", name="Continuer"))
    await expect(page.locator("main")).to_contain_text("Léo Leroy")
    await marc.press(page.get_by_role("button", name="Inclure ces personnes"))
    await expect(page.locator("main")).to_contain_text("Les personnes sont incluses")


async def expect_tab(page: Page, label: str) -> None:
    """The very next request shows it."""
    await page.goto("/services")
    await expect(page.locator("main")).to_contain_text(label)
    await expect(page.locator("main")).to_contain_text("Déclarant")


async def _removes(marc: Mouse, group: str) -> None:
    page = marc.page
    await page.goto(PEOPLE)
    await marc.press(page.get_by_role("link", name=group, exact=True))
    await marc.press(page.get_by_role("link", name="Retirer des personnes"))
    await marc.tick(page.get_by_label("Léo Leroy"))
    await marc.press(page.get_by_role("button", name="Continuer"))
    main = page.locator("main")
    await expect(main).to_contain_text("vérifiez avant de confirmer")
    await expect(main).to_contain_text("Droits perdus")
    await expect(page.locator(".changes.bad")).to_contain_text("Léo Leroy")
    await marc.press(page.get_by_role("button", name="Retirer ces personnes"))
    await expect(main).to_contain_text("Les personnes sont retirées")


async def _tells_what_was_done(page: Page) -> None:
    await page.goto(f"/partenaires/{CANAL}/historique")
    rows = await page.locator("table tbody tr").all_inner_texts()
    mine = " ".join(row for row in rows if "Morel" in row)
    assert len(re.findall("Morel", mine)) >= 3
    assert "Léo" not in " ".join(rows).replace("Léon", "")


@pytest.mark.thirds
@pytest.mark.parametrize(("dialect", "script"), [("sqlite", True), ("sqlite", False)])
async def test_the_last_manager_cannot_leave_and_the_caf_reads_why_it_may_not(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
    *,
    script: bool,
) -> None:
    server = await serve()
    gaelle = Mouse(
        await window(server.url, "gestionnaire-ateliers", java_script_enabled=script)
    )
    caf = await window(server.url, "agent-paris", java_script_enabled=script)

    await _cannot_leave(gaelle)
    await _reads_why_it_may_not(caf)


async def _cannot_leave(gaelle: Mouse) -> None:
    page = gaelle.page
    await gaelle.press(page.get_by_role("link", name="Mes utilisateurs"))
    await gaelle.press(page.get_by_role("link", name="Garnier"))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Garnier")
    for folded in await page.locator("main details summary").all():
        await folded.click()
    refused = page.locator(
        ".off", has=page.locator('[aria-disabled="true"]', has_text="Suspendre")
    )
    await expect(refused).to_contain_text("dernier gestionnaire")
    # whoever has kept the address of the form is told the same
    other = await page.locator('main a[href*="affiliationId="]').first.get_attribute(
        "href"
    )
    await page.goto(f"/actes/userSuspend?{urlsplit(other or '').query}")
    await gaelle.type(page.get_by_label("Motif").first, "Départ")
    await gaelle.press(page.get_by_role("button", name="Continuer"))
    await expect(page.locator("#errors")).to_contain_text("gestionnaire")
    await page.goto("/utilisateurs")
    await expect(page.locator("main")).to_contain_text("Garnier")


async def _reads_why_it_may_not(page: Page) -> None:
    await page.goto(PEOPLE)
    await expect(page.locator("main")).to_contain_text("Gestion déléguée au partenaire")
    refused = page.locator(
        ".off",
        has=page.locator('[aria-disabled="true"]', has_text="Inviter une personne"),
    )
    await expect(refused).to_contain_text("Le contrat est délégué")
    await expect(page.locator("a", has_text="Inviter une personne")).to_have_count(0)


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_session_that_is_revoked_ends_at_its_next_request(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
) -> None:
    server = await serve()
    old = await window(server.url, "gestionnaire-canal")
    new = await window(server.url, "gestionnaire-canal")

    await new.goto("/sessions")
    await new.get_by_role("button", name="Fermer mes autres sessions").click()
    await expect(new.locator("main")).to_contain_text("1\u00a0session fermée")
    await old.goto("/utilisateurs")

    await expect(old.get_by_role("heading", level=1)).to_have_text("Se connecter")
    assert "retour=%2Futilisateurs" in old.url
    await new.goto("/utilisateurs")
    await expect(new.get_by_role("heading", level=1)).to_have_text("Utilisateurs")
    await sign_in(old, "gestionnaire-canal", "/utilisateurs")
    await expect(old.get_by_role("heading", level=1)).to_have_text("Utilisateurs")


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_what_was_typed_is_not_left_by_accident(
    serve: Any,  # noqa: ANN401 a starter
    window: Window,
) -> None:
    server = await serve()
    page = await window(server.url, "gestionnaire-canal")
    dialogs: list[str] = []

    async def stay(dialog: Any) -> None:  # noqa: ANN401 Playwright's
        dialogs.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.goto(f"/actes/userInvite?partnerId={CANAL}")
    await page.get_by_label("Prénom").press_sequentially("Léo")
    async with page.expect_event("dialog"):
        await page.get_by_role("link", name="Annuler").click(no_wait_after=True)

    assert dialogs == ["beforeunload"]
    await expect(page.get_by_label("Prénom")).to_have_value("Léo")
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.locator("#errors")).to_be_focused()
