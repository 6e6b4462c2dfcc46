"""A Caf answers lines of any number of Esat in one call: a verdict for each; and its queue says what came, what is to know, what was answered before (R17, R20)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Opened, Person, an_open_esat

from .counting import statements_sent
from .ledger import rows

SEINE, PARIS = "921", "751"
SELECTED = "lines { id processing } errors { code path } warnings { code }"
QUEUE = """query($since: DateTime, $asOf: DateTime, $withWarnings: Boolean, $search: String, $processed: Boolean, $withdrawn: Boolean) {
  lines(campaignId: "cmp_2026", since: $since, asOf: $asOf, withWarnings: $withWarnings, search: $search, processed: $processed,
        withdrawn: $withdrawn, live: true, first: 100) { nodes {
    id clientReference establishmentSiret rate warnings { code } answeredBefore { id rate } } } }"""


@pytest.fixture
def seine(world: World) -> Person:
    return Person(world, "agent-hauts-de-seine")


@pytest.fixture
async def two(world: World, paris: Person) -> list[Opened]:
    """Two Esat of two partners, each of which declares two persons of the Hauts-de-Seine and one of Paris."""
    esats = []
    for rank, who in enumerate(("jo", "jo-bis")):
        esat = await an_open_esat(paris, who)
        numbers = (10 * rank, 10 * rank + 1)
        lines = [a_line(n, SEINE) for n in numbers] + [a_line(10 * rank + 2, PARIS)]
        await Person(world, who).declares(**a_deposit(esat.partner.siret, "1", *lines))
        esats.append(esat)
    return esats


async def queue(
    person: Person, esats: list[Opened], **filters: object
) -> dict[str, Any]:
    sirets = {esat.partner.siret for esat in esats}
    nodes = (await person.asks(QUEUE, **filters))["lines"]["nodes"]
    return {n["clientReference"]: n for n in nodes if n["establishmentSiret"] in sirets}


async def answers(world: World, **values: object) -> dict[str, Any]:
    query = f"mutation($input: RemunerationsProcessInput!) {{ act: remunerationsProcess(input: $input) {{ {SELECTED} }} }}"
    answer = await world.ask("agent-hauts-de-seine", query, input=values)
    return answer["act"]  # type: ignore[no-any-return]


async def test_lines_of_two_partners_are_answered_by_one_call_and_each_partner_has_its_own_entry(
    world: World, two: list[Opened], seine: Person
) -> None:
    ids = [line["id"] for line in (await queue(seine, two)).values()]
    assert len(ids) == 4

    done = await answers(world, lineIds=ids, outcome="TAKEN_INTO_ACCOUNT")

    assert ([line["id"] for line in done["lines"]], done["errors"]) == (ids, [])
    assert await queue(seine, two, processed=False) == {}
    entries = await rows(world.database, "SELECT partner_id, acting_for, after FROM journal WHERE act = 'remunerationsProcess'")  # fmt: skip
    told = {e["partner_id"]: e for e in entries}
    assert set(told) == {esat.partner.id for esat in two}
    assert {e["acting_for"] for e in entries} == {"org_921"}
    for esat in two:
        mine = await rows(world.database, "SELECT id FROM declaration_line WHERE partner_id = :p AND paying_id = 'org_921'", p=esat.partner.id)  # fmt: skip
        text = str(told[esat.partner.id]["after"])
        assert {one for one in ids if one in text} == {row["id"] for row in mine}
    standings = await rows(world.database, "SELECT pending FROM campaign_standing WHERE campaign_id = 'cmp_2026' AND partner_id IN (:a, :b)", a=two[0].partner.id, b=two[1].partner.id)  # fmt: skip
    assert [row["pending"] for row in standings] == [1, 1]


async def test_each_line_has_its_verdict_and_the_others_are_answered(
    world: World, two: list[Opened], seine: Person, paris: Person
) -> None:
    mine = await queue(seine, two)
    theirs = await queue(paris, two)
    await Person(world, "jo").declares(**a_deposit(two[0].partner.siret, "2", a_line(0, SEINE), a_line(1, SEINE, rate="80"), a_line(2, PARIS)))  # fmt: skip
    now = await queue(seine, two)
    await seine.processes("TAKEN_INTO_ACCOUNT", now["P010"]["id"])
    ids = [theirs["P002"]["id"], mine["P001"]["id"], now["P010"]["id"], now["P011"]["id"], "lin_x", now["P011"]["id"]]  # fmt: skip
    values = {"lineIds": ids, "outcome": "TAKEN_INTO_ACCOUNT", "mode": "ACCEPT_VALID", "pendingOnly": True}  # fmt: skip

    tried = await answers(world, **values, dryRun=True)
    assert (await queue(seine, two, processed=False)).keys() == {"P000", "P001", "P011"}
    done = await answers(world, **values)

    assert [line["id"] for line in done["lines"]] == [now["P011"]["id"]]
    assert [(e["code"], e["path"][1:]) for e in done["errors"]] == [
        ("NOT_FOUND", ["lineIds", "0"]),
        ("LINE_NOT_LIVE", ["lineIds", "1"]),
        ("ANSWERED_ALREADY", ["lineIds", "2"]),
        ("NOT_FOUND", ["lineIds", "4"]),
    ]
    assert tried["errors"] == done["errors"]
    assert (await queue(seine, two, processed=False)).keys() == {"P000", "P001"}
    assert (await queue(paris, two, processed=False)).keys() == {"P002", "P012"}


async def test_a_call_that_answers_no_line_leaves_no_trace(
    world: World, two: list[Opened], paris: Person
) -> None:
    theirs = [line["id"] for line in (await queue(paris, two)).values()]
    values = {"lineIds": theirs, "outcome": "TAKEN_INTO_ACCOUNT"}

    done = await answers(world, **values, mode="ACCEPT_VALID", idempotencyKey="une")

    assert (done["lines"], [e["code"] for e in done["errors"]]) == (
        [],
        ["NOT_FOUND", "NOT_FOUND"],
    )
    (count,) = await rows(world.database, "SELECT count(*) AS n FROM journal WHERE act = 'remunerationsProcess'")  # fmt: skip
    assert count["n"] == 0
    for mode in ("ALL_OR_NOTHING", "ACCEPT_VALID"):
        returned = {"lineIds": theirs, "outcome": "RETURNED", "mode": mode}
        refusal = await answers(world, **returned)
        assert len(refusal["errors"]) >= 1
    mine = await queue(Person(world, "agent-hauts-de-seine"), two)
    silent = await answers(
        world, lineIds=[mine["P000"]["id"]], outcome="RETURNED", mode="ACCEPT_VALID"
    )
    assert [(e["code"], e["path"][1:]) for e in silent["errors"]] == [
        ("VALUE_INVALID", ["processingReason"])
    ]


async def test_changes_of_two_partners_are_answered_together(
    world: World, two: list[Opened], seine: Person
) -> None:
    for rank, who in enumerate(("jo", "jo-bis")):
        siret = two[rank].partner.siret
        line = {"nir": a_line(10 * rank, SEINE)["nir"], "kind": "RATE_DECREASE", "effectiveOn": "2026-12-01", "rate": "95"}  # fmt: skip
        await Person(world, who).tells_changes(siret, f"c{rank}", line)
    query = """query($since: DateTime, $search: String) { activityChanges(source: CHANGE, processed: false, since: $since, search: $search, first: 100) {
      nodes { id processing establishmentSiret } } }"""
    sirets = {esat.partner.siret for esat in two}

    async def waiting(**filters: object) -> list[str]:
        nodes = (await seine.asks(query, **filters))["activityChanges"]["nodes"]
        return [n["id"] for n in nodes if n["establishmentSiret"] in sirets]

    ids = await waiting()
    assert len(ids) == 2
    assert await waiting(since="2027-06-01T00:00:00+00:00") == []
    values = {"changeIds": [*ids, "chg_x"], "outcome": "TAKEN_INTO_ACCOUNT", "mode": "ACCEPT_VALID"}  # fmt: skip
    tried = await seine.does("activityChangesProcess", "changes { id }", **{**values, "changeIds": ids}, dryRun=True)  # fmt: skip
    assert len(tried["changes"]) == 2
    assert await waiting() == ids

    done = await world.act("agent-hauts-de-seine", "activityChangesProcess", **values)

    assert [(e["code"], e["path"][1:]) for e in done["errors"]] == [
        ("NOT_FOUND", ["changeIds", "2"])
    ]
    assert await waiting() == []
    entries = await rows(world.database, "SELECT partner_id FROM journal WHERE act = 'activityChangesProcess'")  # fmt: skip
    assert {e["partner_id"] for e in entries} == {esat.partner.id for esat in two}


async def test_a_queue_says_what_came_since_and_what_is_to_know(
    world: World, two: list[Opened], seine: Person
) -> None:
    at = datetime(2026, 12, 20, 8, tzinfo=UTC)
    world.clock.instant = at
    jo = Person(world, "jo")
    low = a_line(1, SEINE, esatShare="3,00")
    await jo.declares(
        **a_deposit(two[0].partner.siret, "2", a_line(0, SEINE), low, a_line(2, PARIS))
    )
    before = "2026-12-20T07:59:00+00:00"

    assert (await queue(seine, two, since=before)).keys() == {"P000", "P001"}
    assert (await queue(seine, two, asOf=before)).keys() == {"P010", "P011"}
    told = await queue(seine, two, withWarnings=True)
    assert told.keys() == {"P001"}
    assert told["P001"]["warnings"] != []
    silent = await queue(seine, two, withWarnings=False)
    assert silent.keys() == {"P000", "P010", "P011"}
    assert all(line["warnings"] == [] for line in silent.values())


async def test_a_queue_is_searched_by_name_and_by_matricule_and_never_shows_the_lines_of_others(
    two: list[Opened], seine: Person, paris: Person
) -> None:
    known = a_line(1, SEINE)
    by_matricule = await queue(seine, two, search=str(known["matricule"]))
    assert "P001" in by_matricule
    by_name = await queue(seine, two, search=str(known["birthName"]).lower())
    assert "P001" in by_name
    assert await queue(paris, two, search=str(known["matricule"])) == {}


async def test_a_line_that_changed_since_its_answer_says_what_was_answered(
    world: World, two: list[Opened], seine: Person
) -> None:
    first = await queue(seine, two)
    await seine.processes(
        "TAKEN_INTO_ACCOUNT", first["P000"]["id"], first["P001"]["id"]
    )
    jo, siret = Person(world, "jo"), two[0].partner.siret
    for key, rate in (("2", "60"), ("3", "80")):
        line = a_line(1, SEINE, rate=rate)
        await jo.declares(
            **a_deposit(siret, key, a_line(0, SEINE), line, a_line(2, PARIS))
        )

    now = await queue(seine, two)

    assert now["P001"]["answeredBefore"] == {
        "id": first["P001"]["id"],
        "rate": first["P001"]["rate"],
    }
    assert (now["P000"]["answeredBefore"], now["P010"]["answeredBefore"]) == (
        None,
        None,
    )
    (seen,) = [line for r, line in (await queue(jo, two)).items() if r == "P001"]
    assert seen["answeredBefore"]["id"] == first["P001"]["id"]


async def test_who_is_missing_is_told_to_the_caf_that_pays_and_to_the_esat_alone(
    world: World, paris: Person
) -> None:
    query = """{ missing(first: 100) { totalCount nodes { standing establishmentSiret worker { id } paidBy { code } } } }"""
    read = (await paris.asks(query))["missing"]["nodes"]
    assert read
    assert {(n["standing"], n["paidBy"]["code"]) for n in read} == {("MISSING", PARIS)}
    for stranger in ("admin-national", "centre-ressources"):
        assert (await Person(world, stranger).asks(query))["missing"]["nodes"] == []


async def test_a_thousand_lines_take_no_more_statements_than_a_few(
    world: World, two: list[Opened], seine: Person
) -> None:
    jo, siret = Person(world, "jo"), two[0].partner.siret
    lines = [a_line(n, SEINE) for n in range(100, 300)]
    await jo.declares(**a_deposit(siret, "2", *lines, acknowledgeRemovals=3, reason="Autres"))  # fmt: skip
    waiting: list[str] = []
    page: str | None = None
    while len(waiting) < 200:
        nodes = await seine.asks('query($after: String) { lines(campaignId: "cmp_2026", live: true, first: 100, after: $after) { pageInfo { endCursor } nodes { id establishmentSiret } } }', after=page)  # fmt: skip
        page = nodes["lines"]["pageInfo"]["endCursor"]
        waiting += [n["id"] for n in nodes["lines"]["nodes"] if n["establishmentSiret"] == siret]  # fmt: skip
    sizes = []
    for some in (waiting[:2], waiting[2:]):
        with statements_sent() as sent:
            await seine.processes("TAKEN_INTO_ACCOUNT", *some)
        sizes.append(len(sent.texts))

    assert sizes[0] == sizes[1]
