"""`on:` moves the facts, never the caller's rights: docs/decisions/0004."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from graphql import GraphQLError

from persistence.reading.dated_ids import key_of
from tests.conftest import World
from tests.journeys.story import FORM, Person, a_signed_esat, a_siret

from .asked import Ids
from .desk import CALLERS, TODAY, Desk, code_of
from .story import CANAL, OLIVIERS, SEINE

DAY = timedelta(days=1)
TOMORROW, YESTERDAY = TODAY + DAY, TODAY - DAY
FACTS = """mode siret administeredBy { code } conventionInForce { id status predecessor { status } }
  services { open service { code } }"""


async def told(
    desk: Desk, who: str, partner: str, day: str | None, selection: str = FACTS
) -> Any:  # noqa: ANN401 JSON
    text = f"query($p: ID!, $d: Date) {{ partner(by: {{id: $p}}, on: $d) {{ {selection} }} }}"
    return (await desk.answer(who, text, {"p": partner, "d": day}))["partner"]


# facts


async def test_facts_are_told_as_of_a_day_that_is_past(desk: Desk) -> None:
    """A partner that was centralised until the first of March; its manager has today's right, and had none then."""
    then = await told(desk, "gestionnaire-oliviers", OLIVIERS, "2026-02-28")
    now = await told(desk, "gestionnaire-oliviers", OLIVIERS, "2026-03-01")

    former = await told(
        desk,
        "gestionnaire-oliviers",
        OLIVIERS,
        None,
        "conventionInForce { predecessor { id } }",
    )

    assert (then["mode"], now["mode"]) == ("CENTRALISED", "DELEGATED")
    assert then["conventionInForce"] == {
        "id": f"{former['conventionInForce']['predecessor']['id']}@2026-02-28",
        "status": "IN_FORCE",
        "predecessor": None,
    }
    assert now["conventionInForce"]["predecessor"]["status"] == "CLOSED"


async def test_facts_are_told_as_of_a_day_that_is_coming(desk: Desk) -> None:
    """A convention whose closing is announced for the first of March, whose members still have today's right."""
    for who in ("agent-yvelines", "declarante-seine"):
        before, after = [
            await told(desk, who, SEINE, day, "mode services { open }")
            for day in ("2027-02-28", "2027-03-01")
        ]

        assert before == {"mode": "CENTRALISED", "services": [{"open": True}]}, who
        assert after == {"mode": None, "services": []}, who
    status = "conventions { nodes { status } }"
    assert await told(desk, "agent-yvelines", SEINE, "2027-02-28", status) == {
        "conventions": {"nodes": [{"status": "IN_FORCE"}]}
    }
    assert await told(desk, "agent-yvelines", SEINE, "2027-03-01", status) == {
        "conventions": {"nodes": [{"status": "CLOSED"}]}
    }


async def test_before_its_registration_a_partner_has_no_administering_organism(
    desk: Desk,
) -> None:
    answer = await told(desk, "agent-paris", CANAL, "2025-08-31")

    assert answer == {
        "mode": None,
        "siret": "99990001200025",
        "administeredBy": None,
        "conventionInForce": None,
        "services": [],
    }


async def test_lists_of_today_are_lists_of_the_day(desk: Desk) -> None:
    """One person leaves on the thirty-first; another one left at the end of last month."""
    cards = "affiliations(current: true, first: 50) { nodes { user { id } } }"
    for day, leaving, left in (
        ("2026-11-29", True, True),
        ("2026-12-30", True, False),
        ("2026-12-31", False, False),
    ):
        found = (await told(desk, "gestionnaire-canal", CANAL, day, cards))[
            "affiliations"
        ]["nodes"]
        users = {key_of(a["user"]["id"]) for a in found}

        assert ("usr_lecteur-canal" in users, "usr_partie-canal" in users) == (
            leaving,
            left,
        )


@pytest.mark.parametrize(
    ("filters", "partner", "day", "holds"),
    [
        ("mode: CENTRALISED", OLIVIERS, "2026-02-28", True),
        ("mode: CENTRALISED", OLIVIERS, None, False),
        ("inForce: false", SEINE, "2027-03-01", True),
        ("inForce: false", SEINE, None, False),
        ('organismId: "org_751"', CANAL, "2025-08-31", False),
        ('organismId: "org_751"', CANAL, None, True),
        ('serviceId: "svc_ESAT"', SEINE, "2027-03-01", False),
        ('serviceId: "svc_ESAT"', SEINE, None, True),
    ],
)
async def test_a_filter_of_partners_is_met_on_the_day(
    desk: Desk, filters: str, partner: str, day: str | None, *, holds: bool
) -> None:
    text = f"query($d: Date) {{ partners({filters}, on: $d, first: 100) {{ nodes {{ id }} totalCount }} }}"
    found = (await desk.answer("admin-national", text, {"d": day}))["partners"]

    assert (partner in {key_of(p["id"]) for p in found["nodes"]}) is holds
    assert found["totalCount"] == len(found["nodes"])


@pytest.mark.parametrize(
    ("root", "field"),
    [
        ("conventions(status: IN_FORCE", "status"),
        ("bulletins(status: OPEN", "status"),
        ("groups(live: true", "id"),
    ],
)
async def test_the_other_lists_are_filtered_on_the_day_too(
    desk: Desk, root: str, field: str
) -> None:
    text = f"query($d: Date) {{ all: {root}, on: $d, first: 100) {{ nodes {{ id {field} partner {{ id }} }} }} }}"
    counts = {}
    for day in ("2025-08-31", None, "2027-03-01"):
        nodes = (await desk.answer("admin-national", text, {"d": day}))["all"]["nodes"]
        counts[day] = len(nodes)
        assert {n[field] for n in nodes} <= {"IN_FORCE", "OPEN"} or field == "id"

    assert counts["2025-08-31"] == 0 < counts[None]
    assert len(set(counts.values())) > 1


async def test_one_question_tells_two_days_and_today_beside_them(desk: Desk) -> None:
    text = """query($p: ID!, $d: Date) {
      past: partner(by: {id: $p}, on: "2026-02-28") { mode }
      other: partner(by: {id: $p}, on: $d) { mode }
      partner(by: {id: $p}) { mode }
      node(id: "ptr_99990004600015@2025-08-31") { ... on Partner { mode } }
      nodes(ids: ["ptr_99990004600015@2026-02-28"]) { ... on Partner { mode } }
      after: partners(search: "oliviers", on: "2026-02-28") { nodes { name mode } totalCount }
      last: partner(by: {id: $p}) { mode }
    }"""
    answer = await desk.answer(
        "agent-bouches-du-rhone", text, {"p": OLIVIERS, "d": "2026-02-28"}
    )

    assert answer["after"]["nodes"][0] == {
        "name": "ESAT Les Oliviers",
        "mode": "CENTRALISED",
    }
    del answer["after"]
    modes = {
        key: (value[0] if isinstance(value, list) else value)["mode"]
        for key, value in answer.items()
    }
    assert modes == {
        "past": "CENTRALISED",
        "other": "CENTRALISED",
        "partner": "DELEGATED",
        "node": None,
        "nodes": "CENTRALISED",
        "last": "DELEGATED",
    }


@pytest.mark.parametrize("who", ["agent-cna", "gestionnaire-canal", "declarante-canal"])
async def test_the_facts_of_today_are_those_that_no_day_is_asked_for(
    desk: Desk, who: str
) -> None:
    groups = "groups(live: true) { nodes { members { nodes { id } } } }"
    shown = f"id {FACTS} conventions {{ nodes {{ id status }} }} {groups}"
    plain = await desk.answer(who, f"{{ partners {{ nodes {{ {shown} }} }} }}")

    dated = await desk.answer(
        who, f'{{ partners(on: "{TODAY}") {{ nodes {{ {shown} }} }} }}'
    )
    assert orjson.loads(orjson.dumps(dated).replace(f"@{TODAY}".encode(), b"")) == plain
    assert (
        await desk.answer(
            who, f"query($d: Date) {{ partners(on: $d) {{ nodes {{ {shown} }} }} }}"
        )
        == plain
    )


async def test_a_plan_serves_every_day(desk: Desk) -> None:
    text = "query($p: ID!, $d: Date) { partner(by: {id: $p}, on: $d) { mode } } # every day"
    for day in ("2026-02-28", "2026-03-01", "2027-01-01", None):
        await desk.answer("agent-bouches-du-rhone", text, {"p": OLIVIERS, "d": day})

    assert len([key for key in desk.graph._plans if key[0] == text]) == 2  # noqa: SLF001 a day, and none


@pytest.mark.parametrize(
    "day", ["1899-12-31", "2200-01-01", "9999-12-31", "0001-01-01"]
)
async def test_a_day_out_of_reach_is_refused(desk: Desk, day: str) -> None:
    for text, variables in (
        (f'{{ partner(by: {{id: "{CANAL}"}}, on: "{day}") {{ mode }} }}', {}),
        ("query($d: Date) { partners(on: $d) { nodes { mode } } }", {"d": day}),
    ):
        with pytest.raises(GraphQLError) as refused:
            await desk.answer("agent-paris", text, variables)

        assert code_of(refused.value) == "DAY"
        assert "1900 à 2199" in refused.value.message


# rights


@pytest.mark.parametrize(
    "day",
    [
        "2025-09-01",
        "2026-02-28",
        "2026-11-29",
        "2026-12-31",
        "2027-03-01",
        "2199-12-31",
    ],
)
async def test_no_day_shows_what_today_hides_nor_hides_what_it_shows(
    desk: Desk, ids: Ids, day: str
) -> None:
    every = [
        key
        for name in (
            "partner",
            "convention",
            "bulletin",
            "group",
            "membership",
            "journal",
        )
        for key in ids[name]
    ]
    text = "query($i: [ID!]!, $d: Date) { nodes(ids: $i) { id } partners(on: $d) { totalCount } }"
    for who in (*CALLERS, "gestionnaire-oliviers", "declarante-seine", "partie-canal"):
        for start in range(0, len(every), 100):
            asked = {"i": every[start : start + 100]}
            dated = await desk.answer(
                who, text, {"i": [f"{one}@{day}" for one in asked["i"]], "d": day}
            )
            plain = await desk.answer(who, text, asked)

            assert [node and key_of(node["id"]) for node in dated["nodes"]] == [
                n and n["id"] for n in plain["nodes"]
            ]
            assert dated["partners"] == plain["partners"], who


async def test_who_has_left_sees_nothing_of_the_days_when_he_was_there(
    desk: Desk,
) -> None:
    for who in ("partie-canal", "suspendu-canal"):
        assert await told(desk, who, CANAL, "2026-09-15") is None


async def a_partner_that_the_cna_takes_over(paris: Person, on: date) -> str:
    partner, convention = await a_signed_esat(paris, "DELEGATED")
    annex = await paris.adds_establishment(partner.id, a_siret(), "92")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )
    await paris.signs_bulletin(bulletin, str(on), acknowledgeCna=True)
    await paris.decides_eligibility(partner.id)
    return partner.id


async def test_a_right_of_tomorrow_shows_nothing_today_and_one_of_yesterday_nothing_any_more(
    world: World,
) -> None:
    partner = await a_partner_that_the_cna_takes_over(
        Person(world, "agent-paris"), TOMORROW
    )
    text = """query($p: ID!, $d: Date) { partner(by: {id: $p}, on: $d) {
      administeredBy { code } eligibilities { formDigest } journal(first: 1) { totalCount } } }"""

    async def seen(who: str, day: date) -> Any:  # noqa: ANN401 JSON
        return (await world.ask(who, text, p=partner, d=str(day)))["partner"]

    for day, organism in ((TODAY, "751"), (TOMORROW, "CNA")):
        assert await seen("agent-cna", day) is None
        shown = await seen("agent-paris", day)
        assert (shown["administeredBy"], shown["eligibilities"]) == (
            {"code": organism},
            [{"formDigest": FORM}],
        )
        assert shown["journal"]["totalCount"] > 0

    world.clock.move_to(TOMORROW)
    for day, organism in ((TODAY, "751"), (TOMORROW, "CNA")):
        assert (await seen("agent-cna", day))["eligibilities"] == [{"formDigest": FORM}]
        kept = {
            "administeredBy": {"code": organism},
            "eligibilities": [],
            "journal": {"totalCount": 0},
        }
        assert (
            await seen("agent-paris", day) == kept
        )  # the Caf that signed reads contracts, no decision any more
