"""Real servers, each a process of its own: forked from one that has imported the code already.

A start costs four seconds of processor, nearly all of it imports: tests/server/test_processes.py holds whole starts.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

from server.cli import main

ROOT = Path(__file__).parents[1]


class ServerProcess:
    """A command run under an environment of its own, with the ways of `subprocess.Popen`."""

    def __init__(self, command: Callable[[], int], environ: Mapping[str, str]) -> None:
        streams = _Streams()
        self._process = _context().Process(
            target=_run, args=(command, dict(environ), streams)
        )
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, f"the server still runs after {timeout} s"
        return code

    def terminate(self) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGTERM)


class _Streams:
    """The standard output and error of this process, handed to one that is forked.

    The process forked from has those of the test that started it, long gone.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return _take_over, (DupFd(1), DupFd(2))


def _take_over(output: Any, error: Any) -> None:  # noqa: ANN401 typed nowhere
    os.dup2(output.detach(), 1)
    os.dup2(error.detach(), 2)


def serve() -> int:
    return main(["serve"])


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.preloaded"])
    return context


def _run(command: Callable[[], int], environ: dict[str, str], _: object) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.exit(command())
