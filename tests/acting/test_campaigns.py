"""The establishments that a campaign expects: each figure of its board is a list; reminders (R17)."""

from datetime import date
from typing import Any

import pytest

from authz import load
from persistence.facts.declarants import DEPOSITS
from persistence.records import RoleProfile
from tests.conftest import World
from tests.journeys.payroll import a_deposit
from tests.journeys.story import Person
from tests.reading.declared_story import CANAL, last_year

from .ledger import rows
from .test_rosters import JANUARY, board_of

LISTED = """query($organism: ID, $standing: EstablishmentStanding, $declared: Boolean, $nothing: Boolean, $conformity: Conformity,
    $missing: Boolean, $atRisk: Boolean, $returned: Boolean, $pending: Boolean, $order: CampaignEstablishmentOrder!) {
  establishments(campaignId: "cmp_2026", organismId: $organism, standing: $standing, declared: $declared, nothingToDeclare: $nothing,
      conformity: $conformity, missing: $missing, atRisk: $atRisk, returned: $returned, pending: $pending,
      order: $order, first: 100) {
    totalCount nodes { standing nothingToDeclare conformity expected missing returned pending atRisk lastSignAt
      remindedOn establishment { id siret remindedOn declarantAddresses } administeredBy { id } declaration { sequence } } } }"""
FILTERS: dict[str, dict[str, Any]] = {
    "expected": {},
    "declared": {"standing": "DECLARED"},
    "nothingToDeclare": {"nothing": True},
    "undeclared": {"declared": False},
    "drafts": {"standing": "DRAFT"},
    "empty": {"standing": "EMPTY"},
    "conform": {"conformity": "CONFORM"},
    "anomalies": {"conformity": "ANOMALIES"},
}
"""What counts establishments, and the filter of its list."""
SUMS = {
    "personsMissing": "missing",
    "atRisk": "atRisk",
    "returned": "returned",
    "pending": "pending",
}
"""What counts persons or lines: its list has the establishments where there are some."""


async def listed(person: Person, order: str = "NAME", **filters: Any) -> Any:  # noqa: ANN401 JSON
    return (await person.asks(LISTED, order=order, **filters))["establishments"]


@pytest.fixture
def delphine(world: World) -> Person:
    return Person(world, "declarante-canal")


@pytest.fixture
def paris(world: World) -> Person:
    return Person(world, "agent-paris")


CALLERS = ("admin-national", "agent-paris", "agent-cna", "declarante-canal", "centre-ressources")  # fmt: skip


async def test_each_figure_of_a_board_is_the_total_of_its_list(
    world: World, delphine: Person
) -> None:
    await delphine.declares(**a_deposit(CANAL, "some", *last_year()[CANAL][2:8]))
    world.clock.move_to(JANUARY)
    rates = []
    for who in CALLERS:
        person = Person(world, who)
        whole = await board_of(person)
        boards = [(None, whole["figures"])]
        boards += [(one["organismId"], one["figures"]) for one in whole["byOrganism"]]
        for organism, figures in boards:
            for name, filters in FILTERS.items():
                total = (await listed(person, organism=organism, **filters))["totalCount"]  # fmt: skip
                assert total == figures[name], (who, organism, name)
            for name, column in SUMS.items():
                some: dict[str, Any] = {column: True}
                found = await listed(person, organism=organism, **some)
                numbers = [row[column] for row in found["nodes"]]
                assert found["totalCount"] == len(numbers)
                assert all(numbers)
                assert sum(numbers) == figures[name], (who, organism, name)
            rates.append(figures)
        for day in whole["byDay"]:
            text = 'query($on: Date) { declarations(campaignId: "cmp_2026", expected: true, receivedOn: $on) { totalCount } }'
            asked = await person.asks(text, on=day["day"])
            assert asked["declarations"]["totalCount"] == day["deposits"]
    assert {figures["expected"] for figures in rates} > {0, 1}
    for name in ("declared", "empty", "personsMissing", "atRisk", "pending"):
        assert any(figures[name] for figures in rates), name


async def test_the_largest_risk_comes_first(world: World) -> None:
    world.clock.move_to(JANUARY)
    national = Person(world, "admin-national")

    found = (await listed(national, "AT_RISK", atRisk=True))["nodes"]

    numbers = [row["atRisk"] for row in found]
    assert len(numbers) > 1
    assert numbers == sorted(numbers, reverse=True)


# reminders


async def reminds(world: World, who: str, place: str, **more: object) -> Any:  # noqa: ANN401 JSON
    values = {"establishmentId": place, "campaignYear": 2026} | more
    shows = "establishment { id remindedOn }"
    return await world.act(who, "declarationRemind", shows, **values)


async def place_of(person: Person) -> dict[str, Any]:
    found = (await listed(person))["nodes"]
    (row,) = (row for row in found if row["establishment"]["siret"] == CANAL)
    return dict(row)


async def test_a_reminder_is_a_mark_of_a_day_that_the_declarant_reads(
    world: World, paris: Person, delphine: Person
) -> None:
    before = await place_of(paris)
    place = before["establishment"]["id"]
    assert (before["standing"], before["remindedOn"]) == ("EMPTY", None)
    assert (
        "declarante-canal@example.invalid"
        in before["establishment"]["declarantAddresses"]
    )
    own = ["declarante-canal@example.invalid"]
    assert (await place_of(delphine))["establishment"]["declarantAddresses"] == own
    tried = await reminds(world, "agent-paris", place, dryRun=True)
    assert tried["errors"] == []
    assert (await place_of(delphine))["remindedOn"] is None

    done = await reminds(world, "agent-paris", place)

    assert done["establishment"] == {"id": place, "remindedOn": "2026-12-10"}
    assert (await place_of(delphine))["remindedOn"] == "2026-12-10"
    again = await reminds(world, "agent-paris", place)
    assert [e["code"] for e in again["errors"]] == ["ALREADY_REMINDED"]
    world.clock.move_to(JANUARY)
    assert (await reminds(world, "agent-paris", place))["errors"] == []
    assert (await place_of(paris))["remindedOn"] == "2027-01-16"
    (first, last) = await rows(world.database, "SELECT day FROM reminder ORDER BY day")
    assert str(first["day"]) == "2026-12-10"
    assert str(last["day"]) == "2027-01-16"


@pytest.mark.parametrize("who", ["admin-national", "lecteur-paris", "declarante-canal"])
async def test_who_does_not_manage_for_who_administers_does_not_remind(
    world: World, paris: Person, who: str
) -> None:
    place = (await place_of(paris))["establishment"]["id"]

    refused = await reminds(world, who, place)

    assert [e["code"] for e in refused["errors"]] == ["FORBIDDEN"]
    assert await rows(world.database, "SELECT day FROM reminder") == []


def test_who_is_written_to_is_who_may_deposit() -> None:
    policy = load()
    may_deposit = [
        profile
        for profile in RoleProfile
        if policy.plan(
            frozenset([f"member_{profile.lower()}"]), "Declaration", "deposit"
        )
    ]

    assert may_deposit == [DEPOSITS]


async def test_a_stranger_learns_nothing_by_reminding(
    world: World, paris: Person
) -> None:
    place = (await place_of(paris))["establishment"]["id"]

    for place_id in (place, "est_nobody"):
        refused = await reminds(world, "agent-hauts-de-seine", place_id)
        assert [(e["code"], e["path"]) for e in refused["errors"]] == [
            ("NOT_FOUND", ["input", "establishmentId"])
        ]


async def test_nobody_is_reminded_of_what_is_deposited_or_not_expected(
    world: World, paris: Person, delphine: Person
) -> None:
    place = (await place_of(paris))["establishment"]["id"]
    early = await reminds(world, "agent-paris", place, campaignYear=2027)
    assert [e["code"] for e in early["errors"]] == ["WINDOW_NOT_OPEN"]
    unknown = await reminds(world, "agent-paris", place, campaignYear=1999)
    assert unknown["errors"][0]["path"] == ["input", "campaignYear"]
    expected = [r["establishment"]["id"] for r in (await listed(paris))["nodes"]]
    text = "{ partners(first: 100) { nodes { establishments { nodes { id } } } } }"
    every = [
        one["id"]
        for partner in (await paris.asks(text))["partners"]["nodes"]
        for one in partner["establishments"]["nodes"]
    ]
    refusals = set()
    for other in set(every) - set(expected):
        answer = await reminds(world, "agent-paris", other, dryRun=True)
        refusals |= {error["code"] for error in answer["errors"]}
    assert "NOT_EXPECTED" in refusals
    assert refusals <= {"NOT_EXPECTED", "FORBIDDEN"}
    await delphine.declares(**a_deposit(CANAL, "all", *last_year()[CANAL][2:8]))

    late = await reminds(world, "agent-paris", place)

    assert [(e["code"], e["path"]) for e in late["errors"]] == [
        ("ALREADY_DECLARED", ["input", "establishmentId"])
    ]
    world.clock.move_to(date(2027, 3, 1))
    closed = await reminds(world, "agent-paris", place)
    assert [e["code"] for e in closed["errors"]] == ["WINDOW_CLOSED"]
