"""A filter does what it says, whatever shape its variable takes, and tells nothing that the lists hide."""

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLError, GraphQLField, get_named_type

from persistence.reading.question import Paged
from resolvers.reading.bindings import ON, bound
from schema.contract import types

from .desk import Desk, code_of
from .story import CANAL, SEINE

BY_FORCE = "query($f: Boolean) { partners(inForce: $f) { nodes { id conventionInForce { id } } } }"


def ended(*ends: str | None) -> bool:
    """Whether the first day without the right is the first of March or before."""
    return any(end is not None and end <= "2027-03-01" for end in ends)


async def partners(
    desk: Desk, arguments: str, who: str = "admin-national"
) -> list[str]:
    answer = await desk.answer(who, f"{{ partners({arguments}) {{ nodes {{ id }} }} }}")
    return [node["id"] for node in answer["partners"]["nodes"]]


@pytest.mark.parametrize("first", [{}, {"f": None}, {"f": False}, {"f": True}])
async def test_an_absent_variable_a_null_one_and_false_are_three_questions(
    desk: Desk, first: dict[str, Any]
) -> None:
    """The plan is chosen by the variable's shape: absent and false were once the same key."""
    text = f"{BY_FORCE} # {first}"
    await desk.answer("admin-national", text, first)

    held = {}
    for variables in ({}, {"f": None}, {"f": False}, {"f": True}):
        nodes = (await desk.answer("admin-national", text, variables))["partners"][
            "nodes"
        ]
        held[variables.get("f", "absent")] = {
            bool(node["conventionInForce"]) for node in nodes
        }

    assert held == {
        "absent": {True, False},
        None: {True, False},
        False: {False},
        True: {True},
    }


def _filtered() -> list[tuple[str, str, GraphQLField]]:
    schema = types().schema
    return [
        (kind.name, name, definition)
        for kind in schema.type_map.values()
        if hasattr(kind, "fields")
        and not kind.name.startswith("__")
        and not kind.name.endswith("Input")
        for name, definition in kind.fields.items()
        if isinstance(definition, GraphQLField) and isinstance(bound(definition), Paged)
    ]


@pytest.mark.parametrize(
    ("kind", "name", "definition"),
    _filtered(),
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_every_argument_of_a_list_is_one_that_the_planner_reads(
    kind: str, name: str, definition: GraphQLField
) -> None:
    """Filters were once kept under Python's names and looked for under the graph's: `inForce` did nothing."""
    binding = bound(definition)
    assert isinstance(binding, Paged)

    paging = {"first", "after", "last", "before", "order"}
    assert set(definition.args) - {ON} == paging | set(binding.filters), (kind, name)
    assert ON not in definition.args or kind == "Query"
    choice = get_named_type(definition.args["order"].type)
    assert isinstance(choice, GraphQLEnumType)
    assert set(choice.values) == set(binding.orders)


@pytest.mark.parametrize(
    ("arguments", "reads", "keeps"),
    [
        (
            'organismId: "org_CNA"',
            "administeredBy { code }",
            lambda p: p["administeredBy"]["code"] == "CNA",
        ),
        ("mode: DELEGATED", "mode", lambda p: p["mode"] == "DELEGATED"),
        ("kind: ESAT", "kind", lambda p: p["kind"] == "ESAT"),
        ('siren: "999 900 012"', "siren", lambda p: p["siren"] == "999900012"),
        ('siren: "999900012.0"', "siren", lambda p: p["siren"] == "999900012"),
        ('search: "999900012.0"', "siren", lambda p: p["siren"] == "999900012"),
        (
            "inForce: false",
            "conventionInForce { id }",
            lambda p: p["conventionInForce"] is None,
        ),
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
    every = (
        await desk.answer(
            "admin-national", f"{{ partners {{ nodes {{ id {reads} }} }} }}"
        )
    )["partners"]["nodes"]
    expected = [p["id"] for p in every if keeps(p)]

    assert await partners(desk, arguments) == expected
    assert 0 < len(expected) < len(every)


@pytest.mark.parametrize(
    ("query", "reads", "keeps"),
    [
        (
            "conventions(status: ANNOUNCED)",
            "status",
            lambda n: n["status"] == "ANNOUNCED",
        ),
        ("conventions(status: CLOSED)", "status", lambda n: n["status"] == "CLOSED"),
        (
            "conventions(mode: DELEGATED)",
            "contract { mode }",
            lambda n: n["contract"]["mode"] == "DELEGATED",
        ),
        (
            'conventions(organismId: "org_921")',
            "organism { code }",
            lambda n: n["organism"]["code"] == "921",
        ),
        (
            'conventions(endingBy: "2027-02-28")',
            "status termOn closedOn",
            lambda n: (
                n["status"] in ("IN_FORCE", "SUSPENDED")
                and ended(n["termOn"], n["closedOn"])
            ),
        ),
        ("bulletins(status: DRAFT)", "status", lambda n: n["status"] == "DRAFT"),
        (
            "bulletins(siretMatches: false)",
            "siretMatches",
            lambda n: not n["siretMatches"],
        ),
        ("bulletins(siretMatches: true)", "siretMatches", lambda n: n["siretMatches"]),
        ("bulletins(complete: false)", "missing", lambda n: n["missing"]),
        ("bulletins(complete: true)", "missing", lambda n: not n["missing"]),
        (
            'bulletins(serviceId: "svc_CDAP")',
            "service { code }",
            lambda n: n["service"]["code"] == "CDAP",
        ),
        (
            'groups(serviceId: "svc_CDAP")',
            "service { code }",
            lambda n: n["service"]["code"] == "CDAP",
        ),
        (
            'groups(roleId: "rol_ESAT_LECTEUR")',
            "role { code }",
            lambda n: (n["role"] or {}).get("code") == "ESAT_LECTEUR",
        ),
        ("groups(live: false)", "closedOn", lambda n: n["closedOn"] is not None),
        ("users(kind: MACHINE)", "kind", lambda n: n["kind"] == "MACHINE"),
        (
            f'affiliations(partnerId: "{CANAL}")',
            "partner { id }",
            lambda n: n["partner"]["id"] == CANAL,
        ),
        (
            "affiliations(current: false)",
            "endsOn",
            lambda n: (n["endsOn"] or "9999") <= "2026-12-10",
        ),
        ("affiliations(suspended: true)", "suspended", lambda n: n["suspended"]),
        (
            "affiliations(pending: true)",
            "acceptedOn",
            lambda n: n["acceptedOn"] is None,
        ),
        (
            'affiliations(search: "elan")',
            "user { familyName }",
            lambda n: n["user"]["familyName"] == "Élan",
        ),
        (
            'journal(actorId: "usr_admin-national")',
            "actor { id }",
            lambda n: n["actor"]["id"] == "usr_admin-national",
        ),
        (
            'journal(objectId: "cmp_2028")',
            "objectId",
            lambda n: n["objectId"] == "cmp_2028",
        ),
        ('journal(act: "groupCreate")', "act", lambda n: n["act"] == "groupCreate"),
        (
            f'journal(partnerId: "{CANAL}")',
            "partner { id }",
            lambda n: (n["partner"] or {}).get("id") == CANAL,
        ),
    ],
)
async def test_a_filter_keeps_what_the_fields_say(
    desk: Desk,
    query: str,
    reads: str,
    keeps: Any,  # noqa: ANN401 a test
) -> None:
    name, _, arguments = query.removesuffix(")").partition("(")
    every = (
        await desk.answer(
            "admin-national",
            f"{{ all: {name}(first: 100) {{ nodes {{ id {reads} }} }} }}",
        )
    )["all"]
    kept = (
        await desk.answer(
            "admin-national",
            f"{{ all: {name}(first: 100, {arguments}) {{ nodes {{ id }} totalCount }} }}",
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
        (
            OF_LINES,
            "declarations(status: SUPERSEDED)",
            "status",
            lambda n: n["status"] == "SUPERSEDED",
        ),
        (
            OF_LINES,
            "declarations(status: DRAFT)",
            "status",
            lambda n: n["status"] == "DRAFT",
        ),
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
        (
            OF_LINES,
            "lines(live: false)",
            "declaration { status }",
            lambda n: n["declaration"]["status"] != "DEPOSITED",
        ),
        (
            OF_LINES,
            "lines(live: true)",
            "declaration { status }",
            lambda n: n["declaration"]["status"] == "DEPOSITED",
        ),
        (
            OF_LINES,
            "lines(processed: true)",
            "processing withdrawnAt",
            lambda n: n["processing"] and not n["withdrawnAt"],
        ),
        (
            OF_LINES,
            "lines(withdrawn: true)",
            "withdrawnAt withdrawal",
            lambda n: n["withdrawnAt"] is not None and n["withdrawal"] is not None,
        ),
        (
            OF_LINES,
            "lines(withdrawn: true, processed: false)",
            "withdrawnAt processing",
            lambda n: n["withdrawnAt"] and n["processing"] != "WITHDRAWAL_NOTED",
        ),
        (
            OF_LINES,
            "declarations(progress: PENDING)",
            "inForce progress",
            lambda n: n["progress"] == "PENDING",
        ),
        (
            OF_LINES,
            "declarations(conformity: ANOMALIES)",
            "conformity",
            lambda n: n["conformity"] == "ANOMALIES",
        ),
        (
            OF_LINES,
            "lines(processing: NOT_BENEFICIARY)",
            "processing",
            lambda n: n["processing"] == "NOT_BENEFICIARY",
        ),
        (
            OF_LINES,
            'workers(search: "BÉN-amar")',
            "birthName",
            lambda n: n["birthName"] == "Ben-Amar",
        ),
        (
            OF_LOTS,
            "activityChanges(kind: DEPARTURE)",
            "kind",
            lambda n: n["kind"] == "DEPARTURE",
        ),
        (
            OF_LOTS,
            "batches(kind: ACTIVITY_CHANGES)",
            "kind",
            lambda n: n["kind"] == "ACTIVITY_CHANGES",
        ),
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
    every, count = await paged(desk, who, name, "", reads)
    kept, kept_count = await paged(desk, who, name, f", {arguments}", "")
    expected = [node["id"] for node in every if keeps(node)]

    assert count == len(every)
    assert [node["id"] for node in kept] == expected
    assert kept_count == len(expected)
    assert 0 < len(expected) < len(every)


async def paged(
    desk: Desk, who: str, name: str, arguments: str, reads: str
) -> tuple[list[Any], int]:
    """The nodes of a list, page after page, and the count that it tells: a page has 100 rows at most."""
    text = (
        f"query($a: String) {{ all: {name}(first: 100, after: $a{arguments}) "
        f"{{ nodes {{ id {reads} }} totalCount pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    nodes: list[Any] = []
    after = None
    while True:
        page = (await desk.answer(who, text, {"a": after}))["all"]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes, page["totalCount"]
        after = page["pageInfo"]["endCursor"]


async def test_a_filter_by_partner_does_not_tell_where_else_a_person_works(
    desk: Desk,
) -> None:
    """The manager of one partner sees him; that he works for another too is not hers to learn."""
    text = 'query($p: ID!) { users(partnerId: $p, search: "elan") { nodes { id } totalCount } }'
    known = {"nodes": [{"id": "usr_declarant-canal"}], "totalCount": 1}
    nothing = {"nodes": [], "totalCount": 0}
    unread = "NOT_FOUND"

    async def seen(who: str, partner: str) -> Any:  # noqa: ANN401 JSON
        try:
            return (await desk.answer(who, text, {"p": partner}))["users"]
        except GraphQLError as refused:
            return code_of(refused)

    for who, at_canal, at_seine in (
        ("admin-national", known, known),
        ("gestionnaire-canal", known, unread),
        ("agent-paris", known, unread),
        ("agent-yvelines", unread, known),
        ("declarante-canal", nothing, unread),
    ):
        assert await seen(who, CANAL) == at_canal, who
        assert await seen(who, SEINE) == at_seine, who


async def test_a_filter_by_service_does_not_tell_a_member_which_other_service_is_open(
    desk: Desk,
) -> None:
    """Service isolation: the partner has CDAP too, which its Esat's declarant does not read."""
    assert await partners(desk, 'serviceId: "svc_CDAP"', "gestionnaire-horizons") == [
        "ptr_99990002000010"
    ]
    assert await partners(desk, 'serviceId: "svc_CDAP"', "declarant-horizons") == []
    assert await partners(desk, 'serviceId: "svc_ESAT"', "declarant-horizons") == [
        "ptr_99990002000010"
    ]


async def test_organisms_are_found_by_their_nature(desk: Desk) -> None:
    answer = await desk.answer(
        "declarante-canal",
        "{ organisms(kind: CNA) { nodes { code kind } totalCount } }",
    )

    assert answer["organisms"] == {
        "nodes": [{"code": "CNA", "kind": "CNA"}],
        "totalCount": 1,
    }


# the worklist of what ends


async def test_a_right_ends_by_a_day_when_its_last_day_is_that_day_or_before(
    desk: Desk,
) -> None:
    """Until 31/12/2026 excluded: the last day is the 30th."""
    text = """query($d: Date!) { users(endingBy: $d, kind: PERSON) { nodes { id } }
        affiliations(endingBy: $d) { nodes { user { id } } } }"""

    before = await desk.answer("gestionnaire-canal", text, {"d": "2026-12-29"})
    on_the_day = await desk.answer("gestionnaire-canal", text, {"d": "2026-12-30"})

    assert before == {"users": {"nodes": []}, "affiliations": {"nodes": []}}
    assert on_the_day["users"]["nodes"] == [{"id": "usr_lecteur-canal"}]
    assert on_the_day["affiliations"]["nodes"] == [
        {"user": {"id": "usr_lecteur-canal"}}
    ]


async def test_the_end_of_a_right_that_one_does_not_read_selects_nobody(
    desk: Desk,
) -> None:
    """An agent of the same Caf has a post that ends: a national administrator alone reads posts."""
    every = '{ users(endingBy: "9999-12-31") { nodes { id posts { endsOn } memberships { nodes { endsOn } } } } }'

    for who in (
        "admin-national",
        "agent-paris",
        "agent-hauts-de-seine",
        "declarante-canal",
    ):
        for user in (await desk.answer(who, every))["users"]["nodes"]:
            ends = [*user["posts"], *user["memberships"]["nodes"]]
            homes = await desk.answer(
                who,
                "query($i: ID!) { node(id: $i) { ... on User { affiliations { nodes { endsOn } } } } }",
                {"i": user["id"]},
            )
            assert any(
                row["endsOn"]
                for row in (*ends, *homes["node"]["affiliations"]["nodes"])
            ), (who, user)


async def test_an_affiliation_goes_by_the_name_of_its_person(desk: Desk) -> None:
    """Invited, corrected, accepted by another identity: the key follows."""
    names = {user["id"]: user["sort_key"] for user in await desk.rows("user")}
    links = await desk.rows("affiliation")
    answer = await desk.answer(
        "admin-national",
        "{ affiliations(first: 100, order: NAME) { nodes { user { id } } } }",
    )

    assert [link["sort_key"] for link in links] == [
        names[link["user_id"]] for link in links
    ]
    listed = [names[node["user"]["id"]] for node in answer["affiliations"]["nodes"]]
    assert listed == sorted(listed)


# numbers for names


@pytest.mark.parametrize(
    "typed",
    [
        "999 900 012 00025",
        "999\u00a0900\u00a0012\u202f00025",
        "999.900.012.00025",
        "99990001200025",
        "9999000120002",
    ],
)
async def test_a_partner_is_found_by_the_number_it_bears_in_any_spacing(
    desk: Desk, typed: str
) -> None:
    text = "query($s: String!) { partners(search: $s) { nodes { id } totalCount } }"

    assert CANAL in [
        n["id"]
        for n in (await desk.answer("admin-national", text, {"s": typed}))["partners"][
            "nodes"
        ]
    ]
    assert (await desk.answer("agent-reunion", text, {"s": typed}))["partners"][
        "totalCount"
    ] == 0


async def test_a_partner_is_found_by_its_siren_and_by_the_siret_of_an_establishment(
    desk: Desk,
) -> None:
    every = await desk.answer(
        "admin-national",
        "{ partners(first: 100) { nodes { id siren siret establishments { nodes { siret } } } } }",
    )
    text = "query($s: String!) { partners(first: 100, search: $s) { nodes { id } } }"

    async def found(number: str) -> list[str]:
        return [
            n["id"]
            for n in (await desk.answer("admin-national", text, {"s": number}))[
                "partners"
            ]["nodes"]
        ]

    known = every["partners"]["nodes"]
    elsewhere = {
        e["siret"]: p["id"]
        for p in known
        for e in p["establishments"]["nodes"]
        if e["siret"][:9] != p["siren"]
    } or {
        e["siret"]: p["id"]
        for p in known
        for e in p["establishments"]["nodes"]
        if e["siret"] != p["siret"]
    }
    number, partner = next(iter(elsewhere.items()))
    assert partner in await found(number)
    siren = known[0]["siren"]
    assert await found(siren) == [
        p["id"]
        for p in known
        if p["siren"] == siren
        or any(e["siret"].startswith(siren) for e in p["establishments"]["nodes"])
    ]
    assert await found(siren[:8]) == []


async def test_a_space_finds_a_hyphen_and_a_hyphen_a_space(desk: Desk) -> None:
    for typed in ("Ben Amar", "ben-amar"):
        answer = await desk.answer(
            "agent-paris",
            "query($s: String) { workers(search: $s) { totalCount } }",
            {"s": typed},
        )
        assert answer["workers"]["totalCount"] > 0


@pytest.mark.parametrize(
    "typed",
    [
        "2 69 05 49 588 157 80",
        "2690549588157",
        "1 23 45 67 890 123 45",
        "1.84.12.2a.123.456",
    ],
)
@pytest.mark.parametrize("listed", ["users", "affiliations", "workers"])
async def test_a_person_is_never_looked_for_by_a_social_security_number(
    desk: Desk, listed: str, typed: str, caplog: pytest.LogCaptureFixture
) -> None:
    for document, variables in (
        (
            f"query($s: String) {{ {listed}(search: $s) {{ totalCount }} }}",
            {"s": typed},
        ),
        (f'{{ {listed}(search: "{typed}") {{ totalCount }} }}', {}),
    ):
        with pytest.raises(GraphQLError) as refused:
            await desk.answer("admin-national", document, variables)

        assert code_of(refused.value) == "NIR_IN_TEXT"
        assert typed not in refused.value.message + caplog.text
