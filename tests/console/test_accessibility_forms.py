"""The form of every act is one that anybody can fill in."""

import pytest

from console.site import ACTS

from .addresses import Ids, form, world
from .audit import ENDS, defects
from .browsing import Chromium

ids = pytest.fixture(world, scope="module")

NATIONAL = [
    name for name, act in ACTS.items() if act.section in {"/referentiel", "/agents"}
]
NEW = ("organismSet", "serviceSet", "roleSet", "missionSet")
MANAGER = (
    "userInvite",
    "userUpdate",
    "groupMembersRemove",
    "mandateGrant",
    "invitationAccept",
)


@pytest.mark.thirds
@pytest.mark.parametrize("act", [name for name in ACTS if name not in NATIONAL])
async def test_a_form_of_an_agent_is_for_everybody(
    chromium: Chromium, ids: Ids, act: str
) -> None:
    page = await chromium.page("agent-paris", form(act, ids))

    assert await defects(chromium, page, ENDS) == ""


@pytest.mark.thirds
@pytest.mark.parametrize("act", NATIONAL)
async def test_a_form_of_the_national_administrator_is_for_everybody(
    chromium: Chromium, ids: Ids, act: str
) -> None:
    page = await chromium.page("admin-national", form(act, ids))

    assert await defects(chromium, page, ENDS) == ""


@pytest.mark.parametrize("act", NEW)
async def test_a_form_that_creates_is_for_everybody(
    chromium: Chromium, act: str
) -> None:
    page = await chromium.page("admin-national", f"/actes/{act}")

    assert await defects(chromium, page, ENDS) == ""


@pytest.mark.parametrize("act", MANAGER)
async def test_a_form_of_a_manager_is_for_everybody(
    chromium: Chromium, ids: Ids, act: str
) -> None:
    page = await chromium.page("gestionnaire-canal", form(act, ids))

    assert await defects(chromium, page, ENDS) == ""


@pytest.mark.parametrize(
    ("act", "other"),
    [("bulletinSign", "bassinBulletin"), ("serviceOpen", "bassinBulletin")],
)
async def test_a_form_that_warns_is_for_everybody(
    chromium: Chromium, ids: Ids, act: str, other: str
) -> None:
    page = await chromium.page("agent-paris", form(act, ids, bulletinId=ids[other]))

    assert await defects(chromium, page, ENDS) == ""
