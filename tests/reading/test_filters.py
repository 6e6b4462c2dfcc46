"""A filter does what it says, whatever shape its variable takes, and tells nothing that the lists hide."""

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLField, get_named_type

from resolvers.bindings import ON, Connected, bound
from schema.contract import types

from .desk import Desk
from .story import CANAL, SEINE

BY_FORCE = "query($f: Boolean) { partners(inForce: $f) { nodes { id conventionInForce { id } } } }"


async def partners(desk: Desk, arguments: str, who: str = "admin-national") -> list[str]:
    answer = await desk.answer(who, f"{{ partners({arguments}) {{ nodes {{ id }} }} }}")
    return [node["id"] for node in answer["partners"]["nodes"]]


@pytest.mark.parametrize("first", [{}, {"f": None}, {"f": False}, {"f": True}])
async def test_an_absent_variable_a_null_one_and_false_are_three_questions(desk: Desk, first: dict[str, Any]) -> None:
    """The plan is chosen by the variable's shape: absent and false were once the same key."""
    text = f"{BY_FORCE} # {first}"
    await desk.answer("admin-national", text, first)

    held = {}
    for variables in ({}, {"f": None}, {"f": False}, {"f": True}):
        nodes = (await desk.answer("admin-national", text, variables))["partners"]["nodes"]
        held[variables.get("f", "absent")] = {bool(node["conventionInForce"]) for node in nodes}

    assert held == {"absent": {True, False}, None: {True, False}, False: {False}, True: {True}}


def _filtered() -> list[tuple[str, str, GraphQLField]]:
    schema = types().schema
    return [
        (kind.name, name, definition)
        for kind in schema.type_map.values()
        if hasattr(kind, "fields") and not kind.name.startswith("__") and not kind.name.endswith("Input")
        for name, definition in kind.fields.items()
        if isinstance(definition, GraphQLField) and isinstance(bound(definition), Connected)
    ]


@pytest.mark.parametrize(("kind", "name", "definition"), _filtered(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_argument_of_a_list_is_one_that_the_planner_reads(kind: str, name: str, definition: GraphQLField) -> None:
    """Filters were once kept under Python's names and looked for under the graph's: `inForce` did nothing."""
    binding = bound(definition)
    assert isinstance(binding, Connected)

    paging = {"first", "after", "last", "before", "order"}
    assert set(definition.args) - {ON} == paging | set(binding.filters), (kind, name)
    assert ON not in definition.args or kind == "Query"
    choice = get_named_type(definition.args["order"].type)
    assert isinstance(choice, GraphQLEnumType)
    assert set(choice.values) == set(binding.orders)


@pytest.mark.parametrize(
    ("arguments", "reads", "keeps"),
    [
        ('organismId: "org_CNA"', "administeredBy { code }", lambda p: p["administeredBy"]["code"] == "CNA"),
        ("mode: DELEGATED", "mode", lambda p: p["mode"] == "DELEGATED"),
        ("kind: ESAT", "kind", lambda p: p["kind"] == "ESAT"),
        ('siren: "999 900 012"', "siren", lambda p: p["siren"] == "999900012"),
        ("inForce: false", "conventionInForce { id }", lambda p: p["conventionInForce"] is None),
        (
            'serviceId: "svc_ESAT"',
            "services { open service { code } }",
            lambda p: {"open": True, "service": {"code": "ESAT"}} in p["services"],
        ),
        ('search: " OEUVRES "', "name", lambda p: "Œuvres" in p["name"]),
    ],
)
async def test_a_filter_of_partners_keeps_what_the_fields_say(
    desk: Desk,
    arguments: str,
    reads: str,
    keeps: Any,  # noqa: ANN401 a test
) -> None:
    every = (await desk.answer("admin-national", f"{{ partners {{ nodes {{ id {reads} }} }} }}"))["partners"]["nodes"]
    expected = [p["id"] for p in every if keeps(p)]

    assert await partners(desk, arguments) == expected
    assert 0 < len(expected) < len(every)


@pytest.mark.parametrize(
    ("query", "reads", "keeps"),
    [
        ("conventions(status: ANNOUNCED)", "status", lambda n: n["status"] == "ANNOUNCED"),
        ("conventions(status: CLOSED)", "status", lambda n: n["status"] == "CLOSED"),
        ("conventions(mode: DELEGATED)", "contract { mode }", lambda n: n["contract"]["mode"] == "DELEGATED"),
        ('conventions(organismId: "org_921")', "organism { code }", lambda n: n["organism"]["code"] == "921"),
        ("bulletins(status: DRAFT)", "status", lambda n: n["status"] == "DRAFT"),
        ('bulletins(serviceId: "svc_CDAP")', "service { code }", lambda n: n["service"]["code"] == "CDAP"),
        ('groups(serviceId: "svc_CDAP")', "service { code }", lambda n: n["service"]["code"] == "CDAP"),
        (
            'groups(roleId: "rol_ESAT_LECTEUR")',
            "role { code }",
            lambda n: (n["role"] or {}).get("code") == "ESAT_LECTEUR",
        ),
        ("groups(live: false)", "closedOn", lambda n: n["closedOn"] is not None),
        ("users(kind: MACHINE)", "kind", lambda n: n["kind"] == "MACHINE"),
        ('journal(actorId: "usr_admin-national")', "actor { id }", lambda n: n["actor"]["id"] == "usr_admin-national"),
        ('journal(objectId: "cmp_2028")', "objectId", lambda n: n["objectId"] == "cmp_2028"),
        ('journal(act: "groupCreate")', "act", lambda n: n["act"] == "groupCreate"),
        (f'journal(partnerId: "{CANAL}")', "partner { id }", lambda n: (n["partner"] or {}).get("id") == CANAL),
    ],
)
async def test_a_filter_keeps_what_the_fields_say(desk: Desk, query: str, reads: str, keeps: Any) -> None:  # noqa: ANN401 a test
    name, _, arguments = query.removesuffix(")").partition("(")
    every = (await desk.answer("admin-national", f"{{ all: {name}(first: 100) {{ nodes {{ id {reads} }} }} }}"))["all"]
    kept = (
        await desk.answer(
            "admin-national", f"{{ all: {name}(first: 100, {arguments}) {{ nodes {{ id }} totalCount }} }}"
        )
    )["all"]
    expected = [node["id"] for node in every["nodes"] if keeps(node)]

    assert [node["id"] for node in kept["nodes"]] == expected
    assert kept["totalCount"] == len(expected)
    assert 0 < len(expected) < len(every["nodes"])


OF_LINES, OF_LOTS = "agent-paris", "declarante-canal"


@pytest.mark.parametrize(
    ("who", "query", "reads", "keeps"),
    [
        (OF_LINES, "declarations(status: SUPERSEDED)", "status", lambda n: n["status"] == "SUPERSEDED"),
        (OF_LINES, "declarations(status: DRAFT)", "status", lambda n: n["status"] == "DRAFT"),
        (
            OF_LINES,
            'declarations(campaignId: "cmp_2025")',
            "campaign { year }",
            lambda n: n["campaign"]["year"] == 2025,
        ),
        (
            OF_LINES,
            'lines(campaignId: "cmp_2026")',
            "declaration { campaign { year } }",
            lambda n: n["declaration"]["campaign"]["year"] == 2026,
        ),
        (OF_LINES, "lines(live: false)", "declaration { status }", lambda n: n["declaration"]["status"] != "DEPOSITED"),
        (OF_LINES, "lines(live: true)", "declaration { status }", lambda n: n["declaration"]["status"] == "DEPOSITED"),
        (OF_LINES, "lines(processed: true)", "processing", lambda n: n["processing"] is not None),
        (OF_LINES, "lines(processing: NOT_BENEFICIARY)", "processing", lambda n: n["processing"] == "NOT_BENEFICIARY"),
        (OF_LINES, 'workers(search: "BÉN-amar")', "birthName", lambda n: n["birthName"] == "Ben-Amar"),
        (OF_LOTS, "activityChanges(kind: DEPARTURE)", "kind", lambda n: n["kind"] == "DEPARTURE"),
        (OF_LOTS, "batches(kind: ACTIVITY_CHANGES)", "kind", lambda n: n["kind"] == "ACTIVITY_CHANGES"),
    ],
)
async def test_a_filter_of_what_is_declared_keeps_what_the_fields_say(
    desk: Desk,
    who: str,
    query: str,
    reads: str,
    keeps: Any,  # noqa: ANN401 a test
) -> None:
    name, _, arguments = query.removesuffix(")").partition("(")
    every = (await desk.answer(who, f"{{ all: {name}(first: 100) {{ nodes {{ id {reads} }} totalCount }} }}"))["all"]
    text = f"{{ all: {name}(first: 100, {arguments}) {{ nodes {{ id }} totalCount }} }}"
    kept = (await desk.answer(who, text))["all"]
    expected = [node["id"] for node in every["nodes"] if keeps(node)]

    assert every["totalCount"] == len(every["nodes"])
    assert [node["id"] for node in kept["nodes"]] == expected
    assert kept["totalCount"] == len(expected)
    assert 0 < len(expected) < len(every["nodes"])


async def test_a_filter_by_partner_does_not_tell_where_else_a_person_works(desk: Desk) -> None:
    """The manager of one partner sees him; that he works for another too is not hers to learn."""
    text = 'query($p: ID!) { users(partnerId: $p, search: "elan") { nodes { id } totalCount } }'
    known = {"nodes": [{"id": "usr_declarant-canal"}], "totalCount": 1}
    nothing = {"nodes": [], "totalCount": 0}

    for who, at_canal, at_seine in (
        ("admin-national", known, known),
        ("gestionnaire-canal", known, nothing),
        ("agent-paris", known, nothing),
        ("agent-yvelines", nothing, known),
        ("declarante-canal", nothing, nothing),
    ):
        assert (await desk.answer(who, text, {"p": CANAL}))["users"] == at_canal, who
        assert (await desk.answer(who, text, {"p": SEINE}))["users"] == at_seine, who


async def test_a_filter_by_service_does_not_tell_a_member_which_other_service_is_open(desk: Desk) -> None:
    """Service isolation: the partner has CDAP too, which its Esat's declarant does not read."""
    assert await partners(desk, 'serviceId: "svc_CDAP"', "gestionnaire-horizons") == ["ptr_99990002000010"]
    assert await partners(desk, 'serviceId: "svc_CDAP"', "declarant-horizons") == []
    assert await partners(desk, 'serviceId: "svc_ESAT"', "declarant-horizons") == ["ptr_99990002000010"]
