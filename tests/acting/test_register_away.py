"""The register away: 503, when to come back, one line of log; and nothing is done twice."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url, text

from persistence import pools
from persistence.engine import Database
from persistence.faults import Busy, Unavailable
from server.app import create_app
from server.demo.issuer import DemoIssuer
from server.faults import PERIOD_SECONDS, Outage
from server.settings import Settings
from tests.conftest import HeldClock, World, _plain
from tests.relay import Relay

READ = '{ partner(by: {siret: "99990001200025"}) { id } }'
ATTEST = """mutation($i: ActivityAttestInput!) { activityAttest(input: $i) { attestation { id } errors { code }
  replayed } }"""
TWICE = """mutation($i: ActivityAttestInput!) { one: activityAttest(input: $i) { errors { code } }
  two: activityAttest(input: $i) { errors { code } } }"""
INPUT = {"partnerId": "ptr_99990001200025", "evidence": "Appel"}
PAGE = {"Accept": "text/html", "Cookie": "__Host-session=inconnue"}


class Place:
    """The register of a test, and how it goes away."""

    def __init__(self, url: str, relay: Relay | None) -> None:
        self.relay = relay
        self.url = url if relay is None else relay.url
        self.file = Path(make_url(url).database or "")

    async def go(self) -> None:
        if self.relay is not None:
            await self.relay.close()
        else:
            self.file.rename(self.file.with_suffix(".moved"))

    async def come_back(self) -> None:
        if self.relay is not None:
            await self.relay.open()
        else:
            self.file.with_suffix(".moved").rename(self.file)


@pytest.fixture
async def place(register_url: str) -> AsyncIterator[Place]:
    if register_url.startswith("sqlite"):
        yield Place(register_url, None)
        return
    relay = Relay(register_url)
    await relay.open()
    yield Place(register_url, relay)
    await relay.close()


@pytest.fixture
async def away(
    place: Place, issuer: DemoIssuer, issuer_file: Path
) -> AsyncIterator[World]:
    environ = {
        "DEMO": "1",
        "DATABASE_URL": _plain(place.url),
        "DEMO_KEY": str(issuer_file),
    }
    clock = HeldClock()
    app = create_app(Settings.from_environ(environ), clock, tasks=False)
    database = Database(place.url)
    async with AsyncExitStack() as stack:
        transport = httpx.ASGITransport(app=app)
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=transport, base_url="http://localhost", timeout=60
            )
        )
        await stack.enter_async_context(app.router.lifespan_context(app))
        stack.push_async_callback(database.close)
        yield World(client, issuer, database, clock)


def code(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def every_door(world: World) -> list[httpx.Response]:
    token = world.issuer.issue("agent-paris")
    headers = {"Authorization": f"Bearer {token}"}
    return [
        await world.post("agent-paris", READ),
        await world.post("agent-paris", ATTEST, {"i": INPUT}),
        await world.client.put("/imports/imp_1", content=b"a;b", headers=headers),
        await world.client.get("/", headers=PAGE),
        await world.client.get("/connexion", headers=PAGE),
    ]


async def test_every_door_answers_503_and_when_to_come_back_while_the_register_is_away(
    place: Place, away: World
) -> None:
    assert (await away.post("agent-paris", READ)).json()["data"]["partner"]

    await place.go()
    answers = await every_door(away)

    assert [
        (answer.status_code, "retry-after" in answer.headers) for answer in answers
    ] == [(503, True)] * 5
    assert [code(answer) for answer in answers[:3]] == ["UNAVAILABLE"] * 3
    for page in answers[3:]:
        assert page.headers["content-type"].startswith("text/html")
        assert "Le registre ne répond pas" in page.text
        assert 'lang="fr"' in page.text
        assert "content-security-policy" in page.headers
    assert (await away.client.get("/readyz")).status_code == 503
    assert (await away.client.get("/livez")).status_code == 200

    await place.come_back()

    assert (await away.client.get("/readyz")).status_code == 200
    assert (await away.post("agent-paris", READ)).json()["data"]["partner"]
    done = (await away.post("agent-paris", ATTEST, {"i": INPUT})).json()["data"][
        "activityAttest"
    ]
    assert done["errors"] == []


async def test_the_log_of_an_outage_is_one_line_a_minute(
    place: Place, away: World, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.gather(*(away.post("agent-paris", READ) for _ in range(10)))
    caplog.set_level(logging.INFO)
    caplog.clear()

    await place.go()
    for _ in range(5):
        await every_door(away)
        await away.client.get("/readyz")

    told = [record for record in caplog.records if record.name != "httpx"]
    assert [(record.name, record.levelname) for record in told] == [
        ("server.faults", "ERROR")
    ]
    assert told[0].exc_info is None
    await place.come_back()


def test_an_outage_is_told_again_after_a_minute_with_how_often_it_was_met(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    outage = Outage(lambda: now[0])

    for _ in range(1_000):
        outage.log(Unavailable("08006"))
    now[0] = PERIOD_SECONDS
    outage.log(Unavailable("08006"))

    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "the register does not serve: Unavailable (08006), met 1 times since last told",
        "the register does not serve: Unavailable (08006), met 1000 times since last told",
    ]


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_connections_found_dead_are_replaced_and_each_act_is_done_once(
    place: Place, away: World
) -> None:
    assert place.relay is not None
    for turn in range(3):
        await asyncio.gather(*(away.post("agent-paris", READ) for _ in range(10)))
        await place.relay.cut()
        asked = (READ, {}) if turn == 0 else (ATTEST, {"i": INPUT})

        answer = await away.post("agent-paris", *asked)

        assert answer.status_code == 200
        assert "errors" not in answer.json()
        after = await asyncio.gather(
            *(away.post("agent-paris", READ) for _ in range(10))
        )
        assert {other.status_code for other in after} == {200}
    assert await attested(away) == 2


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_connection_that_served_nobody_for_a_while_is_asked_before_it_is_trusted(
    place: Place, away: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server is gone, and the network does not say so."""
    assert place.relay is not None
    monkeypatch.setattr(pools, "IDLE_SECONDS", -1)
    monkeypatch.setattr(pools, "PING_SECONDS", 0.2)
    await away.post("agent-paris", READ)
    pings = []

    def cut(chunk: bytes) -> bool:
        pings.append(chunk)
        return len(pings) == 1

    place.relay.cuts_before = cut

    assert (await away.post("agent-paris", ATTEST, {"i": INPUT})).status_code == 200
    assert await attested(away) == 1


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_network_that_swallows_what_is_said_holds_nobody_for_long(
    place: Place, issuer: DemoIssuer, issuer_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.relay is not None
    for name in ("ANSWER_SECONDS", "CONNECT_SECONDS", "PING_SECONDS"):
        monkeypatch.setattr(pools, name, 0.5)
    environ = {
        "DEMO": "1",
        "DATABASE_URL": _plain(place.url),
        "DEMO_KEY": str(issuer_file),
    }
    app = create_app(Settings.from_environ(environ), HeldClock(), tasks=False)
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        app.router.lifespan_context(app),
    ):
        world = World(client, issuer, Database(place.url), HeldClock())
        await asyncio.gather(*(world.post("agent-paris", READ) for _ in range(4)))
        place.relay.passes.clear()

        async with asyncio.timeout(20):
            answers = [
                await world.post("agent-paris", READ),
                await world.post("agent-paris", ATTEST, {"i": INPUT}),
            ]

        assert {answer.status_code for answer in answers} == {503}
        await place.relay.cut()
        place.relay.passes.set()
        assert (await world.post("agent-paris", READ)).json()["data"]["partner"]
        await world.database.close()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_register_that_does_not_answer_does_not_hold_a_process_that_stops(
    place: Place, issuer: DemoIssuer, issuer_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.relay is not None
    monkeypatch.setattr("server.app.LAST_SECONDS", 0.2)
    environ = {
        "DEMO": "1",
        "DATABASE_URL": _plain(place.url),
        "DEMO_KEY": str(issuer_file),
    }
    app = create_app(Settings.from_environ(environ), HeldClock())
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        asyncio.timeout(20),
        app.router.lifespan_context(app),
    ):
        await World(client, issuer, Database(place.url), HeldClock()).post(
            "agent-paris", READ
        )
        place.relay.passes.clear()
    place.relay.passes.set()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("side", ["cuts_before", "cuts_after"])
async def test_an_act_whose_commit_went_unanswered_says_so_and_its_replay_settles_it(
    place: Place, away: World, side: str
) -> None:
    assert place.relay is not None
    values = {"i": INPUT | {"idempotencyKey": "once"}}
    setattr(place.relay, side, lambda chunk: b"COMMIT;" in chunk)

    answer = await away.post("agent-paris", ATTEST, values)

    assert (answer.status_code, code(answer)) == (503, "OUTCOME_UNKNOWN")
    assert "retry-after" not in answer.headers
    setattr(place.relay, side, lambda _: False)
    again = (await away.post("agent-paris", ATTEST, values)).json()["data"][
        "activityAttest"
    ]
    assert again["errors"] == []
    assert again["replayed"] is (side == "cuts_after")
    assert await attested(away) == 1


async def test_an_act_done_before_the_register_went_is_not_answered_as_if_nothing_was_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from persistence.register import Register  # noqa: PLC0415 what is broken here

    plain, calls = Register.lock, []

    async def late(self: Register, *row: Any) -> Any:  # noqa: ANN401 the method's own
        calls.append(row)
        if len(calls) > 1:
            raise TimeoutError
        return await plain(self, *row)

    monkeypatch.setattr(Register, "lock", late)

    answer = await world.post("agent-paris", TWICE, {"i": INPUT})

    assert (answer.status_code, code(answer)) == (200, "BUSY")
    assert answer.json()["errors"][0]["path"] == ["two"]
    assert await attested(world) == 1


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_table_that_a_newer_process_changed_costs_one_busy_answer_at_most(
    database: Database,
) -> None:
    every = text("SELECT * FROM mission")

    async def read() -> int:
        async with database.transaction() as session:
            return len((await session.execute(every)).all())

    before = await read()
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE mission ADD COLUMN newer integer"))

    with pytest.raises(Busy):
        await read()
    assert await read() == before


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_locked_file_is_busy_for_acts_and_readers_go_on(
    place: Place, issuer: DemoIssuer, issuer_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "BUSY_MS", 50)
    environ = {
        "DEMO": "1",
        "DATABASE_URL": _plain(place.url),
        "DEMO_KEY": str(issuer_file),
    }
    app = create_app(Settings.from_environ(environ), HeldClock(), tasks=False)
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        app.router.lifespan_context(app),
    ):
        world = World(client, issuer, Database(place.url), HeldClock())
        other = sqlite3.connect(place.file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        answer = await world.post("agent-paris", ATTEST, {"i": INPUT})
        read = await world.post("agent-paris", READ)
        other.execute("ROLLBACK")
        other.close()

        assert (answer.status_code, code(answer), answer.headers["retry-after"]) == (
            503,
            "BUSY",
            "2",
        )
        assert read.json()["data"]["partner"]
        assert (
            await world.post("agent-paris", ATTEST, {"i": INPUT})
        ).status_code == 200


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_file_put_in_the_place_of_the_register_is_the_register_at_the_next_request(
    place: Place, away: World
) -> None:
    """What was read of the former one would be read for ever."""
    await away.post("agent-paris", READ)
    copy = place.file.with_suffix(".copy")
    other = sqlite3.connect(place.file)
    other.execute("VACUUM INTO ?", (str(copy),))
    other.close()
    other = sqlite3.connect(copy)
    other.execute(
        "UPDATE partner SET name = 'ESAT restauré' WHERE id = 'ptr_99990001200025'"
    )
    other.commit()
    other.close()

    copy.replace(place.file)

    seen = await away.ask(
        "agent-paris", '{ partner(by: {siret: "99990001200025"}) { name } }'
    )
    assert seen["partner"]["name"] == "ESAT restauré"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_file_that_is_no_register_is_an_outage_and_no_defect(
    place: Place, away: World
) -> None:
    await place.go()
    place.file.write_bytes(b"ceci n'est pas une base" * 1_000)

    answers = await every_door(away)

    assert {answer.status_code for answer in answers} == {503}
    place.file.unlink()
    await place.come_back()


async def attested(world: World) -> int:
    """How often it was done, by the register itself."""
    async with world.database.reading() as driver:
        count = "SELECT count(*) FROM journal WHERE act = 'activityAttest'"
        return int(
            await world.database.value(
                count, {} if world.database.dialect == "sqlite" else (), driver
            )
        )
