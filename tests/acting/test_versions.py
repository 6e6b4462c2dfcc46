"""`expectedVersion`: an act on a record that has changed since it was read is refused (VERSION_CONFLICT)."""

import asyncio
from typing import Any

from server.settings import DEMO_ISSUER
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import TODAY, Person, an_open_esat, refused, somebody

from .ledger import rows

VERSION = "... on Partner { version } ... on Group { version } ... on Affiliation { version } ... on Convention { version } ... on ServiceAccess { version }"  # fmt: skip


async def version(person: Person, object_id: str) -> int:
    return int((await person.reads(object_id, VERSION))["version"])


async def test_a_current_version_is_accepted_counts_one_more_and_is_stale_at_once(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    acts: list[tuple[str, str, dict[str, Any]]] = [
        (esat.partner.id, "activityAttest", {"partnerId": esat.partner.id, "evidence": "Vue"}),
        (esat.group, "groupRoleAttach", {"groupId": esat.group, "roleId": "rol_ESAT_LECTEUR"}),
        (esat.access, "serviceSuspend", {"accessId": esat.access, "suspensionReason": "Doute"}),
        (esat.member.affiliation, "userSuspend", {"affiliationId": esat.member.affiliation, "suspensionReason": "Doute"}),
        (esat.convention, "conventionClose", {"conventionId": esat.convention, "on": TODAY, "closingReason": "ABANDONED"}),
    ]  # fmt: skip

    for object_id, act, values in acts:
        known = await version(paris, object_id)
        for other in (known - 1, known + 1):
            with refused("VERSION_CONFLICT") as told:
                await paris.does(act, **values, expectedVersion=other)
            assert told.path == ["input", "expectedVersion"]
            assert told.message.endswith(f"Version actuelle : {known}.")
        await paris.does(act, **values, expectedVersion=known)
        assert await version(paris, object_id) == known + 1, act
        with refused("VERSION_CONFLICT"):
            await paris.does(act, **values, expectedVersion=known)


async def test_a_refused_act_leaves_the_version(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    known = await version(paris, esat.group)

    with refused("ALREADY_MEMBER"):
        await paris.includes(esat.group, esat.member.user)

    assert await version(paris, esat.group) == known


async def test_of_racing_acts_on_one_version_one_wins(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    known = await version(paris, esat.partner.id)

    raced = await asyncio.gather(
        *(
            world.act(
                "agent-paris", "userInvite", "", partnerId=esat.partner.id, person=somebody("Lou", f"Lilas{i}"), expectedVersion=known
            )
            for i in range(10)
        )
    )  # fmt: skip

    told = [payload["errors"][0]["code"] for payload in raced if payload["errors"]]
    assert told == ["VERSION_CONFLICT"] * 9
    assert await version(paris, esat.partner.id) == known + 1


async def test_of_racing_writers_of_the_reference_data_on_one_version_one_wins(
    world: World,
) -> None:
    """A row without a partner is its own lock."""
    known = (
        await world.ask("admin-national", '{ organism(code: "751") { version } }')
    )["organism"]["version"]
    values = {
        "code": "751",
        "kind": "CAF",
        "departments": ["75"],
        "expectedVersion": known,
    }

    raced = await asyncio.gather(
        *(
            world.act(
                "admin-national", "organismSet", "", name=f"Caf de Paris {i}", **values
            )
            for i in range(10)
        )
    )

    told = [payload["errors"][0]["code"] for payload in raced if payload["errors"]]
    assert told == ["VERSION_CONFLICT"] * 9
    (paris,) = await rows(
        world.database, "SELECT version FROM organism WHERE id = 'org_751'"
    )
    assert paris["version"] == known + 1


async def test_the_version_of_a_line_and_of_a_mandate_is_kept_too(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    jo, seine = Person(world, "jo"), Person(world, "agent-hauts-de-seine")
    done = await jo.declares(
        **a_deposit(esat.partner.siret, "k", a_line(1, "921"), a_line(2, "921"))
    )
    shown = "... on Declaration { lines { nodes { id version } } }"
    first, second = (await jo.reads(done["batch"]["declaration"]["id"], shown))[
        "lines"
    ]["nodes"]
    known = await version(paris, esat.partner.id)
    client = {
        "issuer": DEMO_ISSUER,
        "subject": "vendor",
        "name": "Paie",
        "email": "paie@editeur.invalid",
    }
    with refused("VERSION_CONFLICT"):
        await paris.does(
            "mandateGrant",
            partnerId=esat.partner.id,
            client=client,
            expectedVersion=known + 1,
        )
    mandated = await paris.mandates(esat.partner.id, "vendor", expectedVersion=known)
    with refused("VERSION_CONFLICT"):
        await paris.does(
            "mandateRevoke",
            affiliationId=mandated.affiliation,
            on=TODAY,
            expectedVersion=7,
        )
    for stale in (0, 2):
        with refused("VERSION_CONFLICT"):
            await seine.processes(
                "TAKEN_INTO_ACCOUNT", first["id"], second["id"], expectedVersion=stale
            )

    processed = await seine.processes(
        "TAKEN_INTO_ACCOUNT", first["id"], second["id"], expectedVersion=1
    )

    assert [(line["id"], line["version"]) for line in processed] == [
        (first["id"], 2),
        (second["id"], 2),
    ]
    with refused("VERSION_CONFLICT"):
        await seine.processes(
            "RETURNED", first["id"], processingReason="Doute", expectedVersion=1
        )


async def test_of_racing_answers_of_the_caf_on_one_version_one_wins(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    jo = Person(world, "jo")
    done = await jo.declares(**a_deposit(esat.partner.siret, "k", a_line(1, "921")))
    shown = "... on Declaration { lines { nodes { id } } }"
    (line,) = (await jo.reads(done["batch"]["declaration"]["id"], shown))["lines"][
        "nodes"
    ]
    values = {
        "lineIds": [line["id"]],
        "outcome": "TAKEN_INTO_ACCOUNT",
        "expectedVersion": 1,
    }

    raced = await asyncio.gather(
        *(
            world.act("agent-hauts-de-seine", "remunerationsProcess", "", **values)
            for _ in range(10)
        )
    )

    assert (
        sorted(p["errors"][0]["code"] if p["errors"] else "DONE" for p in raced)
        == ["DONE"] + ["VERSION_CONFLICT"] * 9
    )
