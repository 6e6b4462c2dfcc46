"""The packages of the clients are pinned, by version and by digest, and the lock names no host."""

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def read(name: str) -> Any:  # noqa: ANN401 JSON
    return json.loads((HERE / name).read_text("utf-8"))


def test_every_client_is_pinned_to_one_version() -> None:
    wanted, locked = (
        read("package.json")["dependencies"],
        read("package-lock.json")["packages"],
    )

    assert [
        version
        for version in wanted.values()
        if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ] == []
    assert {
        name: locked[f"node_modules/{name}"]["version"] for name in wanted
    } == wanted


def test_every_package_has_its_digest_and_no_address() -> None:
    packages = {
        name: told
        for name, told in read("package-lock.json")["packages"].items()
        if name
    }

    assert [
        name
        for name, told in packages.items()
        if not told["integrity"].startswith("sha512-")
    ] == []
    assert [name for name, told in packages.items() if "resolved" in told] == []
    assert not re.search(r"https?://", (HERE / "package.json").read_text("utf-8"))
