"""Acts at the same time: one wins, the others are told; one key is one effect."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

from tests.conftest import TODAY as DAY
from tests.conftest import World
from tests.journeys.story import (
    DELEGATED,
    TODAY,
    Person,
    a_siret,
    an_open_esat,
    paper,
    refused,
    somebody,
)

from .ledger import journalled, rows

RACERS, REPLAYS = 40, 32


async def race(
    world: World, who: str, act: str, shows: str, inputs: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The payloads of all these calls, sent at once."""
    return list(
        await asyncio.gather(
            *(world.act(who, act, shows, **values) for values in inputs)
        )
    )


def codes(payloads: list[dict[str, Any]]) -> Counter[str]:
    return Counter(
        payload["errors"][0]["code"] if payload["errors"] else "DONE"
        for payload in payloads
    )


async def test_of_forty_racing_signatures_of_one_partner_exactly_one_wins(
    world: World, paris: Person
) -> None:
    partner = await paris.registers(a_siret())
    drafts = [await paris.prepares_convention(partner.id) for _ in range(RACERS)]

    papers = {"convention": paper("a"), "contract": paper("b"), "inForceOn": TODAY}
    raced = await race(world, "agent-paris", "conventionSign", "convention { id }", [{"conventionId": d} | papers for d in drafts])  # fmt: skip

    assert codes(raced) == {"DONE": 1, "ONE_CONVENTION": RACERS - 1}
    assert all(
        payload["errors"][0]["rule"] == "R36" for payload in raced if payload["errors"]
    )
    winner = next(
        payload["convention"]["id"] for payload in raced if payload["convention"]
    )
    in_force = await paris.asks(
        "query($id: ID!) { partner(by: {id: $id}) { conventionInForce { id } } }",
        id=partner.id,
    )
    assert in_force["partner"]["conventionInForce"] == {"id": winner}
    assert await journalled(world.database, "conventionSign") == 1


async def test_of_forty_racing_inclusions_of_one_person_exactly_one_wins(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")
    before = await journalled(world.database, "groupMembersAdd")

    same = {"groupId": esat.group, "userIds": [ana.user]}
    raced = await race(world, "agent-paris", "groupMembersAdd", "", [same] * RACERS)

    assert codes(raced) == {"DONE": 1, "ALREADY_MEMBER": RACERS - 1}
    assert await journalled(world.database, "groupMembersAdd") == before + 1


async def test_two_managers_who_leave_at_once_do_not_leave_the_partner_without_one(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(world, str(esat.manager))
    await manager.appoints(esat.convention, "DEPUTY", userId=esat.member.user)
    mine = (await manager.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ][0]["id"]

    first, second = await asyncio.gather(
        world.act(manager.name, "userDeactivate", "", affiliationId=mine, on=TODAY),
        world.act(
            "jo", "userDeactivate", "", affiliationId=esat.member.affiliation, on=TODAY
        ),
    )

    assert codes([first, second]) == {"DONE": 1, "LAST_MANAGER": 1}


async def test_who_waits_while_the_right_is_taken_away_does_not_act_after_it(
    world: World, paris: Person
) -> None:
    """The caller is read again behind the lock: nothing of theirs follows the act that ended them."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(world, str(esat.manager))
    await manager.appoints(esat.convention, "DEPUTY", userId=esat.member.user)
    mine = (await manager.asks("{ viewer { affiliations { id } user { id } } }"))[
        "viewer"
    ]
    invitations = [
        {"partnerId": esat.partner.id, "person": somebody("Lou", f"Lilas{i}")}
        for i in range(RACERS)
    ]

    raced, _ = await asyncio.gather(
        race(world, manager.name, "userInvite", "", invitations),
        Person(world, "jo").does(
            "userDeactivate", affiliationId=mine["affiliations"][0]["id"], on=TODAY
        ),
    )

    entries = await rows(
        world.database, "SELECT seq, act, actor_id FROM journal ORDER BY seq"
    )
    ended = next(e["seq"] for e in entries if e["act"] == "userDeactivate")
    assert [
        e for e in entries if e["actor_id"] == mine["user"]["id"] and e["seq"] > ended
    ] == []
    assert set(codes(raced)) <= {"DONE", "NOT_FOUND"}


async def test_of_twenty_racing_registrations_of_one_siret_one_wins(
    world: World,
) -> None:
    values = {
        "siret": a_siret(),
        "name": "ESAT",
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }

    raced = await race(world, "agent-paris", "partnerRegister", "", [values] * 20)

    told = codes(raced)
    assert told["DONE"] == 1
    assert (
        told["SIRET_KNOWN"] + told["ESTABLISHMENT_KNOWN"] == 19
    )  # whichever key met the winner's first


async def test_one_key_is_one_effect_however_many_calls_race(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")
    acts: dict[str, tuple[str, str, dict[str, Any]]] = {
        "groupMembersAdd": ("agent-paris", "group { id version members { nodes { id } } }", {"groupId": esat.group, "userIds": [ana.user]}),
        "partnerRegister": ("agent-paris", "partner { id version siret }", {"siret": a_siret(), "name": "ESAT", "kind": "ESAT", "organismId": "org_751", "department": "75"}),
        "userInvite": ("agent-paris", "affiliation { id version user { id familyName } }", {"partnerId": esat.partner.id, "person": somebody("Lou", "Lilas")}),
        "conventionClose": ("agent-paris", "convention { id version status }", {"conventionId": esat.convention, "on": TODAY, "closingReason": "PARTNER_CEASED"}),
        "serviceSet": ("admin-national", "service { id version label }", {"code": "RACE", "label": "Course", "tabLabel": "Course", "availableFrom": TODAY}),
    }  # fmt: skip
    for act, (who, shows, values) in acts.items():
        before = await journalled(world.database, act)

        raced = await race(
            world, who, act, shows, [values | {"idempotencyKey": "one"}] * REPLAYS
        )

        assert codes(raced) == {"DONE": REPLAYS}, (act, codes(raced))
        assert Counter(payload["replayed"] for payload in raced) == {
            True: REPLAYS - 1,
            False: 1,
        }
        name = shows.split()[0]
        assert all(payload[name] == raced[0][name] for payload in raced)
        assert raced[0][name]["id"]
        assert await journalled(world.database, act) == before + 1


async def test_a_key_that_served_another_input_is_refused(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    values = {"accessId": esat.access, "idempotencyKey": "k"}
    done = await paris.does("groupCreate", "group { id }", name="Lecteurs", **values)

    with refused("IDEMPOTENCY_CONFLICT") as told:
        await paris.does("groupCreate", name="Préparateurs", **values)

    assert told.path == ["input", "idempotencyKey"]
    # the order of the members does not count; another act and another caller have their own keys
    again = {"name": "Lecteurs", "idempotencyKey": "k", "accessId": esat.access}
    assert (await paris.does("groupCreate", "group { id }", **again))["group"] == done[
        "group"
    ]
    await paris.does(
        "userInvite",
        partnerId=esat.partner.id,
        person=somebody("Lou", "Lilas"),
        idempotencyKey="k",
    )


async def test_a_refused_act_leaves_its_key_free(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    group = await paris.creates_group(esat.access, "Lecteurs")
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")
    values = {"groupId": group, "userIds": [ana.user], "idempotencyKey": "k"}
    with refused("ROLE_FIRST", "R56"):
        await paris.does("groupMembersAdd", **values)
    await paris.attaches(group, "ESAT_LECTEUR")

    done = await paris.does("groupMembersAdd", **values)

    assert done["replayed"] is False


async def test_a_replay_after_losing_the_right_tells_the_outcome_and_hides_what_is_no_longer_read(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(world, str(esat.manager))
    invitation = {
        "partnerId": esat.partner.id,
        "person": somebody("Lou", "Lilas"),
        "idempotencyKey": "k",
    }
    appointment = {
        "conventionId": esat.convention,
        "kind": "DEPUTY",
        "userId": esat.member.user,
        "idempotencyKey": "k",
    }
    first = await manager.does(
        "userInvite", "affiliation { id } invitation", **invitation
    )
    await manager.does("managerAppoint", **appointment)
    again = await manager.does(
        "userInvite", "affiliation { id } invitation", **invitation
    )
    assert (again["replayed"], again["affiliation"]) == (True, first["affiliation"])
    assert again["invitation"] is None  # a secret is told once

    await paris.closes_convention(esat.convention)

    for act, shown, values in (
        ("userInvite", "affiliation { id }", invitation),
        ("managerAppoint", "manager { id }", appointment),
    ):
        told = await manager.does(act, shown, **values)
        assert (told["replayed"], told[shown.split()[0]]) == (True, None)
        with refused("NOT_FOUND"):
            await manager.does(act, **values | {"idempotencyKey": "another"})


async def test_an_agent_who_may_only_read_any_longer_is_told_the_outcome_and_may_do_no_more(
    world: World,
) -> None:
    """What was done is told to who did it; another call is judged by the rights of now."""
    national, rhone = Person(world, "admin-national"), Person(world, "agent-rhone")
    values = {
        "partnerId": "ptr_99990003800012", "mode": "CENTRALISED", "missionIds": ["mis_LOGEMENT"], "idempotencyKey": "k"
    }  # fmt: skip
    await rhone.does("conventionPrepare", **values)
    registered = {
        "siret": a_siret(), "name": "ESAT", "kind": "ESAT", "organismId": "org_691", "idempotencyKey": "k"
    }  # fmt: skip
    await rhone.does("partnerRegister", **registered)
    post = (await rhone.asks("{ viewer { posts { id } } }"))["viewer"]["posts"][0]["id"]
    await national.does("agentEnd", agentId=post, on=DAY.isoformat())
    await national.does(
        "agentAppoint",
        organismId="org_691",
        profile="READING",
        userId="usr_agent-rhone",
    )

    for act, key in (("conventionPrepare", values), ("partnerRegister", registered)):
        assert (await rhone.does(act, **key))["replayed"]
        with refused("FORBIDDEN"):
            await rhone.does(act, **key | {"idempotencyKey": "another"})


async def test_a_racing_acceptance_binds_one_identity(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")

    raced = await asyncio.gather(
        *(
            world.act(f"ana-{i}", "invitationAccept", "", invitation=ana.secret)
            for i in range(10)
        )
    )

    assert codes(list(raced)) == {"DONE": 1, "INVITATION_INVALID": 9}


async def test_a_successor_prepared_before_the_one_it_replaces_takes_its_place(
    world: World, paris: Person
) -> None:
    """The order of the writes is not that of the ids: the one is closed before the other opens."""
    esat = await an_open_esat(paris, "jo")
    older = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, esat.partner.establishments
    )
    await paris.signs_bulletin(older)
    newer = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, esat.partner.establishments
    )
    await paris.signs_bulletin(newer)
    await paris.does(
        "bulletinReplace", bulletinId=esat.bulletin, successorId=newer, on=TODAY
    )

    await paris.does("bulletinReplace", bulletinId=newer, successorId=older, on=TODAY)

    assert await Person(world, "jo").tabs() == ["Esat"]


async def test_a_draft_prepared_before_an_expired_convention_takes_its_place(
    world: World, paris: Person
) -> None:
    partner = await paris.registers(a_siret())
    older = await paris.prepares_convention(partner.id)
    newer = await paris.prepares_convention(partner.id)
    await paris.signs_convention(newer, termOn="2026-12-12")
    world.clock.move_to(DAY.replace(day=12))

    signed = await paris.signs_convention(older, "2026-12-12")

    assert signed["status"] == "IN_FORCE"


async def test_a_request_that_is_cut_off_leaves_all_or_nothing(
    world: World, paris: Person
) -> None:
    """An unknown outcome: only the key makes the retry safe."""
    esat = await an_open_esat(paris, "jo")
    values = {"accessId": esat.access, "name": "Lecteurs", "idempotencyKey": "cut"}
    for delay in (0.001, 0.005, 0.02):
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await paris.does("groupCreate", **values)

    await paris.does("groupCreate", **values)

    seen = await paris.reads(
        esat.access,
        '... on ServiceAccess { groups(search: "lecteurs") { totalCount } }',
    )
    assert seen["groups"] == {"totalCount": 1}
    assert await journalled(world.database, "groupCreate") == 2
