"""An extraction sent from the command line to a real server."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.cli import main

from .sending import GIVEN, a_file, a_line


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["import", *arguments])


async def test_the_given_file_is_sent_and_its_lines_told(
    serve: Any,  # noqa: ANN401 a starter
    issuer_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DEMO_KEY", str(issuer_file))
    running = await serve()

    sent = (str(GIVEN), "--as", "admin-national", "--send", f"{running.url}/graphql")

    assert await run(*sent) == 1  # lines are rejected
    told = capsys.readouterr().out
    assert await run(*sent, "--accept-rejected") == 0

    assert (
        "122 lignes reçues : 113 nouvelles, 0 changée, 1 inchangée, 2 en conflit, 6 rejetées ; 0 vide."
        in told
    )
    assert "Code Caf → ORGANISM" in told
    assert "Colonnes ignorées : Caf" in told
    assert "ligne 9 · REJECTED · SIRET_KEY · La clé du SIRET est fausse" in told
    assert "ligne 2 ·" not in told


async def test_the_lines_of_one_s_caf_are_taken_on_demand(
    serve: Any,  # noqa: ANN401 a starter
    issuer_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DEMO_KEY", str(issuer_file))
    running = await serve()
    file = tmp_path / "extraction.csv"
    file.write_bytes(a_file(a_line(), a_line(department="13"), a_line(caf="921")))
    sent = (
        str(file),
        "--as",
        "agent-paris",
        "--send",
        f"{running.url}/graphql",
        "--apply",
    )

    assert await run(*sent, "--organism", "751") == 0
    assert await run(*sent) == 0

    told = capsys.readouterr().out
    assert (
        "2 lignes prises, 2 partenaires enregistrés, 0 inchangée, 0 en attente." in told
    )
    assert "à savoir · lines.3 · OTHER_DEPARTMENT" in told
    assert "0 ligne prise, 0 partenaire enregistré, 2 inchangées, 0 en attente." in told
    assert await run(*sent, "--organism", "XXX") == 2


async def test_what_cannot_be_sent_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "extraction.csv"
    assert await run(str(file), "--send", "http://127.0.0.1:1/graphql") == 2
    file.write_bytes(a_file())
    assert await run(str(file), "--send", "http://127.0.0.1:1/graphql") == 2

    assert "ne répond pas" in capsys.readouterr().err
