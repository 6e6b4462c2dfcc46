"""The command line beside the server: keys written once, a payroll export turned into the variables of the act."""

import json
from pathlib import Path

import pytest

from persistence.vault import Vault
from server.cli import main

GIVEN = Path(__file__).parents[2] / "persistence" / "seeds" / "paie-novembre-2026.csv"


def test_keys_are_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nir.json"

    assert main(["keys", str(file)]) == 0
    Vault.read(file)
    kept = file.read_bytes()
    assert main(["keys", str(file)]) == 2

    assert file.read_bytes() == kept
    assert "existe" in capsys.readouterr().err


def test_an_export_is_shown_as_the_variables_of_the_act(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lines", str(GIVEN), "--campaign", "2026", "--draft", "--accept-valid", "--dry-run"]) == 0

    shown = capsys.readouterr()
    given = json.loads(shown.out)["input"]
    facts = [given[name] for name in ("siret", "campaignYear", "deposit", "mode", "dryRun")]
    assert facts == ["99990001200025", 2026, False, "ACCEPT_VALID", True]
    assert len(given["lines"]) == 78
    assert "Nom de naissance → birthName" in shown.err
    assert "Lefèvre" not in shown.err


def test_a_deposit_of_all_or_nothing_is_the_rule(capsys: pytest.CaptureFixture[str]) -> None:
    main(["lines", str(GIVEN), "--campaign", "2026", "--siret", "99990001200033", "--key", "k"])

    given = json.loads(capsys.readouterr().out)["input"]
    facts = [given[name] for name in ("siret", "deposit", "mode", "dryRun", "idempotencyKey")]
    assert facts == ["99990001200033", True, "ALL_OR_NOTHING", False, "k"]


def test_columns_that_no_word_explains_are_told_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "paie.csv"
    file.write_text("NIR;Nom;Taux;SIRET;Atelier\n1;Roux;50;2;Menuiserie\n", encoding="utf-8")

    assert main(["lines", str(file), "--campaign", "2026"]) == 0

    told = capsys.readouterr().err
    assert "Colonnes ignorées : Atelier" in told
    assert "Menuiserie" not in told


@pytest.mark.parametrize("content", [None, "", "a;b;c\n1;2;3\n"])
def test_what_is_no_export_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    file = tmp_path / "paie.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert main(["lines", str(file), "--campaign", "2026"]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("n'existe pas" if content is None else "en-tête") in shown.err
