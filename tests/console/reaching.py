"""The states of the console that no address shows.

Each is reached as a person would, and verified.
"""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from .addresses import BASSIN, CANAL, Ids, form, place
from .browsing import Chromium

State = Callable[[Chromium, Ids], Awaitable[Page]]
MANAGER, PARIS = "gestionnaire-canal", "agent-paris"
SEINE = "agent-hauts-de-seine"
NEXT, DO = 'button[value="verifier"]', 'button[value="faire"]'


async def at(chromium: Chromium, who: str, address: str, shows: str) -> Page:
    page = await chromium.page(who, address)
    await page.wait_for_selector(f"text={shows}")
    return page


async def pressed(page: Page, button: str, shows: str) -> Page:
    await page.click(f"main {button}")
    await page.wait_for_selector(f"text={shows}")
    return page


# lists


async def an_empty_list(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, "agent-cna", "/imports", "Rien ici pour l’instant")


async def filters_that_find_nothing(chromium: Chromium, _: Ids) -> Page:
    return await at(
        chromium,
        PARIS,
        "/partenaires?mode=DELEGATED&kind=OTHER",
        "Aucun résultat pour ces",
    )


async def a_filter_that_is_not_one(chromium: Chromium, _: Ids) -> Page:
    return await at(
        chromium,
        PARIS,
        "/partenaires?mode=INVENTED&withoutManager=true",
        "n’a pas été pris en compte",
    )


async def a_page_in_the_middle_of_a_list(chromium: Chromium, _: Ids) -> Page:
    page = await at(chromium, "admin-national", "/organismes?taille=25", "de 1 à 25")
    return await pressed(page, 'a[rel="next"]', "de 26 à 50")


async def another_day(chromium: Chromium, _: Ids) -> Page:
    return await at(
        chromium, PARIS, f"/partenaires/{CANAL}?on=2025-12-10", "Vous voyez l’état au"
    )


async def lines_of_an_import_that_conflict(chromium: Chromium, ids: Ids) -> Page:
    return await at(
        chromium,
        PARIS,
        f"{place('import', ids)}?outcome=CONFLICT",
        "Différences de cette page",
    )


async def an_import_without_its_file(chromium: Chromium, ids: Ids) -> Page:
    answer = await chromium.server.do(
        PARIS,
        "importOpen",
        "import { id }",
        filename="suite.csv",
        organismId=ids["organismId"],
    )
    return await at(
        chromium, PARIS, f"/imports/{answer['import']['id']}", "Fichier de l’extraction"
    )


async def steps_with_a_siret_that_differs(chromium: Chromium, _: Ids) -> Page:
    return await at(
        chromium, PARIS, f"/partenaires/{BASSIN}/services/svc_ESAT/ouvrir", "différents"
    )


# forms


async def a_form_with_errors(chromium: Chromium, _: Ids) -> Page:
    page = await at(
        chromium, PARIS, "/actes/partnerRegister", "Enregistrer un partenaire"
    )
    await page.fill("#f-siret", "123")
    return await pressed(page, NEXT, "Il y a un problème")


async def a_form_refused_by_the_graph(chromium: Chromium, ids: Ids) -> Page:
    page = await at(
        chromium,
        PARIS,
        form("serviceOpen", ids, bulletinId=ids["bassinBulletin"]),
        "différents",
    )
    await page.click(f"main {NEXT}")
    return (
        await pressed(page, DO, "Il y a un problème")
        if await page.is_visible(DO)
        else page
    )


async def a_review_with_its_consequences(chromium: Chromium, ids: Ids) -> Page:
    page = await at(
        chromium, MANAGER, form("userDeactivate", ids), "Mettre fin à l’accès"
    )
    return await pressed(page, NEXT, "Droits perdus")


async def a_conflict(chromium: Chromium, ids: Ids) -> Page:
    page = await at(chromium, MANAGER, form("userUpdate", ids), "Modifier une personne")
    await page.fill("#f-person-jobTitle", "Cheffe de la paie")
    person = {
        "givenName": "Delphine",
        "familyName": "Dubois",
        "email": "declarante-canal@example.invalid",
    }
    changed = {
        "affiliationId": ids["affiliationId"],
        "person": {**person, "jobTitle": "Comptable"},
    }
    await chromium.server.do(MANAGER, "userUpdate", **changed)
    await pressed(page, NEXT, "vérifiez avant de confirmer")
    return await pressed(page, DO, "Quelqu’un a changé cette fiche")


async def an_invitation_and_its_code(chromium: Chromium, ids: Ids) -> Page:
    page = await at(chromium, MANAGER, form("userInvite", ids), "Inviter une personne")
    await page.fill("#f-person-givenName", "Nouvelle")
    await page.fill("#f-person-familyName", "Personne")
    await page.fill("#f-person-email", "nouvelle@example.invalid")
    await pressed(page, NEXT, "vérifiez avant de confirmer")
    return await pressed(page, DO, "Le code de l’invitation")


async def a_form_saved_for_later(chromium: Chromium, _: Ids) -> Page:
    page = await at(
        chromium, PARIS, "/actes/partnerRegister", "Enregistrer un partenaire"
    )
    await page.click('button[value="garder"]')
    return await at(chromium, PARIS, "/", "Saisies gardées")


async def the_request_of_a_page(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, PARIS, "/partenaires?requete=1", "Requête de cette page")


async def the_request_of_a_form(chromium: Chromium, ids: Ids) -> Page:
    return await at(
        chromium,
        PARIS,
        f"{form('establishmentAdd', ids)}&requete=1",
        "Requête de cette page",
    )


# several rows at once


async def a_lot_to_begin(chromium: Chromium, _: Ids) -> Page:
    page = await at(chromium, MANAGER, "/utilisateurs", "Agir sur plusieurs lignes")
    for name in ("Élan", "Lambert", "Petit"):
        await page.check(f'tr:has-text("{name}") input[name="ids"]')
    return await pressed(
        page, 'button[formaction="/lots/userSuspend"]', "Les lignes choisies"
    )


async def a_lot_with_errors(chromium: Chromium, ids: Ids) -> Page:
    return await pressed(
        await a_lot_to_begin(chromium, ids), NEXT, "Il y a un problème"
    )


async def a_lot_previewed(chromium: Chromium, ids: Ids) -> Page:
    page = await a_lot_to_begin(chromium, ids)
    await page.fill("#f-suspensionReason", "Connexions à vérifier")
    return await pressed(page, NEXT, "Rien n’est encore fait")


async def a_lot_reported(chromium: Chromium, ids: Ids) -> Page:
    return await pressed(await a_lot_previewed(chromium, ids), DO, "compte rendu")


# the queue of the Caf that pays


async def an_answer_that_awaits_its_reason(chromium: Chromium, _: Ids) -> Page:
    page = await at(chromium, SEINE, "/traitement", "Répondre pour")
    await page.check('input[name="ids"] >> nth=0')
    return await pressed(page, 'button[value="RETURNED"]', "Ce que cela fera")


async def an_answer_without_its_reason(chromium: Chromium, ids: Ids) -> Page:
    page = await an_answer_that_awaits_its_reason(chromium, ids)
    return await pressed(page, "form.form button", "Il y a un problème")


async def an_answer_that_may_be_taken_back(chromium: Chromium, ids: Ids) -> Page:
    page = await an_answer_that_awaits_its_reason(chromium, ids)
    await page.select_option("#motif", index=1)
    return await pressed(page, "form.form button", "ligne renvoyée à l’Esat")


async def an_answer_done(chromium: Chromium, ids: Ids) -> Page:
    page = await an_answer_that_awaits_its_reason(chromium, ids)
    address = page.url
    await page.select_option("#motif", index=1)
    await pressed(page, "form.form button", "ligne renvoyée à l’Esat")
    return await at(chromium, SEINE, address, "Déjà fait le")


async def an_answer_for_no_row(chromium: Chromium, _: Ids) -> Page:
    page = await at(chromium, SEINE, "/traitement", "Répondre pour")
    return await pressed(
        page, 'button[value="TAKEN_INTO_ACCOUNT"]', "Aucune ligne n’était cochée"
    )


async def the_number_of_a_person(chromium: Chromium, ids: Ids) -> Page:
    page = await at(
        chromium, PARIS, form("workerNirReveal", ids), "Lire un numéro de sécurité"
    )
    await page.fill("#f-reason", "Rapprochement")
    return await pressed(page, DO, "Le numéro de sécurité sociale")


# the door


async def nothing_here(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, PARIS, "/partenaires/ptr_rien", "Rien ici")


async def an_unknown_account(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, "leo-sans-droit", "/", "votre compte n’est pas connu ici")


async def my_sessions(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, PARIS, "/sessions", "Sessions ouvertes à votre nom")


async def signing_in(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, "", "/connexion", "Se connecter")


async def signing_in_again(chromium: Chromium, _: Ids) -> Page:
    return await at(
        chromium, "", "/connexion?motif=expiree", "Votre session a pris fin"
    )


async def signing_in_after_a_fault(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, "", "/connexion?motif=delai", "code delai")


async def the_cards_of_the_personas(chromium: Chromium, _: Ids) -> Page:
    return await at(chromium, "", "/connexion/aller?retour=/", "Choisir un personnage")


STATES: tuple[State, ...] = (
    an_empty_list,
    filters_that_find_nothing,
    a_filter_that_is_not_one,
    a_page_in_the_middle_of_a_list,
    another_day,
    lines_of_an_import_that_conflict,
    an_import_without_its_file,
    steps_with_a_siret_that_differs,
    a_form_with_errors,
    a_form_refused_by_the_graph,
    a_review_with_its_consequences,
    a_conflict,
    an_invitation_and_its_code,
    a_form_saved_for_later,
    the_request_of_a_page,
    the_request_of_a_form,
    a_lot_to_begin,
    a_lot_with_errors,
    a_lot_previewed,
    a_lot_reported,
    an_answer_that_awaits_its_reason,
    an_answer_without_its_reason,
    an_answer_that_may_be_taken_back,
    an_answer_done,
    an_answer_for_no_row,
    the_number_of_a_person,
    nothing_here,
    an_unknown_account,
    my_sessions,
    signing_in,
    signing_in_again,
    signing_in_after_a_fault,
    the_cards_of_the_personas,
)
