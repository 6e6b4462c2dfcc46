"""The source of our packages, as the tests of the house read it."""

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).parents[2]
PACKAGES = ("schema", "resolvers", "authz", "persistence", "console", "server")
GENERATED = "persistence/migrations/versions"
REMAINING = Path(__file__).with_name("remaining.json")
"""What does not meet a rule yet: rule, then file, package or name, then how much. It only ever shrinks."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> Mapping[str, Path]:
    """Every file that we write, by its path in the repository."""
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    named = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {
        name: path for name, path in named.items() if not name.startswith(GENERATED)
    }


@cache
def text_of(name: str) -> str:
    return sources()[name].read_text(encoding="utf-8")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name))


def functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def lines_of(name: str) -> list[str]:
    """The lines that are not blank."""
    return [line for line in text_of(name).splitlines() if line.strip()]


def exceeding(
    rule: str, measures: Mapping[str, float], most: float = 0
) -> dict[str, float]:
    """What is above `most`, and above what remains to be done under this rule."""
    remaining = json.loads(REMAINING.read_text(encoding="utf-8")).get(rule, {})
    return {
        name: measure
        for name, measure in measures.items()
        if measure > max(most, remaining.get(name, most))
    }


def lines_in() -> dict[str, int]:
    """How long each file is."""
    return {name: len(text_of(name).splitlines()) for name in sources()}
