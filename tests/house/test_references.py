"""A file that a docstring, a comment, a page or a template names is in the repository."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
LEFT_OUT = {"node_modules", "__pycache__", "build", "dist"}
WHOLE_TEXTS = {".md", ".html", ".graphql", ".toml"}
"""Files that are read whole; of a Python file, only comments and docstrings are."""

SUFFIXES = "py|md|graphql|csv|html|toml|css|js|conf|lock|xlsx|sql|txt|json|yaml|yml"
FILE_NAME = re.compile(
    rf"(?<![\w./@*-])(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.(?:{SUFFIXES})(?!\.?\w)"
)
DOCS_PATH = re.compile(r"\bdocs/[\w/-]+(?![\w/.-]*\.\w)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")

EXAMPLES = {
    "paie.csv": "the payroll export that somebody sends",
    "recu.json": "the receipt that somebody has kept",
    "keys.json": "the answer of `/keys` that somebody has kept",
}
"""Names that are no file of the repository, and what they stand for."""


@cache
def paths() -> frozenset[str]:
    """Every file of the repository, from its root; what is hidden there is left out."""
    visible = [entry for entry in ROOT.iterdir() if not entry.name.startswith(".")]
    files = [entry for entry in visible if entry.is_file()]
    for folder in visible:
        if folder.is_dir() and folder.name not in LEFT_OUT:
            files += [path for path in folder.rglob("*") if path.is_file()]
    relative = [path.relative_to(ROOT) for path in files]
    return frozenset(
        path.as_posix() for path in relative if not LEFT_OUT.intersection(path.parts)
    )


@cache
def ends() -> frozenset[str]:
    """Each path and each end of it: `authz/policy.csv`, `policy.csv`."""
    every = set()
    for path in paths():
        parts = path.split("/")
        every |= {"/".join(parts[start:]) for start in range(len(parts))}
    return frozenset(every)


def prose(source: str) -> Iterator[str]:
    """The comments and docstrings of a Python file, those of attributes included."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str() as text)):
                yield text


def text_of(path: Path) -> str:
    source = path.read_text("utf-8")
    return "\n".join(prose(source)) if path.suffix == ".py" else source


@cache
def texts() -> dict[str, str]:
    """What is read of each file, by its path from the root."""
    names = [name for name in paths() if Path(name).suffix in WHOLE_TEXTS | {".py"}]
    return {name: text_of(ROOT / name) for name in sorted(names)}


def unknown_names(text: str) -> list[str]:
    """The names in a text that look like files of the repository and are none."""
    files = ends() | EXAMPLES.keys()
    names = [name for name in FILE_NAME.findall(text) if name not in files]
    pages = [name.rstrip("/") for name in DOCS_PATH.findall(text)]
    return names + [page for page in pages if not starts_a_path(page)]


def starts_a_path(start: str) -> bool:
    return any(path.startswith(start) for path in paths())


def broken_links(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    targets = LINK.findall(page.read_text("utf-8"))
    return [target for target in targets if not (page.parent / target).exists()]


def test_a_file_that_a_text_names_is_there() -> None:
    unknown = {name: unknown_names(text) for name, text in texts().items()}

    assert {name: names for name, names in unknown.items() if names} == {}


def test_a_link_of_a_page_leads_somewhere() -> None:
    pages = [name for name in sorted(paths()) if name.endswith(".md")]
    broken = {page: broken_links(ROOT / page) for page in pages}

    assert {page: links for page, links in broken.items() if links} == {}


def test_an_example_is_in_use_and_is_no_file() -> None:
    everything = "\n".join(texts().values())

    assert [name for name in EXAMPLES if name not in everything] == []
    assert EXAMPLES.keys() & ends() == set()


@pytest.mark.parametrize(
    "text",
    [
        "Source: nowhere.md 4.1.",
        "`persistence/gone.py` does it",
        "see docs/decisions/9999",
        "(gone.graphql)",
        "as records/gone.py, says",
    ],
)
def test_a_name_of_nothing_is_noticed(text: str) -> None:
    assert len(unknown_names(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`authz/policy.csv`, policy.csv",
        "https://example.org/gone.md",
        "the keys beside the file, `gone.csv.key`",
        "docs/decisions/0060, docs/decisions/",
        "`tests/**/gone`, *.py",
    ],
)
def test_what_is_there_or_elsewhere_is_left_alone(text: str) -> None:
    assert unknown_names(text) == []


def test_comments_and_docstrings_are_read_and_code_is_not() -> None:
    source = 'def f():\n    """a.md"""\n    x = "b.md"  # c.md\nX = 1\n"""d.md"""\n'

    names = FILE_NAME.findall("\n".join(prose(source)))

    assert sorted(names) == ["a.md", "c.md", "d.md"]


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#part) [gone](gone.md) [web](https://example.org)")

    assert broken_links(page) == ["gone.md"]


def test_each_decision_has_a_row_in_the_index_a_number_and_four_parts() -> None:
    index = (DECISIONS / "README.md").read_text("utf-8")
    parts = ["Context", "Decision", "Alternatives", "Consequences"]
    pages = sorted(DECISIONS.glob("0*.md"))

    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        assert index.count(f"]({page.name})") == 1, page.name
        assert text.startswith(f"# {page.name[:4]}. "), page.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == parts, page.name
