"""Receipts over the graph: given once the entry is chained, readable by whoever reads the line, true offline."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from persistence.chain_check import ChainCheck, check_journal
from persistence.chaining import HOUR
from persistence.engine import Database
from persistence.receipts import verified
from persistence.seeds.fiction import fictional_signer
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Person
from tests.records.keys import broken

from .ledger import rows
from .test_sealing import acts

CANAL, WHO = "99990001200025", "declarante-canal"
KEYS = fictional_signer().keys
RECEIPT = "receipt { number receivedAt lines root position entry proof document }"
READ = f"""query($batch: ID!) {{ node(id: $batch) {{ ... on Batch {{ {RECEIPT}
  declaration {{ id sequence receivedAt {RECEIPT}
    lines(first: 100) {{ nodes {{ id {RECEIPT} worker {{ birthName nir }} }} }} }} }} }} }}"""


async def deposited(world: World, *numbers: int, **values: Any) -> str:  # noqa: ANN401 an input
    """The batch of a deposit of these people."""
    lines = [a_line(number) for number in numbers]
    key = f"deposit-{numbers}"
    payload = await Person(world, WHO).does(
        "remunerationsDeclare", "batch { id }", **a_deposit(CANAL, key, *lines, **values)
    )  # fmt: skip
    return str(payload["batch"]["id"])


async def read(world: World, batch: str, who: str = WHO) -> Any:  # noqa: ANN401 JSON
    return (await world.ask(who, READ, batch=batch))["node"]


def statement(receipt: Mapping[str, Any]) -> Any:  # noqa: ANN401 JSON
    return verified(receipt["document"].encode(), KEYS)["statement"]


async def test_a_deposit_has_its_receipt_once_its_entry_is_chained_and_each_line_its_own(
    world: World,
) -> None:
    batch = await deposited(world, 1, 2, 3)
    waiting = await read(world, batch)
    assert waiting["receipt"] is None
    assert waiting["declaration"]["receipt"] is None
    assert waiting["declaration"]["lines"]["nodes"][0]["receipt"] is None

    await world.seal()

    node = await read(world, batch)
    receipt = node["declaration"]["receipt"]
    assert node["receipt"] == receipt
    content = statement(receipt)
    (entry,) = await rows(world.database, f"SELECT position, hash FROM journal_seal JOIN journal ON seq = journal_seq WHERE object_id = '{batch}'")  # noqa: S608 our own word  # fmt: skip
    assert content == {
        "campaign": 2026,
        "entry": entry["hash"],
        "establishment": CANAL,
        "kind": "REMUNERATIONS",
        "lines": 3,
        "number": int(receipt["number"]),
        "position": entry["position"],
        "reception": receipt["receivedAt"].replace("+00:00", "Z"),
        "root": receipt["root"],
        "sequence": node["declaration"]["sequence"],
    }
    assert receipt["proof"] is None
    for line in node["declaration"]["lines"]["nodes"]:
        own = verified(line["receipt"]["document"].encode(), KEYS)
        assert own["statement"] == content
        assert own["line"]["words"]["birth_name"] == line["worker"]["birthName"]
        assert own["line"]["words"]["nir"] == line["worker"]["nir"]
        assert line["receipt"]["proof"] == own["line"]["path"]


async def test_what_a_receipt_signs_is_in_the_entry_of_the_journal_too(
    world: World,
) -> None:
    batch = await deposited(world, 1, 2)
    await world.seal()

    root = (await read(world, batch))["receipt"]["root"]
    (entry,) = await rows(world.database, f"SELECT after FROM journal WHERE object_id = '{batch}'")  # noqa: S608 our own word  # fmt: skip
    assert root in json.dumps(entry["after"])


async def test_a_nothing_to_declare_and_a_replacement_have_their_receipts_and_a_draft_none(
    world: World,
) -> None:
    empty = await deposited(world, nothingToDeclare=True)
    replacement = await deposited(world, 4, 5)
    drafted = await deposited(world, 6, deposit=False)
    await world.seal()

    first, second = [(await read(world, one))["receipt"] for one in (empty, replacement)]  # fmt: skip
    assert (first["lines"], second["lines"]) == (0, 2)
    assert first["root"].startswith("e3b0c442")
    assert int(second["number"]) == int(first["number"]) + 1
    assert (await read(world, drafted))["receipt"] is None


async def test_who_may_not_read_the_line_reads_no_receipt(world: World) -> None:
    batch = await deposited(world, 1)
    await world.seal()

    assert await read(world, batch, "declarante-seine") is None
    assert await read(world, batch, "agent-rhone") is None
    for_the_payer = await world.ask("agent-paris", f'{{ lines(first: 1, campaignId: "cmp_2026") {{ nodes {{ {RECEIPT} }} }} }}')  # fmt: skip
    assert statement(for_the_payer["lines"]["nodes"][0]["receipt"])["lines"] == 1


async def test_the_words_and_the_salt_of_a_line_are_in_no_entry_of_the_journal(
    world: World,
) -> None:
    await deposited(world, 1, 2)
    entries = await rows(world.database, "SELECT before, after FROM journal")
    lines = await rows(world.database, "SELECT words, salt, leaf FROM declaration_line WHERE words IS NOT NULL ORDER BY id DESC LIMIT 2")  # fmt: skip
    texts = json.dumps([dict(entry) for entry in entries])

    for line in lines:
        for value in line.values():
            assert value not in texts


# the journal


async def checked(database: Database, *documents: str) -> ChainCheck:
    given = [(json.loads(one)["statement"]["position"], one) for one in documents]
    return await check_journal(database, KEYS, given)


async def without_guards(database: Database, *statements: str) -> None:
    """As whoever administers the database could: the triggers are lifted first."""
    if database.dialect == "sqlite":
        assert database.url.database is not None
        with closing(sqlite3.connect(database.url.database)) as connection:
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.execute(guards).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for one in statements:
                connection.execute(one)
            connection.commit()
        return
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for one in statements:
            await session.execute(text(one))


async def a_chain(world: World) -> tuple[int, str]:
    """Entries, a receipt among them, then others and a signed head: the position and the text of the receipt."""
    await acts(world.database, world.clock, 3)
    batch = await deposited(world, 1, 2)
    await world.seal()
    receipt = (await read(world, batch))["receipt"]
    await acts(world.database, world.clock, 3)
    world.clock.instant += HOUR
    await world.seal()
    return receipt["position"], receipt["document"]


async def test_a_whole_journal_is_found_whole(world: World) -> None:
    _, document = await a_chain(world)
    await acts(world.database, world.clock, 2)

    check = await checked(world.database, document)

    assert check.faults == []
    assert check.waiting == 2
    assert check.signatures >= 4
    assert check.position == check.entries


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        (["UPDATE journal SET act = 'other' WHERE seq = {one}"], [0]),
        (["UPDATE journal SET reason = 'Autre' WHERE seq = {one}"], [0]),
        (["UPDATE journal SET at = '2026-01-01T00:00:00.000000Z' WHERE seq = {one}"], [0]),
        (["DELETE FROM journal_seal WHERE journal_seq = {one}", "DELETE FROM journal WHERE seq = {one}"], [1]),
        (["DELETE FROM journal WHERE seq = {one}"], [0]),
        (["UPDATE journal_seal SET hash = NULL WHERE journal_seq = {one}"], [0]),
        (
            [
                "UPDATE journal_seal SET position = -1 WHERE journal_seq = {one}",
                "UPDATE journal_seal SET position = {place} WHERE journal_seq = {other}",
                "UPDATE journal_seal SET position = {next} WHERE journal_seq = {one}",
            ],
            [0, 1],
        ),
    ],
)  # fmt: skip
async def test_a_change_of_the_journal_is_found_where_it_was_done(
    world: World, changes: list[str], places: list[int]
) -> None:
    at, _ = await a_chain(world)
    place = at - 2
    known = await rows(world.database, f"SELECT journal_seq FROM journal_seal WHERE position IN ({place}, {place + 1}) ORDER BY position")  # noqa: S608 our own words  # fmt: skip
    names = {"place": place, "next": place + 1, "one": known[0]["journal_seq"], "other": known[1]["journal_seq"]}  # fmt: skip

    await without_guards(world.database, *(one.format(**names) for one in changes))

    check = await checked(world.database)
    assert check.faults
    assert all(any(str(place + step) in fault for fault in check.faults) for step in places)  # fmt: skip


async def test_a_journal_written_anew_contradicts_what_was_signed(world: World) -> None:
    """With its hashes computed again from the change on, as the sealer does."""
    at, _ = await a_chain(world)
    await without_guards(
        world.database,
        f"UPDATE journal SET act = 'other' WHERE seq = (SELECT journal_seq FROM journal_seal WHERE position = {at - 1})",  # noqa: S608 our own word
        f"UPDATE journal_seal SET hash = NULL WHERE position >= {at - 1}",  # noqa: S608 our own word
    )
    world.clock.instant += timedelta(seconds=10)
    await world.seal()

    faults = (await checked(world.database)).faults

    assert f"Position {at} : le journal n'est pas celui qui a été signé." in faults


async def test_a_journal_cut_off_is_missed_by_a_head_or_by_a_receipt_kept_elsewhere(
    world: World,
) -> None:
    at, document = await a_chain(world)
    cut = [
        f"DELETE FROM receipt WHERE position >= {at}",  # noqa: S608 our own word
        f"DELETE FROM journal WHERE seq IN (SELECT journal_seq FROM journal_seal WHERE position >= {at})",  # noqa: S608 our own word
        f"DELETE FROM journal_seal WHERE position >= {at}",  # noqa: S608 our own word
    ]
    await without_guards(world.database, *cut)
    assert any("s'arrête avant" in fault for fault in (await checked(world.database)).faults)  # fmt: skip

    await without_guards(world.database, f"DELETE FROM journal_head WHERE position >= {at}")  # noqa: S608 our own word  # fmt: skip
    assert (await checked(world.database)).faults == []
    (fault,) = (await checked(world.database, document)).faults
    assert fault == f"Position {at} : signée, et le journal s'arrête avant, à la position {at - 1}."  # fmt: skip


async def test_an_entry_without_its_row_of_the_chain_and_a_forged_head_are_found(
    world: World,
) -> None:
    await a_chain(world)
    (last,) = await rows(world.database, "SELECT max(seq) AS seq FROM journal")
    await without_guards(
        world.database,
        f"DELETE FROM journal_seal WHERE journal_seq = {last['seq']}",  # noqa: S608 our own word
        "UPDATE journal_head SET document = replace(document, 'JOURNAL', 'JOURNEY')",
    )

    faults = " ".join((await checked(world.database)).faults)

    assert "elle a perdu son rang" in faults
    assert "est fausse" in faults


async def test_the_head_is_signed_when_the_chain_has_grown_and_an_hour_has_passed(
    world: World,
) -> None:
    async def heads() -> int:
        found = await rows(world.database, "SELECT count(*) AS n FROM journal_head")
        return int(found[0]["n"])

    await acts(world.database, world.clock)
    await world.seal()
    first = await heads()
    assert first >= 1
    await acts(world.database, world.clock)
    await world.seal()
    assert await heads() == first

    world.clock.instant += HOUR
    await world.seal()  # nothing waits: the head alone is due
    assert await heads() == first + 1
    world.clock.instant += HOUR
    await world.seal()
    assert await heads() == first + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_seal SET hash = 'x' WHERE hash IS NOT NULL",
        "UPDATE journal_head SET document = ''",
        "DELETE FROM journal_head",
        "UPDATE receipt SET number = number + 1000",
        "DELETE FROM receipt",
    ],
)
async def test_the_database_refuses_to_change_what_is_signed(
    world: World, change: str
) -> None:
    await a_chain(world)

    assert "what is signed stays" in await broken(world.database, text(change))


async def test_the_journal_of_before_the_chain_is_chained_by_the_first_look(
    world: World,
) -> None:
    """And what a process of the version before numbers beside: a position, and no hash."""
    await a_chain(world)
    await without_guards(
        world.database,
        "DELETE FROM receipt",
        "DELETE FROM journal_head",
        "UPDATE journal_seal SET hash = NULL",
    )
    world.clock.instant += timedelta(seconds=10)
    await world.seal()

    check = await checked(world.database)
    assert (check.faults, check.waiting) == ([], 0)


async def test_a_document_of_a_hundred_lines_is_read_and_more_are_refused(
    world: World,
) -> None:
    """The receipt of a line reads a whole certificate: it counts in the cost of the page."""
    nested = "{ declarations(first: 3) { nodes { lines(first: 100) { nodes { receipt { number } } } } } }"
    answer = (await world.post(WHO, nested)).json()

    assert answer["errors"][0]["extensions"]["code"] == "TOO_COSTLY"


async def test_the_keys_are_public_and_may_be_kept_by_who_reads_them(
    world: World,
) -> None:
    answer = await world.client.get("/keys")

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    (key,) = answer.json()["keys"]
    assert key == {"id": KEYS[0].id, "algorithm": "Ed25519", **KEYS[0].words()}


async def test_a_letter_is_in_the_journal_with_who_opened_it_and_without_a_name(
    world: World,
) -> None:
    batch = await deposited(world, 1)
    (line,) = (await read(world, batch))["declaration"]["lines"]["nodes"]

    payload = await world.do(WHO, "workerLetterOpen", "line { id }", lineId=line["id"])

    assert payload["line"] == {"id": line["id"]}
    (entry,) = await rows(world.database, "SELECT object_id, after, matched_rule FROM journal WHERE act = 'workerLetterOpen'")  # fmt: skip
    assert entry["object_id"] == line["id"]
    assert entry["after"] in ({}, "{}")
    stranger = await world.act("declarante-seine", "workerLetterOpen", lineId=line["id"])  # fmt: skip
    assert [error["code"] for error in stranger["errors"]] == ["NOT_FOUND"]
