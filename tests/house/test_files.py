"""The house itself: small files, its own names, no clock below the process."""

import ast
import importlib
from importlib import metadata
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, exceeding, lines_in

LONGEST = 250
LONGER = {
    "persistence/records/rules.py": (
        1_150,
        "each rule with its sentence: one readable list",
    ),
    "persistence/seeds/stories.py": (380, "each partner with its people: a list"),
    "schema/mutation.py": (400, "each act with its sentence: one readable list"),
}
"""Tables of data. The steps of the migrations are generated, and not counted."""
SOURCES = sorted(p for room in PACKAGES for p in (ROOT / room).rglob("*.py"))
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_becomes_the_place_where_everything_ends_up() -> None:
    longest = {name: ceiling for name, (ceiling, _) in LONGER.items()}
    lines = lines_in()
    too_long = exceeding("long files", lines, LONGEST)

    assert {
        name: count
        for name, count in too_long.items()
        if count > longest.get(name, LONGEST)
    } == {}
    assert set(longest) <= set(lines), "an exception names a file that is gone"


def test_no_file_is_named_after_nothing() -> None:
    drains = {
        "utils",
        "util",
        "helpers",
        "common",
        "misc",
        "base_utils",
        "manager",
        "service",
        "handlers",
    }

    assert [named(p) for p in SOURCES if p.stem in drains] == []


@pytest.mark.parametrize("room", PACKAGES)
def test_no_other_distribution_owns_our_rooms(room: str) -> None:
    """PyPI has a `schema`, for one: installed beside us, the first on the path would win in silence."""
    found = importlib.import_module(room)

    assert set(metadata.packages_distributions().get(room, ())) <= {"habilitations"}
    assert found.__file__ is not None
    assert Path(found.__file__).is_relative_to(ROOT)


def clocks_in(source: str) -> list[tuple[str, str]]:
    """The readings of a clock, whatever the module is called by."""
    called = [
        node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
    ]
    attributes = [f for f in called if isinstance(f, ast.Attribute)]
    owners = [
        (
            f.value.attr
            if isinstance(f.value, ast.Attribute)
            else getattr(f.value, "id", ""),
            f.attr,
        )
        for f in attributes
    ]
    return [owner for owner in owners if owner in CLOCKS]


def test_nothing_below_the_process_reads_a_clock() -> None:
    below = [p for p in SOURCES if not named(p).startswith("server/")]

    assert {
        named(p): found
        for p in below
        if (found := clocks_in(p.read_text(encoding="utf-8")))
    } == {}


def test_a_reading_of_the_clock_would_be_found() -> None:
    source = "import datetime as d\ndef f():\n    return d.datetime.now(), datetime.now(), date.today(), x.time()"

    assert clocks_in(source) == [
        ("datetime", "now"),
        ("datetime", "now"),
        ("date", "today"),
    ]
