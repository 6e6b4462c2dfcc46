"""R49: the tab is there when a convention is in force and a bulletin is open, and on no other day."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from sqlalchemy import text

from tests.conftest import World

from .story import (
    DELEGATED,
    TODAY,
    TOMORROW,
    Opened,
    Partner,
    Person,
    a_siret,
    an_open_esat,
    an_open_service,
    refused,
)

BEFORE_JULY = date(2025, 6, 30)


@pytest.fixture
async def esat(paris: Person) -> Opened:
    """An Esat open today; `jo` declares."""
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


async def test_the_tab_shows_if_and_only_if_a_convention_is_in_force_and_a_bulletin_open(
    world: World, paris: Person
) -> None:
    for in_force, opened in product((True, False), repeat=2):
        somebody = Person(world, f"jo-{in_force}-{opened}")
        esat = await an_open_esat(paris, somebody.name)
        if not opened:
            await paris.does(
                "bulletinClose",
                bulletinId=esat.bulletin,
                on=TODAY,
                closingReason="Départ",
            )
        if not in_force:
            await paris.closes_convention(esat.convention)

        assert await somebody.tabs() == (["Esat"] if in_force and opened else [])
        access = await paris.reads(esat.access, "... on ServiceAccess { open }")
        assert access["open"] is (in_force and opened)


async def test_a_suspended_service_hides_its_tab_and_its_return_shows_it_again(
    esat: Opened, paris: Person, jo: Person
) -> None:
    await paris.suspends_service(esat.access)
    assert await jo.tabs() == []
    with refused("ALREADY_SUSPENDED"):
        await paris.suspends_service(esat.access)
    await paris.creates_group(esat.access, "Lecteurs")  # administration does not stop

    await paris.resumes_service(esat.access)
    assert await jo.tabs() == ["Esat"]
    with refused("NOT_SUSPENDED"):
        await paris.resumes_service(esat.access)


async def test_a_suspended_person_has_no_tab_until_reinstated(
    esat: Opened, paris: Person, jo: Person
) -> None:
    await paris.suspends(esat.member.affiliation)
    assert await jo.tabs() == []
    group = await paris.creates_group(esat.access, "Lecteurs")
    await paris.attaches(group, "ESAT_LECTEUR")
    with refused("AFFILIATION_SUSPENDED", "R40"):
        await paris.includes(group, esat.member.user)

    await paris.reinstates(esat.member.affiliation)
    assert await jo.tabs() == ["Esat"]


async def test_a_person_who_left_or_whose_group_is_closed_has_no_tab(
    esat: Opened, paris: Person, jo: Person
) -> None:
    second = await paris.creates_group(esat.access, "Lecteurs")
    await paris.attaches(second, "ESAT_LECTEUR")
    await paris.includes(second, esat.member.user)

    await paris.removes(esat.group, esat.member.user)
    assert await jo.tabs() == ["Esat"]  # the other group still gives it
    await paris.does("groupClose", groupId=second, on=TODAY)
    assert await jo.tabs() == []
    with refused("GROUP_CLOSED"):
        await paris.includes(second, esat.member.user)
    await paris.includes(esat.group, esat.member.user)
    assert await jo.tabs() == ["Esat"]
    await paris.does("userDeactivate", affiliationId=esat.member.affiliation, on=TODAY)
    assert await jo.tabs() == []


async def test_a_role_that_the_new_bulletin_no_longer_grants_gives_nothing(
    esat: Opened, paris: Person, jo: Person
) -> None:
    successor = await paris.prepares_bulletin(
        esat.convention,
        esat.partner.siret,
        esat.partner.establishments,
        ("ESAT_LECTEUR",),
    )
    await paris.signs_bulletin(successor)
    await paris.does(
        "bulletinReplace", bulletinId=esat.bulletin, successorId=successor, on=TODAY
    )
    assert await jo.tabs() == []

    await paris.attaches(esat.group, "ESAT_LECTEUR")

    assert await jo.tabs() == ["Esat"]


async def test_an_expired_term_takes_the_tab_away_at_the_first_second_of_its_day(
    world: World, paris: Person, jo: Person
) -> None:
    partner = await paris.registers(a_siret())
    convention = await paris.prepares_convention(partner.id)
    await paris.signs_convention(convention, termOn="2027-01-01")
    await _jo_works(paris, jo, partner, convention)

    world.clock.instant = datetime(
        2026, 12, 31, 22, 59, 59, tzinfo=UTC
    )  # 23:59:59 in Paris
    assert await jo.tabs() == ["Esat"]
    world.clock.instant = datetime(
        2026, 12, 31, 23, 0, 0, tzinfo=UTC
    )  # 1 January, 00:00:00
    assert await jo.tabs() == []
    status = await paris.reads(convention, "... on Convention { status }")
    assert status["status"] == "EXPIRED"
    # the successor closes it and takes its place
    successor = await paris.prepares_convention(partner.id)
    await paris.signs_convention(successor, "2027-01-01")
    assert (await paris.reads(convention, "... on Convention { status }"))[
        "status"
    ] == "CLOSED"


async def _jo_works(
    paris: Person, jo: Person, partner: Partner, convention: str
) -> None:
    _, access = await an_open_service(paris, partner, convention)
    group = await paris.creates_group(access)
    await paris.attaches(group)
    invited = await paris.invites(partner.id, "Jo", "Jonquille")
    await paris.includes(group, invited.user)
    await jo.accepts(invited.secret)


async def test_a_bulletin_ends_on_its_own_day(
    world: World, paris: Person, jo: Person
) -> None:
    esat = await an_open_esat(paris, "ana")
    ana = Person(world, "ana")
    successor = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, esat.partner.establishments
    )
    await paris.signs_bulletin(successor, effectiveTo="2026-12-12")
    await paris.does(
        "bulletinReplace", bulletinId=esat.bulletin, successorId=successor, on=TODAY
    )

    world.clock.instant = datetime(2026, 12, 11, 22, 59, 59, tzinfo=UTC)
    assert await ana.tabs() == ["Esat"]
    world.clock.instant = datetime(2026, 12, 11, 23, 0, 0, tzinfo=UTC)
    assert await ana.tabs() == []
    assert await jo.tabs() == []


async def test_a_closing_to_come_leaves_the_tab_until_its_day_and_may_be_cancelled(
    esat: Opened, world: World, paris: Person, jo: Person
) -> None:
    with refused("CLOSING_PASSED"):
        await paris.does("conventionClosingCancel", conventionId=esat.convention)
    await paris.closes_convention(esat.convention, "2026-12-12")
    assert await jo.tabs() == ["Esat"]
    with refused("CONVENTION_CLOSED", "R29"):
        await paris.closes_convention(esat.convention, TOMORROW)
    await paris.does("conventionClosingCancel", conventionId=esat.convention)
    world.clock.move_to(date(2026, 12, 12))
    assert await jo.tabs() == ["Esat"]

    await paris.closes_convention(esat.convention, "2026-12-14")
    world.clock.instant = datetime(2026, 12, 13, 22, 59, 59, tzinfo=UTC)
    assert await jo.tabs() == ["Esat"]
    world.clock.instant = datetime(2026, 12, 13, 23, 0, 0, tzinfo=UTC)
    assert await jo.tabs() == []
    with refused("CLOSING_PASSED"):
        await paris.does("conventionClosingCancel", conventionId=esat.convention)


async def test_a_closing_cannot_be_cancelled_once_a_successor_is_announced(
    esat: Opened, world: World, paris: Person, jo: Person
) -> None:
    """A8: prepared first, then switched on a day; the mode changes with the convention only (R43)."""
    successor = await paris.prepares_convention(esat.partner.id, DELEGATED)
    await paris.closes_convention(esat.convention, "2026-12-20")
    with refused("ONE_CONVENTION", "R36"):
        await paris.signs_convention(successor, "2026-12-19")
    await paris.signs_convention(successor, "2026-12-20")

    with refused("ONE_CONVENTION", "R36"):
        await paris.does("conventionClosingCancel", conventionId=esat.convention)
    world.clock.move_to(date(2026, 12, 20))
    assert await jo.tabs() == []  # A7: the bulletins close with the convention
    seen = (await paris.asks("query($id: ID!) { partner(by: {id: $id}) { mode conventionInForce { id } } }", id=esat.partner.id))["partner"]  # fmt: skip
    assert seen == {"mode": "DELEGATED", "conventionInForce": {"id": successor}}


async def test_before_july_2025_the_service_is_prepared_and_not_opened(
    world: World, paris: Person
) -> None:
    """R10; R8 for the bulletin itself."""
    async with world.database.transaction() as session:  # an agent of those days
        await session.execute(text("UPDATE agent SET starts_on = '2025-01-01'"))
    world.clock.move_to(date(2025, 3, 19))
    days = {"partnerSignedOn": "2025-03-01", "organismSignedOn": "2025-03-01"}
    signed = {
        "partnerSignatory": "Paule Paraphe",
        "organismSignatory": "Octave Officiel",
        "digest": "a" * 64,
    } | days
    partner = await paris.registers(a_siret())
    convention = await paris.prepares_convention(partner.id)
    await paris.signs_convention(
        convention, "2025-03-19", convention=signed, contract=signed
    )
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    with refused("BULLETIN_TOO_EARLY", "R8"):
        await paris.signs_bulletin(bulletin, "2025-03-19", signature=signed)
    await paris.signs_bulletin(bulletin, "2025-03-20", signature=signed)
    await paris.decides_eligibility(partner.id)

    world.clock.move_to(BEFORE_JULY)
    with refused("SERVICE_NOT_AVAILABLE", "R10"):
        await paris.opens(bulletin, "2025-06-30")
    await paris.opens(bulletin, "2025-07-01")

    access = (
        await paris.reads(
            bulletin, "... on MembershipBulletin { access { open } status }"
        )
    )["access"]
    assert access == {"open": False}
    world.clock.move_to(date(2025, 7, 1))
    access = (
        await paris.reads(
            bulletin, "... on MembershipBulletin { access { open } status }"
        )
    )["access"]
    assert access == {"open": True}


async def test_mayotte_is_outside(world: World) -> None:
    """R3: an establishment of 976 is recorded, and no bulletin covers it."""
    reunion = Person(world, "agent-reunion")
    partner = await reunion.registers(a_siret(), organismId="org_974", department="976")
    convention = await reunion.prepares_convention(partner.id)
    await reunion.signs_convention(convention)
    bulletin = await reunion.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )

    with refused("DEPARTMENT_EXCLUDED", "R3"):
        await reunion.signs_bulletin(bulletin)


async def test_a_closed_convention_with_the_seeded_people_takes_every_tab(
    world: World, paris: Person
) -> None:
    delphine = Person(world, "declarante-canal")
    assert await delphine.tabs() == ["Esat"]
    viewer = await paris.asks(
        '{ partner(by: {siret: "99990001200025"}) { conventionInForce { id } } }'
    )

    await paris.closes_convention(viewer["partner"]["conventionInForce"]["id"])

    for who in ("declarante-canal", "lecteur-canal", "gestionnaire-canal"):
        assert await Person(world, who).tabs() == []
    assert await delphine.reads("ptr_99990001200025") is None
