"""One run: the tests are collected once, then each mutant has a process of its own, forked from there.

A mutant is tried by the tests that run its function, the quickest first, until one fails. Its process replaces the
code of the functions that are already imported: whoever holds them, decorators included, calls the mutated code.
"""

import gc
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import NamedTuple

import pytest

from resolvers.graph import Graph
from tests.mutants.changes import Mutant, mutants_of

KILLED, SURVIVED, UNTESTED, TIMED_OUT = "killed", "survived", "untested", "timed out"
SECONDS = 120
"""A mutant that loops for ever is noticed too."""
Place = str
"""Where a function stands: file, line and name."""


class Coverage(NamedTuple):
    tests: Mapping[Place, Sequence[int]]
    """The tests that run each function, the quickest first."""
    failed: Sequence[int]


@dataclass
class Run:
    """A plugin of pytest that runs mutants in the place of tests."""

    root: Path
    files: Sequence[Path]
    sample: int
    processes: int
    results: dict[str, str] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        """What is mutated is imported before the tests; properties are tried without looking for a smaller example."""
        for file in self.files:
            module = ".".join(file.relative_to(self.root).with_suffix("").parts)
            importlib.import_module(module.removesuffix(".__init__"))
        from hypothesis import Phase, settings  # noqa: PLC0415 pytest has to see it imported

        settings.register_profile(
            "mutants",
            phases=[Phase.explicit, Phase.generate],
            database=None,
            deadline=None,
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant."""
        started = time.monotonic()
        scratch = Path(tempfile.mkdtemp(prefix="mutants-"))
        coverage = self._covered(session, scratch)
        print(
            f"{len(session.items)} tests looked at in {time.monotonic() - started:.0f} s",
            file=sys.stderr,
        )
        functions = functions_by_code(self.files)
        running: dict[int, str] = {}
        for file, mutant in islice(self._mutants(), 0, None, self.sample):
            changed = changed_code(
                compile(file.read_text("utf-8"), str(file), "exec"), mutant.code
            )
            name = f"{file.relative_to(self.root)}::{mutant.name}"
            tests = coverage.tests.get(place(changed[-1][0]), ()) if changed else ()
            if not tests:
                self._note(name, UNTESTED)
                continue
            while len(running) >= self.processes:
                self._wait(running, scratch)
            pid = os.fork()
            if pid == 0:
                replace(functions, changed)
                try_out(session, [session.items[index] for index in tests], scratch)
            running[pid] = name
        while running:
            self._wait(running, scratch)
        shutil.rmtree(scratch)
        return True

    def _mutants(self) -> Iterator[tuple[Path, Mutant]]:
        for file in self.files:
            for mutant in mutants_of(file.read_text("utf-8"), str(file)):
                yield file, mutant

    def _wait(self, running: dict[int, str], scratch: Path) -> None:
        pid, status = os.wait()
        shutil.rmtree(scratch / str(pid), ignore_errors=True)
        outcome = (
            SURVIVED if status == 0 else TIMED_OUT if os.WIFSIGNALED(status) else KILLED
        )
        self._note(running.pop(pid), outcome)

    def _note(self, name: str, outcome: str) -> None:
        self.results[name] = outcome
        if outcome in {SURVIVED, UNTESTED}:
            print(f"{outcome}: {name}", file=sys.stderr, flush=True)

    def _covered(self, session: pytest.Session, scratch: Path) -> Coverage:
        """Run every test once, in another process: this one stays as it is before any test."""
        with tempfile.NamedTemporaryFile() as answer:
            pid = os.fork()
            if pid == 0:
                use_scratch(scratch)
                Path(answer.name).write_text(
                    json.dumps(watch(session, {str(file) for file in self.files}))
                )
                os._exit(0)
            os.waitpid(pid, 0)
            shutil.rmtree(scratch / str(pid))
            watched = json.loads(Path(answer.name).read_text())
        quickest = sorted(
            watched["seconds"], key=lambda index: watched["seconds"][index]
        )
        tests = defaultdict(list)
        for index in quickest:
            for where in watched["places"][index]:
                tests[where].append(int(index))
        return Coverage(tests, watched["failed"])

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.results.values())


def place(code: CodeType) -> Place:
    return f"{code.co_filename}:{code.co_firstlineno}:{code.co_qualname}"


def watch(session: pytest.Session, files: set[str]) -> Mapping[str, object]:
    """Which functions of these files each test runs, and how long it takes; those that fail are left out."""
    silence()
    forget_plans()
    places: dict[int, list[Place]] = {}
    seconds: dict[int, float] = {}
    failed: list[int] = []
    for index, item in enumerate(session.items):
        codes: set[CodeType] = set()

        def note(
            frame: FrameType, event: str, _: object, codes: set[CodeType] = codes
        ) -> None:
            if event == "call" and frame.f_code.co_filename in files:
                codes.add(frame.f_code)

        failures, started = session.testsfailed, time.monotonic()
        sys.setprofile(note)
        run_test(item, session.items[index + 1 :])
        sys.setprofile(None)
        if session.testsfailed == failures:
            places[index] = [place(code) for code in codes]
            seconds[index] = time.monotonic() - started
        else:
            failed.append(index)
    return {"places": places, "seconds": seconds, "failed": failed}


def forget_plans() -> None:
    """Every query is planned anew: what is compiled once would be noted for one test."""
    plan, number = Graph.plan, count()
    Graph.plan = lambda graph, key, planner: plan(graph, (key, next(number)), planner)  # type: ignore[assignment, method-assign]


def run_test(item: pytest.Item, others: Sequence[pytest.Item]) -> None:
    following = others[0] if others else None
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def try_out(
    session: pytest.Session, items: Sequence[pytest.Item], scratch: Path
) -> None:
    """Run these tests until one fails, and end this process: with 1 if one did."""
    silence()
    use_scratch(scratch)
    signal.alarm(SECONDS)
    for index, item in enumerate(items):
        run_test(item, items[index + 1 :])
        if session.testsfailed:
            os._exit(1)
    os._exit(0)


def use_scratch(folder: Path) -> None:
    """This process ends without cleaning after itself: its registers are where its parent removes them."""
    mine = folder / str(os.getpid())
    mine.mkdir()
    os.environ["TEST_SCRATCH"] = str(mine)


def silence() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def functions_by_code(
    files: Sequence[Path],
) -> Mapping[CodeType, Sequence[FunctionType]]:
    """The functions of these files that are imported, wherever they are held."""
    names = {str(file) for file in files}
    functions = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename in names:
            functions[thing.__code__].append(thing)
    return functions


def changed_code(before: CodeType, after: CodeType) -> list[tuple[CodeType, CodeType]]:
    """The pieces of code that differ, from the outermost to the innermost; the module itself is not one."""
    changed = []
    for old, new in zip(inner(before), inner(after), strict=False):
        if old != new:
            changed += [(old, new), *changed_code(old, new)]
    return changed


def inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def replace(
    functions: Mapping[CodeType, Sequence[FunctionType]],
    changed: Sequence[tuple[CodeType, CodeType]],
) -> None:
    for old, new in changed:
        for function in functions.get(old, ()):
            function.__code__ = new
