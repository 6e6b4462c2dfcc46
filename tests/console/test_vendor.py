"""What is vendored is what it says it is, file by file."""

import base64
import hashlib
import tomllib
from typing import Any

import pytest

from console.kernel.library import FOLDER

LAYOUT = FOLDER / "layout"
VENDORED: dict[str, dict[str, Any]] = tomllib.loads(
    (LAYOUT / "vendor.toml").read_text("utf-8")
)


def digest(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


@pytest.mark.parametrize("name", VENDORED)
def test_a_vendored_file_has_the_digest_that_is_written(name: str) -> None:
    about = VENDORED[name]
    folder = LAYOUT / about["folder"]

    assert {
        file: digest((folder / file).read_bytes()) for file in about["files"]
    } == about["files"]
    assert folder.name == f"{name}-{about['version']}"


@pytest.mark.parametrize("name", VENDORED)
def test_nothing_is_vendored_besides_and_the_licence_comes_with_it(name: str) -> None:
    about = VENDORED[name]
    there = {
        str(f.relative_to(LAYOUT / about["folder"]))
        for f in (LAYOUT / about["folder"]).rglob("*")
        if f.is_file()
    }

    assert there == set(about["files"])
    assert "LICENSE" in there
    assert about["licence"] in {"0BSD", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC"}


def test_every_vendored_folder_is_written_down() -> None:
    folders = {
        f"static/vendor/{folder.name}"
        for folder in (LAYOUT / "static" / "vendor").iterdir()
    }

    assert folders == {about["folder"] for about in VENDORED.values()}
