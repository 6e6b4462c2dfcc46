"""Conventions that change while others act: one switch wins, nobody keeps a right that the switch has ended."""

import asyncio
from collections import Counter
from typing import Any

from tests.conftest import World
from tests.journeys.story import (
    DELEGATED,
    TODAY,
    Person,
    an_open_esat,
    another_siret_of,
    paper,
)

from .ledger import journalled, rows
from .test_racing import codes, race

PAPERS = {"convention": paper("1"), "contract": paper("2"), "bulletins": [{"serviceId": "svc_ESAT", "signature": paper("3")}]}  # fmt: skip
RACERS = 12


async def test_of_racing_switches_exactly_one_wins(world: World, paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    values = {
        "partnerId": esat.partner.id,
        "mode": DELEGATED,
        "members": "END",
        "switch": PAPERS | {"on": TODAY},
    }

    raced = await race(
        world, "agent-paris", "delegationChange", "convention { id }", [values] * RACERS
    )

    assert codes(raced) == {"DONE": 1, "MODE_SAME": RACERS - 1}
    assert await journalled(world.database, "delegationChange") == 1
    kept = await rows(world.database, "SELECT closed_on, in_force_on FROM convention WHERE partner_id = :p ORDER BY id", p=esat.partner.id)  # fmt: skip
    assert [(c["closed_on"] is None, c["in_force_on"] is None) for c in kept] == [
        (False, False),
        (True, False),
    ]


async def test_a_switch_and_a_change_of_siret_at_once_leave_one_convention_in_force(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    mode: dict[str, Any] = {
        "partnerId": esat.partner.id,
        "mode": DELEGATED,
        "members": "END",
        "switch": PAPERS | {"on": TODAY},
    }
    siret = {
        "partnerId": esat.partner.id,
        "siret": another_siret_of(esat.partner.siret),
        "switch": PAPERS,
    }

    both = await asyncio.gather(
        world.act("agent-paris", "delegationChange", "", **mode),
        world.act("agent-paris", "partnerSiretChange", "", **siret),
    )

    done = codes(list(both))["DONE"]
    kept = await rows(world.database, "SELECT id FROM convention WHERE partner_id = :p AND in_force_on IS NOT NULL", p=esat.partner.id)  # fmt: skip
    live = await rows(world.database, "SELECT id FROM convention WHERE partner_id = :p AND in_force_on IS NOT NULL AND closed_on IS NULL", p=esat.partner.id)  # fmt: skip
    assert (len(kept), len(live)) == (1 + done, 1)


async def test_who_is_included_while_the_convention_is_switched_is_in_one_group_or_in_none(
    world: World, paris: Person
) -> None:
    """The inclusion is in the former group, and ends with it, or is refused: it never slips into the successor's."""
    esat = await an_open_esat(paris, "jo")
    people = [
        await paris.invites(esat.partner.id, "Ana", f"Anémone{i}") for i in range(4)
    ]
    mode: dict[str, Any] = {
        "partnerId": esat.partner.id,
        "mode": DELEGATED,
        "members": "END",
        "switch": PAPERS | {"on": TODAY},
    }

    raced = await asyncio.gather(
        *(
            world.act(
                "agent-paris",
                "groupMembersAdd",
                "",
                groupId=esat.group,
                userIds=[p.user],
            )
            for p in people
        ),
        world.act("agent-paris", "delegationChange", "", **mode),
    )

    told = Counter(
        p["errors"][0]["code"] if p["errors"] else "DONE" for p in raced[:-1]
    )
    assert set(told) <= {"DONE", "SERVICE_NOT_OPEN", "FORBIDDEN"}
    assert not raced[-1]["errors"]
    new = await rows(world.database, 'SELECT count(*) AS n FROM membership m JOIN "group" g ON g.id = m.group_id WHERE g.partner_id = :p AND g.id <> :g', p=esat.partner.id, g=esat.group)  # fmt: skip
    assert new == [{"n": 0}]
    assert await Person(world, "jo").tabs() == []


async def test_a_key_replays_a_switch_without_switching_again(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    values = {
        "partnerId": esat.partner.id,
        "mode": DELEGATED,
        "members": "END",
        "switch": PAPERS | {"on": TODAY},
        "idempotencyKey": "one",
    }

    raced = await race(
        world, "agent-paris", "delegationChange", "convention { id }", [values] * RACERS
    )

    assert codes(raced) == {"DONE": RACERS}
    assert sum(payload["replayed"] for payload in raced) == RACERS - 1
    assert len({payload["convention"]["id"] for payload in raced}) == 1
    assert await journalled(world.database, "delegationChange") == 1


async def test_a_dry_run_of_a_switch_keeps_nothing_and_holds_nothing(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    values = {"partnerId": esat.partner.id, "mode": DELEGATED, "members": "END", "switch": PAPERS | {"on": TODAY}, "dryRun": True, "idempotencyKey": "tried"}  # fmt: skip
    tables = (
        "convention",
        "contract",
        "bulletin",
        '"group"',
        "journal",
        "idempotency",
        "document",
        "partner_state",
    )
    before = {
        t: await rows(world.database, f"SELECT count(*) AS n FROM {t}")  # noqa: S608 our own words
        for t in tables
    }

    raced = await race(
        world,
        "agent-paris",
        "delegationChange",
        "impact { lost { name } }",
        [values] * RACERS,
    )

    assert codes(raced) == {"DONE": RACERS}
    assert all(payload["impact"]["lost"] for payload in raced)
    assert {
        t: await rows(world.database, f"SELECT count(*) AS n FROM {t}")  # noqa: S608 our own words
        for t in tables
    } == before
    assert await Person(world, "jo").tabs() == ["Esat"]
