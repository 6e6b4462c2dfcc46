"""The journal is append-only: both databases refuse to change it."""

import pytest
from sqlalchemy import Executable, delete, insert, text, update

from persistence.engine import Database
from persistence.records import JournalEntry
from tests.conftest import TODAY, HeldClock

from .keys import CANAL, accepted, broken, one


def _entry(identity: str) -> Executable:
    return insert(JournalEntry).values(
        id=identity,
        at=HeldClock(TODAY).now(),
        day=TODAY,
        actor_id="usr_agent-paris",
        source="CLI",
        act="conventionClose",
        partner_id=CANAL,
        before={},
        after={"closed_on": "2026-12-10"},
        request_id="r",
        policy_hash="h",
        matched_rule="m",
    )


@pytest.mark.parametrize(
    "change",
    [
        update(JournalEntry).values(act="autre"),
        update(JournalEntry).values(seal="s"),
        delete(JournalEntry),
    ],
    ids=["rewritten", "sealed again", "erased"],
)
async def test_an_entry_is_never(database: Database, change: Executable) -> None:
    await accepted(database, _entry("jrn_1"))

    said = await broken(database, change)

    assert "append-only" in said
    assert await one(database, JournalEntry.act) == "conventionClose"


async def test_the_journal_is_never_emptied_at_once(database: Database) -> None:
    """SQLite has no TRUNCATE: a DELETE without a condition, which it would do as one, meets the same guard."""
    await accepted(database, _entry("jrn_1"))

    empty = (
        "TRUNCATE TABLE journal CASCADE"
        if database.dialect == "postgresql"
        else "DELETE FROM journal"
    )
    said = await broken(database, text(empty))

    assert "append-only" in said
    assert await one(database, JournalEntry.act) == "conventionClose"


async def test_entries_follow_one_another(database: Database) -> None:
    await accepted(database, _entry("jrn_1"), _entry("jrn_2"))

    first, second = [
        await one(database, JournalEntry.seq, JournalEntry.id == f"jrn_{i}")
        for i in (1, 2)
    ]

    assert second > first
