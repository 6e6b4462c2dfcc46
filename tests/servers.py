"""Real servers and commands, each a process of its own.

They are forked from `tests/preloaded.py`, which has imported the code already: a whole
start costs four seconds of processor. tests/server/test_processes.py tries whole starts.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import DupFd
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from server.cli import main

ROOT = Path(__file__).parents[1]


class ServerProcess:
    """A command under an environment of its own; the methods are those of `Popen`."""

    def __init__(
        self,
        command: Callable[[], int],
        environ: Mapping[str, str],
        output: int = 1,
        errors: int = 2,
    ) -> None:
        """`output` and `errors` are the descriptors that the command writes to."""
        streams = _Streams(output, errors)
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


class Ended(NamedTuple):
    """A command that has ended."""

    code: int
    output: bytes
    errors: bytes


def run(words: Sequence[str], environ: Mapping[str, str]) -> Ended:
    """Run `habilitations` with these words to its end."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        command = partial(main, list(words))
        process = ServerProcess(command, environ, output.fileno(), errors.fileno())
        code = process.wait(timeout=60)
        output.seek(0)
        errors.seek(0)
        return Ended(code, output.read(), errors.read())


class _Streams:
    """Descriptors of this process that the forked one takes as output and error.

    The process forked from has those of the test that started it, long gone.
    """

    def __init__(self, output: int, errors: int) -> None:
        self._output = output
        self._errors = errors

    def __reduce__(self) -> tuple[object, ...]:
        return _take_over, (DupFd(self._output), DupFd(self._errors))


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
