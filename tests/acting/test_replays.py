"""A lost answer is asked for again: the same call under the same key is answered with what was done."""

import asyncio
import inspect
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from tests.conftest import Asker, World
from tests.journeys import test_cna, test_delegation, test_ending_rights, test_tabs
from tests.journeys.story import (
    DELEGATED,
    TODAY,
    Person,
    a_signed_esat,
    an_open_esat,
    paper,
    refused,
    somebody,
)

from . import test_journal as journal
from .ledger import journalled, rows

SHOWN = "errors { code message } replayed"


async def send(world: World, who: str, act: str, values: Mapping[str, object]) -> Any:  # noqa: ANN401 JSON
    kind = act[0].upper() + act[1:] + "Input!"
    query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ {SHOWN} }} }}"
    return (await world.ask(who, query, input=values))["act"]


async def test_every_act_is_replayed_under_its_key_and_happens_once(
    world: World, paris: Person
) -> None:
    for act, setting in journal.STAGES.items():
        scene = await setting(paris)
        values = scene.values | {
            "idempotencyKey": f"the key of {act}",
            "reason": "Essai",
        }
        before = await journalled(world.database, act)

        first, again = [await send(world, scene.who, act, values) for _ in range(2)]

        assert first == {"errors": [], "replayed": False}, act
        assert again == {"errors": [], "replayed": True}, act
        assert await journalled(world.database, act) == before + 1, act


class Retrying:
    """Sends each act that was done a second time, as a client whose answer was lost."""

    def __init__(self) -> None:
        self.ask, self.numbers, self.acts = Asker.ask, count(), list[str]()

    def sends(self, asker: Asker) -> Any:  # noqa: ANN401 a method of the asker
        return partial(self._send, asker)

    async def _send(
        self,
        asker: Asker,
        who: str,
        query: str,
        /,
        **variables: Any,  # noqa: ANN401 JSON
    ) -> Any:  # noqa: ANN401 JSON
        values = variables.get("input")
        if (
            not isinstance(values, Mapping)
            or "act:" not in query
            or "replayed" not in query
            or values.get("dryRun")
        ):
            return await self.ask(asker, who, query, **variables)
        keyed = {"idempotencyKey": f"key {next(self.numbers)}", **values}
        done = await self.ask(asker, who, query, input=keyed)
        if not done["act"]["errors"] and not done["act"]["replayed"]:
            again = (await self.ask(asker, who, query, input=keyed))["act"]
            assert (again["errors"], again["replayed"]) == ([], True), query
            self.acts.append(query)
        return done


STORIES = (
    test_ending_rights.test_a_suspension_stops_the_rights_and_gives_them_back,
    test_cna.test_the_cna_is_announced_before_the_signature_and_acknowledged,
    test_delegation.test_the_last_manager_does_not_leave_by_the_partner_s_own_act,
    test_tabs.test_the_tab_shows_if_and_only_if_a_convention_is_in_force_and_a_bulletin_open,
)


@pytest.mark.thirds
@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.__name__))
async def test_a_journey_goes_on_alike_when_each_of_its_acts_is_sent_twice(
    story: Any,  # noqa: ANN401 a test
    world: World,
    paris: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    retrying = Retrying()
    monkeypatch.setattr(Asker, "ask", property(retrying.sends))

    await story(
        **{
            name: {"world": world, "paris": paris}[name]
            for name in inspect.signature(story).parameters
        }
    )

    assert len(retrying.acts) > 10


# acts that take their caller's own right


async def test_the_person_that_an_acceptance_made_is_told_that_it_was_done(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")
    values = {"invitation": ana.secret, "idempotencyKey": "k"}
    me = Person(world, "ana")

    raced = await asyncio.gather(
        *(me.does("invitationAccept", "affiliation { id }", **values) for _ in range(3))
    )

    assert sorted(one["replayed"] for one in raced) == [False, True, True]
    assert {one["affiliation"]["id"] for one in raced} == {ana.affiliation}
    with refused("INVITATION_INVALID"):
        await Person(world, "another").does("invitationAccept", **values)


async def test_a_signature_that_hands_the_partner_to_the_cna_is_replayed(
    paris: Person,
) -> None:
    wide = await test_cna.a_narrow_partner(paris)
    bulletin = await paris.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.everywhere, ("CDAP_T1",), "CDAP"
    )
    values = {
        "bulletinId": bulletin, "signature": paper("d"), "effectiveFrom": TODAY, "acknowledgeCna": True,
        "idempotencyKey": "k",
    }  # fmt: skip
    await paris.does("bulletinSign", **values)

    assert (await paris.does("bulletinSign", "bulletin { status }", **values))[
        "replayed"
    ]
    with refused("FORBIDDEN"):
        await paris.does("bulletinSign", **values | {"idempotencyKey": "another"})


async def test_a_manager_who_ends_their_own_right_is_told_that_it_was_done(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(world, str(esat.manager))
    deputy = {
        "conventionId": esat.convention,
        "kind": "DEPUTY",
        "userId": esat.member.user,
    }
    await manager.does("managerAppoint", **deputy)
    jo = Person(world, "jo")
    values = {
        "affiliationId": esat.member.affiliation, "suspensionReason": "Congé", "idempotencyKey": "k",
    }  # fmt: skip
    await jo.does("userSuspend", "affiliation { id }", **values)

    assert (await jo.does("userSuspend", "affiliation { id }", **values))["replayed"]
    with refused("FORBIDDEN"):
        await jo.does("userSuspend", **values | {"idempotencyKey": "another"})


async def test_a_replay_with_another_input_is_still_refused(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    mine = {"affiliationId": esat.member.affiliation, "idempotencyKey": "k"}
    await paris.does("userSuspend", **mine, suspensionReason="Vérification")

    with refused("IDEMPOTENCY_CONFLICT"):
        await paris.does("userSuspend", **mine, suspensionReason="Autre")
    with refused("NOT_FOUND"):
        await Person(world, "agent-bouches-du-rhone").does(
            "userSuspend", **mine, suspensionReason="Vérification"
        )


# an invitation whose answer was lost


async def test_an_invitation_is_renewed_by_a_new_secret_and_the_former_is_dead(
    world: World, paris: Person
) -> None:
    partner, _ = await a_signed_esat(paris)
    ana = await paris.invites(partner.id, "Ana", "Anémone")
    world.clock.instant += timedelta(hours=73)
    with refused("INVITATION_INVALID"):
        await Person(world, "ana").accepts(ana.secret)

    renewed = await paris.does(
        "invitationRenew",
        "affiliation { id } invitation",
        affiliationId=ana.affiliation,
    )

    assert renewed["affiliation"]["id"] == ana.affiliation
    for dead in (ana.secret,):
        with refused("INVITATION_INVALID"):
            await Person(world, "ana").accepts(dead)
    await Person(world, "ana").accepts(renewed["invitation"])
    with refused("INVITATION_ACCEPTED"):
        await paris.does("invitationRenew", affiliationId=ana.affiliation)
    kept = str(await rows(world.database, "SELECT * FROM idempotency")) + str(
        await rows(world.database, "SELECT * FROM affiliation")
    )
    assert renewed["invitation"] not in kept


async def test_the_invitation_of_who_has_left_is_not_renewed(paris: Person) -> None:
    partner, _ = await a_signed_esat(paris)
    ana = await paris.invites(partner.id, "Ana", "Anémone")
    await paris.does("userDeactivate", affiliationId=ana.affiliation, on=TODAY)

    with refused("ALREADY_ENDED"):
        await paris.does("invitationRenew", affiliationId=ana.affiliation)


async def test_in_delegated_mode_the_caf_renews_the_invitation_of_the_first_manager_alone(
    world: World, paris: Person
) -> None:
    partner, convention = await a_signed_esat(paris, DELEGATED)
    appointed = await paris.appoints(
        convention, "MANAGER", person=somebody("Mona", "Muguet")
    )
    asked = "query($m: ID!) { node(id: $m) { ... on Manager { affiliation { id } viewerCan(acts: [INVITATION_RENEW]) { allowed } } } }"
    seen = (await paris.asks(asked, m=appointed["manager"]["id"]))["node"]
    assert seen["viewerCan"] == [{"allowed": True}]
    with refused("FORBIDDEN"):
        await paris.does("invitationRenew", affiliationId=seen["affiliation"]["id"])

    renewed = await paris.does(
        "invitationRenew", "invitation", managerId=appointed["manager"]["id"]
    )
    mona = Person(world, "mona")
    await mona.accepts(renewed["invitation"])
    ana = await mona.invites(partner.id, "Ana", "Anémone")
    deputy = await mona.appoints(convention, "DEPUTY", person=somebody("Lou", "Lilas"))

    with refused("FORBIDDEN"):
        await paris.does("invitationRenew", affiliationId=ana.affiliation)
    lou = (await mona.asks(asked, m=deputy["manager"]["id"]))["node"]["affiliation"][
        "id"
    ]
    with refused("MANAGER_ACTIVE", "R39"):
        await paris.does("invitationRenew", managerId=deputy["manager"]["id"])
    with refused("VALUE_INVALID"):
        await paris.does("invitationRenew")
    for one in (ana.affiliation, lou):
        await mona.does("invitationRenew", affiliationId=one)
    with refused("NOT_FOUND"):
        await Person(world, "agent-bouches-du-rhone").does(
            "invitationRenew", affiliationId=lou
        )
