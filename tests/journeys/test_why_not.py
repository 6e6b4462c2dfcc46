"""Why, why not, and when: the link to mend is named, with who mends it, to whom may read it alone."""

from collections.abc import Awaitable, Callable
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
    ActRefused,
    Opened,
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    an_open_service,
    paper,
    refused,
    somebody,
)

DEPOSIT = "DECLARATION_DEPOSIT"
JANUARY = "2027-01-12"
CAF = "Caf de Paris (contact-751@example.invalid)"
MANAGER = "Le gestionnaire des habilitations du partenaire"
AFTER = date(2026, 12, 11)


def place(esat: Opened) -> str:
    return esat.partner.establishments[0]


def broken(told: Any) -> tuple[str, str] | None:  # noqa: ANN401 JSON
    """The link to mend first, of the chain that comes nearest."""
    link = next((chain["broken"] for chain in told["chains"] if chain["broken"]), None)
    return link and (link["kind"], link["broken"])


async def deposits(person: Person, esat: Opened, key: str = "k") -> bool:
    """Whether the deposit is really done when it is tried; it is tried without trace."""
    try:
        await person.declares(
            **(a_deposit(esat.partner.siret, key, a_line(0)) | {"dryRun": True})
        )
    except ActRefused:
        return False
    return True


async def suspended(agent: Person, esat: Opened) -> None:
    await agent.suspends(esat.member.affiliation)


async def gone(agent: Person, esat: Opened) -> None:
    await agent.does("userDeactivate", affiliationId=esat.member.affiliation, on=TODAY)


async def removed(agent: Person, esat: Opened) -> None:
    await agent.removes(esat.group, esat.member.user)


async def group_closed(agent: Person, esat: Opened) -> None:
    await agent.does("groupClose", groupId=esat.group, on=TODAY)


async def made_reader(agent: Person, esat: Opened) -> None:
    await agent.attaches(esat.group, "ESAT_LECTEUR")


async def service_suspended(agent: Person, esat: Opened) -> None:
    await agent.suspends_service(esat.access)


async def convention_suspended(agent: Person, esat: Opened) -> None:
    await agent.suspends_convention(esat.convention)


async def bulletin_closed(agent: Person, esat: Opened) -> None:
    await agent.does(
        "bulletinClose", bulletinId=esat.bulletin, on=TODAY, closingReason="Fin"
    )


async def convention_closed(agent: Person, esat: Opened) -> None:
    await agent.closes_convention(esat.convention)


async def role_withdrawn(agent: Person, esat: Opened) -> None:
    """A bulletin that no longer grants the role takes the place of the other."""
    bulletin = await agent.prepares_bulletin(
        esat.convention,
        esat.partner.siret,
        esat.partner.establishments,
        ("ESAT_LECTEUR",),
    )
    await agent.signs_bulletin(bulletin)
    await agent.does(
        "bulletinReplace", bulletinId=esat.bulletin, successorId=bulletin, on=TODAY
    )


BREAKS: list[
    tuple[Callable[[Person, Opened], Awaitable[None]], str, str, list[str]]
] = [
    (suspended, "USER", "est suspendu par l'organisme depuis le 10/12/2026", [CAF]),
    (gone, "USER", "n'est plus rattaché depuis le 10/12/2026", [CAF]),
    (removed, "GROUP", "n'y est plus inclus depuis le 10/12/2026", [CAF]),
    (group_closed, "GROUP", "est clôturé depuis le 10/12/2026", [CAF]),
    (made_reader, "ROLE", "ne comporte pas cet acte", [CAF]),
    (role_withdrawn, "ROLE", "n'est pas accordé par le bulletin", [CAF]),
    (service_suspended, "SERVICE", "est suspendu depuis le 10/12/2026", [CAF]),
    (
        convention_suspended,
        "CONVENTION",
        "est suspendue depuis le 10/12/2026",
        [CAF],
    ),
    (bulletin_closed, "BULLETIN", "n'est plus ouvert depuis le 10/12/2026", [CAF]),
    (convention_closed, "CONVENTION", "est clôturée depuis le 10/12/2026", [CAF]),
]


@pytest.mark.parametrize(
    ("breaks", "kind", "why", "menders"), BREAKS, ids=[b[0].__name__ for b in BREAKS]
)
async def test_the_broken_link_is_the_one_that_was_broken(
    paris: Person,
    breaks: Callable[[Person, Opened], Awaitable[None]],
    kind: str,
    why: str,
    menders: list[str],
) -> None:
    esat = await an_open_esat(paris, "jo")
    jo = Person(paris.asker, "jo")
    before = await paris.explains(esat.member.user, DEPOSIT, place(esat))
    assert (before["allowed"], before["menders"], await deposits(jo, esat, "1")) == (
        True,
        [],
        True,
    )
    assert all(chain["holds"] for chain in before["chains"])

    await breaks(paris, esat)

    told = await paris.explains(esat.member.user, DEPOSIT, place(esat))
    assert (told["allowed"], await deposits(jo, esat, "2")) == (False, False)
    assert broken(told) == (kind, why)
    assert told["menders"] == menders
    assert why in told["sentence"]
    assert told["sentence"].startswith(
        "Le 10/12/2026, Jo jo ne peut pas déposer la déclaration"
    )
    # every other link of that chain holds: mending the one gives the right
    assert [s["kind"] for s in told["chains"][0]["steps"] if s["broken"]] == [kind]


MENDS: list[
    tuple[
        Callable[[Person, Opened], Awaitable[None]],
        Callable[[Person, Opened], Awaitable[object]],
    ]
] = [
    (suspended, lambda agent, esat: agent.reinstates(esat.member.affiliation)),
    (removed, lambda agent, esat: agent.includes(esat.group, esat.member.user)),
    (made_reader, lambda agent, esat: agent.attaches(esat.group, "ESAT_DECLARANT")),
    (service_suspended, lambda agent, esat: agent.resumes_service(esat.access)),
    (
        convention_suspended,
        lambda agent, esat: agent.resumes_convention(esat.convention),
    ),
]


@pytest.mark.parametrize(("breaks", "mends"), MENDS, ids=[m[0].__name__ for m in MENDS])
async def test_to_mend_the_link_that_is_named_gives_the_right(
    paris: Person,
    breaks: Any,  # noqa: ANN401 acts
    mends: Any,  # noqa: ANN401 acts
) -> None:
    esat = await an_open_esat(paris, "jo")
    await breaks(paris, esat)
    assert not (await paris.explains(esat.member.user, DEPOSIT, place(esat)))["allowed"]

    await mends(paris, esat)

    told = await paris.explains(esat.member.user, DEPOSIT, place(esat))
    assert (told["allowed"], await deposits(Person(paris.asker, "jo"), esat)) == (
        True,
        True,
    )
    assert told["chains"][0]["holds"]


async def test_before_and_after_a_closing_the_answer_is_that_of_the_day(
    paris: Person, world: World
) -> None:
    """A future closing: everything until its day, nothing from it on; and the day proves it."""
    esat = await an_open_esat(paris, "jo")
    await paris.closes_convention(esat.convention, TOMORROW)
    jo = esat.member.user

    told = {
        on: await paris.explains(jo, DEPOSIT, place(esat), on)
        for on in ("2026-12-09", TODAY, TOMORROW, JANUARY)
    }

    assert {on: t["allowed"] for on, t in told.items()} == {
        "2026-12-09": False,
        TODAY: True,
        TOMORROW: False,
        JANUARY: False,
    }
    assert broken(told[TOMORROW]) == ("CONVENTION", "est clôturée depuis le 11/12/2026")
    assert await deposits(Person(world, "jo"), esat, "1")
    world.clock.move_to(AFTER)
    assert not await deposits(Person(world, "jo"), esat, "2")
    yesterday = await paris.explains(jo, DEPOSIT, place(esat), TODAY)
    assert yesterday["allowed"]  # the past is told as it was


async def test_who_could_declare_for_this_esat_on_12_january(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    ana = await manager.invites(esat.partner.id, "Ana", "Anémone")
    await manager.includes(esat.group, ana.user)
    await manager.removes(esat.group, ana.user, on=JANUARY)
    mandated = await manager.mandates(esat.partner.id, "paie")
    await manager.includes(esat.group, mandated.user)

    today, then = [
        await paris.finds_who_can(DEPOSIT, place(esat), on) for on in (None, JANUARY)
    ]

    assert {p["name"] for p in today["people"]} == {
        "Jo jo",
        "Ana Anémone",
        "Paie Fictive",
    }
    assert {p["name"] for p in then["people"]} == {"Jo jo", "Paie Fictive"}
    assert (then["on"], then["hidden"], then["offices"]) == (JANUARY, 0, [])
    assert (
        then["sentence"]
        == "Le 12/01/2027, 2 personnes peuvent déposer la déclaration (ESAT des Tilleuls)."
    )
    assert {p["name"]: p["by"] for p in then["people"]}[
        "Paie Fictive"
    ] == "client machine, en validation"
    for person in today["people"]:
        assert (await paris.explains(person["userId"], DEPOSIT, place(esat)))["allowed"]


async def test_who_can_agrees_with_each_explanation(
    paris: Person, world: World
) -> None:
    """For the people of the seeded Esat, on several days and for several acts."""
    seen = await paris.asks(
        '{ partner(by: {siret: "99990001200025"}) { establishments { nodes { id } } affiliations(first: 50) { nodes { user { id } } } } }'
    )
    (here,) = [e["id"] for e in seen["partner"]["establishments"]["nodes"]]
    users = [a["user"]["id"] for a in seen["partner"]["affiliations"]["nodes"]]
    for action in (
        DEPOSIT,
        "DECLARATION_PREPARE",
        "DECLARATION_READ",
        "ESTABLISHMENT_READ",
    ):
        for on in ("2025-10-01", "2026-11-05", TODAY, JANUARY):
            found = await paris.finds_who_can(action, here, on)
            each = {
                user: (await paris.explains(user, action, here, on))["allowed"]
                for user in users
            }
            assert {p["userId"] for p in found["people"]} == {
                u for u, allowed in each.items() if allowed
            }, (action, on)
            assert found["hidden"] == 0
    delphine = Person(world, "declarante-canal")
    assert (await delphine.finds_who_can(DEPOSIT, here))[
        "hidden"
    ] >= 1  # a colleague, whom she may not read


async def test_somebody_who_is_in_no_group_is_mended_by_the_partner_s_own_manager(
    paris: Person,
) -> None:
    """R40: under a delegated contract, the Caf cannot include anybody."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    ana = await manager.invites(esat.partner.id, "Ana", "Anémone")

    told = await paris.explains(ana.user, DEPOSIT, place(esat))

    assert (told["allowed"], told["menders"][0]) == (False, MANAGER)
    await manager.includes(esat.group, ana.user)
    assert (await paris.explains(ana.user, DEPOSIT, place(esat)))["allowed"]


async def test_after_a_change_of_mode_the_new_groups_are_what_to_mend_and_not_the_closed_convention(
    paris: Person,
) -> None:
    """A7: the convention in force is the successor: nobody opens the former one again."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    switch = {
        "on": TODAY,
        "convention": paper("1"),
        "contract": paper("2"),
        "bulletins": [{"serviceId": "svc_ESAT", "signature": paper("3")}],
    }
    await paris.does(
        "delegationChange",
        partnerId=esat.partner.id,
        mode=CENTRALISED,
        members="END",
        switch=switch,
    )

    told = await paris.explains(esat.member.user, DEPOSIT, place(esat))

    assert not told["allowed"]
    assert (broken(told) or ("",))[0] != "CONVENTION", told["sentence"]
    assert "clôturée" not in told["sentence"]
    former = await paris.explains(esat.member.user, DEPOSIT, place(esat), "2026-12-09")
    assert not former["allowed"]


async def test_the_manager_of_a_centralised_partner_is_told_that_the_contract_is_not_delegated(
    paris: Person,
) -> None:
    """R45: what is missing for them, and for the Caf of a delegated one."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    (post,) = (
        await paris.reads(
            esat.convention,
            "... on Convention { contract { managers { user { id } } } }",
        )
    )["contract"]["managers"]
    boss, agent = (
        post["user"]["id"],
        (await paris.asks("{ viewer { user { id } } }"))["viewer"]["user"]["id"],
    )
    assert (await paris.explains(boss, "MEMBERSHIP_ADD", esat.group))["allowed"]
    told = await paris.explains(agent, "MEMBERSHIP_ADD", esat.group)
    assert (told["allowed"], "R40" in told["sentence"]) == (False, True)
    with refused("FORBIDDEN"):
        await paris.includes(esat.group, boss)

    switch = {
        "on": TODAY,
        "convention": paper("1"),
        "contract": paper("2"),
        "bulletins": [{"serviceId": "svc_ESAT", "signature": paper("3")}],
    }
    await paris.does(
        "delegationChange",
        partnerId=esat.partner.id,
        mode=CENTRALISED,
        members="END",
        switch=switch,
    )

    told = await paris.explains(boss, "PARTNER_READ", esat.partner.id)
    assert not told["allowed"]
    (group,) = (
        await paris.asks(
            "query($id: ID!) { partner(by: {id: $id}) { conventionInForce { services { groups { nodes { id } } } } } }",
            id=esat.partner.id,
        )
    )["partner"]["conventionInForce"]["services"][0]["groups"]["nodes"]
    assert not (await paris.explains(boss, "MEMBERSHIP_ADD", group["id"]))["allowed"]
    assert (await paris.explains(agent, "MEMBERSHIP_ADD", group["id"]))["allowed"]
    await paris.includes(group["id"], esat.member.user)


async def test_an_agent_of_another_caf_is_told_who_administers(world: World) -> None:
    """The Caf that signed reads the partner that the CNA administers, and asks of itself alone."""
    hauts = Person(world, "agent-hauts-de-seine")
    me = (await hauts.asks("{ viewer { user { id } } }"))["viewer"]["user"]["id"]
    seen = (
        await hauts.asks(
            '{ partner(by: {siret: "99990002000010"}) { id establishments { nodes { id } } conventionInForce { id } } }'
        )
    )["partner"]

    told = await hauts.explains(me, "CONVENTION_CLOSE", seen["conventionInForce"]["id"])

    assert (told["allowed"], broken(told)) == (
        False,
        ("ORGANISM", "n'administre pas le partenaire"),
    )
    assert "Centre national d'appui" in told["menders"][0]
    with refused("FORBIDDEN"):
        await hauts.closes_convention(seen["conventionInForce"]["id"])
    # its people are the CNA's to read: they are counted, and not named
    found = await hauts.finds_who_can(DEPOSIT, seen["establishments"]["nodes"][0]["id"])
    assert (found["people"], found["hidden"]) == ([], 1)
    holders = await hauts.finds_who_can(
        "CONVENTION_CLOSE", seen["conventionInForce"]["id"]
    )
    assert [(o["organism"], o["count"]) for o in holders["offices"]] == [
        ("Centre national d'appui", 1)
    ]


async def test_a_stranger_is_answered_as_for_what_does_not_exist(
    paris: Person, world: World
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    strangers = [
        Person(world, w)
        for w in (
            "agent-rhone",
            "agent-cna",
            "declarante-canal",
            "gestionnaire-canal",
            "suspendu-canal",
            "nobody",
        )
    ]
    things = (
        esat.partner.id,
        place(esat),
        esat.group,
        esat.convention,
        esat.bulletin,
        esat.access,
        esat.member.affiliation,
    )
    for stranger in strangers:
        for thing in things:
            action = {
                "ptr": "PARTNER_READ",
                "est": DEPOSIT,
                "grp": "GROUP_READ",
                "cnv": "CONVENTION_READ",
                "bul": "MEMBERSHIP_BULLETIN_READ",
                "acc": "SERVICE_ACCESS_READ",
                "aff": "USER_READ",
            }[thing[:3]]
            unknown = thing[:4] + "0" * (len(thing) - 4)
            for on in (None, "2026-12-01", JANUARY):
                assert (
                    await stranger.explains(esat.member.user, action, thing, on) is None
                )
                assert (
                    await stranger.explains(esat.member.user, action, unknown, on)
                    is None
                )
                assert await stranger.finds_who_can(action, thing, on) is None
                assert await stranger.finds_who_can(action, unknown, on) is None


async def test_a_user_whom_one_does_not_read_is_answered_as_one_who_does_not_exist(
    paris: Person, world: World
) -> None:
    """The object is read, the person is not: a colleague, an agent, somebody of another partner."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    jo = Person(world, "jo")
    (post,) = (
        await paris.reads(
            esat.convention,
            "... on Convention { contract { managers { user { id } } } }",
        )
    )["contract"]["managers"]
    delphine = (
        await Person(world, "declarante-canal").asks("{ viewer { user { id } } }")
    )["viewer"]["user"]["id"]
    agent = (await Person(world, "agent-rhone").asks("{ viewer { user { id } } }"))[
        "viewer"
    ]["user"]["id"]

    told = [
        await jo.explains(user, DEPOSIT, place(esat))
        for user in (post["user"]["id"], delphine, agent, "usr_0")
    ]

    assert told == [None] * 4
    assert (await jo.explains(esat.member.user, DEPOSIT, place(esat)))["allowed"]
    assert await paris.explains(agent, DEPOSIT, place(esat)) is None


async def test_the_day_that_is_asked_never_moves_the_rights_of_who_asks(
    paris: Person, world: World
) -> None:
    """Whose right starts tomorrow learns nothing of tomorrow; who lost it yesterday, nothing of the past."""
    partner, convention = await a_signed_esat(paris)
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    await paris.signs_bulletin(bulletin, TOMORROW)
    await paris.decides_eligibility(partner.id)
    await paris.opens(bulletin, TOMORROW)
    cna, jo = Person(world, "agent-cna"), Person(world, "jo")
    esat = await an_open_esat(paris, "jo")
    annex = await paris.adds_establishment(esat.partner.id, a_siret(), "93")
    wide = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, (place(esat), annex)
    )
    await paris.signs_bulletin(wide, TOMORROW, acknowledgeCna=True)

    # the CNA's right starts tomorrow
    assert await cna.explains(esat.member.user, DEPOSIT, place(esat), TOMORROW) is None
    assert await cna.finds_who_can(DEPOSIT, place(esat), TOMORROW) is None
    assert (await paris.explains(esat.member.user, DEPOSIT, place(esat), TOMORROW))[
        "allowed"
    ]
    world.clock.move_to(AFTER)
    # Paris lost yesterday what concerns people, and keeps the papers
    assert await paris.explains(esat.member.user, DEPOSIT, place(esat), TODAY) is None
    past = await paris.finds_who_can(DEPOSIT, place(esat), TODAY)
    assert (past["people"], past["hidden"]) == ([], 1)
    assert (await cna.explains(esat.member.user, DEPOSIT, place(esat), TODAY))[
        "allowed"
    ]
    # and who has left reads nothing of the days when they were there
    assert (await jo.explains(esat.member.user, DEPOSIT, place(esat)))["allowed"]
    await cna.does("userDeactivate", affiliationId=esat.member.affiliation, on=TOMORROW)
    assert await jo.explains(esat.member.user, DEPOSIT, place(esat), TODAY) is None
    assert await jo.finds_who_can(DEPOSIT, place(esat), TODAY) is None
    # a service that opens tomorrow is told to who administers it today
    assert (await paris.finds_who_can(DEPOSIT, partner.establishments[0], TOMORROW))[
        "people"
    ] == []


async def test_an_answer_names_nothing_that_its_reader_may_not_read(
    paris: Person, world: World
) -> None:
    """A member reads neither conventions nor contracts nor the groups of others: the chain shows none of their ids."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    secret = await paris.creates_group(esat.access, "Licenciements à venir")
    await paris.attaches(secret)
    manager = Person(world, str(esat.manager))
    await manager.includes(secret, esat.member.user)
    await manager.removes(secret, esat.member.user)
    jo = Person(world, "jo")

    told = await jo.explains(esat.member.user, DEPOSIT, place(esat))

    assert told["allowed"]
    hidden = [
        (step["kind"], step["label"])
        for chain in told["chains"]
        for step in chain["steps"]
        if step["objectId"]
        and step["kind"] not in ("ROLE", "ORGANISM")
        and await jo.reads(step["objectId"]) is None
    ]
    assert hidden == []


async def test_an_explanation_agrees_with_what_happens_for_the_acts_of_agents(
    paris: Person, world: World
) -> None:
    """Each asks of oneself, and then tries: the two answers are one."""
    esat = await an_open_esat(paris, "jo")
    tries: dict[str, tuple[str, str, dict[str, object]]] = {
        "CONVENTION_CLOSE": (esat.convention, "conventionClose", {"conventionId": esat.convention, "on": TODAY, "closingReason": "ABANDONED"}),
        "CONVENTION_SUSPEND": (esat.convention, "conventionSuspend", {"conventionId": esat.convention, "suspensionReason": "Vérification"}),
        "SERVICE_ACCESS_SUSPEND": (esat.access, "serviceSuspend", {"accessId": esat.access, "suspensionReason": "Vérification"}),
        "GROUP_CLOSE": (esat.group, "groupClose", {"groupId": esat.group, "on": TODAY}),
        "MEMBERSHIP_REMOVE": (esat.group, "groupMembersRemove", {"groupId": esat.group, "userIds": [esat.member.user], "on": TODAY}),
        "CNA_HAND_BACK": (esat.partner.id, "cnaHandBack", {"partnerId": esat.partner.id}),
        "DELEGATION_CHANGE": (esat.partner.id, "delegationChange", {"partnerId": esat.partner.id, "mode": DELEGATED}),
    }  # fmt: skip
    for who in ("agent-paris", "lecteur-paris", "admin-national", "centre-ressources"):
        person = Person(world, who)
        me = (await person.asks("{ viewer { user { id } } }"))["viewer"]["user"]["id"]
        for action, (thing, act, values) in tries.items():
            told = await person.explains(me, action, thing)
            try:
                await person.does(act, **values, dryRun=True)
            except ActRefused as refusal:
                code = refusal.errors[0]["code"]
            else:
                code = ""
            barred = (
                action == "CNA_HAND_BACK" and code == "CNA_NOT_ADMINISTERING"
            )  # rights apart, nothing to hand back
            assert told["allowed"] is not (barred or code == "FORBIDDEN"), (
                who,
                action,
                told["sentence"],
            )
            assert bool(told["menders"]) is (code == "FORBIDDEN")


async def test_a_person_to_come_is_explained_as_not_there_yet(paris: Person) -> None:
    """A service that opens tomorrow: nobody today, with the day when it does."""
    partner, convention = await a_signed_esat(paris)
    bulletin, access = await an_open_service(paris, partner, convention)
    group = await paris.creates_group(access)
    await paris.attaches(group)
    invited = await paris.invites(partner.id, "Ana", "Anémone")
    await paris.includes(group, invited.user)
    await paris.does(
        "bulletinClose", bulletinId=bulletin, on=TOMORROW, closingReason="Fin"
    )
    again = await paris.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    await paris.signs_bulletin(again, "2026-12-20")
    await paris.opens(again, "2026-12-20")

    told = {
        on: await paris.explains(invited.user, DEPOSIT, partner.establishments[0], on)
        for on in (TODAY, TOMORROW, "2026-12-20")
    }

    assert [t["allowed"] for t in told.values()] == [True, False, True]
    assert broken(told[TOMORROW]) == (
        "BULLETIN",
        "n'est plus ouvert depuis le 11/12/2026",
    )


async def test_what_is_asked_of_the_wrong_object_is_said_so(
    paris: Person, world: World
) -> None:
    esat = await an_open_esat(paris, "jo")
    query = "query($u: ID!, $o: ID!) { explain(user: $u, action: DECLARATION_DEPOSIT, object: $o) { allowed } }"

    answer = (
        await world.post(
            "agent-paris", query, {"u": esat.member.user, "o": esat.convention}
        )
    ).json()

    assert (
        "Cette action se demande sur un autre objet" in answer["errors"][0]["message"]
    )
    assert (
        somebody("Jo", "jo")["familyName"] not in answer["errors"][0]["message"].split()
    )
