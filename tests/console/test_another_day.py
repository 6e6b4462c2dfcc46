"""A page on another day keeps the addresses of today.

Plain ids, and the day in `on`.
"""

import re

import pytest

from .addresses import CANAL
from .houses import House

DAY = "2026-10-01"


@pytest.mark.parametrize("tab", ["", "/contrats", "/services"])
async def test_no_address_of_a_page_on_another_day_carries_the_day_in_an_id(
    house: House, tab: str
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get(f"/partenaires/{CANAL}{tab}?on={DAY}")

    assert page.status == 200
    assert page.heard[0].answer["data"]["partner"]["id"] == f"{CANAL}@{DAY}"
    assert f"/partenaires/{CANAL}" in page.text
    attributes = re.findall(r'(?:href|action|value|hx-\w+)="([^"]*)"', page.text)
    assert not [one for one in attributes if "@2026" in one or "%402026" in one]


async def test_an_address_whose_id_carries_a_day_is_that_of_today(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get(f"/partenaires/{CANAL}@{DAY}")

    assert page.heard[0].variables["id"] == CANAL
    assert page.heard[0].answer["data"]["partner"]["id"] == CANAL
