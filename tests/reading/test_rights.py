"""What a person holds, told in a list, is what enforcement resolves for them: one select gives both."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.holding import held, rights_of

from .desk import CALLERS, TODAY, Desk
from .story import CANAL

PATH = """service { id } role { profile } establishment { id } group { id } partner { id } membership { id startsOn }
    bulletin { id status } access { id open } convention { id status }"""
RIGHTS = f"{{ users(first: 100) {{ nodes {{ id rights {{ {PATH} }} administers {{ id }} }} }} }}"
OWN = f"{{ viewer {{ user {{ id rights {{ {PATH} }} administers {{ id }} }} }} }}"


async def resolved(
    desk: Desk, users: Iterable[str]
) -> dict[str, tuple[set[tuple[str, ...]], set[str]]]:
    """What enforcement resolves today, by user."""
    return {
        one["user"]: rights_of(one) for one in await held(desk.database, users, TODAY)
    }


def told(rights: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (
            right["role"]["profile"],
            right["group"]["id"],
            right["partner"]["id"],
            right["service"]["id"],
            (right["establishment"] or {"id": ""})["id"],
        )
        for right in rights
    ]


async def test_the_rights_of_each_person_are_those_that_enforcement_resolves(
    desk: Desk,
) -> None:
    people = {
        user["id"]: user
        for user in (await desk.answer("admin-national", RIGHTS))["users"]["nodes"]
    }
    known = await resolved(desk, people)

    for user, (grants, administered) in known.items():
        listed = told(people[user]["rights"])
        assert set(listed) == grants, user
        assert len(listed) == len(grants), user
        assert {
            partner["id"] for partner in people[user]["administers"]
        } == administered, user
    assert any(grants for grants, _ in known.values())
    assert any(administered for _, administered in known.values())
    assert {bool(grants) for grants, _ in known.values()} == {True, False}


async def test_every_link_of_a_right_holds_today(desk: Desk) -> None:
    for user in (await desk.answer("admin-national", RIGHTS))["users"]["nodes"]:
        for right in user["rights"]:
            assert right["membership"]["startsOn"] <= TODAY.isoformat()
            links = (
                right["bulletin"]["status"],
                right["access"]["open"],
                right["convention"]["status"],
            )
            assert links == ("OPEN", True, "IN_FORCE"), right


@pytest.mark.parametrize("who", CALLERS)
async def test_a_right_is_read_by_whoever_reads_its_membership(
    desk: Desk, who: str
) -> None:
    """Its links are each read as they are elsewhere: a right may be known, and its group not."""
    text = "{ users(first: 100) { nodes { id memberships { nodes { id } } rights { membership { id } } } } }"
    every = (await desk.answer("admin-national", text))["users"]["nodes"]
    ways = {
        user["id"]: {right["membership"]["id"] for right in user["rights"]}
        for user in every
    }

    for user in (await desk.answer(who, text))["users"]["nodes"]:
        read = {member["id"] for member in user["memberships"]["nodes"]}
        assert {right["membership"]["id"] for right in user["rights"]} == ways[
            user["id"]
        ] & read, user["id"]


async def test_one_reads_ones_own_rights_and_what_one_administers(desk: Desk) -> None:
    declaring = (await desk.answer("declarante-canal", OWN))["viewer"]["user"]
    managing = (await desk.answer("gestionnaire-canal", OWN))["viewer"]["user"]
    suspended = (await desk.answer("suspendu-canal", OWN))["viewer"]["user"]

    assert {right["partner"]["id"] for right in declaring["rights"]} == {CANAL}
    assert all(
        right["bulletin"] and right["group"] and right["access"]
        for right in declaring["rights"]
    )
    assert [partner["id"] for partner in managing["administers"]] == [CANAL]
    assert (suspended["rights"], suspended["administers"]) == ([], [])


async def test_the_small_world_gives_a_right_to_each_member_under_a_convention_in_force(
    small_worlds: dict[str, Desk],
) -> None:
    for desk in small_worlds.values():
        known = await resolved(desk, [user["id"] for user in await desk.rows("user")])
        expected = {(m["user_id"], m["group_id"]) for m in await desk.rows("right")}

        assert {
            (user, grant[1]) for user, (grants, _) in known.items() for grant in grants
        } == expected
        assert expected
