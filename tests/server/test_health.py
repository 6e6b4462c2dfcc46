import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette

from persistence.keys import OTHER_KEYS
from persistence.migrations import BEHIND, OtherStep
from persistence.vault import VaultError
from server import health
from server.health import Health


async def nothing_wrong() -> None:
    pass


async def database_down() -> None:
    raise ConnectionError("mot de passe de la base")


async def database_slow() -> None:
    await asyncio.sleep(60)


async def ask(checked: Health, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=checked.routes()))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost"
    ) as client:
        return await client.get(path)


async def test_a_ready_process_tells_its_policy() -> None:
    answer = await ask(Health(nothing_wrong, policy="a1b2"), "/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "policy": "a1b2"}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("probe", [database_down, database_slow])
async def test_a_process_without_its_database_is_alive_but_not_ready(
    probe: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.01)
    checked = Health(probe, policy="a1b2")

    assert (await ask(checked, "/livez")).text == "ok"
    answer = await ask(checked, "/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable"}
    assert "mot de passe" not in caplog.text


async def test_a_stopping_process_is_alive_but_not_ready() -> None:
    checked = Health(nothing_wrong, policy="a1b2")

    checked.stop()

    assert (await ask(checked, "/livez")).status_code == 200
    assert (await ask(checked, "/readyz")).status_code == 503


@pytest.mark.parametrize(
    ("fault", "words"),
    [(OtherStep(BEHIND), BEHIND), (VaultError(OTHER_KEYS), OTHER_KEYS)],
)
async def test_the_log_says_what_an_operator_has_to_mend(
    fault: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused() -> None:
        raise fault

    checked = Health(refused, policy="a1b2")
    for _ in range(3):
        assert (await ask(checked, "/readyz")).status_code == 503

    lines = [
        record.getMessage()
        for record in caplog.records
        if record.name == "server.faults"
    ]
    assert len(lines) == 1
    assert words in lines[0]
