"""A process killed at each commit of an act: nothing of it is there, or the whole; the same key then settles it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from persistence.engine import Database
from persistence.sealing import JournalSealer
from persistence.seeds.fiction import fictional_signer
from server.clock import SystemClock
from server.demo.issuer import DemoIssuer
from tests.conftest import Running, _free_port, _plain, _ready
from tests.journeys.payroll import a_deposit, a_line, a_nir
from tests.journeys.story import BATCH, TODAY, Person
from tests.journeys.test_delegation import new_papers
from tests.servers import ServerProcess

from . import crashing
from .ledger import rows

pytestmark = pytest.mark.slow

CANAL, WHO = "99990001200025", "declarante-canal"
TABLES = ("declaration", "declaration_line", "draft_line", "batch", "batch_result", "worker", "worker_number", "worker_stay", "worker_rate", "dual_activity", "activity_change", "treatment", "journal", "idempotency")  # fmt: skip
BOUNDARIES = ("before:1", "after:1", "before:2")
"""The last one is never reached: an act has one commit, and these are all the places where it can be cut."""

Doomed = Callable[[str], Awaitable[Running]]


@pytest.fixture
async def doomed(
    register_url: str, issuer: DemoIssuer, issuer_file: Path, tmp_path: Path
) -> AsyncIterator[Doomed]:
    """A starter of servers that are killed at a commit, once `armed` is there."""
    started: list[Running] = []

    async def start(crash: str) -> Running:
        (tmp_path / "armed").unlink(missing_ok=True)
        port = _free_port()
        ours = {
            "DEMO": "1",
            "DATABASE_URL": _plain(register_url),
            "DEMO_KEY": str(issuer_file),
            "PORT": str(port),
        }
        known = {
            **os.environ,
            **ours,
            "CRASH": crash,
            "CRASH_ARMED": str(tmp_path / "armed"),
        }
        process = ServerProcess(crashing.serve, known)
        url = f"http://127.0.0.1:{port}"
        made = Running(
            httpx.AsyncClient(base_url=url, timeout=60), issuer, url, process
        )
        started.append(made)
        await _ready(made)
        return made

    yield start
    for running in started:
        await running.client.aclose()
        if running.process.poll() is None:
            running.process.terminate()
        running.process.wait(timeout=30)


async def counted(database: Database, tables: Sequence[str] = TABLES) -> dict[str, int]:
    found = {t: await rows(database, f"SELECT count(*) AS n FROM {t}") for t in tables}  # noqa: S608 our own words
    return {t: one[0]["n"] for t, one in found.items()}


def deposit(number: int) -> tuple[str, dict[str, Any], dict[str, int]]:
    """Three new people, each time others, one of them with a second activity; what the whole of it adds.

    What a former deposit told of three others goes with its lines; its events stay, ended.
    """
    second = {"dualActivity": "O", "dualActivitySince": "01/09/2026", "rate": "80"}
    lines = [a_line(10 * number + i, **(second if i == 0 else {})) for i in range(3)]
    whole = {
        "declaration": 1, "declaration_line": 3, "draft_line": 0, "batch": 1, "batch_result": 3, "worker": 3, "worker_number": 3,
        "worker_stay": 0 if number else 3, "worker_rate": 0 if number else 3, "dual_activity": 0 if number else 1,
        "activity_change": 7, "treatment": 0, "journal": 1, "idempotency": 1,
    }  # fmt: skip
    meant = {"acknowledgeRemovals": 3, "reason": "Autres personnes"} if number else {}
    return (
        "remunerationsDeclare",
        a_deposit(CANAL, f"deposit-{number}", *lines, **meant),
        whole,
    )


def departure(number: int) -> tuple[str, dict[str, Any], dict[str, int]]:
    """Of somebody of the last deposit: whom it does not name is not known there any more."""
    nir = a_nir(10 * (len(BOUNDARIES) - 1) + number)
    lines = [
        {
            "nir": nir,
            "kind": "DEPARTURE",
            "effectiveOn": "2026-12-05",
            "departureReason": "MOVE",
        },
        {
            "nir": nir,
            "kind": "RATE_DECREASE",
            "effectiveOn": "2026-12-03",
            "rate": "50",
        },
    ]
    whole = dict.fromkeys(TABLES, 0) | {
        "batch": 1, "batch_result": 2, "worker_rate": 1, "activity_change": 2, "journal": 1, "idempotency": 1
    }  # fmt: skip
    return (
        "activityChangesDeclare",
        {
            "establishment": {"siret": CANAL},
            "idempotencyKey": f"departure-{number}",
            "lines": lines,
        },
        whole,
    )


async def test_a_batch_cut_at_any_of_its_commits_is_there_whole_or_not_at_all_and_its_key_settles_it(
    doomed: Doomed, database: Database, tmp_path: Path
) -> None:
    server = await doomed(BOUNDARIES[0])
    for act_of in (deposit, departure):
        for number, boundary in enumerate(BOUNDARIES):
            if act_of is departure and number == 0:
                server = await _another(server, doomed, boundary)
            act, values, whole = act_of(number)
            before = await counted(database)
            (tmp_path / "armed").touch()

            if boundary == "before:2":
                done = await server.act(WHO, act, BATCH, **values)
                assert (done["errors"], done["replayed"]) == ([], False)
                assert server.process.poll() is None
                (tmp_path / "armed").unlink()
                settled = done
            else:
                with pytest.raises(httpx.TransportError):
                    await server.act(WHO, act, BATCH, **values)
                assert server.process.wait(timeout=30) == -signal.SIGKILL
                await _nothing_or_the_whole(
                    database, before, whole, there=boundary == "after:1"
                )
                server = await doomed(BOUNDARIES[number + 1])
                settled = await server.act(WHO, act, BATCH, **values)
                assert (settled["errors"], settled["replayed"]) == (
                    [],
                    boundary == "after:1",
                )

            assert await _more(database, before) == whole
            again = await server.act(WHO, act, BATCH, **values)
            assert (again["replayed"], again["batch"]) == (True, settled["batch"])
            assert await _more(database, before) == whole
    assert await _live(server) == [3, "DEPOSITED"]


ANSWERED = "SELECT count(*) AS n FROM declaration_line WHERE processing IS NOT NULL AND declaration_id IN (SELECT id FROM declaration WHERE campaign_id = 'cmp_2026')"


async def test_an_answer_of_a_caf_and_its_taking_back_are_there_whole_or_not_at_all(
    doomed: Doomed, database: Database, tmp_path: Path
) -> None:
    server = await doomed("before:1")
    await server.act(
        WHO,
        "remunerationsDeclare",
        BATCH,
        **a_deposit(CANAL, "first", a_line(0), a_line(1)),
    )
    query = '{ lines(campaignId: "cmp_2026", live: true) { nodes { id treatments { id } } } }'
    caf = "agent-paris"
    lines = (await Person(server, caf).asks(query))["lines"]["nodes"]
    answer = {"outcome": "RETURNED", "processingReason": "Nom à revoir"}
    values: dict[str, Any] = {"lineIds": [line["id"] for line in lines], **answer}
    server = await _cut(
        server, doomed, database, tmp_path, ("remunerationsProcess", values)
    )
    assert (await rows(database, ANSWERED))[0]["n"] == len(lines)
    lines = (await Person(server, caf).asks(query))["lines"]["nodes"]
    treatments = [line["treatments"][0]["id"] for line in lines]
    values = {"treatmentIds": treatments, "reason": "Réponse donnée trop tôt"}

    await _cut(server, doomed, database, tmp_path, ("treatmentsReopen", values))

    assert (await rows(database, ANSWERED))[0]["n"] == 0


BAD_LINE = "RATE_RANGE"


async def test_a_put_the_deposit_of_a_draft_and_a_correction_are_there_whole_or_not_at_all(
    doomed: Doomed, database: Database, tmp_path: Path
) -> None:
    """What leaves the draft is in the certificate, and what is refused is still in the draft."""
    server = await doomed("before:1")
    lines = [a_line(0), a_line(1), a_line(2, rate="cent")]
    put = a_deposit(CANAL, "put", *lines, deposit=False)
    whole = {"declaration": 1, "draft_line": 3, "batch": 1, "batch_result": 3}
    server = await _cut(server, doomed, database, tmp_path, ("remunerationsDeclare", put), WHO, whole)  # fmt: skip
    new = {"worker": 2, "worker_number": 2, "worker_stay": 2, "worker_rate": 2, "activity_change": 4}  # fmt: skip
    whole |= new | {"declaration_line": 2, "draft_line": 0}
    part = a_deposit(CANAL, "part") | {"lines": None}
    server = await _cut(server, doomed, database, tmp_path, ("remunerationsDeclare", part), WHO, whole)  # fmt: skip
    origins = await rows(database, "SELECT origin FROM draft_line ORDER BY origin")
    assert [row["origin"] for row in origins] == ["CARRIED", "CARRIED", "PUT"]
    (made,) = await rows(database, "SELECT id FROM declaration WHERE received_at IS NOT NULL AND superseded_at IS NULL AND campaign_id = 'cmp_2026'")  # fmt: skip
    correction = {"declarationId": made["id"], "put": [a_line(3)], "remove": [{"clientReference": "P000"}]}  # fmt: skip
    whole = {"declaration": 1, "declaration_line": 2, "batch": 1, "batch_result": 1, "worker": 1, "worker_number": 1, "activity_change": 2}  # fmt: skip

    await _cut(server, doomed, database, tmp_path, ("remunerationsCorrect", correction), WHO, whole)  # fmt: skip


async def _cut(
    server: Running,
    doomed: Doomed,
    database: Database,
    folder: Path,
    call: tuple[str, dict[str, Any]],
    who: str = "agent-paris",
    adds: Mapping[str, int] = MappingProxyType({"treatment": 2}),
) -> Running:
    """An act cut before its commit, then after it; its key then settles it. `adds`: what the whole of it adds."""
    act, values = call
    values = {"idempotencyKey": act} | values
    whole = {**dict.fromkeys(TABLES, 0), "journal": 1, "idempotency": 1, **adds}
    before = await counted(database)
    for boundary in ("before:1", "after:1"):
        if boundary == "after:1":
            server = await doomed(boundary)
        (folder / "armed").touch()
        with pytest.raises(httpx.TransportError):
            await server.act(who, act, "", **values)
        assert server.process.wait(timeout=30) == -signal.SIGKILL
        is_there = boundary == "after:1"
        await _nothing_or_the_whole(database, before, whole, there=is_there)
    server = await doomed("before:1")
    settled = await server.act(who, act, "", **values)
    codes = {error["code"] for error in settled["errors"]}
    assert (codes <= {BAD_LINE}, settled["replayed"]) == (True, True)
    assert await _more(database, before) == whole
    return server


async def _another(server: Running, doomed: Doomed, boundary: str) -> Running:
    server.process.terminate()
    server.process.wait(timeout=30)
    return await doomed(boundary)


async def _more(database: Database, before: dict[str, int]) -> dict[str, int]:
    after = await counted(database, [*before])
    return {t: after[t] - before[t] for t in before}


async def _nothing_or_the_whole(
    database: Database, before: dict[str, int], whole: dict[str, int], *, there: bool
) -> None:
    assert await _more(database, before) == (
        whole if there else dict.fromkeys(TABLES, 0)
    )
    orphans = await rows(database, "SELECT id FROM batch b WHERE received <> (SELECT count(*) FROM batch_result r WHERE r.batch_id = b.id)")  # fmt: skip
    assert orphans == []


async def _live(server: Running) -> list[object]:
    query = '{ declarations(campaignId: "cmp_2026", status: DEPOSITED) { nodes { sequence status } } }'
    (one,) = (await Person(server, WHO).asks(query))["declarations"]["nodes"]
    return list(one.values())


# the acts on a contract

CONTRACT = ("suspension", "convention", "partner_follower", "partner_state", "journal", "idempotency")  # fmt: skip
FILE = """query($s: String!) { partner(by: {siret: $s}) { id conventionInForce {
  id services { open service { id } } } } }"""


async def test_a_suspension_and_a_transfer_cut_at_their_commit_are_there_whole_or_not_at_all(
    doomed: Doomed, database: Database, tmp_path: Path
) -> None:
    server, armed = await doomed("before:1"), tmp_path / "armed"
    for act, values, whole in await _on_the_contract(server):
        before = await counted(database, CONTRACT)
        for boundary, there in (("after:1", {}), ("before:1", whole)):
            armed.touch()
            with pytest.raises(httpx.TransportError):
                await server.act("agent-paris", act, "", **values)
            assert server.process.wait(timeout=30) == -signal.SIGKILL
            assert await _more(database, before) == dict.fromkeys(CONTRACT, 0) | there
            server = await doomed(boundary)

        settled = await server.act("agent-paris", act, "", **values)

        assert (settled["errors"], settled["replayed"]) == ([], True)
        assert await _more(database, before) == dict.fromkeys(CONTRACT, 0) | whole


async def _on_the_contract(
    server: Running,
) -> list[tuple[str, dict[str, Any], dict[str, int]]]:
    """Each act with its key, and what the whole of it adds; a span is split, then mended."""
    agent = Person(server, "agent-paris")
    partner = (await agent.asks(FILE, s="99990001200017"))["partner"]
    convention = partner["conventionInForce"]
    services = [s["service"]["id"] for s in convention["services"] if s["open"]]
    switch = new_papers(TODAY, *(s.removeprefix("svc_") for s in services))
    of_convention = {"conventionId": convention["id"]}
    done = {"journal": 1, "idempotency": 1}
    return [
        (
            "conventionSuspend",
            of_convention | {"suspensionReason": "Doute", "idempotencyKey": "stop"},
            done | {"suspension": 1, "partner_state": 1},
        ),
        (
            "conventionResume",
            of_convention | {"idempotencyKey": "go"},
            done | {"partner_state": -1},
        ),
        (
            "partnerTransfer",
            {"partnerId": partner["id"], "organismId": "org_781", "switch": switch}
            | {"idempotencyKey": "leave"},
            done | {"convention": 1, "partner_follower": 1, "partner_state": 1},
        ),
    ]


async def test_a_deposit_cut_between_its_commit_and_its_seal_has_its_receipt_once(
    doomed: Doomed, database: Database, tmp_path: Path
) -> None:
    server = await doomed("after:1")
    act, values, _ = deposit(0)
    (tmp_path / "armed").touch()
    with pytest.raises(httpx.TransportError):
        await server.act(WHO, act, BATCH, **values)
    assert server.process.wait(timeout=30) == -signal.SIGKILL
    assert await rows(database, "SELECT batch_id FROM receipt") == []

    sealers = [
        JournalSealer(database, SystemClock().now, fictional_signer()) for _ in range(2)
    ]
    for _ in range(2):
        await asyncio.gather(*(sealer.seal() for sealer in sealers))

    (receipt,) = await rows(database, "SELECT number, position FROM receipt")
    (entry,) = await rows(database, "SELECT position FROM journal JOIN journal_seal ON seq = journal_seq WHERE act = 'remunerationsDeclare'")  # fmt: skip
    assert receipt == {"number": 1, "position": entry["position"]}
