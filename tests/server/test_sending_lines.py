"""A payroll export sent from the command line to a real server: one act for each establishment, and its exit code."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.cli import main

from .test_cli import PAYROLL
from .test_payroll_files import BASSIN, CANAL, HEADER, an_xlsx, at

OWN = ("--accept-valid", "--siret", CANAL)


@pytest.fixture
async def send(serve: Any, issuer_file: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 a starter
    monkeypatch.setenv("DEMO_KEY", str(issuer_file))
    running = await serve()

    async def run(
        file: Path | None, *options: str, who: str = "declarante-canal"
    ) -> int:
        words = ["--campaign", "2026", "--as", who, "--send", f"{running.url}/graphql"]
        return await asyncio.to_thread(
            main, ["lines", *([str(file)] if file else []), *words, *options]
        )

    return run


async def test_each_establishment_of_a_file_is_declared_by_itself_and_a_rejected_line_ends_in_1(
    send: Any,  # noqa: ANN401 a starter
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        await send(PAYROLL, "--accept-valid", who="social-villefictive") == 2
    )  # nothing is received
    capsys.readouterr()

    assert await send(PAYROLL, "--accept-valid") == 1

    output = capsys.readouterr().out.splitlines()
    own, other = (
        output.index(f"Établissement {CANAL}, 77 lignes :"),
        output.index(f"Établissement {BASSIN}, 1 ligne :"),
    )
    assert "77 lignes reçues : 66 créées" in output[own + 1]
    assert output[other + 1].startswith("rejet · ")
    assert not any("ESTABLISHMENT_MISMATCH" in line for line in output)
    assert await send(PAYROLL, *OWN) == 1
    assert await send(PAYROLL, *OWN, "--accept-rejected") == 0
    assert (
        await send(PAYROLL, "--dry-run", "--siret", CANAL, "--accept-rejected") == 1
    )  # a bad line held the others
    assert "retenues" in capsys.readouterr().out

    file = an_xlsx(tmp_path, Paie=[["Export"], [], HEADER, at(CANAL, " ")])
    assert await send(file, "--accept-valid", "--accept-rejected") == 1

    streams = capsys.readouterr()
    assert "rejet · ligne 4, birthDate · DAY_INVALID" in streams.out
    assert "NOTHING_ACCEPTED" in streams.out
    assert "Feuilles lues : « Paie » (1 ligne)" in streams.err


async def test_removals_and_a_nothing_are_meant_on_the_command_line(
    send: Any,  # noqa: ANN401 a starter
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = (*OWN, "--accept-rejected")
    content = PAYROLL.read_bytes().splitlines(keepends=True)
    fewer = tmp_path / "moins.csv"
    fewer.write_bytes(b"".join(content[:1] + content[3:]))
    nothing = ("--nothing-to-declare", "--siret", CANAL)
    assert await send(PAYROLL, *options) == 0

    assert await send(fewer, *options) > 0
    assert "REMOVALS_UNACKNOWLEDGED" in capsys.readouterr().out
    assert await send(fewer, *options, "--acknowledge-removals", "2") == 0
    assert await send(None, *nothing, "--acknowledge-removals", "64") > 0
    assert "REMOVALS_REASON" in capsys.readouterr().out
    assert (
        await send(
            None, *nothing, "--acknowledge-removals", "64", "--reason", "Fermeture"
        )
        == 0
    )

    assert "NOTHING_DECLARED" in capsys.readouterr().out
