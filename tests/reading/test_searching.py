"""A search finds words in any order, whatever stands between them; and a number or an address where it may be read."""

import pytest

from .desk import CALLERS, Desk

pytestmark = pytest.mark.both_databases  # each database folds letters by itself
USERS = "query($s: String) { users(search: $s) { nodes { id email } } }"
AFFILIATIONS = (
    "query($s: String) { affiliations(search: $s) { nodes { id user { id email } } } }"
)
PARTNERS = "query($s: String) { partners(search: $s) { nodes { id name } } }"
WITH_FINESS = (
    "{ partners(first: 100) { nodes { id establishments { nodes { finess } } } } }"
)


async def names(desk: Desk, typed: str, who: str = "admin-national") -> list[str]:
    answer = await desk.answer(who, PARTNERS, {"s": typed})
    return [node["name"] for node in answer["partners"]["nodes"]]


@pytest.mark.parametrize(
    "typed",
    [
        "Delphine Dubois",
        "Dubois Delphine",
        "dubois, DELPHINE",
        "ubois elph",
        "Dubois-Delphine",
        "dub’del",
    ],
)
async def test_a_person_is_found_by_the_words_of_their_name_in_any_order(
    desk: Desk, typed: str
) -> None:
    users = (await desk.answer("agent-paris", USERS, {"s": typed}))["users"]["nodes"]
    affiliations = (await desk.answer("agent-paris", AFFILIATIONS, {"s": typed}))[
        "affiliations"
    ]["nodes"]

    assert [user["id"] for user in users] == ["usr_declarante-canal"]
    assert [affiliation["user"]["id"] for affiliation in affiliations] == [
        "usr_declarante-canal"
    ]


@pytest.mark.parametrize(
    "typed",
    ["ESAT Canal", "canal esat", "martin saint canal", "ESAT du Canal Saint Martin"],
)
async def test_a_partner_is_found_by_some_words_of_its_name(
    desk: Desk, typed: str
) -> None:
    assert await names(desk, typed) == ["ESAT du Canal Saint-Martin"]


@pytest.mark.parametrize(
    "typed", ["Canal Bassin", "Dubois Garnier", "-", "’", "…", "canal esat zzz"]
)
async def test_a_search_finds_what_holds_each_word_and_one_without_words_finds_nothing(
    desk: Desk, typed: str
) -> None:
    assert await names(desk, typed) == []
    assert (await desk.answer("admin-national", USERS, {"s": typed}))["users"][
        "nodes"
    ] == []


@pytest.mark.parametrize(
    "typed",
    ["declarante-canal@example.invalid", " DECLARANTE-CANAL@ ", "rante-canal@exam"],
)
async def test_a_person_is_found_by_a_part_of_their_address(
    desk: Desk, typed: str
) -> None:
    users = (await desk.answer("agent-paris", USERS, {"s": typed}))["users"]["nodes"]
    affiliations = (await desk.answer("agent-paris", AFFILIATIONS, {"s": typed}))[
        "affiliations"
    ]["nodes"]

    assert [user["id"] for user in users] == ["usr_declarante-canal"]
    assert [affiliation["user"]["id"] for affiliation in affiliations] == [
        "usr_declarante-canal"
    ]


@pytest.mark.parametrize("who", CALLERS)
async def test_a_search_by_address_tells_of_nobody_who_may_not_be_read(
    desk: Desk, who: str
) -> None:
    read = (await desk.answer(who, "{ users(first: 100) { nodes { id email } } }"))[
        "users"
    ]["nodes"]
    every = (
        await desk.answer(
            who, "{ affiliations(first: 100) { nodes { id user { email } } } }"
        )
    )["affiliations"]

    for part in ("canal@", "@example.invalid", "agent-paris@"):
        users = (
            await desk.answer(
                who, USERS.replace("(search", "(first: 100, search"), {"s": part}
            )
        )["users"]
        found = await desk.answer(
            who, AFFILIATIONS.replace("(search", "(first: 100, search"), {"s": part}
        )
        reached = {
            node["id"]
            for node in every["nodes"]
            if part in ((node["user"] or {}).get("email") or "")
        }

        assert {u["id"] for u in users["nodes"]} == {
            u["id"] for u in read if part in (u["email"] or "")
        }
        assert {a["id"] for a in found["affiliations"]["nodes"]} == reached


@pytest.mark.parametrize("who", CALLERS)
async def test_a_partner_is_found_by_a_finess_where_its_establishment_may_be_read(
    desk: Desk, who: str
) -> None:
    read = (await desk.answer(who, WITH_FINESS))["partners"]["nodes"]

    for finess in ("759999014", "929999019", "759999022"):
        expected = {
            p["id"]
            for p in read
            if finess in {e["finess"] for e in p["establishments"]["nodes"]}
        }
        for typed in (finess, f" {finess[:2]} {finess[2:]}", f"{finess}.0"):
            found = (await desk.answer(who, PARTNERS, {"s": typed}))["partners"][
                "nodes"
            ]
            assert {p["id"] for p in found} == expected
    assert who != "agent-paris" or len(read) > 1
