"""Code that is read with ease: few ideas a line, plain names, and imports that go one way."""

import ast

from tests.house.measures import (
    circular,
    densities,
    imports_outside_records,
    shares_of_participles,
)
from tests.house.sources import exceeding

MOST_NODES = 6.5
"""The nodes of the syntax tree for each line that is not blank: 4 to 6 in code that is pleasant to read."""
MOST_PARTICIPLES = 2
"""Of a hundred lines, how many may hold a participle as a name: those of libraries that we call."""


def test_a_line_holds_one_idea() -> None:
    assert exceeding("density", densities(), MOST_NODES) == {}


def test_few_lines_hold_a_participle() -> None:
    assert (
        exceeding("lines with participles", shares_of_participles(), MOST_PARTICIPLES)
        == {}
    )


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert (
        exceeding("circles", dict.fromkeys(circular(imports_outside_records()), 1))
        == {}
    )


def test_a_circle_would_be_seen() -> None:
    assert circular({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c"]
    assert circular({"a": {"b"}, "b": {"c"}}) == []


def test_a_node_is_counted_as_python_counts_it() -> None:
    assert sum(1 for _ in ast.walk(ast.parse("x = 1"))) == 5
