"""Who is expected in a certificate: the roster, what is kept of it, what the Esat answers (R17, A21)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from persistence.migrations import config
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Person
from tests.reading.declared_story import CANAL, last_year

from .ledger import rows

ROSTER = """query($siret: String!, $standing: [RosterStanding!]) { partner(by: {siret: $siret}) {
  establishments { nodes { siret roster(campaignId: "cmp_2026", standing: $standing, first: 100) { nodes {
    standing establishmentSiret departedOn knownRate answer paidBy { code }
    worker { id nir birthName } line { clientReference } lastYear { clientReference } } } } } } }"""
AT_RISK = """{ atRisk(campaignId: "cmp_2026", first: 100) { nodes {
  standing establishmentSiret establishmentName worker { id birthName } } } }"""
JANUARY = date(2027, 1, 16)


async def roster_of(person: Person, siret: str, *standing: str) -> list[dict[str, Any]]:
    variables = {"siret": siret, "standing": list(standing) or None}
    places = (await person.asks(ROSTER, **variables))["partner"]["establishments"]
    return [
        entry
        for place in places["nodes"]
        if place["siret"] == siret
        for entry in place["roster"]["nodes"]
    ]


def standings(entries: list[dict[str, Any]]) -> Mapping[str, int]:
    return Counter(entry["standing"] for entry in entries)


async def kept(world: World, siret: str) -> dict[str, Any]:
    query = """SELECT s.expected, s.missing, s.returned, s.pending FROM campaign_standing s
      JOIN establishment e ON e.id = s.establishment_id WHERE e.siret = :siret AND s.campaign_id = 'cmp_2026'"""
    (row,) = await rows(world.database, query, siret=siret)
    return row


@pytest.fixture
def delphine(world: World) -> Person:
    return Person(world, "declarante-canal")


async def test_last_year_is_missing_until_it_is_declared_or_gone(
    world: World, delphine: Person
) -> None:
    """Two persons of the demonstration have left before November."""
    count = len(last_year()[CANAL]) - 2
    before = await roster_of(delphine, CANAL)
    assert standings(before) == {"MISSING": count, "DEPARTED": 2}
    assert await kept(world, CANAL) == {
        "expected": count, "missing": count, "returned": 0, "pending": 0,
    }  # fmt: skip
    absent = {entry["lastYear"]["clientReference"] for entry in before if entry["standing"] == "DEPARTED"}  # fmt: skip
    gone, forgotten, *others = (
        line for line in last_year()[CANAL] if line["clientReference"] not in absent
    )
    left = {"kind": "DEPARTURE", "effectiveOn": "10/03/2026", "departureReason": "MOVE"}
    changes = await delphine.tells_changes(CANAL, "gone", {"nir": gone["nir"], **left})
    assert changes["errors"] == []
    assert await kept(world, CANAL) == {
        "expected": count - 1, "missing": count - 1, "returned": 0, "pending": 0,
    }  # fmt: skip

    done = await delphine.declares(**a_deposit(CANAL, "this year", a_line(1), *others))

    assert done["errors"] == []
    entries = await roster_of(delphine, CANAL)
    assert standings(entries) == {
        "DECLARED": count - 2, "NEW": 1, "MISSING": 1, "DEPARTED": 3,
    }  # fmt: skip
    (missing,) = await roster_of(delphine, CANAL, "MISSING")
    assert missing["lastYear"]["clientReference"] == forgotten["clientReference"]
    assert missing["line"] is None
    departed = await roster_of(delphine, CANAL, "DEPARTED")
    assert "2026-03-10" in {entry["departedOn"] for entry in departed}
    assert await kept(world, CANAL) == {
        "expected": count, "missing": 1, "returned": 0, "pending": count - 1,
    }  # fmt: skip


async def test_the_esat_answers_for_one_year_and_takes_its_answer_back(
    world: World, delphine: Person
) -> None:
    first, *_ = await roster_of(delphine, CANAL, "MISSING")
    place = (await rows(world.database, "SELECT id FROM establishment WHERE siret = :s", s=CANAL))[0]["id"]  # fmt: skip
    before = await kept(world, CANAL)
    values = {
        "establishmentId": place,
        "campaignYear": 2026,
        "workerId": first["worker"]["id"],
    }

    async def answers(answer: str, **more: object) -> Any:  # noqa: ANN401 JSON
        shows = "establishment { siret }"
        return await world.act(
            "declarante-canal",
            "beneficiaryAnswer",
            shows,
            answer=answer,
            **values | more,
        )

    tried = await answers("AAH_LOST", dryRun=True)
    assert tried["errors"] == []
    assert await kept(world, CANAL) == before
    assert (await answers("PAID_BY_MSA"))["establishment"] == {"siret": CANAL}
    (entry,) = await roster_of(delphine, CANAL, "NOT_BENEFICIARY")
    assert entry["worker"]["id"] == first["worker"]["id"]
    assert entry["answer"] == "PAID_BY_MSA"
    assert await kept(world, CANAL) == before | {
        "expected": before["expected"] - 1,
        "missing": before["missing"] - 1,
    }
    unknown = await answers("AAH_LOST", workerId="wrk_nobody")
    assert unknown["errors"][0]["path"] == ["input", "workerId"]

    assert (await answers("NONE"))["errors"] == []

    assert await kept(world, CANAL) == before


# the board


BOARD = """query($organism: ID) { campaigns { id board(organismId: $organism) { on late
  figures { ...Numbers } byOrganism { organismId figures { ...Numbers } } byDay { day deposits } } } }
fragment Numbers on BoardFigures { expected declared nothingToDeclare undeclared drafts empty conform anomalies
  personsMissing atRisk returned pending }"""


async def board_of(person: Person, organism: str | None = None) -> dict[str, Any]:
    campaigns = (await person.asks(BOARD, organism=organism))["campaigns"]
    return next(one["board"] for one in campaigns if one["id"] == "cmp_2026")


async def test_the_boards_of_all_organisms_sum_to_the_national_one(
    world: World, delphine: Person
) -> None:
    national = Person(world, "admin-national")
    lines = last_year()[CANAL][2:8]
    await delphine.declares(**a_deposit(CANAL, "some", *lines))

    whole = await board_of(national)

    assert whole["figures"]["declared"] == 1
    assert whole["figures"]["personsMissing"] > whole["figures"]["pending"] > 0
    parts = [one["figures"] for one in whole["byOrganism"]]
    assert len(parts) > 1
    assert {name: sum(p[name] for p in parts) for name in parts[0]} == whole["figures"]
    for one in whole["byOrganism"]:
        alone = await board_of(national, one["organismId"])
        assert alone["figures"] == one["figures"]
    assert whole["byDay"] == [{"day": "2026-12-10", "deposits": 1}]
    own = await board_of(Person(world, "agent-paris"))
    paris = await board_of(national, "org_751")
    assert own["figures"] == paris["figures"]
    member = await board_of(delphine)
    assert member["figures"]["declared"] == 1
    assert member["figures"]["expected"] < whole["figures"]["expected"]


async def test_who_is_at_risk_is_named_to_the_caf_that_pays_from_16_january_on(
    world: World,
) -> None:
    paris = Person(world, "agent-paris")
    missing = (await board_of(paris))["figures"]["personsMissing"]
    assert missing > 0
    assert (await paris.asks(AT_RISK))["atRisk"]["nodes"] == []
    world.clock.move_to(date(2027, 1, 15))
    board = await board_of(paris)
    assert (board["late"], board["figures"]["atRisk"]) == (False, 0)
    assert (await paris.asks(AT_RISK))["atRisk"]["nodes"] == []

    world.clock.move_to(JANUARY)

    board = await board_of(paris)
    assert (board["late"], board["figures"]["atRisk"]) == (True, missing)
    named = (await paris.asks(AT_RISK))["atRisk"]["nodes"]
    assert {entry["standing"] for entry in named} == {"MISSING"}
    assert all(entry["worker"]["birthName"] for entry in named)
    assert CANAL in {entry["establishmentSiret"] for entry in named}
    world.clock.move_to(date(2027, 4, 1))
    assert (await board_of(paris))["on"] == "2027-02-28"


# the register as it stands


async def test_the_step_that_keeps_the_counts_counts_what_is_there(
    world: World,
) -> None:
    """Of the demonstration: its certificates, and two departures before November."""
    script, *_ = [
        revision
        for revision in ScriptDirectory.from_config(config()).walk_revisions()
        if hasattr(revision.module, "COUNTS")
    ]
    query = "SELECT * FROM campaign_standing ORDER BY establishment_id, campaign_id"
    before = await rows(world.database, query)
    assert sum(row["missing"] for row in before) > 0

    async with world.database.transaction() as session:
        await session.execute(text("DELETE FROM campaign_standing"))
        await session.execute(text(script.module.COUNTS))

    assert await rows(world.database, query) == before
