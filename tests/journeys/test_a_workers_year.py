"""A worker's year: entered, rate up, dual activity, departed, returned (R16, R23 to R27)."""

from datetime import date
from typing import Any

import pytest

from persistence.engine import Database
from persistence.intake.worker_facts import as_event
from persistence.records import ChangeKind
from persistence.records.life import life
from tests.acting.ledger import rows
from tests.conftest import World

from .payroll import BORN, a_deposit, a_line, a_nir, counts
from .story import Opened, Person, an_open_esat, refused

WORKER = """query($id: ID!) { node(id: $id) { ... on Worker { departedOn knownRate
  stays { startsOn endsOn departureReason establishment { siret } }
  rates { startsOn rate } dualActivities { startsOn endsOn weeklyHours }
  changes { nodes { id kind status act effectiveOn processing corrects { id } correctedBy { kind } } } } } }"""
SPANS = {
    "stays": "SELECT starts_on, ends_on FROM worker_stay WHERE worker_id = :w ORDER BY starts_on",
    "rates": "SELECT starts_on, rate FROM worker_rate WHERE worker_id = :w ORDER BY starts_on",
    "dual_activities": "SELECT starts_on, ends_on FROM dual_activity WHERE worker_id = :w ORDER BY starts_on",
}


@pytest.fixture
async def esat(paris: Person) -> Opened:
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


@pytest.fixture
def seine(world: World) -> Person:
    return Person(world, "agent-hauts-de-seine")


def change(kind: str, on: str, **more: str) -> dict[str, str]:
    return {"nir": a_nir(0), "kind": kind, "effectiveOn": on, **more}


ENTRY = {
    "birthName": "Abélia",
    "givenNames": "Ariel",
    "birthDate": BORN,
    "matricule": "1000000",
    "payingOrganism": "921",
    "rate": "50",
}


async def the_worker(person: Person, esat: Opened) -> dict[str, Any]:
    query = (
        "{ activityChanges(first: 100) { nodes { establishmentSiret worker { id } } } }"
    )
    nodes = (await person.asks(query))["activityChanges"]["nodes"]
    (worker,) = {
        node["worker"]["id"]
        for node in nodes
        if node["establishmentSiret"] == esat.partner.siret
    }
    return {"id": worker, **(await person.asks(WORKER, id=worker))["node"]}


async def stored_is_recomputed(database: Database, worker: str) -> None:
    """The rows of the spans are those that the events in force make."""
    columns = "id, kind, effective_on, client_reference, rate_after, departure_reason, weekly_hours, employer_siret, source"
    query = f"SELECT {columns} FROM activity_change WHERE worker_id = :w AND ended_at IS NULL"  # noqa: S608 our words
    events = []
    for row in await rows(database, query, w=worker):
        values = list(row.values())
        values[1] = ChangeKind(values[1])
        values[2] = date.fromisoformat(str(values[2])[:10])
        events.append(as_event([*values, 0, None]))
    lived = life(events)
    for name, text in SPANS.items():
        stored = [
            tuple(str(value)[:10] for value in row.values())
            for row in await rows(database, text, w=worker)
        ]
        spans = [
            tuple(str(value) for value in span[:2]) for span in getattr(lived, name)
        ]
        assert stored == spans, name


async def test_a_workers_year(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    unknown = await jo.tells_changes(
        siret, "0", change("ADMISSION", "02/02/2026", rate="50")
    )
    assert {error["code"] for error in unknown["errors"]} == {
        "NAME_INVALID",
        "DAY_INVALID",
        "MATRICULE_MISSING",
    }
    year = [
        change("ADMISSION", "02/02/2026", **ENTRY),
        change("RATE_CHANGE", "01/04/2026", rate="60", clientReference="UP"),
        change("DUAL_ACTIVITY_START", "01/05/2026", weeklyHours="10"),
        change("DUAL_ACTIVITY_QUOTA", "01/06/2026", weeklyHours="12"),
        change("DEPARTURE", "01/09/2026", departureReason="MOVE"),
        change("ADMISSION", "01/11/2026", rate="40"),
    ]
    done = await jo.tells_changes(siret, "1", *year, mode="ALL_OR_NOTHING")
    assert done["errors"] == []
    assert counts(done["batch"]) == {"received": 6, "created": 6}

    worker = await the_worker(seine, esat)
    assert [(s["startsOn"], s["endsOn"]) for s in worker["stays"]] == [
        ("2026-02-02", "2026-09-01"),
        ("2026-11-01", None),
    ]
    assert worker["departedOn"] is None
    assert [r["rate"] for r in worker["rates"]] == ["50.00", "60.00", "40.00"]
    assert [(d["endsOn"], d["weeklyHours"]) for d in worker["dualActivities"]] == [
        ("2026-06-01", "10.00"),
        ("2026-09-01", "12.00"),
    ]
    await stored_is_recomputed(world.database, worker["id"])

    again = await jo.tells_changes(siret, "2", *year, mode="ALL_OR_NOTHING")
    assert counts(again["batch"]) == {"received": 6, "unchanged": 6}
    # the certificate finds the entry and the rate that it knows
    line = a_line(0, "921", enteredOn="01/11/2026", rate="40", noPayReason="OTHER", netRemuneration=None, netAid=None, esatShare=None)  # fmt: skip
    deposit = await jo.declares(**a_deposit(siret, "d", line))
    assert deposit["errors"] == []
    assert len((await the_worker(jo, esat))["changes"]["nodes"]) == 6
    await stored_is_recomputed(world.database, worker["id"])


async def test_a_departure_is_corrected_and_gives_back_what_it_had_ended(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.tells_changes(
        siret,
        "1",
        change("ADMISSION", "02/02/2026", **ENTRY),
        change("RATE_INCREASE", "01/12/2026", rate="60", clientReference="UP"),
    )
    gone = {"departureReason": "MOVE", "clientReference": "GO"}
    left = await jo.tells_changes(siret, "l", change("DEPARTURE", "15/11/2026", **gone))
    assert left["warnings"][0]["message"].endswith("Voir : UP.")
    worker = await the_worker(seine, esat)
    assert worker["departedOn"] == "2026-11-15"
    status = {c["kind"]: c["status"] for c in worker["changes"]["nodes"]}
    assert status == {
        "ADMISSION": "RECEIVED",
        "RATE_INCREASE": "RECEIVED",
        "DEPARTURE": "RECEIVED",
    } | {"RATE_INCREASE": "CANCELLED"}

    late = {
        "correctsReference": "GO",
        "effectiveOn": "15/12/2026",
        "clientReference": "GO",
    }
    corrected = await jo.tells_changes(siret, "2", late)
    assert corrected["errors"] == []
    assert counts(corrected["batch"]) == {"received": 1, "replaced": 1}
    worker = await the_worker(seine, esat)
    nodes = worker["changes"]["nodes"]
    assert [c["status"] for c in nodes if c["kind"] == "RATE_INCREASE"] == ["RECEIVED"]
    assert sorted(c["status"] for c in nodes if c["kind"] == "DEPARTURE") == [
        "CORRECTED",
        "RECEIVED",
    ]
    await stored_is_recomputed(world.database, worker["id"])
    ended = next(c["id"] for c in nodes if c["status"] == "CORRECTED")
    twice = await jo.tells_changes(siret, "3", late | {"correctsId": ended})
    assert [e["code"] for e in twice["errors"]] == ["CHANGE_ENDED"]
    nobody = await jo.tells_changes(siret, "4", late | {"correctsReference": "NONE"})
    assert [e["code"] for e in nobody["errors"]] == ["WORKER_UNKNOWN"]

    never = {"correctsReference": "GO", "didNotHappen": "oui"}
    undone = await jo.tells_changes(siret, "5", never)
    assert undone["errors"] == []
    worker = await the_worker(seine, esat)
    assert [s["endsOn"] for s in worker["stays"]] == [None]
    await stored_is_recomputed(world.database, worker["id"])


async def test_two_changes_that_hold_each_other_are_corrected_together(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.tells_changes(
        siret,
        "1",
        change("ADMISSION", "02/02/2026", **ENTRY),
        change("RATE_INCREASE", "01/04/2026", rate="60", clientReference="A"),
        change("RATE_INCREASE", "01/06/2026", rate="70", clientReference="B"),
    )
    first = {"correctsReference": "A", "rate": "80"}
    second = {"correctsReference": "B", "rate": "90"}

    alone = await jo.tells_changes(siret, "2", first)
    assert [e["code"] for e in alone["errors"]] == ["CHANGE_BREAKS_LATER"]
    assert alone["errors"][0]["message"].endswith("Voir : B.")
    fallen = await jo.tells_changes(siret, "3", first, second | {"rate": "400"})
    assert "CHANGE_BREAKS_LATER" in [e["code"] for e in fallen["errors"]]
    together = await jo.tells_changes(siret, "4", second, first)
    assert together["errors"] == []
    worker = await the_worker(seine, esat)
    assert [r["rate"] for r in worker["rates"]] == ["50.00", "80.00", "90.00"]
    await stored_is_recomputed(world.database, worker["id"])


async def test_a_change_is_cancelled_until_the_caf_answers_it(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.tells_changes(
        siret,
        "1",
        change("ADMISSION", "02/02/2026", **ENTRY),
        change("RATE_INCREASE", "01/04/2026", rate="60"),
        change("RATE_INCREASE", "01/06/2026", rate="70"),
    )
    worker = await the_worker(seine, esat)
    ids = {c["effectiveOn"]: c["id"] for c in worker["changes"]["nodes"]}

    with refused("CHANGE_BREAKS_LATER", "R24"):
        await jo.does(
            "activityChangeCancel", idempotencyKey="a", changeId=ids["2026-02-02"]
        )
    done = await jo.does("activityChangeCancel", "change { status correctedBy { act } }", idempotencyKey="b", changeId=ids["2026-06-01"])  # fmt: skip
    assert done["change"] == {"status": "CANCELLED", "correctedBy": {"act": "CANCELLATION"}}  # fmt: skip
    with refused("CHANGE_ENDED"):
        await jo.does(
            "activityChangeCancel", idempotencyKey="c", changeId=ids["2026-06-01"]
        )
    await stored_is_recomputed(world.database, worker["id"])

    queue = "{ activityChanges(processed: false, status: RECEIVED, first: 100) { nodes { id } } }"
    waiting = {n["id"] for n in (await seine.asks(queue))["activityChanges"]["nodes"]}
    assert {ids["2026-02-02"], ids["2026-04-01"]} <= waiting
    answer = {"changeIds": [ids["2026-04-01"]], "outcome": "TAKEN_INTO_ACCOUNT"}
    with refused("FORBIDDEN"):
        await jo.does("activityChangesProcess", **answer)
    with refused("NOT_FOUND"):
        await Person(world, "agent-rhone").does("activityChangesProcess", **answer)
    treated = await seine.does(
        "activityChangesProcess", "changes { processing processedOn }", **answer
    )
    assert treated["changes"][0]["processing"] == "TAKEN_INTO_ACCOUNT"
    with refused("CHANGE_PROCESSED", "R26"):
        await jo.does(
            "activityChangeCancel", idempotencyKey="d", changeId=ids["2026-04-01"]
        )
    (treatment,) = await rows(
        world.database,
        "SELECT outcome, line_id FROM treatment WHERE change_id = :c",
        c=ids["2026-04-01"],
    )
    assert (treatment["outcome"], treatment["line_id"]) == ("TAKEN_INTO_ACCOUNT", None)

    nobody = answer | {"changeIds": [ids["2026-02-02"]], "outcome": "NOT_BENEFICIARY"}
    with refused("VALUE_INVALID"):
        await seine.does("activityChangesProcess", **nobody)
    await seine.does("activityChangesProcess", **nobody, processingReason="Aucun droit")
    left = change("DEPARTURE", "01/12/2026", departureReason="MOVE")
    silent = await jo.tells_changes(siret, "2", left)
    assert [e["code"] for e in silent["errors"]] == ["WORKER_NOT_BENEFICIARY"]
    confirmed = await jo.tells_changes(siret, "3", left | {"aahBeneficiary": "oui"})
    assert confirmed["errors"] == []


async def test_what_a_line_states_is_treated_with_it_and_ends_with_it(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921"), a_line(1, "921")))
    query = "{ activityChanges(source: CERTIFICATE, first: 100) { nodes { id kind status establishmentSiret line { clientReference } } } }"
    nodes = [
        n
        for n in (await seine.asks(query))["activityChanges"]["nodes"]
        if n["establishmentSiret"] == siret
    ]
    assert sorted((n["kind"], n["line"]["clientReference"]) for n in nodes) == [
        ("ADMISSION", "P000"),
        ("ADMISSION", "P001"),
        ("RATE_FOUND", "P000"),
        ("RATE_FOUND", "P001"),
    ]
    with refused("VALUE_INVALID"):
        await seine.does("activityChangesProcess", changeIds=[nodes[0]["id"]], outcome="TAKEN_INTO_ACCOUNT")  # fmt: skip

    await jo.declares(**a_deposit(siret, "2", a_line(0, "921"), acknowledgeRemovals=1))
    kinds = "SELECT count(*) AS n FROM worker_stay s JOIN worker w ON w.id = s.worker_id WHERE w.partner_id = :p"
    assert (await rows(world.database, kinds, p=esat.partner.id))[0]["n"] == 1
