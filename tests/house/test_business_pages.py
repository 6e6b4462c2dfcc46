"""The pages about the instruction say what the code says."""

import re

from server.commands.contract import SDL

from .rules_page import BUSINESS, NUMBERS, PAGE, naming, page, texts_of_tests, words

GLOSSARY = BUSINESS.parent / "glossary.md"


def is_context(text: str) -> bool:
    return "*Context" in text


def test_the_page_of_the_rules_is_up_to_date() -> None:
    """To write it again: `.venv/bin/python -m tests.house.rules_page`."""
    assert PAGE.read_text("utf-8") == page()


def test_the_page_of_the_instruction_has_each_rule_once_in_order() -> None:
    written = re.findall(
        r"\*\*(R\d+)\*\*", (BUSINESS / "instruction.md").read_text("utf-8")
    )

    assert tuple(written) == NUMBERS
    assert tuple(words()) == NUMBERS


def test_each_rule_that_asks_something_is_named_by_a_test() -> None:
    asking = [number for number, text in words().items() if not is_context(text)]

    tests = texts_of_tests()
    assert [number for number in asking if not naming(number, tests)] == []


def test_each_reading_is_written_once_in_order() -> None:
    rows = re.findall(
        r"^\| (A\d+) \|", (BUSINESS / "readings.md").read_text("utf-8"), re.MULTILINE
    )

    assert rows == [f"A{number}" for number in range(1, 29)]


def test_the_names_of_the_glossary_are_those_of_the_contract() -> None:
    rows = re.findall(
        r"^\| .* \| (.*) \| .* \|$", GLOSSARY.read_text("utf-8"), re.MULTILINE
    )
    names = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    contract = set(re.findall(r"\w+", SDL.read_text("utf-8")))

    assert names
    assert names - contract == set()
