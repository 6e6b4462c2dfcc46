"""The pages of those who are no agent of a Caf.

Who governs, who appoints, who administers for several departments.
"""

import pytest

from .addresses import CANAL, HORIZONS, Ids, place, world
from .audit import defects
from .browsing import Chromium

ids = pytest.fixture(world, scope="module")

NATIONAL = ("worklist", "partners")
NATIONAL_ALONE = (
    "reference",
    "organisms",
    "organism",
    "agents",
    "imports",
    "why",
    "who_can",
)
MANAGER = ("worklist", "users", "services")
MANAGER_ALONE = ("partner_people", "bulletin", "group", "why")
CNA = ("worklist",)
CNA_PARTNER = ("partner", "partner_contracts", "onboarding")


@pytest.mark.thirds
@pytest.mark.parametrize("document", NATIONAL + NATIONAL_ALONE)
async def test_a_page_of_the_national_administrator_is_for_everybody(
    chromium: Chromium, ids: Ids, document: str
) -> None:
    page = await chromium.page("admin-national", place(document, ids))

    assert await defects(chromium, page) == ""


@pytest.mark.thirds
@pytest.mark.parametrize("document", MANAGER + MANAGER_ALONE)
async def test_a_page_of_a_manager_of_rights_is_for_everybody(
    chromium: Chromium, ids: Ids, document: str
) -> None:
    page = await chromium.page("gestionnaire-canal", place(document, ids))

    assert await defects(chromium, page) == ""


@pytest.mark.thirds
@pytest.mark.parametrize("document", CNA + CNA_PARTNER)
async def test_a_page_of_the_cna_is_for_everybody(
    chromium: Chromium, ids: Ids, document: str
) -> None:
    page = await chromium.page(
        "agent-cna", place(document, ids).replace(CANAL, HORIZONS)
    )

    assert await defects(chromium, page) == ""
