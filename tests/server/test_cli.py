"""The command line beside the server: keys written once, a payroll export turned into the variables of the act."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from persistence.vault import Vault
from server.cli import main
from server.commands.sending import exit_code

PAYROLL = Path(__file__).parents[2] / "persistence" / "seeds" / "paie-novembre-2026.csv"


def _inputs(output: str) -> list[dict[str, Any]]:
    """The inputs of the acts that a command shows, one text after another."""
    inputs: list[dict[str, Any]] = []
    while output.strip():
        variables, end = json.JSONDecoder().raw_decode(output := output.lstrip())
        inputs.append(variables["input"])
        output = output[end:]
    return inputs


def test_keys_are_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nir.json"

    assert main(["keys", str(file)]) == 0
    Vault.read(file)
    content_before = file.read_bytes()
    assert main(["keys", str(file)]) == 2

    assert file.read_bytes() == content_before
    assert "existe" in capsys.readouterr().err


def test_an_export_is_shown_as_the_variables_of_the_act(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        main(
            [
                "lines",
                str(PAYROLL),
                "--campaign",
                "2026",
                "--draft",
                "--accept-valid",
                "--dry-run",
            ]
        )
        == 0
    )

    output = capsys.readouterr()
    variables, other = _inputs(output.out)
    facts = [
        variables[name]
        for name in ("establishment", "campaignYear", "deposit", "mode", "dryRun")
    ]
    assert facts == [{"siret": "99990001200025"}, 2026, False, "ACCEPT_VALID", True]
    assert (len(variables["lines"]), other["establishment"], len(other["lines"])) == (
        77,
        {"siret": "99990001200033"},
        1,
    )
    assert "Nom de naissance → birthName" in output.err
    assert "Lefèvre" not in output.err


def test_a_deposit_of_all_or_nothing_is_the_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(
        [
            "lines",
            str(PAYROLL),
            "--campaign",
            "2026",
            "--siret",
            "99990001200033",
            "--key",
            "k",
        ]
    )

    variables = json.loads(capsys.readouterr().out)["input"]
    facts = [
        variables[name]
        for name in ("establishment", "deposit", "mode", "dryRun", "idempotencyKey")
    ]
    assert facts == [{"siret": "99990001200033"}, True, "ALL_OR_NOTHING", False, "k"]


def test_columns_that_no_word_explains_are_told_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "paie.csv"
    file.write_text(
        "NIR;Nom;Taux;SIRET;Atelier\n1;Roux;50;2;Menuiserie\n", encoding="utf-8"
    )

    assert main(["lines", str(file), "--campaign", "2026"]) == 0

    errors = capsys.readouterr().err
    assert "Colonnes ignorées : Atelier" in errors
    assert "Menuiserie" not in errors


@pytest.mark.parametrize("content", [None, "", "a;b;c\n1;2;3\n"])
def test_what_is_no_export_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    file = tmp_path / "paie.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert main(["lines", str(file), "--campaign", "2026"]) == 2

    output = capsys.readouterr()
    assert output.out == ""
    assert ("n'existe pas" if content is None else "en-tête") in output.err


def test_the_purge_tells_how_many_keys_it_forgot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/r.db",
        "DEMO_KEY": str(tmp_path / "issuer.jwk"),
    }
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    assert main(["seed"]) == 0
    with sqlite3.connect(tmp_path / "r.db") as register:
        register.execute(
            'INSERT INTO "user" (id, version, kind, given_name, family_name, sort_key)'
            " VALUES ('usr_1', 1, 'PERSON', 'A', 'B', 'b a')"
        )
        for year in ("2020", "2199"):
            instant = f"{year}-01-01T00:00:00.000000Z"
            row = ("usr_1", "groupClose", year, "d", "{}", instant, instant)
            register.execute(
                "INSERT INTO idempotency (user_id, operation, key, digest, outcome, at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
    capsys.readouterr()

    assert main(["purge"]) == 0

    assert "délai passé : 1." in capsys.readouterr().out
    with sqlite3.connect(tmp_path / "r.db") as register:
        assert register.execute("SELECT key FROM idempotency").fetchall() == [("2199",)]


def _payload(*codes: tuple[str, ...], received: bool = True) -> dict[str, Any]:
    """An answer with an error for each code, at its path."""
    errors = [{"code": code, "path": ["input", *path]} for code, *path in codes]
    return {"batch": {"id": "bat_1"} if received else None, "errors": errors}


@pytest.mark.parametrize(
    ("payload", "code", "accepted"),
    [
        (_payload(), 0, 0),
        (_payload(("NIR_KEY", "lines", "3", "nir")), 1, 0),
        (_payload(("NIR_KEY", "lines", "3", "nir"), ("BATCH_HELD", "lines")), 1, 1),
        (_payload(("WINDOW_CLOSED", "campaignYear"), received=False), 2, 2),
        (_payload(("NOTHING_ACCEPTED", "lines"), received=False), 1, 1),
        (
            _payload(("NIR_KEY", "lines", "3", "nir"), ("NOTHING_ACCEPTED", "lines")),
            1,
            1,
        ),
    ],
)
def test_a_rejected_line_ends_in_1_unless_it_is_accepted_and_nothing_accepted_always_does(
    payload: dict[str, Any], code: int, accepted: int
) -> None:
    assert exit_code(payload, accepts_rejected=False) == code
    assert exit_code(payload, accepts_rejected=True) == accepted


NOTHING = ["lines", "--campaign", "2026", "--nothing-to-declare"]


def test_what_a_deposit_wants_to_be_told_is_said_on_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent = [
        "lines",
        str(PAYROLL),
        "--campaign",
        "2026",
        "--reason",
        "Fermeture d'un atelier",
    ]

    assert main([*sent, "--acknowledge-removals", "99990001200025=41"]) == 0
    assert (
        main([*NOTHING, "--siret", "99990001200025", "--acknowledge-removals", "66"])
        == 0
    )

    own, other, none = _inputs(capsys.readouterr().out)
    assert [one.get("acknowledgeRemovals") for one in (own, other, none)] == [
        41,
        None,
        66,
    ]
    assert [one.get("reason") for one in (own, other)] == ["Fermeture d'un atelier"] * 2
    assert (none["lines"], none["nothingToDeclare"], "nothingToDeclare" in own) == (
        [],
        True,
        False,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lines", "--campaign", "2026"], "Il manque le fichier"),
        (NOTHING, "avec --siret"),
        ([*NOTHING, str(PAYROLL), "--siret", "99990001200025"], "sans fichier"),
        (
            [
                "lines",
                str(PAYROLL),
                "--campaign",
                "2026",
                "--acknowledge-removals",
                "3",
            ],
            "SIRET=N",
        ),
        (
            [*NOTHING, "--siret", "99990001200025", "--acknowledge-removals", "trois"],
            "SIRET=N",
        ),
        (
            ["lines", str(PAYROLL), "--campaign", "2026", "--key", "k"],
            "un seul établissement",
        ),
    ],
)
def test_an_intention_that_is_badly_written_is_refused_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    output = capsys.readouterr()
    assert output.out == ""
    assert sentence in output.err
