"""The journal is followed by a position given after the commit: what a follower reads never skips."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import insert, text

from persistence import sealing
from persistence.engine import Database
from persistence.faults import Unavailable
from persistence.migrations import config
from persistence.records import JournalEntry
from persistence.sealing import JournalSealer
from persistence.seeds.fiction import fictional_signer
from tests.conftest import TODAY, HeldClock, World
from tests.journeys.story import Person, an_open_esat
from tests.records.keys import broken

from .ledger import rows

NUMBERS = count(1)
FOLLOW = """query($after: String) { journal(first: 7, order: EARLIEST, after: $after) {
  nodes { id at position } pageInfo { endCursor hasNextPage } } }"""
LATEST = "{ journal(first: 5) { nodes { id act position } } }"


@asynccontextmanager
async def an_act(database: Database, clock: HeldClock) -> AsyncIterator[str]:
    """An act under way: its entry has its number, and commits when the block ends."""
    identity = f"jrn_sealing{next(NUMBERS):04d}"
    facts: dict[str, Any] = {
        "actor_id": "usr_admin-national",
        "source": "CLI",
        "act": "a",
        "before": {},
        "after": {},
    }
    marks = {"request_id": "r", "policy_hash": "h", "matched_rule": "m"}
    async with database.transaction() as session:
        await session.execute(
            insert(JournalEntry).values(
                id=identity, at=clock.now(), day=TODAY, **facts, **marks
            )
        )
        yield identity


async def acts(database: Database, clock: HeldClock, times: int = 1) -> list[str]:
    made = []
    for _ in range(times):
        async with an_act(database, clock) as identity:
            made.append(identity)
    return made


class Follower:
    """A client that goes on from its last cursor."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cursor: str | None = None
        self.nodes: list[dict[str, Any]] = []

    async def read(self) -> list[str]:
        """Everything that is new, page after page."""
        fresh: list[dict[str, Any]] = []
        while True:
            page = (await self.world.ask("admin-national", FOLLOW, after=self.cursor))[
                "journal"
            ]
            fresh += page["nodes"]
            self.cursor = page["pageInfo"]["endCursor"] or self.cursor
            if not page["pageInfo"]["hasNextPage"]:
                self.nodes += fresh
                return [node["id"] for node in fresh]


async def journal_ids(database: Database) -> list[str]:
    return [
        row["id"] for row in await rows(database, "SELECT id FROM journal ORDER BY seq")
    ]


async def test_an_act_that_commits_late_is_read_by_who_has_read_beyond_it(
    world: World,
) -> None:
    """On PostgreSQL, where a number is taken before the commit and acts run side by side."""
    if world.database.dialect == "sqlite":
        pytest.skip("one act at a time writes to SQLite: none commits behind another")
    follower = Follower(world)
    async with an_act(world.database, world.clock) as late:
        world.clock.instant += timedelta(seconds=3)
        (early,) = await acts(world.database, world.clock)
        await world.seal()
        assert (await follower.read())[-1] == early
    await world.seal()

    assert await follower.read() == [late]
    assert await follower.read() == []
    assert sorted(node["id"] for node in follower.nodes) == sorted(
        await journal_ids(world.database)
    )
    instants = [node["at"] for node in follower.nodes]
    assert instants == sorted(instants)
    assert (
        follower.nodes[-1]["at"] == follower.nodes[-2]["at"]
    )  # later than its own: an instant never goes back


async def test_several_followers_of_racing_writers_read_each_entry_exactly_once(
    world: World,
) -> None:
    """Two sealers of two processes race too: a position is given once, and none is lost."""
    other = Database(world.database.url.render_as_string(hide_password=False))
    sealers = [
        JournalSealer(database, world.clock.now, fictional_signer())
        for database in (world.database, other)
    ]
    followers, writing = [Follower(world) for _ in range(3)], asyncio.Event()

    async def write(delay: float) -> None:
        for turn in range(8):
            async with an_act(world.database, world.clock):
                world.clock.instant += timedelta(milliseconds=1)
                await asyncio.sleep(delay * (turn % 3))

    async def seal(sealer: JournalSealer) -> None:
        while not writing.is_set():
            await sealer.seal()
            world.clock.instant += timedelta(seconds=1)  # leases run out now and then
            await asyncio.sleep(0.003)

    async def follow(follower: Follower) -> None:
        while not writing.is_set():
            await follower.read()
            await asyncio.sleep(0.002)

    beside = [*map(seal, sealers), *map(follow, followers)]
    tasks = [asyncio.create_task(one) for one in beside]
    await asyncio.gather(*(write(delay) for delay in (0.001, 0.004, 0.011)))
    writing.set()
    await asyncio.gather(*tasks)
    world.clock.instant += timedelta(minutes=1)
    await sealers[0].seal()
    for follower in followers:
        await follower.read()
    await other.close()

    written = sorted(await journal_ids(world.database))
    assert len(written) >= 24
    for follower in followers:
        assert sorted(node["id"] for node in follower.nodes) == written
        positions, instants = (
            [node[name] for node in follower.nodes] for name in ("position", "at")
        )
        assert positions == list(range(positions[0], positions[0] + len(written)))
        assert instants == sorted(instants)


async def test_one_sealer_at_a_time_numbers_and_another_takes_over_when_it_is_silent(
    world: World,
) -> None:
    first, second = (
        JournalSealer(world.database, world.clock.now, fictional_signer())
        for _ in range(2)
    )
    await acts(world.database, world.clock)
    assert await first.seal() > 0

    await acts(world.database, world.clock, 2)
    assert await second.seal() == 0
    assert await first.seal() == 2

    await acts(world.database, world.clock)
    world.clock.instant += JournalSealer.life
    assert await second.seal() == 1
    await acts(world.database, world.clock)
    assert await first.seal() == 0


async def test_a_lease_that_a_mistaken_clock_took_for_a_year_is_not_waited_for(
    world: World,
) -> None:
    ahead = HeldClock(TODAY.replace(year=TODAY.year + 1))
    await acts(world.database, world.clock)
    assert await JournalSealer(world.database, ahead.now, fictional_signer()).seal() > 0
    await acts(world.database, world.clock)

    assert (
        await JournalSealer(world.database, world.clock.now, fictional_signer()).seal()
        == 1
    )


async def test_a_sealer_that_dies_while_it_numbers_leaves_nothing_half_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sealing._number  # noqa: SLF001 the step that is cut

    async def cut(session: Any) -> int:  # noqa: ANN401 SQLAlchemy's own
        await number(session)
        raise ConnectionError

    await acts(world.database, world.clock, 3)
    monkeypatch.setattr(sealing, "_number", cut)
    with pytest.raises(Unavailable):
        await JournalSealer(world.database, world.clock.now, fictional_signer()).seal()
    monkeypatch.undo()

    assert await Follower(world).read() == []
    assert (
        await JournalSealer(world.database, world.clock.now, fictional_signer()).seal()
        >= 3
    )  # its lease was not kept either


async def test_more_entries_than_a_batch_are_numbered_by_turns(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    await world.seal()
    while await JournalSealer(
        world.database, world.clock.now, fictional_signer()
    ).seal():
        world.clock.instant += JournalSealer.life
    made = await acts(world.database, world.clock, 5)
    sealer = JournalSealer(
        world.database,
        lambda: world.clock.now() + JournalSealer.life,
        fictional_signer(),
    )

    assert [await sealer.seal() for _ in range(4)] == [2, 2, 1, 0]
    assert (await Follower(world).read())[-5:] == made


async def test_an_act_just_done_is_the_first_of_the_latest_and_waits_for_its_place_among_the_earliest(
    world: World, paris: Person
) -> None:
    """Who acts looks at the journal right after; who follows it reads what has its place."""
    esat = await an_open_esat(paris, "jo")
    await world.seal()
    follower = Follower(world)
    await follower.read()
    await paris.suspends(esat.member.affiliation)

    (newest, *_) = (await world.ask("admin-national", LATEST))["journal"]["nodes"]
    assert (newest["act"], newest["position"]) == ("userSuspend", None)
    assert await follower.read() == []

    await world.seal()
    assert await follower.read() == [newest["id"]]
    (same, *_) = (await world.ask("admin-national", LATEST))["journal"]["nodes"]
    assert same == newest | {"position": follower.nodes[-1]["position"]}


async def test_the_count_of_a_followed_list_is_of_what_it_shows(world: World) -> None:
    await world.seal()
    counted = "{ e: journal(order: EARLIEST) { totalCount } l: journal(order: LATEST) { totalCount } }"
    before = await world.ask("admin-national", counted)
    await acts(world.database, world.clock)
    after = await world.ask("admin-national", counted)

    assert after["e"] == before["e"]
    assert after["l"]["totalCount"] == before["l"]["totalCount"] + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_seal SET position = position + 1000",
        "UPDATE journal_seal SET at = NULL, position = NULL",
        "DELETE FROM journal_seal",
    ],
)
async def test_a_position_is_given_once(world: World, change: str) -> None:
    await acts(world.database, world.clock)
    await world.seal()

    assert "a position is given once" in await broken(world.database, text(change))


async def test_what_was_written_before_positions_keeps_its_number_and_who_followed_goes_on(
    world: World,
) -> None:
    """A register migrated with its journal: the cursors that clients hold stay true."""
    database, step = world.database, script("0008")
    before = await acts(database, world.clock, 3)
    await moved(database, command.downgrade, str(step.down_revision))
    before += await acts(database, world.clock, 2)
    await moved(database, command.upgrade, "head")
    after = await acts(database, world.clock)
    await world.seal()

    known = await rows(
        database,
        "SELECT j.id, seq, position, s.at = j.at AS same FROM journal j "
        "JOIN journal_seal s ON seq = journal_seq ORDER BY position",
    )
    assert [row["id"] for row in known][-6:] == before + after
    assert all(row["seq"] == row["position"] and row["same"] for row in known)


async def moved(database: Database, step: Any, to: str) -> None:  # noqa: ANN401 a command of alembic
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: step(config(sync), to))
        await connection.commit()


def script(revision: str) -> Script:
    found = ScriptDirectory.from_config(config()).get_revision(revision)
    assert found is not None
    return found


async def test_a_server_numbers_the_acts_by_itself_whichever_of_its_processes_did_them(
    serve: Any,  # noqa: ANN401 the fixture
) -> None:
    server = await serve(WORKERS="2")
    paris = Person(server, "agent-paris")
    esat = await an_open_esat(paris, "jo")
    await paris.suspends(esat.member.affiliation)
    follower = Follower(server)
    done: list[str] = []
    for _ in range(200):
        await follower.read()
        done = [
            node["id"]
            for node in (await server.ask("admin-national", LATEST))["journal"]["nodes"]
        ]
        if done[0] in {node["id"] for node in follower.nodes}:
            break
        await asyncio.sleep(0.05)

    assert done[0] in {node["id"] for node in follower.nodes}
    assert [node["position"] for node in follower.nodes] == list(
        range(1, len(follower.nodes) + 1)
    )
