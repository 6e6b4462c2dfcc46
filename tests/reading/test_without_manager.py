"""A delegated partner without an active manager is told as such to who reads its managers (R39, R45)."""

from typing import Any

import pytest

from persistence.reading.dated_ids import key_of
from tests.conftest import TODAY, World
from tests.journeys.story import DELEGATED, Person, a_signed_esat, somebody

from .desk import Desk
from .story import CANAL

TEXT = """query($p: ID!, $w: Boolean!, $d: Date) {
  partner(by: {id: $p}, on: $d) { withoutManager mode }
  partners(withoutManager: $w, on: $d, first: 100) { nodes { id withoutManager } totalCount } }"""


@pytest.fixture
def paris(world: World) -> Person:
    return Person(world, "agent-paris")


async def without_manager(who: Person, partner: str, day: str | None = None) -> bool:
    """What the field says; the filter must say the same."""
    said = set()
    for wanted in (True, False):
        answer = await who.asks(TEXT, p=partner, w=wanted, d=day)
        listed, lacks = answer["partners"]["nodes"], answer["partner"]["withoutManager"]
        assert {p["withoutManager"] for p in listed} <= {wanted}
        assert (partner in {key_of(p["id"]) for p in listed}) is (lacks is wanted)
        assert answer["partners"]["totalCount"] == len(listed)
        said.add(lacks)
    (lacks,) = said
    return bool(lacks)


async def test_a_manager_counts_once_accepted_and_not_when_suspended_nor_gone(
    world: World, paris: Person
) -> None:
    partner, convention = await a_signed_esat(paris, DELEGATED)
    assert await without_manager(paris, partner.id)

    appointed = await paris.does(
        "managerAppoint",
        "invitation manager { id }",
        conventionId=convention,
        kind="MANAGER",
        person=somebody("Mo", "Na"),
    )
    assert await without_manager(paris, partner.id), "invited, not there yet"

    await Person(world, "mona").accepts(appointed["invitation"])
    assert not await without_manager(paris, partner.id)

    cards = "affiliations { nodes { id } }"
    (card,) = (await paris.reads(partner.id, f"... on Partner {{ {cards} }}"))[
        "affiliations"
    ]["nodes"]
    await paris.suspends(card["id"])
    assert await without_manager(paris, partner.id), "suspended"

    await paris.reinstates(card["id"])
    assert not await without_manager(paris, partner.id)

    await paris.does("userDeactivate", affiliationId=card["id"], on="2026-12-20")
    assert not await without_manager(paris, partner.id)
    assert await without_manager(paris, partner.id, "2026-12-20"), "gone that day"

    await paris.does(
        "managerEnd", managerId=appointed["manager"]["id"], on="2026-12-15"
    )
    assert not await without_manager(paris, partner.id, "2026-12-14")
    assert await without_manager(paris, partner.id, "2026-12-15"), "ended that day"
    assert not await without_manager(paris, partner.id, "2025-01-01"), "no mode yet"


async def test_a_centralised_partner_lacks_no_manager(paris: Person) -> None:
    partner, _ = await a_signed_esat(paris)

    assert not await without_manager(paris, partner.id)


async def test_the_register_s_own_word_is_the_same(desk: Desk) -> None:
    """Over the story, on days when somebody lacks a manager, and as the records count them."""
    text = "query($d: Date) { partners(on: $d, first: 100) { nodes { id mode withoutManager } } }"
    for day, lacking in ((str(TODAY), 0), ("2027-01-01", 1), ("2026-02-28", 0)):
        nodes = (await desk.answer("admin-national", text, {"d": day}))["partners"][
            "nodes"
        ]

        assert len([p for p in nodes if p["withoutManager"]]) == lacking, day
        assert {p["mode"] for p in nodes if p["withoutManager"]} <= {"DELEGATED"}


async def test_who_reads_no_manager_is_not_told_that_none_is(
    world: World, paris: Person
) -> None:
    """The member of a delegated partner whose managers have all gone is told nothing of them."""
    seen: dict[str, Any] = {}
    cards = "affiliations(first: 50) { nodes { id user { id } } }"
    found = (await paris.reads(CANAL, f"... on Partner {{ {cards} }}"))["affiliations"][
        "nodes"
    ]
    for card in found:
        if card["user"]["id"] in {"usr_gestionnaire-canal", "usr_suppleante-canal"}:
            await paris.suspends(card["id"])

    for who in ("agent-paris", "declarante-canal"):
        seen[who] = await without_manager(Person(world, who), CANAL)

    assert seen == {"agent-paris": True, "declarante-canal": False}
