"""An import tells which sheets of its workbook were read, and where each of its lines stands."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.journeys.story import Person, a_siret

from .sending import Desk, a_line
from .test_reading_files import NAMES
from .test_sheets import named_workbook

SHEETS = "sheets { name state lines } lines(first: 10) { nodes { sheet number outcome reasons { code message path } } }"


def two_sheets(first: str, second: str, **more: str) -> bytes:
    """A line in each of two sheets, a sheet of notes, a hidden one."""
    return named_workbook(
        ("Nord", "visible", [NAMES, a_line(first).split(";")]),
        ("Notes", "visible", [["Bonjour"]]),
        ("Sud", "visible", [NAMES, a_line(second, **more).split(";")]),
        ("Ancien", "hidden", [NAMES, a_line(first).split(";")]),
    )


async def test_an_import_tells_the_sheets_that_were_read_and_the_others(
    paris: Desk,
) -> None:
    siret = a_siret()
    opened = await paris.opens(filename="deux.xlsx")

    answer = await paris.puts(opened, two_sheets(siret, siret))

    sheets = [
        {"name": "Nord", "state": "READ", "lines": 1},
        {"name": "Notes", "state": "NO_HEADER", "lines": 0},
        {"name": "Sud", "state": "READ", "lines": 1},
        {"name": "Ancien", "state": "HIDDEN", "lines": 0},
    ]
    assert answer.json()["import"]["sheets"] == sheets
    seen = await paris.sees(opened, SHEETS)
    assert seen["sheets"] == sheets
    first, second = seen["lines"]["nodes"]
    assert [
        (line["sheet"], line["number"], line["outcome"]) for line in (first, second)
    ] == [
        ("Nord", 2, "NEW"),
        ("Sud", 2, "UNCHANGED"),
    ]
    (same,) = second["reasons"]
    assert (same["code"], same["path"]) == ("EXTRACT_DUPLICATE", [])
    assert "Même contenu que la ligne Nord!2." in same["message"]


async def test_a_line_of_a_second_sheet_is_taken_and_told_by_its_sheet(
    paris: Desk,
    world: Any,  # noqa: ANN401
) -> None:
    first, second = a_siret(), a_siret()
    sent = await paris.sends(two_sheets(first, second, department="13"))

    done = await paris.applies(sent)

    assert (done["applied"], done["registered"]) == (2, 2)
    assert [(w["code"], w["path"]) for w in done["warnings"]] == [
        ("OTHER_DEPARTMENT", ["input", "lines", "Sud!2"])
    ]
    query = "query($s: String!) { partner(by: {siret: $s}) { origins { sheet lineNumber } } }"
    seen = await Person(world, "agent-paris").asker.ask("agent-paris", query, s=second)
    assert seen["partner"]["origins"] == [{"sheet": "Sud", "lineNumber": 2}]


async def test_a_reason_of_a_line_names_its_column(paris: Desk) -> None:
    sent = await paris.sends(
        "\n".join(
            (";".join(NAMES), a_line(a_siret(), mcp="X", seen="hier"), "")
        ).encode()
    )

    seen = await paris.sees(sent, SHEETS)

    assert seen["sheets"] == []
    (line,) = seen["lines"]["nodes"]
    assert line["sheet"] is None
    assert [(reason["code"], reason["path"]) for reason in line["reasons"]] == [
        ("CROSS_IS_YES", ["raw", "Connu MCP"]),
        ("DAY_INVALID", ["raw", "Dernière connexion"]),
    ]


async def test_the_command_line_tells_the_sheets_and_the_cells_and_reads_a_column_that_is_explained(
    serve: Any,  # noqa: ANN401 a starter
    issuer_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DEMO_KEY", str(issuer_file))
    running = await serve()
    file = tmp_path / "deux.xlsx"
    file.write_bytes(two_sheets(a_siret(), a_siret(), mcp="X"))
    sent = [
        "import",
        str(file),
        "--as",
        "agent-paris",
        "--send",
        f"{running.url}/graphql",
    ]

    assert await asyncio.to_thread(main, [*sent, "--column", "Ville=IGNORED"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert "Feuilles lues : « Nord » (1 ligne), « Sud » (1 ligne)" in told
    assert (
        "Feuilles non lues : « Notes » (sans en-tête reconnu), « Ancien » (masquée)"
        in told
    )
    assert "à savoir · le fichier n'a pas de colonne « Ville »." in told
    (cross,) = [line for line in told if "CROSS_IS_YES" in line]
    assert cross.startswith("ligne Sud!2 · NEW · ")
    assert cross.endswith(" (colonne « Connu MCP »)")

    zones = tmp_path / "zones.csv"
    zones.write_text(
        f"SIRET;Raison sociale;Caf A;Caf B;Zone;Habtiers\n{a_siret()};A;751;Paris;O;N\n",
        encoding="utf-8",
    )
    sent[1] = str(zones)
    explained = ["--column", "caf b=ignored", "--column", "Zone=KNOWN_MCP"]
    assert await asyncio.to_thread(main, sent) == 2
    assert await asyncio.to_thread(main, [*sent, "--column", "Zone=COULEUR"]) == 2
    assert await asyncio.to_thread(main, [*sent, *explained]) == 0

    shown = capsys.readouterr()
    assert "« Caf A », « Caf B »" in shown.err
    assert "--column s'écrit EN-TÊTE=CHAMP" in shown.err
    assert "Zone → KNOWN_MCP" in shown.out
    assert "1 ligne reçue : 1 nouvelle" in shown.out
