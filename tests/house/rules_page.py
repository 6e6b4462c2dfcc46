"""Writes `docs/business/rules.md`: each rule of the instruction with its codes and tests.

`.venv/bin/python -m tests.house.rules_page` writes it again, after a change of a rule,
of its sentence, or of the tests that name it.
"""

import re
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from persistence.records.rules import HELD_BY_SHAPE, Rule

ROOT = Path(__file__).parents[2]
BUSINESS = ROOT / "docs" / "business"
PAGE = BUSINESS / "rules.md"
NUMBERS = tuple(f"R{number}" for number in range(1, 61))
LISTS = ("tests/records/test_rules.py", "tests/house/")
"""Tests that list the numbers of rules without trying them."""
TABLES = ("persistence/records/rules.py",)
"""The table of the rules names them all."""

INTRODUCTION = """\
# The rules of the instruction

For each point of IT 2025-061: what it asks, the codes that an act refuses or warns with
and their sentences, then the modules and the tests that name it or one of its codes.
The same points, in the order of the text, are in [instruction.md](instruction.md).

This page is generated from the rules of the records and from the tests. To write it
again: `.venv/bin/python -m tests.house.rules_page`.

Rules without a number in the instruction (formats, keys, versions) are not here: the
query `rules` of the graph lists them all.
"""


def words() -> dict[str, str]:
    """What each rule asks, as the page of the instruction says it: number to text."""
    page = (BUSINESS / "instruction.md").read_text("utf-8")
    points = re.findall(r"^- \*\*(R\d+)\*\* ((?:.+\n)(?:  .+\n)*)", page, re.MULTILINE)
    return {number: " ".join(text.split()) for number, text in points}


@cache
def texts_of_tests() -> dict[str, str]:
    """The text of each file of tests, by its path from the root."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths
    }
    return {path: text for path, text in texts.items() if not path.startswith(LISTS)}


@cache
def texts_of_modules() -> dict[str, str]:
    """The text of each module that a rule may live in, by its path from the root."""
    paths = [
        path
        for package in ("persistence", "resolvers", "schema")
        for path in sorted((ROOT / package).rglob("*.py"))
    ]
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths
    }
    return {path: text for path, text in texts.items() if path not in TABLES}


def naming(number: str, texts: Mapping[str, str]) -> list[str]:
    """The files that name the rule, or refuse by one of its codes.

    « R1 à R60 » speaks of all the rules, and names none.
    """
    codes = [rule.name for rule in Rule if rule.number == number]
    alternatives = [rf"\b{number}\b", *(rf"\bRule\.{code}\b" for code in codes)]
    name = re.compile("|".join(alternatives))
    return [
        path
        for path, text in texts.items()
        if name.search(text.replace("R1 à R60", ""))
    ]


def wrapped(text: str, start: str = "", after: str = "") -> str:
    """The text on lines of 88 characters; a French mark stays with its word."""
    tied = re.sub("« | (?=[»:;?!])", lambda mark: mark[0].replace(" ", "\u00a0"), text)
    lines = textwrap.fill(tied, 88, initial_indent=start, subsequent_indent=after)
    return lines.replace("\u00a0", " ")


def section(number: str, asks: str) -> str:
    """One rule: its words, its codes, its tests."""
    points = [
        f"`{rule.name}`: {rule.sentence}" for rule in Rule if rule.number == number
    ]
    if number in HELD_BY_SHAPE:
        _, sentence = HELD_BY_SHAPE[number]
        points.append(f"Nothing can break it: {sentence}")
    points += [f"Code: `{path}`" for path in naming(number, texts_of_modules())]
    points += [f"Test: `{path}`" for path in naming(number, texts_of_tests())]
    paragraphs = [f"## {number}", wrapped(asks)]
    if points:
        lines = [wrapped(point, start="- ", after="  ") for point in points]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs) + "\n"


def page() -> str:
    """The whole text of the page."""
    asks = words()
    sections = [section(number, asks[number]) for number in NUMBERS]
    return "\n".join([INTRODUCTION, *sections])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
