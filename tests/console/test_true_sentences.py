"""A page says that there is nothing only where one reads.

The page of a day does not show what came later.
"""

import re
from datetime import date

import pytest

from .houses import House, Visit
from .test_forms import PEOPLE
from .test_guide import in_force, opened, registered

CANAL, HORIZONS = "ptr_99990001200025", "ptr_99990002000010"
SIGNING = ("agent-hauts-de-seine", HORIZONS)
MEMBER = ("declarante-canal", CANAL)


def text(visit: Visit) -> str:
    assert visit.status == 200
    return visit.parsed.text.replace("\u00a0", " ").replace("\u202f", " ")


# what one may not read


@pytest.mark.parametrize(
    ("who", "tab", "unread", "wrong"),
    [
        (SIGNING, "", "les décisions d’éligibilité", "Aucune décision"),
        (SIGNING, "", "les attestations d’activité", "Aucune attestation"),
        (SIGNING, "/groupes", "les groupes", "Aucun groupe"),
        (SIGNING, "/groupes", "les personnes", "Personne ici"),
        (MEMBER, "", "les conventions", "Aucune convention en vigueur"),
        (MEMBER, "", "les décisions d’éligibilité", "Aucune décision"),
        (MEMBER, "/contrats", "les conventions", "Préparez une convention"),
        (MEMBER, "/groupes", "les personnes", "1 personne"),
    ],
)
async def test_where_one_may_not_read_a_page_says_so_and_never_none(
    house: House, who: tuple[str, str], tab: str, unread: str, wrong: str
) -> None:
    person, partner = who

    page = text(await (await house.visitor(person)).get(f"/partenaires/{partner}{tab}"))

    assert f"Vous ne pouvez pas lire {unread} de ce partenaire." in page
    assert wrong not in page
    assert wrong.casefold() not in page.casefold()


@pytest.mark.parametrize("who", [SIGNING, MEMBER], ids=["signing", "member"])
async def test_a_count_that_one_may_not_read_is_a_dash_and_never_zero(
    house: House, who: tuple[str, str]
) -> None:
    visit = await (await house.visitor(who[0])).get(f"/partenaires/{who[1]}/groupes")

    heads = re.findall(
        r"<h2>(Groupes|Personnes) <span class=\"badge\">(.*?)</h2>", visit.text
    )
    assert [head for head, _ in heads] == ["Groupes", "Personnes"]
    assert all(
        count.startswith('<span aria-hidden="true">—</span>') for _, count in heads
    )


async def test_whoever_reads_a_partner_is_told_what_there_is_not(house: House) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)

    assert "Aucune décision." in text(await visitor.get(f"/partenaires/{partner}"))
    assert "Aucun groupe :" in text(
        await visitor.get(f"/partenaires/{partner}/groupes")
    )
    assert "aucune convention en vigueur" in text(
        await visitor.get(f"/partenaires/{partner}")
    )


@pytest.mark.parametrize(
    "where", ["/journal", "/imports", f"/partenaires/{CANAL}/historique"]
)
async def test_a_list_that_one_may_not_read_does_not_say_that_it_is_empty(
    house: House, where: str
) -> None:
    page = text(await (await house.visitor("declarante-canal")).get(where))

    assert "Vous ne pouvez pas lire cette liste" in page
    assert "Rien ici pour l’instant" not in page


async def test_a_partner_says_what_of_it_is_read(house: House) -> None:
    query = "query($id: ID!) { partner(by: {id: $id}) { reads } }"

    signing = (await house.data(SIGNING[0], query, id=HORIZONS))["partner"]["reads"]
    member = (await house.data(MEMBER[0], query, id=CANAL))["partner"]["reads"]
    managing = (await house.data("gestionnaire-canal", query, id=CANAL))["partner"][
        "reads"
    ]
    administering = (await house.data("agent-cna", query, id=HORIZONS))["partner"][
        "reads"
    ]

    assert signing == ["CONVENTION", "MEMBERSHIP_BULLETIN", "SERVICE_ACCESS"]
    assert member == []
    assert {"GROUP", "USER", "CONVENTION"} <= set(managing)
    assert "ELIGIBILITY" not in managing
    assert {"ELIGIBILITY", "GROUP", "USER", "JOURNAL_ENTRY", "DECLARATION"} <= set(
        administering
    )


# another day


@pytest.mark.parametrize("tab", ["", "/contrats", "/services"])
async def test_the_page_of_a_day_shows_nothing_that_came_later(
    house: House, tab: str
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    await opened(house, partner)

    page = text(await visitor.get(f"/partenaires/{partner}{tab}?on=2026-12-09"))
    rest = page.partition("Les actes ne sont pas proposés.")[2]

    assert rest
    assert "10 décembre 2026" not in rest
    assert "10/12/2026" not in rest
    assert "ouvert le" not in rest
    assert "Arrêté" not in rest


async def test_the_opening_of_a_service_is_told_on_its_day_and_not_before(
    house: House,
) -> None:
    partner = await registered(house)
    await opened(house, partner)
    query = "query($id: ID!, $on: Date) { partner(by: {id: $id}, on: $on) { migration { openedOn } } }"

    before = await house.data("agent-paris", query, id=partner, on="2026-12-09")
    after = await house.data("agent-paris", query, id=partner, on="2026-12-10")

    assert (
        before["partner"]["migration"] is None
        or before["partner"]["migration"]["openedOn"] is None
    )
    assert after["partner"]["migration"]["openedOn"] == date(2026, 12, 10).isoformat()


async def test_a_closing_that_was_announced_later_is_not_shown_before(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    convention = await in_force(house, partner)
    values = {
        "conventionId": convention,
        "on": "2026-12-20",
        "closingReason": "TERMINATED_BY_CAF",
    }
    await house.do("agent-paris", "conventionClose", **values)

    now = text(await visitor.get(f"/partenaires/{partner}/contrats"))
    then = text(await visitor.get(f"/partenaires/{partner}/contrats?on=2026-12-15"))

    assert "Résiliée par la Caf" in now
    assert "Résiliée par la Caf" not in then
    assert "19 décembre 2026" not in then


# the first page


async def test_a_suspended_person_is_told_who_suspends_and_never_that_all_is_well(
    house: House,
) -> None:
    visitor = await house.visitor("suspendu-canal")

    home, services = text(await visitor.get("/")), text(await visitor.get("/services"))

    for page in (home, services):
        assert "Votre accès à ESAT du Canal Saint-Martin est suspendu depuis le" in page
        assert "Vos accès sont à jour" not in page
        assert "demandez-le au gestionnaire" not in page
    assert (
        "par l’organisme qui l’administre, Caf de Paris : lui seul peut le rétablir"
        in home
    )


async def test_who_suspends_is_told_to_the_suspended_person_alone(house: House) -> None:
    query = "{ viewer { suspensions { partner startsOn by organism contact } } }"

    [suspension] = (await house.data("suspendu-canal", query))["viewer"]["suspensions"]
    others = [
        (await house.data(who, query))["viewer"]["suspensions"]
        for who in ("agent-paris", "declarante-canal")
    ]

    assert (suspension["partner"], suspension["by"], suspension["organism"]) == (
        "ESAT du Canal Saint-Martin",
        "ORGANISM",
        "Caf de Paris",
    )
    assert others == [[], []]


async def test_a_declarant_with_an_open_window_and_nothing_deposited_is_told_so(
    house: House,
) -> None:
    page = text(await (await house.visitor("declarante-canal")).get("/"))

    assert "Novembre 2026 : rien n’est déposé." in page
    assert "À déposer jusqu’au 15 janvier 2027 inclus" in page
    assert "Vos accès sont à jour" not in page
    assert "Rien à faire pour l’instant" not in page


async def test_somebody_whose_access_is_over_is_not_told_that_it_is_up_to_date(
    house: House,
) -> None:
    people = (await house.data("agent-paris", PEOPLE, id=CANAL))["partner"][
        "affiliations"
    ]["nodes"]
    [row] = [
        person["id"]
        for person in people
        if person["user"]["id"] == "usr_suspendu-canal"
    ]
    await house.do("agent-paris", "userDeactivate", affiliationId=row, on="2026-12-10")

    page = text(await (await house.visitor("suspendu-canal")).get("/"))

    assert "Vous n’avez aucun accès en cours" in page
    assert "Vos accès sont à jour" not in page


# a change that ends or carries


async def test_what_a_change_of_mode_says_of_the_people_is_what_it_asks(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")

    form = await visitor.get(f"/actes/delegationChange?partnerId={CANAL}")
    siret = await visitor.get(f"/actes/partnerSiretChange?partnerId={CANAL}")

    assert "groupes et personnes suivent" not in text(form)
    assert "vous dites si les personnes incluses le restent" in text(form)
    assert {"CARRY", "END"} <= set(
        re.findall(r'name="members" value="([^"]*)"', form.text)
    )
    assert "(à dire à la bascule, quand des personnes sont incluses)" in text(form)
    assert "ses groupes et ses personnes continuent" in text(siret)
    assert 'name="members"' not in siret.text


async def test_why_not_says_that_the_state_forbids_where_rights_are_there(
    house: House,
) -> None:
    """An accepted invitation is not renewed by anybody: no one is to be asked."""
    who = "gestionnaire-canal"
    query = f'{{ partner(by: {{id: "{CANAL}"}}) {{ affiliations {{ nodes {{ id user {{ id }} }} }} }} }}'
    links = (await house.data(who, query))["partner"]["affiliations"]["nodes"]
    link = next(
        link["id"] for link in links if link["user"]["id"] == "usr_declarante-canal"
    )
    visitor = await house.visitor(who)

    page = text(
        await visitor.get(f"/pourquoi?user=usr_{who}&action=USER_INVITE&object={link}")
    )

    assert "Non." in page
    assert "L’invitation est déjà acceptée : la personne n’a qu’à se connecter." in page
    assert "l’état de l’objet l’interdit à chacun" in page
    assert "Personne que vous puissiez lire" not in page
