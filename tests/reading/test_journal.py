"""The journal of a partner: who reads it, and what its filters keep."""

from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLError

from tests.conftest import World
from tests.journeys.story import Person

from .desk import CALLERS, TODAY, Desk, code_of
from .story import CANAL, SEINE

LISTED = "journal(first: 100{filters}) {{ nodes {{ id day act }} totalCount }}"
HORIZONS = "ptr_99990002000010"


async def entries(
    desk: Desk, who: str, filters: str = "", partner: str | None = None
) -> Any:  # noqa: ANN401 JSON
    """The root list, or a partner's; None when the partner is not read."""
    listed = LISTED.format(filters=filters)
    if partner is None:
        try:
            return (await desk.answer(who, f"{{ {listed} }}"))["journal"]
        except GraphQLError as refused:
            if (
                code_of(refused) != "NOT_FOUND"
            ):  # the filter names a partner that `who` does not read
                raise
            return {"nodes": [], "totalCount": 0}
    found = (
        await desk.answer(who, f'{{ partner(by: {{id: "{partner}"}}) {{ {listed} }} }}')
    )["partner"]
    return found and found["journal"]


async def test_a_partners_journal_is_read_by_its_manager_and_who_administers_it_and_nobody_else(
    desk: Desk,
) -> None:
    """Beside them, who looks over all: the resource centre of that Caf, and the national administrators."""
    readers = {
        "gestionnaire-canal",
        "suppleante-canal",
        "agent-paris",
        "lecteur-paris",
        "centre-ressources",
    }
    readers |= {
        "agent-rhone",
        "admin-national",
    }  # the former has become a resource centre's in the story
    every = {
        *CALLERS,
        "suppleante-canal",
        "agent-rhone",
        "agent-yvelines",
        "gestionnaire-horizons",
        "lecteur-canal",
    }
    kept = len(
        [row for row in await desk.rows("journal") if row["partner_id"] == CANAL]
    )

    for who in every:
        own, listed = (
            await entries(desk, who, partner=CANAL),
            await entries(desk, who, f', partnerId: "{CANAL}"'),
        )

        assert listed["totalCount"] == (kept if who in readers else 0), who
        assert (own or {"totalCount": 0})["totalCount"] == listed["totalCount"], who
    assert kept > 10


async def test_the_caf_that_signed_does_not_read_the_journal_of_what_the_cna_administers(
    desk: Desk,
) -> None:
    assert (await entries(desk, "agent-hauts-de-seine", partner=HORIZONS))[
        "totalCount"
    ] == 0
    assert (await entries(desk, "agent-cna", partner=HORIZONS))["totalCount"] > 0
    assert (await entries(desk, "gestionnaire-horizons", partner=HORIZONS))[
        "totalCount"
    ] > 0


async def test_a_manager_sees_the_journal_of_their_partner_alone(desk: Desk) -> None:
    assert (await entries(desk, "gestionnaire-canal", f', partnerId: "{SEINE}"'))[
        "totalCount"
    ] == 0
    kept = {
        row["id"] for row in await desk.rows("journal") if row["partner_id"] == CANAL
    }
    assert {
        node["id"] for node in (await entries(desk, "gestionnaire-canal"))["nodes"]
    } == kept


@pytest.mark.parametrize("partner", [None, CANAL])
@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ('act: "groupCreate"', lambda row: row["act"] == "groupCreate"),
        (
            'actorId: "usr_gestionnaire-canal"',
            lambda row: row["actor_id"] == "usr_gestionnaire-canal",
        ),
        (f'partnerId: "{CANAL}"', lambda row: row["partner_id"] == CANAL),
        (f'day: "{TODAY}", act: "userInvite"', lambda row: row["act"] == "userInvite"),
        (
            f'since: "{TODAY}", until: "{TODAY}", act: "userInvite"',
            lambda row: row["act"] == "userInvite",
        ),
        (f'since: "{TODAY + timedelta(days=1)}"', lambda _: False),
        (f'until: "{TODAY - timedelta(days=1)}"', lambda _: False),
    ],
)
async def test_a_filter_of_the_journal_keeps_what_its_rows_say(
    desk: Desk,
    partner: str | None,
    filters: str,
    keeps: Any,  # noqa: ANN401 a test
) -> None:
    rows = [
        row
        for row in await desk.rows("journal")
        if partner in {None, row["partner_id"]}
    ]
    found = await entries(desk, "admin-national", f", {filters}", partner)

    assert {node["id"] for node in found["nodes"]} == {
        row["id"] for row in rows if keeps(row)
    }
    assert found["totalCount"] == len(found["nodes"])
    assert found["totalCount"] < len(await desk.rows("journal"))


async def test_the_journal_is_read_between_two_days_both_included(world: World) -> None:
    paris, days = (
        Person(world, "agent-paris"),
        [TODAY + timedelta(days=n) for n in range(4)],
    )
    for day in days:
        world.clock.move_to(day)
        await paris.does("activityAttest", partnerId=CANAL, evidence="Appel")
    text = """query($p: ID!, $s: Date, $u: Date) { journal(partnerId: $p, since: $s, until: $u) { nodes { day } }
      partner(by: {id: $p}) { journal(since: $s, until: $u) { nodes { day } } } }"""

    for since, until, kept in (
        (days[1], days[2], days[1:3]),
        (days[2], None, days[2:]),
        (None, days[0], days[:1]),
        (days[2], days[1], []),
        (None, None, days),
    ):
        answer = await paris.asks(
            text, p=CANAL, s=since and str(since), u=until and str(until)
        )

        for nodes in (
            answer["journal"]["nodes"],
            answer["partner"]["journal"]["nodes"],
        ):
            assert [node["day"] for node in nodes] == [
                str(day) for day in reversed(kept)
            ]
