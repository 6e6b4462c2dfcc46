"""A payroll export sent from the command line to a real server: one act for each establishment, and its exit code."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.server.test_cli import GIVEN
from tests.server.test_payroll_files import BASSIN, CANAL, HEADER, an_xlsx, at


@pytest.fixture
async def send(serve: Any, issuer_file: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 a starter
    monkeypatch.setenv("DEMO_KEY", str(issuer_file))
    running = await serve()

    async def run(file: Path, *options: str, who: str = "declarante-canal") -> int:
        known = ["--campaign", "2026", "--as", who, "--send", f"{running.url}/graphql"]
        return await asyncio.to_thread(main, ["lines", str(file), *known, *options])

    return run


async def test_each_establishment_of_a_file_is_declared_by_itself_and_told(
    send: Any,  # noqa: ANN401 a starter
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await send(GIVEN, "--accept-valid") == 1

    told = capsys.readouterr().out.splitlines()
    own, other = told.index(f"Établissement {CANAL}, 77 lignes :"), told.index(f"Établissement {BASSIN}, 1 ligne :")
    assert "77 lignes reçues : 66 créées" in told[own + 1]
    assert told[other + 1].startswith("rejet · ")
    assert not any("ESTABLISHMENT_MISMATCH" in line for line in told)


async def test_rejected_lines_that_are_accepted_end_in_0_where_everything_else_is_done(
    send: Any,  # noqa: ANN401 a starter
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await send(GIVEN, "--accept-valid", "--siret", CANAL) == 1
    assert await send(GIVEN, "--accept-valid", "--siret", CANAL, "--accept-rejected") == 0
    assert await send(GIVEN, "--dry-run", "--siret", CANAL, "--accept-rejected") == 1  # one bad line held the others

    assert "retenues" in capsys.readouterr().out


async def test_a_workbook_is_declared_and_a_rejected_line_named_by_its_row(
    send: Any,  # noqa: ANN401 a starter
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = an_xlsx(tmp_path, Paie=[["Export"], [], HEADER, at(CANAL, " ")])

    assert await send(file, "--accept-valid", "--dry-run") == 1

    shown = capsys.readouterr()
    assert "rejet · ligne 4, birthDate · DAY_INVALID" in shown.out
    assert "Feuilles lues : « Paie » (1 ligne)" in shown.err


async def test_nothing_is_received_where_no_establishment_is_one_s_own(send: Any) -> None:  # noqa: ANN401 a starter
    assert await send(GIVEN, "--accept-valid", who="social-villefictive") == 2
