"""The hooks into Uvicorn that are not part of its public interface.

`server.processes` relies on them to stop without losing a request. `pyproject.toml`
bounds the version of Uvicorn; this file says what to check before the bound moves.
"""

import asyncio
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.supervisors import multiprocess

from server.processes import Config, Server, WorkerProcess


async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 an ASGI application
    """Answer nothing: no request is sent here."""


@pytest.fixture
def config() -> Config:
    return Config(app, lifespan="off", log_config=None)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one


def test_a_captured_signal_is_raised_again_unless_the_list_is_cleared(
    config: Config,
) -> None:
    received: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
    server = uvicorn.Server(config)
    try:
        with server.capture_signals():
            server.handle_exit(signal.SIGTERM, None)
            assert server._captured_signals == [signal.SIGTERM]  # noqa: SLF001 the hook
        assert received == [signal.SIGTERM]

        with server.capture_signals():
            server._captured_signals.clear()  # noqa: SLF001 the hook
        assert received == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_tick_puts_the_headers_of_the_configuration_in_every_answer(
    config: Config,
) -> None:
    config.load()
    server = uvicorn.Server(config)

    config.encoded_headers.append((b"connection", b"close"))
    await server.on_tick(0)

    assert (b"connection", b"close") in server.server_state.default_headers


async def test_the_stop_closes_the_listening_servers_and_knows_its_connections(
    config: Config, listener: socket.socket
) -> None:
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])

    assert len(server.servers) == 1
    assert server.servers[0].is_serving()
    assert server.server_state.connections == set()
    assert server.lifespan.state == {}

    server.servers[0].close()
    await server.shutdown([listener])  # a second closing is no fault
    await asyncio.sleep(0)
    assert not server.servers[0].is_serving()


def test_a_worker_runs_our_server_and_the_supervisor_takes_it_from_its_module(
    config: Config,
) -> None:
    worker = WorkerProcess(config, [])

    assert isinstance(worker.server, Server)
    assert worker._server is worker.server  # noqa: SLF001 the hook
    assert "Process" in multiprocess.Multiprocess.init_processes.__code__.co_names


def test_the_supervisor_keeps_its_sockets_and_stops_its_workers_by_one_method(
    config: Config, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        signal, "signal", lambda *_: None
    )  # it would take the signals of the tests
    supervisor = multiprocess.Multiprocess(config, [listener])

    assert supervisor.sockets == [listener]
    assert "terminate_all" in multiprocess.Multiprocess.run.__code__.co_names
