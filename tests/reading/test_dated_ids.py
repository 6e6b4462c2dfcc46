"""Under `on:` each object comes under an id that says the day, so that no cache shows the past as the present."""

from datetime import date, timedelta
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLObjectType

from schema.contract import types

from .asked import Ids
from .desk import TODAY, Desk, code_of
from .story import CANAL, OLIVIERS, SEINE

PAST, LATER = "2026-02-28", "2027-03-01"
NODES = [
    kind.name
    for kind in types().schema.type_map.values()
    if isinstance(kind, GraphQLObjectType)
    and any(i.name == "Node" for i in kind.interfaces)
]
DEEP = """id mode administeredBy { id } establishments(first: 5) { nodes { id } }
  conventions(first: 5) { edges { cursor node { id organism { id } amendments { id } bulletins { id service { id }
    roles { id } } contract { managers { id user { id } } } } } pageInfo { endCursor } }
  affiliations(first: 3) { nodes { id user { id } } } attestations { id } eligibilities { id }
  groups(first: 3) { nodes { id role { id } members(first: 3) { nodes { id groups(first: 2) { nodes { id } } } } } }
  services { id service { id } } journal(first: 5) { nodes { id objectId actor { id } } }"""


def ids_in(value: Any) -> list[str]:  # noqa: ANN401 JSON
    """Every `id` of an answer, at every depth."""
    match value:
        case dict():
            own = [value["id"]] if value.get("id") else []
            return own + [one for v in value.values() for one in ids_in(v)]
        case list():
            return [one for v in value for one in ids_in(v)]
    return []


async def refused(
    desk: Desk, text: str, variables: dict[str, Any] | None = None
) -> GraphQLError:
    with pytest.raises(GraphQLError) as error:
        await desk.answer("admin-national", text, variables or {})
    return error.value


# what is told


async def test_every_id_under_a_day_carries_it_at_every_depth(desk: Desk) -> None:
    text = (
        f"query($p: ID!, $d: Date) {{ partner(by: {{id: $p}}, on: $d) {{ {DEEP} }} }}"
    )
    for day in (PAST, str(TODAY), LATER):
        told = await desk.answer("admin-national", text, {"p": CANAL, "d": day})
        found = ids_in(told)

        assert len(found) > 20
        assert {one.partition("@")[2] for one in found} == {day}
        entries = told["partner"]["journal"]["nodes"]
        assert entries
        assert not [e["objectId"] for e in entries if "@" in (e["objectId"] or "")]


async def test_without_a_day_no_id_carries_one(desk: Desk) -> None:
    told = await desk.answer(
        "admin-national",
        f"query($p: ID!) {{ partner(by: {{id: $p}}) {{ {DEEP} }} }}",
        {"p": CANAL},
    )

    assert ids_in(told)
    assert not [one for one in ids_in(told) if "@" in one]


async def test_cursors_are_the_same_on_every_day(desk: Desk) -> None:
    text = "query($d: Date) { partners(first: 2, on: $d) { edges { cursor node { id } } pageInfo { endCursor } } }"
    now = (await desk.answer("admin-national", text, {}))["partners"]
    then = (await desk.answer("admin-national", text, {"d": str(TODAY)}))["partners"]

    assert [e["cursor"] for e in then["edges"]] == [e["cursor"] for e in now["edges"]]
    assert then["pageInfo"] == now["pageInfo"]
    assert [e["node"]["id"] for e in then["edges"]] == [
        f"{e['node']['id']}@{TODAY}" for e in now["edges"]
    ]


@pytest.mark.parametrize("kind", NODES)
async def test_every_type_of_node_is_asked_again_by_the_id_of_a_day(
    desk: Desk, ids: Ids, kind: str
) -> None:
    prefix = next(p for p, known in types().by_prefix.items() if known.name == kind)
    record = types().records[kind]
    (plain, *_) = ids[record] or [f"{prefix}_unknown"]
    for form in (f'node(id: "{plain}@{PAST}")', f'all: nodes(ids: ["{plain}@{PAST}"])'):
        told = await desk.answer("admin-national", f"{{ {form} {{ id __typename }} }}")
        (value,) = told.values()
        (node,) = value if isinstance(value, list) else (value,)

        assert node is None or node == {"id": f"{plain}@{PAST}", "__typename": kind}


# what is read back


async def test_an_id_is_read_back_as_what_it_was_told_with(desk: Desk) -> None:
    """The node's own facts, and those under it, are the day's; a client may add a day to any id."""
    fields = "id ... on Partner { mode conventionInForce { id } }"
    text = f"query($i: ID!) {{ node(id: $i) {{ {fields} }} }}"
    listed = 'query($d: Date) { partners(search: "oliviers", on: $d) { nodes { id mode conventionInForce { id } } } }'
    modes = {}
    for day in (PAST, "2026-03-01", str(TODAY)):
        (told, *_) = (await desk.answer("agent-bouches-du-rhone", listed, {"d": day}))[
            "partners"
        ]["nodes"]

        assert (await desk.answer("agent-bouches-du-rhone", text, {"i": told["id"]}))[
            "node"
        ] == told
        assert told["id"] == f"{OLIVIERS}@{day}"
        modes[day] = told["mode"]
    assert modes == {
        PAST: "CENTRALISED",
        "2026-03-01": "DELEGATED",
        str(TODAY): "DELEGATED",
    }


async def test_nodes_mix_days_in_their_order(desk: Desk) -> None:
    asked = [
        OLIVIERS,
        f"{OLIVIERS}@{PAST}",
        f"{SEINE}@{LATER}",
        f"{SEINE}@{PAST}",
        "usr_nobody",
        f"{OLIVIERS}@{LATER}",
    ]
    text = "query($i: [ID!]!) { nodes(ids: $i) { id ... on Partner { mode } } }"
    found = (await desk.answer("admin-national", text, {"i": asked}))["nodes"]

    assert [node and node["id"] for node in found] == [
        None if one == "usr_nobody" else one for one in asked
    ]
    assert [node and node["mode"] for node in found] == [
        "DELEGATED",
        "CENTRALISED",
        None,
        "CENTRALISED",
        None,
        "DELEGATED",
    ]


async def test_nodes_mix_at_most_four_days(desk: Desk) -> None:
    days = [str(date.fromisoformat(PAST) + timedelta(days=n)) for n in range(5)]
    text = "query($i: [ID!]!) { nodes(ids: $i) { id } }"
    four = [f"{CANAL}@{day}" for day in days[:4]]

    assert [
        n["id"]
        for n in (
            await desk.answer("admin-national", text, {"i": [*four, CANAL, *four]})
        )["nodes"]
    ] == [
        *four,
        CANAL,
        *four,
    ]
    error = await refused(desk, text, {"i": [f"{CANAL}@{day}" for day in days]})
    assert (code_of(error), error.path) == ("TOO_MANY_DAYS", ["nodes"])
    literal = ", ".join(f'"{CANAL}@{day}"' for day in days)
    assert (
        code_of(await refused(desk, f"{{ nodes(ids: [{literal}]) {{ id }} }}"))
        == "TOO_MANY_DAYS"
    )


async def test_ids_of_two_variables_carry_one_day_or_two_by_the_same_plan(
    desk: Desk,
) -> None:
    text = "query($a: ID!, $b: ID!) { nodes(ids: [$a, $b]) { id ... on Partner { mode } } }"
    for first, second in ((PAST, PAST), (PAST, LATER), (LATER, PAST)):
        asked = {"a": f"{OLIVIERS}@{first}", "b": f"{OLIVIERS}@{second}"}
        found = (await desk.answer("admin-national", text, asked))["nodes"]

        assert [node["id"] for node in found] == list(asked.values())
        assert [node["mode"] for node in found] == [
            "CENTRALISED" if day == PAST else "DELEGATED" for day in (first, second)
        ]
    assert len([key for key in desk.graph._plans if key[0] == text]) == 1  # noqa: SLF001


async def test_a_plan_serves_every_day_that_an_id_carries_and_another_those_that_carry_none(
    desk: Desk,
) -> None:
    text = "query($i: ID!) { node(id: $i) { id } } # by day"
    for day in ("", f"@{PAST}", f"@{LATER}", f"@{TODAY}", "@soon", "@2026-13-01"):
        await desk.answer("admin-national", text, {"i": f"{OLIVIERS}{day}"})

    assert len([key for key in desk.graph._plans if key[0] == text]) == 3  # noqa: SLF001 none, a day, nothing


# malformed days

MALFORMED = (
    "@",
    "@2026",
    "@2026-2-28",
    "@2026-02-30",
    "@2026-W09-6",
    "@20260228",
    "@2026-02-28 ",
    "@2026-02-28@2026-02-28",
)


@pytest.mark.parametrize("day", MALFORMED)
async def test_a_malformed_day_gives_null(desk: Desk, day: str) -> None:
    text = """query($i: ID!, $all: [ID!]!) {
      node(id: $i) { id } nodes(ids: $all) { id } partner(by: {id: $i}) { id } }"""
    dated = f"{OLIVIERS}{day}"
    told = await desk.answer(
        "admin-national",
        text,
        {"i": dated, "all": [dated, OLIVIERS, f"{OLIVIERS}@{PAST}"]},
    )

    assert (told["node"], told["partner"]) == (None, None)
    assert [node and node["id"] for node in told["nodes"]] == [
        None,
        OLIVIERS,
        f"{OLIVIERS}@{PAST}",
    ]


@pytest.mark.parametrize(
    "day", ["1899-12-31", "2200-01-01", "9999-12-31", "0001-01-01", "0000-01-01"]
)
async def test_a_day_of_a_year_out_of_reach_is_refused_wherever_an_id_carries_it(
    desk: Desk, day: str
) -> None:
    written = f"{OLIVIERS}@{day}"
    for text in (
        "query($i: ID!) { node(id: $i) { id } }",
        "query($i: ID!) { nodes(ids: [$i]) { id } }",
        "query($i: ID!) { partner(by: {id: $i}) { id } }",
    ):
        error = await refused(desk, text, {"i": written})

        assert code_of(error) == "DAY"
        assert "1900 à 2199" in error.message
    assert (
        code_of(await refused(desk, f'{{ node(id: "{written}") {{ id }} }}')) == "DAY"
    )


# `partner`


async def test_a_partner_is_found_by_the_id_of_a_day(desk: Desk) -> None:
    text = "query($i: ID!, $d: Date) { partner(by: {id: $i}, on: $d) { id mode } }"
    dated = f"{OLIVIERS}@{PAST}"
    for variables in (
        {"i": dated},
        {"i": dated, "d": None},
        {"i": dated, "d": PAST},
        {"i": OLIVIERS, "d": PAST},
    ):
        assert (await desk.answer("admin-national", text, variables))["partner"] == {
            "id": dated,
            "mode": "CENTRALISED",
        }


async def test_a_partner_of_two_days_is_refused(desk: Desk) -> None:
    text = "query($i: ID!, $d: Date) { partner(by: {id: $i}, on: $d) { id } }"
    error = await refused(desk, text, {"i": f"{OLIVIERS}@{PAST}", "d": LATER})

    assert (code_of(error), error.path) == ("ARGUMENTS", ["partner"])


# what takes no day


QUESTIONS = {
    "a list": (
        "query($i: ID!) { bulletins(partnerId: $i) { totalCount } }",
        CANAL,
        "bulletins",
    ),
    "a list of today's": (
        "query($i: ID!) { users(partnerId: $i) { totalCount } }",
        CANAL,
        "users",
    ),
    "a list under a node": (
        'query($i: ID!) { partner(by: {id: "ptr_99990001200025"}) { g: groups(roleId: $i) { totalCount } } }',
        "rol_ESAT_LECTEUR",
        "partner/g",
    ),
    "the journal": (
        "query($i: ID!) { journal(objectId: $i) { totalCount } }",
        CANAL,
        "journal",
    ),
    "explain": (
        'query($i: ID!) { explain(user: $i, action: PARTNER_READ, object: "ptr_99990001200025") { sentence } }',
        "usr_agent-paris",
        "explain",
    ),
    "the object of explain": (
        'query($i: ID!) { explain(user: "usr_agent-paris", action: PARTNER_READ, object: $i) { sentence } }',
        CANAL,
        "explain",
    ),
    "whoCan": (
        "query($i: ID!) { whoCan(action: PARTNER_READ, object: $i) { sentence } }",
        CANAL,
        "whoCan",
    ),
    "onboarding": (
        'query($i: ID!) { onboarding(partner: $i, service: "svc_ESAT") { case } }',
        CANAL,
        "onboarding",
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_what_takes_no_day_refuses_an_id_that_carries_one(
    desk: Desk, name: str
) -> None:
    text, plain, path = QUESTIONS[name]
    await desk.answer("admin-national", text, {"i": plain})
    error = await refused(desk, text, {"i": f"{plain}@{TODAY}"})

    assert (code_of(error), error.path) == ("ID_OF_ANOTHER_DAY", path.split("/"))
    assert error.locations
    literal = text.replace("query($i: ID!)", "query").replace(
        "$i", f'"{plain}@{TODAY}"'
    )
    assert code_of(await refused(desk, literal)) == "ID_OF_ANOTHER_DAY"


async def test_an_act_refuses_an_id_that_carries_a_day_at_its_path(desk: Desk) -> None:
    sent = (
        (
            "partnerSiretChange",
            {"partnerId": f"{CANAL}@{TODAY}", "siret": "99990001200025"},
            ["input", "partnerId"],
        ),
        (
            "bulletinPrepare",
            {
                "conventionId": "cnv_x",
                "serviceId": "svc_ESAT",
                "siret": "99990001200025",
                "roleIds": ["rol_ESAT_LECTEUR", f"rol_ESAT_LECTEUR@{TODAY}"],
                "establishmentIds": [],
            },
            ["input", "roleIds", "1"],
        ),
        (
            "activityChangesDeclare",
            {
                "establishment": {"id": f"est_x@{TODAY}"},
                "idempotencyKey": "k",
                "lines": [],
            },
            ["input", "establishment", "id"],
        ),
    )
    for act, values, path in sent:
        (error,) = (await desk.act("agent-paris", act, "replayed", **values))["errors"]

        assert (error["code"], error["path"]) == ("ID_OF_ANOTHER_DAY", path)


async def test_the_key_of_an_act_is_never_read_as_an_id(desk: Desk) -> None:
    """A key of the caller's own that looks like the id of a day, or like one of another type, chooses nothing."""
    for key in (f"{CANAL}@{TODAY}", f"{CANAL}@1700-01-01", "aff_x"):
        values = {"accessId": "sac_nobody", "name": "Essai", "idempotencyKey": key}
        payload = await desk.act("agent-paris", "groupCreate", "replayed", **values)

        assert [e["code"] for e in payload["errors"]] == ["NOT_FOUND"]


async def test_the_way_to_a_partner_may_be_a_variable_and_its_id_of_another_day(
    desk: Desk,
) -> None:
    """The shape of a plan knows, inside the `@oneOf` too, which way is given and whether its id carries a day."""
    text = "query($by: PartnerBy!, $d: Date) { partner(by: $by, on: $d) { id mode } } # any way"
    told = [
        (await desk.answer("admin-national", text, {"by": by}))["partner"]
        for by in (
            {"siret": "999 900 046 00015"},
            {"id": OLIVIERS},
            {"id": f"{OLIVIERS}@{PAST}"},
            {"id": f"{OLIVIERS}@{LATER}"},
            {"id": f"{OLIVIERS}@soon"},
        )
    ]

    assert told == [
        {"id": OLIVIERS, "mode": "DELEGATED"},
        {"id": OLIVIERS, "mode": "DELEGATED"},
        {"id": f"{OLIVIERS}@{PAST}", "mode": "CENTRALISED"},
        {"id": f"{OLIVIERS}@{LATER}", "mode": "DELEGATED"},
        None,
    ]
    assert len([key for key in desk.graph._plans if key[0] == text]) == 4  # noqa: SLF001 the way, the day
    error = await refused(desk, text, {"by": {"id": f"{OLIVIERS}@{PAST}"}, "d": LATER})
    assert (code_of(error), error.path) == ("ARGUMENTS", ["partner"])
