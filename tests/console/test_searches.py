"""A person is searched by a name that stays out of addresses and logs; a personal number is not searched at all."""

import logging
import re

import pytest

from .desks import House


async def test_a_name_that_is_searched_is_in_no_address_and_no_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get("/utilisateurs")
    form = next(f for f in page.shown.forms if "search" in f.fields and f.method == "post")
    caplog.set_level(logging.DEBUG)

    sent = await visitor.submit(page, form, search="Dubois")
    found = await visitor.get(sent.place)

    assert sent.status == 303
    assert "ubois" not in sent.place
    assert found.heard[0].variables["search"] == "Dubois"
    assert "Delphine" in found.text
    assert "Garnier" not in found.text
    assert not [a for a in re.findall(r'(?:href|action|hx-\w+)="([^"]*)"', found.text) if "ubois" in a]
    assert "ubois" not in caplog.text
    assert form.method == "post"


async def test_a_search_is_read_by_the_session_that_typed_it_alone(house: House) -> None:
    visitor, other = await house.arrive("agent-paris"), await house.arrive("agent-paris")
    page = await visitor.get("/utilisateurs")
    form = next(f for f in page.shown.forms if "search" in f.fields and f.method == "post")
    place = (await visitor.submit(page, form, search="Dubois")).place

    assert "search" not in (await other.get(place)).heard[0].variables
    assert "search" not in (await visitor.get("/utilisateurs?search=Dubois")).heard[0].variables
    assert (await visitor.get("/utilisateurs?s=zz")).status == 200


@pytest.mark.parametrize(
    "number", ["1850578006084", "1 85 05 78 006 084 36", "2 79 12 2A 004 123", "185-05-78-006-084"]
)
@pytest.mark.parametrize("where", ["/utilisateurs", "/partenaires"])
async def test_a_personal_number_is_not_searched_nor_logged(
    house: House, caplog: pytest.LogCaptureFixture, where: str, number: str
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get(where)
    form = next(
        f
        for f in page.shown.forms
        if "search" in f.fields
        and f.action == where
        and "_faire" not in f.fields
        and f.method == ("post" if where == "/utilisateurs" else "get")
    )
    caplog.set_level(logging.INFO)
    caplog.clear()

    sent = await visitor.submit(page, form, search=number)

    assert "numéro de sécurité sociale" in sent.shown.text
    assert not [h for h in sent.asked if "search" in h.variables]
    assert number not in sent.text
    assert number not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("httpx"))
