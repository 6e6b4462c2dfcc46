"""Two server processes on one register: what one has ended, the other refuses on its very next request."""

from typing import Any

import pytest

from .story import DELEGATED, TODAY, Person, an_open_esat, refused, somebody

pytestmark = pytest.mark.both_databases  # two processes at once on one database
LOOK = "query($id: ID!) { partner(by: {id: $id}) { name groups { nodes { id } } } viewer { tabs { id } } }"


async def test_a_membership_ended_through_one_worker_is_gone_on_the_other(
    serve: Any,  # noqa: ANN401 a starter
) -> None:
    one, two = await serve(), await serve()
    caf, jo = Person(one, "agent-paris"), Person(two, "jo")
    esat = await an_open_esat(caf, "jo")
    for _ in range(
        3
    ):  # both workers have their plans, and whatever they would remember
        assert await jo.tabs() == await Person(one, "jo").tabs() == ["Esat"]

    await caf.removes(esat.group, esat.member.user)

    assert await jo.tabs() == []
    assert (await jo.asks(LOOK, id=esat.partner.id))["partner"] is None
    assert await jo.reads(esat.group) is None
    with refused("NOT_FOUND"):
        await jo.creates_group(esat.access)
    await Person(two, "agent-paris").includes(esat.group, esat.member.user)
    assert await Person(one, "jo").tabs() == ["Esat"]


async def test_a_suspension_and_a_closing_take_every_right_away_on_both_workers(
    serve: Any,  # noqa: ANN401 a starter
) -> None:
    one, two = await serve(), await serve()
    caf = Person(one, "agent-paris")
    esat = await an_open_esat(caf, "jo", DELEGATED)
    manager = str(esat.manager)
    await Person(two, manager).appoints(
        esat.convention, "DEPUTY", person=somebody("Dina", "Dahlia")
    )

    await Person(one, manager).suspends(esat.member.affiliation)
    assert await Person(two, "jo").tabs() == []
    await Person(two, manager).reinstates(esat.member.affiliation)
    assert await Person(one, "jo").tabs() == ["Esat"]

    await caf.closes_convention(esat.convention)

    for worker in (two, one):
        assert await Person(worker, "jo").tabs() == []
        assert await Person(worker, "jo").reads(esat.partner.id) is None
        assert await Person(worker, manager).reads(esat.partner.id) is None
        with refused("NOT_FOUND"):
            await Person(worker, manager).invites(esat.partner.id, "Max", "Mauve")
        with refused("SERVICE_NOT_OPEN", "R48"):
            await Person(worker, "agent-paris").creates_group(esat.access)


async def test_an_agent_ended_through_one_worker_is_refused_by_the_other(
    serve: Any,  # noqa: ANN401 a starter
) -> None:
    one, two = await serve(), await serve()
    national, agent = Person(one, "admin-national"), Person(two, "agent-rhone")
    passerelle = "ptr_99990003800012"
    post = (await agent.asks("{ viewer { posts { id } } }"))["viewer"]["posts"][0]["id"]
    assert await agent.reads(passerelle) is not None

    await national.does("agentEnd", agentId=post, on=TODAY)

    assert await agent.reads(passerelle) is None
    with refused("NOT_FOUND"):
        await agent.prepares_convention(passerelle)
