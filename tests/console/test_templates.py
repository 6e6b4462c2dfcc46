"""Every template.

It compiles, it is set in French, and it needs nothing that the policy of contents
forbids.
"""

import re
from pathlib import Path

import pytest

from console.kernel.answering import Console
from console.kernel.assets import STATIC
from console.kernel.library import FOLDER

TEMPLATES = sorted(FOLDER.glob("*/*.html"))
LONGEST_LINE = 120
PLAIN = re.compile(r"\S[ \n]+[;:!?»](?!\w)|«[ \n]")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def named(files: list[Path]) -> list[str]:
    return [file.name for file in files]


@pytest.mark.parametrize("file", TEMPLATES, ids=named(TEMPLATES))
def test_a_template_compiles(console: Console, file: Path) -> None:
    console.templates.get_template(file.name)


@pytest.mark.parametrize("file", TEMPLATES, ids=named(TEMPLATES))
def test_no_line_is_longer_than_120_columns(file: Path) -> None:
    """The formatter breaks lines between elements only.

    Text and expressions are broken by hand.
    """
    lines = file.read_text("utf-8").splitlines()

    assert [line for line in lines if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=named(TEMPLATES))
def test_no_line_can_break_before_a_double_sign_of_punctuation(
    console: Console, file: Path
) -> None:
    """Expressions stand for a word: what a page says around them is French too."""
    set_ = console.templates.preprocess(file.read_text("utf-8"), file.name, file.name)
    visible = re.sub(r"\{\{.*?\}\}", "mot", set_, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "", EXPRESSION.sub("", visible))

    assert [
        text[max(0, m.start() - 30) : m.end() + 5] for m in PLAIN.finditer(text)
    ] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=named(TEMPLATES))
def test_a_sentence_inside_an_expression_does_not_break_either(
    console: Console, file: Path
) -> None:
    set_ = console.templates.preprocess(file.read_text("utf-8"), file.name, file.name)
    sentences = [
        text
        for code in EXPRESSION.findall(set_)
        for text in re.findall(r'"([^"]*)"', code)
    ]

    assert [text for text in sentences if PLAIN.search(f"mot{text} ")] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=named(TEMPLATES))
def test_a_template_holds_no_style_script_or_handler_and_nothing_from_elsewhere(
    file: Path,
) -> None:
    source = file.read_text("utf-8")

    assert not re.search(r"<style|\sstyle\s*=", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", EXPRESSION.sub("", source))
    assert not re.search(
        r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:|//|javascript:|data:)""",
        source,
        re.IGNORECASE,
    )
    assert not re.search(r"hx-on|hx-vals=.js:|\|\s*safe\b", source)


def test_every_image_of_a_sheet_is_ours_and_no_sheet_imports_another() -> None:
    for sheet in STATIC.glob("*.css"):
        text = sheet.read_text("utf-8")
        assert not re.search(r"url\(|@import|https?:", text), sheet.name


def test_the_sheet_weighs_at_most_24_kilobytes() -> None:
    assert (STATIC / "desk.css").stat().st_size <= 24 * 1024


def test_the_script_writes_no_markup_and_evaluates_nothing() -> None:
    script = (STATIC / "desk.js").read_text("utf-8")

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage",
        script,
    )
