"""The command line itself: it answers at once, says its version, and tells a misuse in one French sentence."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from server.cli import COMMANDS, main
from server.commands import (
    contract,
    proofs,
    register,
    sending,
    serving,
    statement,
    tokens,
)

ROOT = Path(__file__).parents[2]
HEAVY = (
    "sqlalchemy",
    "graphql",
    "strawberry",
    "starlette",
    "uvicorn",
    "httpx",
    "casbin",
    "cryptography",
    "pysqlite3",
)


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["lines", "--help"], ["serve", "--unknown"]]
)
def test_what_only_tells_about_the_commands_imports_nothing_heavy(
    words: list[str],
) -> None:
    program = "import sys\nfrom server.cli import main\ntry:\n    main({words})\nexcept SystemExit:\n    pass\n"
    program += (
        "print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    text = program.format(words=words, heavy=HEAVY)

    ended = subprocess.run(  # noqa: S603 ourselves
        [sys.executable, "-c", text],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stderr.splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert (
        capsys.readouterr().out
        == f"habilitations {metadata.version('habilitations')}\n"
    )


def test_each_command_has_its_function() -> None:
    modules = {
        "contract": contract,
        "proofs": proofs,
        "register": register,
        "sending": sending,
        "tokens": tokens,
        "serving": serving,
        "statement": statement,
    }
    for place in COMMANDS.values():
        module, _, function = place.partition(":")
        assert callable(getattr(modules[module], function))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "il manque commande"),
        (["lines", "paie.csv"], "il manque --campaign"),
        (
            ["lines", "paie.csv", "--campaign", "novembre"],
            "--campaign : un nombre entier",
        ),
        (["lines", "paie.csv", "--campaign"], "--campaign : il manque sa valeur"),
        (["serve", "--port", "8000"], "un mot de trop ou une option inconnue"),
        (["serv"], "commande : un de 'demo', 'serve'"),
        (
            ["lines", "paie.csv", "--campaign", "2026", "--d"],
            "--d peut vouloir dire --draft, --dry-run",
        ),
    ],
)
def test_a_command_that_is_badly_written_is_told_in_one_french_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)

    output = capsys.readouterr()
    assert ended.value.code == 2
    assert output.out == ""
    assert sentence in output.err
    assert len(output.err.splitlines()) == 1
