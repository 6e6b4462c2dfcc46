"""A number leads to the list that it counts.

Nobody is late who has just been registered.
"""

import html
import re

import pytest

from .houses import House, Visit
from .test_guide import registered
from .test_true_sentences import text

TILE = re.compile(r'<a href="(/[^"]*\?[^"]*)"[^>]*>\s*<b>([^<]*)</b>')
CELL = re.compile(r'<td>\s*<a href="(/partenaires\?[^"]*)">([\d\s\u202f\u00a0]+)<span')
MORE = re.compile(r'<a href="(/[^"]*)">\s*Voir les ([\d\s\u202f\u00a0]+)<span')
WHO = ("admin-national", "agent-paris", "agent-cna", "agent-rhone", "centre-ressources")


def numbers(visit: Visit) -> dict[str, int]:
    """Each address that a number of the page leads to, with the number."""
    pairs = [
        pair for pattern in (TILE, CELL, MORE) for pair in pattern.findall(visit.text)
    ]
    return {
        html.unescape(address): int(re.sub(r"\D", "", number))
        for address, number in pairs
    }


def total(visit: Visit) -> int:
    [data] = [heard.answer["data"] for heard in visit.heard]
    return next(
        int(value["totalCount"])
        for value in data.values()
        if "totalCount" in (value or {})
    )


@pytest.mark.thirds
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("where", ["/migration", "/"])
async def test_each_number_leads_to_the_list_that_it_counts(
    house: House, who: str, where: str
) -> None:
    visitor = await house.visitor(who)
    page = await visitor.get(where)

    counts = numbers(page)
    lists = {address: total(await visitor.get(address)) for address in counts}

    assert lists == counts
    assert counts or who not in {"admin-national", "agent-paris"}


async def test_an_organism_that_is_no_caf_is_in_the_filter_and_named_there(
    house: House,
) -> None:
    visitor = await house.visitor("admin-national")
    cna = "{ organisms(kind: CNA, first: 1) { nodes { id name } } }"
    [organism] = (await house.data("admin-national", cna))["organisms"]["nodes"]

    page = await visitor.get(f"/partenaires?organismId={organism['id']}")

    assert f'<option value="{organism["id"]}" selected>' in page.text
    assert f"<strong>{organism['name']}</strong>" in html.unescape(page.text).replace(
        "\u00a0", " "
    )


async def test_a_partner_registered_today_is_not_late(house: House) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    query = "query($id: ID!) { partner(by: {id: $id}) { migration { late deadline } } }"

    page = text(await visitor.get(f"/partenaires/{partner}"))
    migration = (await house.data("agent-paris", query, id=partner))["partner"][
        "migration"
    ]
    late = (await visitor.get("/partenaires?migrationState=LATE&taille=100")).text
    remaining = (
        await visitor.get("/partenaires?migrationState=REMAINING&taille=100")
    ).text

    assert migration == {"late": False, "deadline": "2027-01-09"}
    assert "En retard" not in page
    assert "9 janvier 2027" in page
    assert partner not in late
    assert partner in remaining


async def test_thirty_days_after_its_registration_a_partner_is_late_and_not_the_day_before(
    house: House,
) -> None:
    partner = await registered(house)
    query = "query($id: ID!, $on: Date) { partner(by: {id: $id}, on: $on) { migration { late } } }"

    days = {
        on: (await house.data("agent-paris", query, id=partner, on=on))["partner"][
            "migration"
        ]["late"]
        for on in ("2027-01-09", "2027-01-10")
    }

    assert days == {"2027-01-09": False, "2027-01-10": True}
