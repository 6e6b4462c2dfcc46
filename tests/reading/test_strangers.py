"""What one may not read is not there: not by its id, not at the end of an edge, not in a list, not in a total."""

from collections.abc import Iterator
from typing import Any

import pytest

from authz import Engine, Subject, load
from persistence.facts.callers import Identity
from persistence.seeds.stories import personas
from schema.contract import types
from server.settings import DEMO_ISSUER

from . import generated
from .asked import Ids
from .desk import TODAY, Desk
from .facts import TYPES, Rows

TYPES_OF_GRAPH = types()
NAMED = {
    kind.name: TYPES_OF_GRAPH.records[kind.name]
    for kind in TYPES_OF_GRAPH.by_prefix.values()
}
ROOTS = {
    "partners": "partner",
    "conventions": "convention",
    "bulletins": "bulletin",
    "groups": "group",
    "users": "user",
    "declarations": "declaration",
    "lines": "declaration_line",
    "workers": "worker",
    "activityChanges": "activity_change",
    "batches": "batch",
    "journal": "journal",
}
WHO = [
    *(p.subject for p in personas()),
    "lecteur-canal",
    "suppleante-canal",
    "partie-canal",
    "paie-fictive",
    "lectrice-saint-denis",
    "sociale-horizons",
    "personne-inconnue",
]


@pytest.fixture(scope="session")
def engine() -> Engine:
    return load()


async def subject_of(desk: Desk, who: str) -> Subject:
    async with desk.database.reading() as driver:
        return await desk.graph.subject(Identity(DEMO_ISSUER, who), TODAY, driver)


async def readable(desk: Desk, engine: Engine, who: str) -> dict[str, set[str]]:
    """By table, the ids that the engine lets this caller read, on facts worked out in Python; all of what is public."""
    rows = Rows(
        {
            name: await desk.rows(name)
            for name in (*TYPES, "partner_state", *NAMED.values())
        },
        TODAY,
    )
    subject = await subject_of(desk, who)
    return {
        name: rows.allowed(engine, subject, name)
        if name in TYPES
        else {str(row["id"]) for row in rows.tables[name]}
        for name in NAMED.values()
    }


def shown(answer: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 JSON
    """Every (type, id) that stands anywhere in an answer."""
    if isinstance(answer, dict):
        if "__typename" in answer and "id" in answer:
            yield answer["__typename"], answer["id"]
        for below in answer.values():
            yield from shown(below)
    elif isinstance(answer, list):
        for below in answer:
            yield from shown(below)


@pytest.mark.parametrize("who", WHO)
async def test_an_id_opens_only_what_the_rights_of_its_caller_open(
    desk: Desk, ids: Ids, engine: Engine, who: str
) -> None:
    allowed = await readable(desk, engine, who)
    every = [key for name in NAMED.values() for key in ids[name]]
    found: set[str] = set()
    for start in range(0, len(every), 100):
        asked = every[start : start + 100]
        answer = await desk.answer(
            who,
            "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
            {"ids": asked},
        )
        assert len(answer["nodes"]) == len(asked)
        for key, node in zip(asked, answer["nodes"], strict=True):
            assert node is None or node["id"] == key
        found |= {node["id"] for node in answer["nodes"] if node}

    assert found == set().union(*allowed.values())


@pytest.mark.parametrize(
    "who", ["declarante-canal", "agent-yvelines", "suspendu-canal", "personne-inconnue"]
)
async def test_one_id_is_answered_like_many(
    desk: Desk, ids: Ids, engine: Engine, who: str
) -> None:
    allowed = await readable(desk, engine, who)
    for name in NAMED.values():
        for key in ids[name][:12]:
            answer = await desk.answer(
                who, "query($i: ID!) { node(id: $i) { id } }", {"i": key}
            )

            assert answer["node"] == ({"id": key} if key in allowed[name] else None), (
                name,
                key,
            )


@pytest.mark.parametrize("who", WHO)
async def test_a_list_and_its_total_hold_what_one_may_read_and_nothing_else(
    desk: Desk, engine: Engine, who: str
) -> None:
    allowed = await readable(desk, engine, who)
    for root, name in ROOTS.items():
        total = await desk.answer(
            who, f"{{ all: {root} {{ totalCount totalCountCapped }} }}"
        )

        assert set(await desk.ids(who, root, 7)) == allowed[name], root
        assert total["all"] == {
            "totalCount": len(allowed[name]),
            "totalCountCapped": False,
        }


@pytest.mark.parametrize(
    "who",
    [
        "agent-hauts-de-seine",
        "lecteur-paris",
        "gestionnaire-canal",
        "declarante-canal",
        "paie-fictive",
        "lectrice-saint-denis",
        "sociale-horizons",
        "suspendu-canal",
    ],
)
async def test_no_edge_leads_where_the_lists_do_not(
    desk: Desk, ids: Ids, engine: Engine, who: str
) -> None:
    """From everything that one may read, along every field of the schema."""
    allowed = await readable(desk, engine, who)
    reached: set[tuple[str, str]] = set()
    for asked in generated.documents(TYPES_OF_GRAPH).values():
        reached |= set(shown(await desk.answer(who, asked.text, asked.variables(ids))))

    assert {
        (kind, key) for kind, key in reached if key not in allowed[NAMED[kind]]
    } == set()
    assert len({kind for kind, _ in reached}) > len(
        {"Service", "Role", "Mission", "Campaign", "Parameter", "Organism"}
    )


async def test_a_partner_counts_only_the_people_that_its_reader_may_read(
    desk: Desk,
) -> None:
    people = "affiliations { totalCount nodes { user { id } } }"
    text = f'{{ partner(by: {{id: "ptr_99990001200025"}}) {{ {people} groups {{ totalCount }} }} }}'

    seen = {
        who: (await desk.answer(who, text))["partner"]
        for who in ("gestionnaire-canal", "declarante-canal")
    }

    assert seen["gestionnaire-canal"]["affiliations"]["totalCount"] > 5
    assert seen["declarante-canal"]["affiliations"] == {
        "totalCount": 1,
        "nodes": [{"user": {"id": "usr_declarante-canal"}}],
    }
    assert seen["declarante-canal"]["groups"]["totalCount"] == 2
    assert (await desk.answer("suspendu-canal", text))["partner"] is None


async def test_the_cafs_own_people_are_nobodys_to_list(desk: Desk) -> None:
    """Agents belong to no partner: only national administrators, and each for themselves, see them."""
    text = '{ organism(code: "751") { agents { totalCount nodes { user { id } } } } }'

    assert (await desk.answer("admin-national", text))["organism"]["agents"][
        "totalCount"
    ] == 2
    assert (await desk.answer("agent-paris", text))["organism"]["agents"]["nodes"] == [
        {"user": {"id": "usr_agent-paris"}}
    ]
    assert (await desk.answer("agent-rhone", text))["organism"]["agents"][
        "totalCount"
    ] == 0
