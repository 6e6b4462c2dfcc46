"""An establishment of another legal entity, and one that leaves: nobody declares for it by mistake (R31, A2)."""

import pytest

from tests.acting.ledger import rows
from tests.conftest import World

from .payroll import a_deposit, a_line
from .story import (
    CENTRALISED,
    TODAY,
    TOMORROW,
    Person,
    a_siret,
    an_open_esat,
    an_open_service,
    another_siret_of,
    refused,
)

REASON = "Cession de l'établissement"


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


async def test_an_establishment_of_another_siren_is_added_only_by_who_says_that_the_partner_manages_it(
    paris: Person,
) -> None:
    head, other = a_siret(), a_siret()
    partner = await paris.registers(head)
    place = {
        "partnerId": partner.id,
        "siret": other,
        "name": "ESAT des Saules",
        "department": "75",
    }

    with refused("OTHER_SIREN", "R31") as told:
        await paris.does("establishmentAdd", **place)
    assert told.path == ["input", "acknowledgeOtherSiren"]
    added = await paris.does(
        "establishmentAdd",
        "establishment { id siret }",
        **place,
        acknowledgeOtherSiren=True,
    )

    assert added["establishment"]["siret"] == other
    convention = await paris.prepares_convention(partner.id, CENTRALISED)
    bulletin = {
        "conventionId": convention,
        "serviceId": "svc_ESAT",
        "siret": head,
        "roleIds": ["rol_ESAT_DECLARANT"],
        "establishmentIds": [*partner.establishments, added["establishment"]["id"]],
    }
    prepared = await paris.does("bulletinPrepare", "bulletin { id }", **bulletin)
    assert [w["code"] for w in prepared["warnings"]] == ["OTHER_SIREN"]


async def test_an_establishment_that_ends_leaves_all_scopes_and_what_it_declared_stays(
    world: World, paris: Person, jo: Person
) -> None:
    head = a_siret()
    other = another_siret_of(head, 2)
    partner = await paris.registers(head)
    place = await paris.adds_establishment(partner.id, other, "75", "ESAT des Saules")
    partner = type(partner)(partner.id, head, (*partner.establishments, place))
    convention = await paris.prepares_convention(partner.id, CENTRALISED)
    await paris.signs_convention(convention)
    _, access = await an_open_service(paris, partner, convention)
    group = await paris.creates_group(access)
    await paris.attaches(group)
    member = await paris.invites(partner.id, "Jo", "Jonquille")
    await paris.includes(group, member.user)
    await jo.accepts(member.secret)
    done = await jo.declares(**a_deposit(other, "1", a_line(0)))

    values = {"establishmentId": place, "on": TODAY, "endReason": REASON}
    preview = await paris.does(
        "establishmentEnd", "impact { lost { establishments } }", **values, dryRun=True
    )
    assert [lost["establishments"] for lost in preview["impact"]["lost"]] == [
        ["ESAT des Saules"]
    ]
    with refused("FORBIDDEN"):
        await jo.does("establishmentEnd", **values)
    await paris.does("establishmentEnd", **values)

    with refused("NOT_FOUND"):
        await jo.declares(**a_deposit(other, "2", a_line(0)))
    with refused("FORBIDDEN"):
        await jo.declares(
            **a_deposit(other, "3", a_line(0)) | {"establishment": {"id": place}}
        )
    kept = await rows(
        world.database,
        "SELECT superseded_at FROM declaration WHERE id = :d",
        d=done["batch"]["declaration"]["id"],
    )
    assert [row["superseded_at"] for row in kept] == [None]
    with refused("ALREADY_ENDED"):
        await paris.does("establishmentEnd", **values)
    with refused("ALREADY_ENDED") as late:  # it comes into no scope any more
        await paris.does(
            "groupCreate", accessId=access, name="Saules", establishmentIds=[place]
        )
    assert late.path == ["input", "establishmentIds", "0"]


async def test_a_partners_own_establishment_does_not_end(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")

    with refused("ESTABLISHMENT_OWN") as told:
        await paris.does(
            "establishmentEnd",
            establishmentId=esat.partner.establishments[0],
            on=TODAY,
            endReason=REASON,
        )
    assert told.path == ["input", "establishmentId"]


async def test_an_establishment_moves_once_the_partner_that_has_it_has_ended_it(
    world: World, paris: Person
) -> None:
    """Who administers the partner that has it is told: they alone can end it."""
    former = await paris.registers(a_siret())
    siret = another_siret_of(former.siret, 2)
    place = await paris.adds_establishment(former.id, siret, "75", "ESAT des Saules")
    seine = Person(world, "agent-hauts-de-seine")
    latter = await seine.registers(a_siret(), organismId="org_921")
    adding: dict[str, object] = {
        "partnerId": latter.id,
        "siret": siret,
        "name": "ESAT des Saules",
        "department": "92",
    } | {"acknowledgeOtherSiren": True}

    with refused("ESTABLISHMENT_KNOWN") as told:
        await seine.does("establishmentAdd", **adding)
    assert "Caf de Paris (751)" in told.message
    await paris.does(
        "establishmentEnd", establishmentId=place, on=TOMORROW, endReason=REASON
    )
    with refused("ESTABLISHMENT_KNOWN"):  # announced is not ended
        await seine.does("establishmentAdd", **adding)
    world.clock.move_to(world.clock.today().replace(day=11))
    await seine.does("establishmentAdd", **adding)
