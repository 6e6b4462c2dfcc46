"""A process killed at the commit of an act on a worker: nothing of it is there, or the whole; its key then settles it."""

import signal
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from persistence.engine import Database
from tests.conftest import Running
from tests.journeys.payroll import a_deposit, a_nir
from tests.journeys.story import Person
from tests.reading.declared_story import CANAL, last_year

from .ledger import rows
from .test_crashes import WHO, Doomed, doomed

__all__ = ["doomed"]

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

CAFS = {"org_751": "agent-paris", "org_921": "agent-hauts-de-seine"}
(FORMER,) = [line for line in last_year()[CANAL] if str(line["nir"])[0] == "7"]
"""Somebody whom last year's certificate declares under a temporary number."""
WHAT_STANDS = {
    "workers": "SELECT id, nir_index, birth_name, paying_id, aah_beneficiary, merged_into_id, person_id, version FROM worker ORDER BY id",
    "numbers": "SELECT nir_index, worker_id FROM worker_number ORDER BY nir_index",
    "stays": "SELECT worker_id, establishment_id, starts_on, ends_on FROM worker_stay ORDER BY worker_id, establishment_id, starts_on",
    "rates": "SELECT worker_id, establishment_id, starts_on, rate FROM worker_rate ORDER BY worker_id, establishment_id, starts_on",
    "events": "SELECT id, person_id, processing, ended_by_id, version FROM activity_change ORDER BY id",
    "lines": "SELECT id, person_id, processing, withdrawn_at, version FROM declaration_line ORDER BY id",
    "treatments": "SELECT id, person_id, outcome FROM treatment ORDER BY id",
    "answers": "SELECT establishment_id, campaign_id, worker_id, answer FROM beneficiary_answer ORDER BY worker_id",
    "rosters": "SELECT * FROM campaign_standing ORDER BY establishment_id, campaign_id",
    "journal": "SELECT act, object_id FROM journal ORDER BY seq",
    "keys": "SELECT count(*) AS n FROM idempotency",
}
"""All that one of these acts writes."""


class Call(NamedTuple):
    """An act with its key, and what it changes."""

    who: str
    act: str
    values: dict[str, Any]
    changes: set[str]


async def all_that_stands(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {name: await rows(database, query) for name, query in WHAT_STANDS.items()}


async def cancels_a_change(server: Running, database: Database) -> Call:
    departure = {"nir": FORMER["nir"], "kind": "DEPARTURE", "effectiveOn": "2026-12-05", "departureReason": "MOVE"}  # fmt: skip
    told = await Person(server, WHO).tells_changes(CANAL, "told", departure)
    assert told["errors"] == []
    change = (await the_changes(database))[-1]
    return Call(WHO, "activityChangeCancel", {"changeId": change["id"]}, {"events", "stays", "rosters"})  # fmt: skip


async def treats_a_change(_: Running, database: Database) -> Call:
    cancellation = (await the_changes(database))[-1]
    caf = CAFS[cancellation["paying_id"]]
    values = {"changeIds": [cancellation["id"]], "outcome": "TAKEN_INTO_ACCOUNT"}
    return Call(caf, "activityChangesProcess", values, {"events", "treatments"})


async def answers_of_a_person(_: Running, database: Database) -> Call:
    person = (await the_changes(database))[-1]
    answer = {"establishmentId": person["establishment_id"], "campaignYear": 2026, "workerId": person["worker_id"], "answer": "AAH_LOST"}  # fmt: skip
    return Call(WHO, "beneficiaryAnswer", answer, {"answers", "rosters"})


async def corrects_a_card(server: Running, database: Database) -> Call:
    new = FORMER | {"nir": a_nir(7)}
    done = await Person(server, WHO).declares(**a_deposit(CANAL, "new", new))
    assert done["errors"] == []
    values = {"workerId": await the_card(database, "1"), "givenNames": "Ada"}
    return Call(WHO, "workerUpdate", values, {"workers"})


async def merges_two_cards(_: Running, database: Database) -> Call:
    former, true = [await the_card(database, digit) for digit in "71"]
    values = {"workerId": former, "intoWorkerId": true, "reason": "Numéro reçu"}
    changes = {"workers", "numbers", "stays", "rates", "events", "lines", "treatments", "answers", "rosters"}  # fmt: skip
    return Call(WHO, "workerMerge", values, changes)


async def the_changes(database: Database) -> list[dict[str, Any]]:
    """What was sent of the person, in order."""
    query = "SELECT c.id, c.establishment_id, c.worker_id, c.paying_id FROM activity_change c JOIN worker w ON w.id = c.worker_id WHERE c.source = 'CHANGE' AND w.nir_mask LIKE '7%' AND w.matricule = :m ORDER BY c.id"
    return await rows(database, query, m=FORMER["matricule"])


async def the_card(database: Database, digit: str) -> str:
    """The card of the person whose number begins so."""
    query = "SELECT id FROM worker WHERE matricule = :m AND nir_mask LIKE :d"
    (card,) = await rows(database, query, m=FORMER["matricule"], d=f"{digit} %")
    return str(card["id"])


STEPS = (
    cancels_a_change,
    treats_a_change,
    answers_of_a_person,
    corrects_a_card,
    merges_two_cards,
)


async def test_an_act_on_a_worker_cut_at_its_commit_is_there_whole_or_not_at_all(
    doomed: Doomed, database: Database, tmp_path: Path
) -> None:
    server = await doomed("before:1")
    for step in STEPS:
        call = await step(server, database)
        values = call.values | {"idempotencyKey": call.act}
        before = await all_that_stands(database)

        await cut(server, call, values, tmp_path)
        assert await all_that_stands(database) == before
        server = await doomed("after:1")
        await cut(server, call, values, tmp_path)
        whole = await all_that_stands(database)
        changes = {name for name, some in whole.items() if some != before[name]}
        assert changes == call.changes | {"journal", "keys"}, call.act

        server = await doomed("before:1")
        settled = await server.act(call.who, call.act, "", **values)
        assert (settled["errors"], settled["replayed"]) == ([], True)
        assert await all_that_stands(database) == whole


async def cut(
    server: Running, call: Call, values: dict[str, Any], folder: Path
) -> None:
    """The act, during which its process is killed."""
    (folder / "armed").touch()
    with pytest.raises(httpx.TransportError):
        await server.act(call.who, call.act, "", **values)
    assert server.process.wait(timeout=30) == -signal.SIGKILL
