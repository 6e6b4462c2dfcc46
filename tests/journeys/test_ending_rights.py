"""Closing, suspending, leaving: the consequences are told first, then they are what was told, from their day on."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from persistence.engine import Database
from tests.acting.ledger import rows
from tests.conftest import World

from .payroll import a_deposit, a_line
from .story import (
    DELEGATED,
    TODAY,
    TOMORROW,
    Opened,
    Person,
    a_siret,
    an_open_esat,
    refused,
)

AFTER = date(2026, 12, 11)


def ending(
    esat: Opened, act: str, on: str, ids: Mapping[str, str]
) -> dict[str, object]:
    """The input of each act that takes something away."""
    dated: dict[str, dict[str, object]] = {
        "conventionClose": {
            "conventionId": esat.convention,
            "closingReason": "TERMINATED_BY_CAF",
        },
        "bulletinClose": {"bulletinId": esat.bulletin, "closingReason": "Fin"},
        "groupClose": {"groupId": esat.group},
        "groupMembersRemove": {"groupId": esat.group, "userIds": [esat.member.user]},
        "userDeactivate": {"affiliationId": esat.member.affiliation},
        "managerEnd": {"managerId": ids.get("manager", "")},
        "mandateRevoke": {"affiliationId": ids.get("mandate", "")},
    }
    if act in dated:
        return dated[act] | {"on": on}
    things: dict[str, dict[str, object]] = {
        "conventionSuspend": {"conventionId": esat.convention},
        "serviceSuspend": {"accessId": esat.access},
        "userSuspend": {"affiliationId": esat.member.affiliation},
    }
    return things[act] | {"suspensionReason": "Vérification en cours"}


async def kept(database: Database) -> list[Any]:
    """What a trace could be left in: the journal, the keys, the versions, the dates."""
    tables = ("journal", "idempotency", "convention", "bulletin", "group", "membership", "affiliation", "suspension", "contract_manager", "partner", "partner_state")  # fmt: skip
    found = []
    for name in tables:
        told = await rows(database, f'SELECT * FROM "{name}"')  # noqa: S608 our own names
        found.append((name, sorted(str(sorted(row.items(), key=str)) for row in told)))
    return found


async def a_full_esat(paris: Person, mode: str) -> tuple[Opened, dict[str, str]]:
    """A member, a machine of the same group, a manager where there is one; a draft."""
    esat = await an_open_esat(paris, "jo", mode)
    keeper = Person(paris.asker, str(esat.manager)) if esat.manager else paris
    mandated = await keeper.mandates(esat.partner.id, "paie")
    await keeper.includes(esat.group, mandated.user)
    jo = Person(paris.asker, "jo")
    await jo.declares(
        **(a_deposit(esat.partner.siret, "1", a_line(0)) | {"deposit": False})
    )
    managers = await paris.reads(
        esat.convention,
        "... on Convention { contract { managers { id user { id } } } }",
    )
    found = managers["contract"]["managers"]
    ids = {"mandate": mandated.affiliation, "machine": mandated.user}
    return esat, ids | (
        {"manager": found[0]["id"], "boss": found[0]["user"]["id"]} if found else {}
    )


def whose(changes: list[dict[str, Any]]) -> list[str]:
    return sorted(change["userId"] for change in changes)


BOTH = ("jo", "machine")
LOSSES = {
    # act: (who loses the role, what of the services, whether the draft is left open)
    "conventionClose": (
        BOTH,
        ["Établissement et service d'accompagnement par le travail"],
        True,
    ),
    "bulletinClose": (
        BOTH,
        ["Établissement et service d'accompagnement par le travail"],
        True,
    ),
    "conventionSuspend": (
        BOTH,
        ["Établissement et service d'accompagnement par le travail"],
        True,
    ),
    "serviceSuspend": (
        BOTH,
        ["Établissement et service d'accompagnement par le travail"],
        True,
    ),
    "groupClose": (BOTH, [], True),
    "groupMembersRemove": (("jo",), [], True),
    "userSuspend": (("jo",), [], True),
    "userDeactivate": (("jo",), [], True),
    "mandateRevoke": (("machine",), [], True),
    "managerEnd": ((), [], False),
}
UNMANAGED = {"conventionClose", "conventionSuspend", "managerEnd"}
"""Acts that take from the manager what the contract gives."""
KEEPERS = {"groupMembersRemove", "mandateRevoke"}
"""Acts that are the manager's alone under a delegated contract."""


@pytest.mark.parametrize("act", list(LOSSES))
async def test_what_an_ending_takes_is_told_by_its_essay_and_is_what_it_takes(
    paris: Person, world: World, act: str
) -> None:
    esat, ids = await a_full_esat(paris, DELEGATED)
    people = {"jo": Person(paris.asker, "jo"), "machine": Person(paris.asker, "paie")}
    boss = Person(paris.asker, str(esat.manager))
    doer = boss if act in KEEPERS else paris
    values = ending(esat, act, TODAY, ids)
    before = await kept(world.database)

    essay = await doer.tells_impact(act, **values)
    assert await kept(world.database) == before
    assert [await person.tabs() for person in people.values()] == [["Esat"], ["Esat"]]
    keyed = await doer.tells_impact(act, **values, idempotencyKey="k")
    assert (keyed, await kept(world.database)) == (essay, before)
    done = await doer.does_with_impact(act, **values, idempotencyKey="k")

    assert done == essay
    losers, services, draft = LOSSES[act]
    users = {"jo": esat.member.user, "machine": ids["machine"]}
    assert whose(done["lost"]) == sorted(users[who] for who in losers)
    assert done["servicesLost"] == services
    assert done["gained"] == done["managersGained"] == []
    assert [c["role"] for c in done["lost"]] == ["Déclarant"] * len(losers)
    assert [c["establishments"] for c in done["lost"]] == [["ESAT des Tilleuls"]] * len(
        losers
    )
    assert done["drafts"] == (
        [{"establishment": "ESAT des Tilleuls", "campaignYear": 2026, "lines": 1}]
        if draft
        else []
    )
    # what is told is what is lost: no more, no less
    for who, person in people.items():
        assert await person.tabs() == ([] if who in losers else ["Esat"]), who
        assert (await person.reads(esat.partner.establishments[0]) is None) is (
            who in losers
        ), who
    ruled = [m["userId"] for m in done["managersLost"]]
    assert ruled == ([ids["boss"]] if act in UNMANAGED else [])
    if ruled:
        with refused("NOT_FOUND"):
            await boss.invites(esat.partner.id, "Max", "Mauve")
    else:
        await boss.invites(esat.partner.id, "Max", "Mauve")


@pytest.mark.parametrize("act", [a for a in LOSSES if "Suspend" not in a])
async def test_an_ending_to_come_gives_everything_until_its_day_and_nothing_from_its_first_second(
    paris: Person, world: World, act: str
) -> None:
    esat, ids = await a_full_esat(paris, DELEGATED)
    people = {"jo": Person(paris.asker, "jo"), "machine": Person(paris.asker, "paie")}
    boss = Person(paris.asker, str(esat.manager))
    doer = boss if act in KEEPERS else paris
    values = ending(esat, act, TOMORROW, ids)
    essay = await doer.tells_impact(act, **values)

    assert await doer.does_with_impact(act, **values) == essay

    assert essay["on"] == TOMORROW
    losers = LOSSES[act][0]
    world.clock.instant = datetime(
        2026, 12, 10, 22, 59, 59, tzinfo=UTC
    )  # 23:59:59 in Paris
    assert [await person.tabs() for person in people.values()] == [["Esat"], ["Esat"]]
    await boss.invites(esat.partner.id, "Max", "Mauve")
    world.clock.instant = datetime(
        2026, 12, 10, 23, 0, 0, tzinfo=UTC
    )  # midnight in Paris
    for who, person in people.items():
        assert await person.tabs() == ([] if who in losers else ["Esat"]), who
    if essay["managersLost"]:
        with refused("NOT_FOUND"):
            await boss.invites(esat.partner.id, "Max", "Mauve")


CANCELS = {
    "conventionClose": ("conventionClosingCancel", "conventionId"),
    "bulletinClose": ("bulletinClosingCancel", "bulletinId"),
    "groupClose": ("groupClosingCancel", "groupId"),
    "userDeactivate": ("userDeactivationCancel", "affiliationId"),
}


@pytest.mark.parametrize("act", list(CANCELS))
async def test_an_ending_to_come_is_cancelled_and_restores_everything(
    paris: Person, world: World, act: str
) -> None:
    esat, ids = await a_full_esat(paris, DELEGATED)
    jo, boss = Person(paris.asker, "jo"), Person(paris.asker, str(esat.manager))
    values = ending(esat, act, TOMORROW, ids)
    cancel, name = CANCELS[act]
    with refused("CLOSING_PASSED"):
        await paris.does(cancel, **{name: values[name]})
    await paris.does(act, **values)

    await paris.does(cancel, **{name: values[name]})

    world.clock.move_to(AFTER)
    assert await jo.tabs() == ["Esat"]
    await boss.invites(esat.partner.id, "Max", "Mauve")
    # what has taken effect is not undone, and nothing of it is deleted
    await paris.does(act, **values)
    with refused("CLOSING_PASSED"):
        await paris.does(cancel, **{name: values[name]})
    assert await jo.tabs() == []
    assert await paris.reads(str(values[name])) is not None
    (draft,) = (
        await paris.asks(
            "query($p: ID!) { declarations(partnerId: $p) { nodes { status lineCount } } }",
            p=esat.partner.id,
        )
    )["declarations"]["nodes"]
    assert draft == {"status": "DRAFT", "lineCount": 1}


async def test_the_cancelling_of_a_closing_tells_what_it_gives_back_on_that_day(
    paris: Person,
) -> None:
    esat, ids = await a_full_esat(paris, DELEGATED)
    lost = await paris.does_with_impact(
        "conventionClose", **ending(esat, "conventionClose", TOMORROW, ids)
    )

    told = await paris.tells_impact(
        "conventionClosingCancel", conventionId=esat.convention
    )

    assert told["on"] == TOMORROW
    assert told["gained"] == lost["lost"]
    assert told["managersGained"] == lost["managersLost"]
    assert told["servicesGained"] == lost["servicesLost"]
    assert (
        await paris.does_with_impact(
            "conventionClosingCancel", conventionId=esat.convention
        )
        == told
    )


async def test_an_essay_says_the_refusals_of_the_act(
    paris: Person, world: World
) -> None:
    esat, ids = await a_full_esat(paris, DELEGATED)
    boss = Person(paris.asker, str(esat.manager))
    before = await kept(world.database)
    own = (await boss.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ][0]["id"]

    with refused("DATE_PAST"):
        await paris.tells_impact(
            "conventionClose", **ending(esat, "conventionClose", "2026-12-09", ids)
        )
    with refused("LAST_MANAGER", "R39"):
        await boss.tells_impact("userDeactivate", affiliationId=own, on=TODAY)
    with refused("FORBIDDEN"):
        await boss.tells_impact(
            "serviceSuspend", **ending(esat, "serviceSuspend", TODAY, ids)
        )
    with refused("NOT_FOUND"):
        await Person(paris.asker, "agent-rhone").tells_impact(
            "groupClose", groupId=esat.group, on=TODAY
        )
    with refused("VERSION_CONFLICT"):
        await paris.tells_impact(
            "groupClose", groupId=esat.group, on=TODAY, expectedVersion=99
        )

    assert await kept(world.database) == before


async def test_somebody_in_two_groups_loses_by_one_only_what_the_other_does_not_give(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    twin = await paris.creates_group(esat.access, "Déclarants bis")
    await paris.attaches(twin)
    await paris.includes(twin, esat.member.user)
    readers = await paris.creates_group(esat.access, "Lecteurs")
    await paris.attaches(readers, "ESAT_LECTEUR")
    await paris.includes(readers, esat.member.user)

    first = await paris.does_with_impact("groupClose", groupId=esat.group, on=TODAY)
    second = await paris.does_with_impact(
        "groupMembersRemove", groupId=twin, userIds=[esat.member.user], on=TODAY
    )

    assert first["lost"] == []
    assert [c["role"] for c in second["lost"]] == ["Déclarant"]
    assert await Person(paris.asker, "jo").tabs() == ["Esat"]


async def test_a_suspension_stops_the_rights_and_gives_them_back(paris: Person) -> None:
    esat, _ = await a_full_esat(paris, DELEGATED)
    jo = Person(paris.asker, "jo")

    await paris.suspends_service(esat.access)
    assert await jo.tabs() == []
    await paris.suspends(esat.member.affiliation)
    await paris.resumes_service(esat.access)
    assert await jo.tabs() == []
    await paris.reinstates(esat.member.affiliation)

    assert await jo.tabs() == ["Esat"]


async def test_a_term_ends_a_convention_at_midnight_without_any_act(
    paris: Person, world: World
) -> None:
    """R29: the term is a day like another; the timeline knew it."""
    partner = await paris.registers(a_siret())
    convention = await paris.prepares_convention(partner.id)
    await paris.signs_convention(convention, TODAY, termOn=TOMORROW)
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    await paris.signs_bulletin(bulletin)
    await paris.decides_eligibility(partner.id)
    group = await paris.creates_group(await paris.opens(bulletin))
    await paris.attaches(group)
    invited = await paris.invites(partner.id, "Jo", "Jonquille")
    await paris.includes(group, invited.user)
    jo = Person(paris.asker, "jo")
    await jo.accepts(invited.secret)

    world.clock.instant = datetime(2026, 12, 10, 22, 59, 59, tzinfo=UTC)
    assert await jo.tabs() == ["Esat"]
    world.clock.instant = datetime(2026, 12, 10, 23, 0, 0, tzinfo=UTC)

    assert await jo.tabs() == []
    status = await paris.reads(convention, "... on Convention { status closedOn }")
    assert (status["status"], status["closedOn"]) == ("EXPIRED", None)
    with refused("FORBIDDEN"):  # R45: no convention in force, so no mode
        await paris.includes(group, invited.user)
    # its place is kept until the successor's signature closes it
    successor = await paris.prepares_convention(partner.id)
    await paris.signs_convention(successor, TOMORROW)
    assert (await paris.reads(convention, "... on Convention { closingReason }"))[
        "closingReason"
    ] == "EXPIRED"


async def test_nobody_ends_what_is_not_theirs(paris: Person) -> None:
    esat, ids = await a_full_esat(paris, DELEGATED)
    strangers = [
        Person(paris.asker, who)
        for who in (
            "agent-rhone",
            "agent-cna",
            "declarante-canal",
            "gestionnaire-canal",
        )
    ]

    for act in LOSSES:
        for stranger in strangers:
            with refused("NOT_FOUND"):
                await stranger.tells_impact(act, **ending(esat, act, TODAY, ids))
