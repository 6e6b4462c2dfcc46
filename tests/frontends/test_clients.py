"""What frontends are built with reads the contract: Relay's compiler, Apollo Client, urql's graphcache."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType

from console.site import SITE
from schema.contract import contract, types
from tests.conftest import TODAY, Running, running

HERE = Path(__file__).parent
NODE, NPM = shutil.which("node"), shutil.which("npm")
SDL = contract().as_str()
SCHEMA = types().schema
PARTNER, PAST, LATER = "ptr_99990001200025", "2025-08-31", "2027-06-01"
DAYS = (None, PAST, str(TODAY), LATER)
BY_ID = (
    "query($id: ID!) { node(id: $id) { __typename id "
    "... on Partner { name mode conventionInForce { id status } } } }"
)
pytestmark = pytest.mark.skipif(
    NODE is None or NPM is None,
    reason="Node is not here: Relay, Apollo and urql were not tried",
)


@pytest.fixture(scope="module")
def packages() -> Path:
    """The packages of the lock, by their digests, in a folder that git ignores."""
    installed, lock = (
        HERE / "node_modules" / ".installed",
        (HERE / "package-lock.json").read_text("utf-8"),
    )
    if not installed.exists() or installed.read_text("utf-8") != lock:
        command = [str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, check=True, timeout=300)  # noqa: S603 our own lock
        installed.write_text(lock, "utf-8")
    return HERE / "node_modules"


@pytest.fixture
def dialect() -> str:
    """The clients see the answers, which are the same on both databases."""
    return "sqlite"


@pytest.fixture
async def server(
    register_url: str,
    issuer: Any,  # noqa: ANN401 the issuer's
    issuer_file: Path,
) -> AsyncIterator[Running]:
    async with running(register_url, issuer, issuer_file) as made:
        yield made


# Relay


def compiled(
    project: Path, sdl: str, packages: Path
) -> subprocess.CompletedProcess[str]:
    """Relay's compiler over the sources of a project."""
    (project / "schema.graphql").write_text(sdl, "utf-8")
    (project / "__generated__").mkdir()
    (project / "package.json").write_text("{}", "utf-8")
    settings = {
        "src": "./src",
        "schema": "./schema.graphql",
        "language": "javascript",
        "artifactDirectory": "./__generated__",
    }
    (project / "relay.config.json").write_text(json.dumps(settings), "utf-8")
    command = [
        str(NODE),
        str(packages / "relay-compiler" / "cli.js"),
        "relay.config.json",
    ]
    return subprocess.run(  # noqa: S603
        command, cwd=project, capture_output=True, text=True, check=False, timeout=120
    )


def refetchable() -> Sequence[str]:
    """A fragment that can be asked again, for every type of node."""
    return [
        kind.name
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        and any(i.name == "Node" for i in kind.interfaces)
    ]


def test_relays_compiler_takes_the_documents_of_a_frontend_and_asks_every_type_of_node_again(
    tmp_path: Path, packages: Path
) -> None:
    sources = tmp_path / "src"
    shutil.copytree(HERE / "documents", sources)
    for name in refetchable():
        text = f'fragment again{name}_one on {name} @refetchable(queryName: "again{name}Query") {{ __typename id }}'
        (sources / f"again{name}.js").write_text(
            f'import {{ graphql }} from "relay-runtime";\nexport const one = graphql`{text}`;\n',
            "utf-8",
        )
    run = compiled(tmp_path, SDL, packages)

    assert run.returncode == 0, run.stdout + run.stderr
    made = {file.name for file in (tmp_path / "__generated__").iterdir()}
    assert {f"again{name}Query.graphql.js" for name in refetchable()} <= made
    assert {
        "partnersPaginationQuery.graphql.js",
        "partnerPeopleQuery.graphql.js",
        "partnerQuery.graphql.js",
    } <= made
    assert len(refetchable()) > 30


# caches


async def through(
    client: str, server: Running, questions: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """What the network answered to each question, then what the client's cache gives for it."""
    token = server.issuer.issue("agent-paris", timedelta(minutes=30))
    given = {
        "client": client,
        "url": f"{server.url}/graphql",
        "token": token,
        "schema": SDL,
        "questions": questions,
    }
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        "clients.mjs",
        cwd=HERE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complaints = await asyncio.wait_for(
        process.communicate(json.dumps(given).encode()), 120
    )
    assert process.returncode == 0, complaints.decode()
    told: list[Any] = json.loads(out)
    return told


@pytest.mark.parametrize("client", ["apollo", "urql"])
@pytest.mark.usefixtures("packages")
async def test_a_cache_keeps_each_day_apart_from_the_others_and_from_today(
    server: Running, client: str
) -> None:
    """The desk's own documents: what one day answers stays, after the same objects are asked on other days."""
    pages = SITE.library(SCHEMA).queries
    questions = [
        {
            "query": pages[name].text,
            "variables": {"id": PARTNER} | ({"on": day} if day else {}),
        }
        for name in ("partner", "partner_contracts", "partner_services")
        for day in DAYS
    ]
    questions += [
        {
            "query": BY_ID,
            "variables": {"id": PARTNER if day is None else f"{PARTNER}@{day}"},
        }
        for day in reversed(DAYS)
    ]
    told = await through(client, server, questions)

    for question, answer in zip(questions, told, strict=True):
        assert answer["cache"] == answer["network"], question["variables"]
    modes = [answer["network"]["node"]["mode"] for answer in told[-len(DAYS) :]]
    assert (
        modes[-1] == modes[1] != modes[2]
    )  # today, told with its day or without, and a day before the convention
