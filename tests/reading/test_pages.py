"""Pages by key: every object once, in one order, both ways, on both databases; forged cursors are refused."""

from typing import Any

import pytest
from graphql import GraphQLError

from persistence.reading import paging

from .asked import PAGE, cursor
from .desk import Desk, code_of

pytestmark = pytest.mark.both_databases  # each database sorts by itself
LISTS = (
    "partners",
    "conventions",
    "bulletins",
    "groups",
    "users",
    "journal",
    "organisms",
    "declarations",
)
WALKED = (
    *((name, "") for name in LISTS),
    ("partners", "order: LATEST"),
    ("affiliations", ""),
    ("affiliations", "order: LATEST"),
    ("affiliations", "order: NAME"),
    ("conventions", "order: EARLIEST"),
    ("bulletins", "order: EARLIEST"),
    ("journal", "order: EARLIEST"),
    ("organisms", "order: CODE"),
    ("declarations", "order: EARLIEST"),
)
DECLARED = (
    ("lines", ""),
    ("workers", ""),
    ("activityChanges", ""),
    ("activityChanges", "order: LATEST"),
    ("batches", ""),
    ("batches", "order: EARLIEST"),
)


async def walk(
    desk: Desk,
    name: str,
    more: str,
    size: int,
    *,
    backward: bool = False,
    who: str = "admin-national",
) -> list[str]:
    """The ids in the order of the list, page after page."""
    way, mark = ("last", "before") if backward else ("first", "after")
    arguments = f"{way}: $n, {mark}: $c, {more}"
    text = f"query($n: Int!, $c: String) {{ all: {name}({arguments}) {{ edges {{ cursor node {{ id }} }} {PAGE} }} }}"
    found: list[str] = []
    known = None
    while True:
        answer = (await desk.answer(who, text, {"n": size, "c": known}))["all"]
        page, info = (
            [edge["node"]["id"] for edge in answer["edges"]],
            answer["pageInfo"],
        )
        found = page + found if backward else found + page
        assert [info["startCursor"], info["endCursor"]] == [
            answer["edges"][i]["cursor"] for i in (0, -1)
        ]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return found
        assert len(page) == size
        known = info["startCursor" if backward else "endCursor"]


@pytest.mark.parametrize(("name", "more"), WALKED)
async def test_a_walk_visits_every_object_once_in_the_same_order(
    desks: dict[str, Desk], name: str, more: str
) -> None:
    whole: list[str] | None = None
    for desk in desks.values():
        (records,) = {"journal": ["journal"]}.get(name, [name.removesuffix("s")])
        rows = {row["id"] for row in await desk.rows(records)}
        for size in (7, 2, 1) if len(rows) < 40 else (40, 7):
            for backward in (False, True):
                found = await walk(desk, name, more, size, backward=backward)
                whole = whole or found

                assert found == whole, (desk.dialect, size, backward)
        assert set(whole or ()) == rows
        assert len(whole or ()) == len(rows)


@pytest.mark.parametrize(("name", "more"), DECLARED)
async def test_a_walk_of_what_is_declared_visits_what_its_caller_reads_once(
    desks: dict[str, Desk], name: str, more: str
) -> None:
    """No caller reads it all: members their place's, a Caf what it pays, of several partners and declarations."""
    for who in ("declarante-canal", "agent-hauts-de-seine"):
        whole: list[str] | None = None
        total = (
            await desks["sqlite"].answer(who, f"{{ all: {name} {{ totalCount }} }}")
        )["all"]["totalCount"]
        if not total:
            continue
        for desk in desks.values():
            for size, backward in ((40, False), (9, True), (3, False)):
                found = await walk(desk, name, more, size, backward=backward, who=who)
                whole = whole or found

                assert found == whole, (who, desk.dialect, size, backward)
        assert len(whole or ()) == len(set(whole or ())) == total


async def test_an_object_that_comes_between_two_pages_moves_no_other(
    desk: Desk,
) -> None:
    first = await walk(desk, "partners", "", 100)
    names = (await desk.answer("admin-national", "{ partners { edges { cursor } } }"))[
        "partners"
    ]["edges"]

    for index, edge in enumerate(
        names
    ):  # each cursor stands for its place, whatever page gave it
        text = f'{{ partners(first: 100, after: "{edge["cursor"]}") {{ nodes {{ id }} }} }}'
        rest = [
            node["id"]
            for node in (await desk.answer("admin-national", text))["partners"]["nodes"]
        ]

        assert rest == first[index + 1 :]


@pytest.mark.parametrize(
    "forged",
    [
        "zz",
        "5B",
        "5B22",
        cursor(),
        cursor("a"),
        cursor("a", "b", "c"),
        cursor(1, "ptr_1"),
        cursor("a", 1),
        cursor("a", None),
        cursor(["a"], "b"),
        cursor({"a": 1}, "b"),
        b'["a",true]'.hex(),
        b'{"a":1,"b":2}'.hex(),
        b'"ab"'.hex(),
        b'["a\\u0000","b"]'.hex(),
        b'["a\\ud800","b"]'.hex(),
        b"[".hex() * 2_000,
        "é" * 4,
        cursor("a", "b")[:-1],
        cursor("a", "b")[:-2],
        cursor(9, "jrn_1"),
        cursor("2026-12-10", 4),
    ],
)
@pytest.mark.parametrize("way", ["after", "before"])
async def test_a_cursor_that_the_list_did_not_give_is_refused(
    desk: Desk, forged: str, way: str
) -> None:
    for answer in (
        desk.answer(
            "admin-national",
            f"query($c: String) {{ partners({way}: $c) {{ nodes {{ id }} }} }}",
            {"c": forged},
        ),
        desk.answer(
            "admin-national",
            f'{{ partners({way}: "{forged}") {{ totalCount nodes {{ id }} }} }}',
        ),
    ):
        with pytest.raises(GraphQLError) as refused:
            await answer

        assert code_of(refused.value) == "CURSOR"
        assert not forged or forged not in refused.value.message


@pytest.mark.parametrize(
    ("order", "forged"),
    [
        ("journal(order: LATEST", cursor("a", "jrn_1")),
        ("journal(order: LATEST", cursor(2**31, "jrn_1")),
        ("journal(order: LATEST", cursor(-(2**40), "jrn_1")),
        ("journal(order: LATEST", b'[true,"jrn_1"]'.hex()),
        ("journal(order: LATEST", cursor(1.5, "jrn_1")),
        ("partners(order: LATEST", cursor("hier", "ptr_1")),
        ("partners(order: LATEST", cursor("2026-02-30", "ptr_1")),
        ("partners(order: LATEST", cursor(20261210, "ptr_1")),
        ("bulletins(order: LATEST", cursor("a", "bul_1")),
    ],
)
async def test_a_cursor_of_another_kind_of_key_is_refused(
    desk: Desk, order: str, forged: str
) -> None:
    with pytest.raises(GraphQLError) as refused:
        await desk.answer(
            "admin-national", f'{{ {order}, after: "{forged}") {{ nodes {{ id }} }} }}'
        )

    assert code_of(refused.value) == "CURSOR"


async def test_a_cursor_of_another_list_is_refused_even_with_the_same_kinds_of_keys(
    desk: Desk,
) -> None:
    users = await desk.answer(
        "admin-national", "{ users(first: 1) { pageInfo { endCursor } } }"
    )
    foreign = users["users"]["pageInfo"]["endCursor"]

    with pytest.raises(GraphQLError) as refused:
        await desk.answer(
            "admin-national",
            f'{{ partners(order: NAME, after: "{foreign}") {{ nodes {{ id }} }} }}',
        )

    assert code_of(refused.value) == "CURSOR"


@pytest.mark.parametrize(
    ("arguments", "variables", "code"),
    [
        ("first: -1", {}, "PAGE_SIZE"),
        ("first: 101", {}, "PAGE_SIZE"),
        ("last: 101", {}, "PAGE_SIZE"),
        ("first: $n", {"n": 101}, "PAGE_SIZE"),
        ("last: $n", {"n": -5}, "PAGE_SIZE"),
        ("first: $n", {"n": 2**31 - 1}, "PAGE_SIZE"),
        ("first: 1, last: 1", {}, "ARGUMENTS"),
        ("first: $n, last: $n", {"n": 1}, "ARGUMENTS"),
        ('first: 1, before: "5B5D"', {}, "ARGUMENTS"),
        ('last: 1, after: "5B5D"', {}, "ARGUMENTS"),
        ('after: "5B5D", before: "5B5D"', {}, "ARGUMENTS"),
    ],
)
async def test_a_page_out_of_bounds_is_refused(
    desk: Desk, arguments: str, variables: dict[str, Any], code: str
) -> None:
    declared = "query($n: Int)" if "$" in arguments else "query"

    with pytest.raises(GraphQLError) as refused:
        await desk.answer(
            "admin-national",
            f"{declared} {{ partners({arguments}) {{ nodes {{ id }} }} }}",
            variables,
        )

    assert code_of(refused.value) == code


async def test_a_page_that_cannot_be_seen_is_measured_too(desk: Desk) -> None:
    text = "{ partners(first: 0) { nodes { groups(first: 101) { nodes { id } } } } }"

    with pytest.raises(GraphQLError) as refused:
        await desk.answer("personne-inconnue", text)

    assert code_of(refused.value) == "PAGE_SIZE"


async def test_a_total_is_counted_up_to_a_limit_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "{ partners(first: 1) { totalCount totalCountCapped nodes { id } } }"
    count = len(await desk.rows("partner"))
    seen = []
    for limit in (count - 1, count, count + 1):
        monkeypatch.setattr(paging, "TOTAL", limit)
        page = (await desk.answer("admin-national", f"{text} # {limit}"))["partners"]
        seen.append((page["totalCount"], page["totalCountCapped"]))

    assert seen == [(count - 1, True), (count, False), (count, False)]


async def test_a_total_alone_is_the_total(desk: Desk) -> None:
    """Nothing else in the page brings an aggregate: it was once said a row."""
    answer = await desk.answer(
        "admin-national",
        '{ partners { totalCount } none: partners(search: "zzz") { totalCount } }',
    )

    assert answer == {
        "partners": {"totalCount": len(await desk.rows("partner"))},
        "none": {"totalCount": 0},
    }
