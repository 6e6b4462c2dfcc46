"""A name that is searched or listed stays out of addresses and logs.

What no longer opens shows nobody.
"""

import html
import logging
import re
from datetime import timedelta

import pytest

from console.kernel.lists import FORGOTTEN
from console.site import PAGES

from .houses import House, Visit, Visitor
from .places import address_of

pytestmark = (
    pytest.mark.both_databases
)  # each database folds and compares names its own way

WORDED = {"partners", "users", "organisms", "agents", "campaign_establishments"}
SEARCHED = [address_of(page) for page in PAGES if page.document in WORDED]
PEOPLE, CANAL = "/utilisateurs", "ptr_99990001200025"
LETTERS = "mbcdefghij"
ADDRESS = re.compile(r'(?:href|action|formaction|hx-\w+)="([^"]*)"')


def addresses(visit: Visit) -> list[str]:
    return [html.unescape(a) for a in ADDRESS.findall(visit.text)]


def shows_nobody(visit: Visit) -> bool:
    """No row, no lot and no file; and the page says why."""
    buttons = {name for form in visit.parsed.forms for name, _ in form.buttons}
    fields = {field for form in visit.parsed.forms for field in form.fields}
    return (
        FORGOTTEN in visit.parsed.text
        and "ids" not in fields
        and not buttons & {"format", "_etape"}
    )


@pytest.mark.parametrize("where", SEARCHED)
async def test_words_that_are_searched_are_in_no_address_and_no_log(
    house: House, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    visitor = await house.visitor("admin-national")
    caplog.set_level(logging.DEBUG)

    sent = await visitor.search(where, "Dubois")
    listed = await visitor.get(sent.place)

    assert sent.status == 303
    assert "ubois" not in sent.place
    assert listed.heard[0].variables["search"] == "Dubois"
    assert not [a for a in addresses(listed) if "ubois" in a]
    assert "ubois" not in caplog.text


async def test_a_search_by_name_finds_this_person_alone(house: House) -> None:
    visitor = await house.visitor("agent-paris")

    listed = await visitor.get((await visitor.search(PEOPLE, "Dubois")).place)

    assert "Delphine" in listed.text
    assert "Garnier" not in listed.text


@pytest.mark.parametrize("where", ["/", "/partenaires", "/journal"])
async def test_the_search_of_every_header_is_posted(house: House, where: str) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get(where)
    form = next(f for f in page.parsed.forms if f.fields == {"_jeton", "search"})

    sent = await visitor.submit(page, form, search="Canal")
    listed = await visitor.get(sent.place)

    assert (form.method, form.action) == ("post", "/partenaires")
    assert "anal" not in sent.place
    assert listed.heard[0].variables["search"] == "Canal"
    assert f"/partenaires/{CANAL}" in addresses(listed)


async def test_a_search_is_read_by_whoever_typed_it_alone_for_thirty_days(
    house: House,
) -> None:
    visitor, again = (
        await house.arrive("agent-paris"),
        await house.arrive("agent-paris"),
    )
    other = await house.arrive("admin-national")
    place = (await visitor.search(PEOPLE, "Dubois")).place

    assert (await again.get(place)).heard[0].variables["search"] == "Dubois"
    assert shows_nobody(await other.get(place))
    assert shows_nobody(await visitor.get(f"{PEOPLE}?s=zz"))
    assert shows_nobody(await visitor.get(place.replace(PEOPLE, "/partenaires")))
    house.machine.instant += timedelta(days=31)
    try:
        assert shows_nobody(await (await house.arrive("agent-paris")).get(place))
    finally:
        house.machine.instant -= timedelta(days=31)


async def test_words_typed_in_an_address_are_no_search(house: House) -> None:
    visitor = await house.visitor("agent-paris")

    assert (
        "search"
        not in (await visitor.get(f"{PEOPLE}?search=Dubois")).heard[0].variables
    )


async def test_a_search_that_was_sent_after_the_session_is_done_after_signing_in_again(
    house: House,
) -> None:
    visitor = await house.arrive("agent-paris")
    page = await visitor.get(PEOPLE)
    form = next(
        f for f in page.parsed.forms if f.method == "post" and "suspended" in f.fields
    )
    house.machine.instant += timedelta(minutes=61)

    sent = await visitor.submit(page, form, search="Dubois")
    await visitor.sign_in("agent-paris")
    back = await visitor.get(f"{PEOPLE}?saisie=1")

    assert sent.place.startswith("/connexion?")
    assert back.status == 303
    assert (await visitor.get(back.place)).heard[0].variables["search"] == "Dubois"


# cursors


async def everybody(house: House) -> Visitor:
    """Somebody who reads more people than a page holds."""
    visitor = await house.visitor("agent-paris")
    for number, letter in enumerate(LETTERS * 3):
        person = {
            "givenName": "Zoé",
            "familyName": f"Zèle{letter}{number}",
            "email": f"z{number}@exemple.example",
        }
        await house.do(
            "agent-paris", "userInvite", partnerId="ptr_99990001200033", person=person
        )
    return visitor


async def test_the_next_page_of_a_list_of_people_carries_no_name(house: House) -> None:
    visitor = await everybody(house)
    page = await visitor.get(f"{PEOPLE}?taille=25")
    people = page.heard[0].answer["data"]["affiliations"]

    [later] = [a for a in addresses(page) if "after=" in a]
    second = await visitor.get(PEOPLE + later)
    [earlier] = [a for a in addresses(second) if "before=" in a]

    last = people["nodes"][-1]["user"]["familyName"]
    for address in (later, earlier):
        assert people["pageInfo"]["endCursor"] not in address
        assert last.encode().hex() not in address
        assert last.casefold().encode().hex() not in address
    assert second.heard[0].variables["after"] == people["pageInfo"]["endCursor"]
    assert (await visitor.get(PEOPLE + earlier)).parsed.text.count(last) >= 1


@pytest.mark.parametrize("name", ["after", "before"])
async def test_a_cursor_that_does_not_open_shows_nobody_and_says_so(
    house: House, name: str
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get(PEOPLE)
    info = page.heard[0].answer["data"]["affiliations"]["pageInfo"]

    assert shows_nobody(await visitor.get(f"{PEOPLE}?{name}=zz"))
    assert shows_nobody(
        await visitor.get(f"{PEOPLE}?{name}={info['endCursor'] or '5b5d'}")
    )


# what acts on a whole list


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_search_that_no_longer_opens_gives_no_file(
    house: House, kind: str
) -> None:
    visitor = await house.visitor("agent-paris")
    token = next(
        v
        for f in (await visitor.get(PEOPLE)).parsed.forms
        for n, v in f.values
        if n == "_jeton"
    )

    file = await visitor.post(
        f"{PEOPLE}?s=zz", [("_jeton", token), ("_faire", "export"), ("format", kind)]
    )

    assert file.status == 400
    assert FORGOTTEN in file.parsed.text
    assert "content-disposition" not in file.answer.headers


async def test_a_search_that_no_longer_opens_gives_no_lot(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get(PEOPLE)
    form = page.parsed.form(field="ids")
    whole = {"_tous": "1", "_filtre": "s=zz"}

    lot = await visitor.post(
        "/lots/userSuspend", [*form.filled(dict(whole)), ("_etape", "choisir")]
    )

    assert lot.status == 400
    assert FORGOTTEN in lot.parsed.text
    assert not [h for h in lot.heard if "query Utilisateurs" in h.query]


# personal numbers


@pytest.mark.parametrize(
    "number",
    [
        "1850578006084",
        "1 85 05 78 006 084 36",
        "2 79 12 2A 004 123",
        "185-05-78-006-084",
    ],
)
@pytest.mark.parametrize("where", [PEOPLE, "/partenaires"])
async def test_a_personal_number_is_not_searched_nor_logged(
    house: House, caplog: pytest.LogCaptureFixture, where: str, number: str
) -> None:
    visitor = await house.visitor("agent-paris")
    caplog.set_level(logging.INFO)
    caplog.clear()

    sent = await visitor.search(where, number)

    assert "numéro de sécurité sociale" in sent.parsed.text
    assert not [h for h in sent.questions if "search" in h.variables]
    assert number not in sent.text
    assert number not in caplog.text
