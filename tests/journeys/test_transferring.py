"""A partner changes the organism that follows it (R31): the past stays, the other one administers from the day on."""

from datetime import date
from typing import Any

import pytest

from tests.conftest import World

from .payroll import a_deposit, a_line
from .story import (
    CENTRALISED,
    DELEGATED,
    TODAY,
    TOMORROW,
    Opened,
    Person,
    a_siret,
    an_open_esat,
    refused,
)
from .test_delegation import new_papers

OTHER = "org_781"
PAPERS = """... on Convention { status organism { code } partner { id }
  contract { mode partnerSignedOn } bulletins { status openedOn closedOn } amendments { number } }"""
PAST = """query($id: ID!, $on: Date) { partner(by: {id: $id}, on: $on) {
  name siret mode follower { code } administeredBy { code }
  conventionInForce { id status organism { code } contract { mode managers { startsOn user { givenName } } }
    bulletins { siret openedOn roles { code } establishments { siret } }
    services { open groups { nodes { name role { code } members { nodes { id } } } } } }
  affiliations { nodes { user { id rights { role { code } establishment { siret } } } } } } }"""
YESTERDAY = "2026-12-09"


async def transfers(
    agent: Person, partner: str, organism: str = OTHER, /, **more: object
) -> dict[str, Any]:
    return await agent.does(
        "partnerTransfer",
        "partner { id } impact { on lost { userId } gained { userId } administeredBefore administeredAfter }",
        partnerId=partner,
        organismId=organism,
        **more,
    )


@pytest.fixture
def yvelines(paris: Person) -> Person:
    return Person(paris.asker, "agent-yvelines")


async def _opened_yesterday(world: World, mode: str) -> tuple[Person, Opened]:
    """An Esat that has been open for a day."""
    paris = Person(world, "agent-paris")
    esat = await an_open_esat(paris, "jo", mode)
    world.clock.move_to(date.fromisoformat(TOMORROW))
    return paris, esat


@pytest.mark.parametrize("mode", [CENTRALISED, DELEGATED])
async def test_a_transfer_leaves_the_past_equal_and_no_right_is_lost(
    world: World, mode: str
) -> None:
    paris, esat = await _opened_yesterday(world, mode)
    yvelines, jo = Person(world, "agent-yvelines"), Person(world, "jo")
    national, file = Person(world, "admin-national"), esat.partner.id
    await jo.declares(**a_deposit(esat.partner.siret, "1", a_line(0)))
    before = await national.asks(PAST, id=file, on=TODAY)
    papers = await paris.reads(esat.convention, PAPERS)

    prepared = await transfers(paris, file)
    assert prepared["partner"] == {"id": file}
    with refused("NOT_FOUND"):
        await transfers(yvelines, file, "org_751")
    done = await transfers(paris, file, switch=new_papers(TOMORROW))

    assert done["partner"] is None  # Paris no longer reads it
    assert (done["impact"]["lost"], done["impact"]["gained"]) == ([], [])
    assert done["impact"]["administeredBefore"] == "Caf de Paris"
    assert done["impact"]["administeredAfter"] == "Caf des Yvelines"
    assert await national.asks(PAST, id=file, on=TODAY) == before
    now = (await yvelines.asks(PAST, id=file))["partner"]
    assert (now["mode"], now["administeredBy"], now["follower"]) == (
        mode,
        {"code": "781"},
        {"code": "781"},
    )
    assert await jo.tabs() == ["Esat"]
    again = a_deposit(esat.partner.siret, "2", a_line(0))
    assert (await jo.declares(**again))["errors"] == []
    # what Paris has signed stays open to it, and nothing else
    assert await paris.reads(file) is None
    assert await paris.reads(now["conventionInForce"]["id"]) is None
    kept = await paris.reads(esat.convention, PAPERS)
    assert kept["contract"] == papers["contract"]
    assert [b["openedOn"] for b in kept["bulletins"]] == [TODAY]
    assert (kept["status"], kept["organism"], kept["partner"]) == (
        "CLOSED",
        {"code": "751"},
        None,
    )
    with refused("FORBIDDEN"):
        await paris.does(
            "conventionClose",
            conventionId=esat.convention,
            on=TOMORROW,
            closingReason="ABANDONED",
        )


async def test_an_announced_transfer_changes_nothing_before_its_day_and_can_be_cancelled(
    paris: Person, yvelines: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    who = "query($id: ID!, $on: Date) { partner(by: {id: $id}, on: $on) { follower { code } administeredBy { code } } }"

    await transfers(paris, esat.partner.id, switch=new_papers(TOMORROW))

    assert await yvelines.reads(esat.partner.id) is None
    for on, code in ((TODAY, "751"), (TOMORROW, "781")):
        seen = await paris.asks(who, id=esat.partner.id, on=on)
        assert seen["partner"] == {
            "follower": {"code": code},
            "administeredBy": {"code": code},
        }
    announced = await paris.reads(
        esat.convention, "... on Convention { successor { id } }"
    )
    await paris.does(
        "conventionClose",
        conventionId=announced["successor"]["id"],
        on=TOMORROW,
        closingReason="ABANDONED",
    )
    await paris.does("conventionClosingCancel", conventionId=esat.convention)
    seen = await paris.asks(who, id=esat.partner.id, on=TOMORROW)
    assert seen["partner"]["follower"] == {"code": "751"}


async def test_without_a_convention_the_organism_changes_today(
    paris: Person, yvelines: Person
) -> None:
    partner = await paris.registers(a_siret())
    lecteur = Person(paris.asker, "lecteur-paris")
    with refused("FORBIDDEN"):
        await transfers(lecteur, partner.id)
    with refused("FOLLOWER_SAME", "R31"):
        await transfers(paris, partner.id, "org_751")
    with refused("ORGANISM_KIND", "R2"):
        await transfers(paris, partner.id, "org_CR1")

    await transfers(paris, partner.id)

    assert await paris.reads(partner.id) is None
    seen = await yvelines.reads(
        partner.id, "... on Partner { follower { code } timeline { startsOn } }"
    )
    assert (seen["follower"], seen["timeline"]) == (
        {"code": "781"},
        [{"startsOn": TODAY}],
    )
    with refused("SIRET_KNOWN") as told:
        await paris.registers(partner.siret)
    assert "Caf des Yvelines" in told.message
