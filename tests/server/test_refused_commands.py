"""What stops a command is one French sentence on stderr and the exit code 2, never a trace."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from persistence import pools
from persistence.signing import add_key
from persistence.vault import Vault
from server.cli import INTERRUPTED, UNREAD, main
from tests.conftest import ROOT, Copies, _free_port, _plain

IDENTITY = {
    "OIDC_ISSUER": "https://sso.example.invalid",
    "OIDC_JWKS_URL": "https://sso.example.invalid/jwks",
}
ADA = (
    "appoint-national", "--issuer", "https://sso.example.invalid", "--subject", "ada", "--given-name", "Ada",
    "--family-name", "Abel", "--email", "ada@example.invalid",
)  # fmt: skip
GRACE = (*(word.replace("ada", "grace").replace("Ada", "Grace") for word in ADA),)
PAYROLL = ROOT / "persistence" / "seeds" / "paie-novembre-2026.csv"
Run = Callable[..., str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


@pytest.fixture
def run(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """A command that must be refused: the sentence that it tells. The environment is a production's."""
    keys = tmp_path / "nir.json"
    Vault.write(keys)
    add_key(keys, date(2026, 11, 28))
    for name, value in {
        **IDENTITY,
        "NIR_KEYS": str(keys),
        "DATABASE_URL": f"sqlite:///{file}",
    }.items():
        monkeypatch.setenv(name, value)

    def refused(*words: str, code: int = 2, **environ: str) -> str:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            assert main(words) == code
        output = capsys.readouterr()
        assert output.out == ""
        (sentence,) = output.err.splitlines()
        return sentence

    return refused


def done(*words: str) -> None:
    assert main(words) == 0


@pytest.mark.parametrize(
    "words",
    [("serve",), ("migrate",), ("seed",), ADA, ("purge",)],
    ids=lambda words: words[0],
)
def test_an_unreachable_database_is_told_in_a_sentence(
    run: Run, words: tuple[str, ...], tmp_path: Path
) -> None:
    for url in (
        f"postgresql://127.0.0.1:{_free_port()}/base",
        f"sqlite:///{tmp_path}/absent/register.db",
    ):
        assert run(*words, DATABASE_URL=url).startswith("Le registre ne répond pas (")


@pytest.mark.parametrize(
    "words", [("serve",), ADA, ("purge",)], ids=lambda words: words[0]
)
def test_a_register_that_was_not_migrated_is_told_in_a_sentence(
    run: Run, file: Path, words: tuple[str, ...]
) -> None:
    assert run(*words).startswith("Le registre ne répond pas (")
    assert not file.exists(), "a command that needs a register made an empty one"

    file.touch()

    assert (
        run(*words)
        == "Le registre n'est pas à la dernière étape : `habilitations migrate`."
    )


def test_a_file_that_is_no_register_is_told_in_a_sentence(run: Run, file: Path) -> None:
    file.write_bytes(b"ceci n'est pas une base" * 1_000)

    for words in (("serve",), ("migrate",), ADA):
        assert run(*words).startswith("Le registre ne répond pas (")


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_database_of_postgresql_that_was_not_migrated_is_told_in_a_sentence(
    dialect: str, copies: Copies, run: Run
) -> None:
    assert dialect == "postgresql"
    name = f"raw_{copies.mine}"
    await copies._admin(f'CREATE DATABASE "{name}"')  # noqa: SLF001 the tests' own server
    url = copies.in_server(name)

    sentence = await asyncio.to_thread(run, "serve", DATABASE_URL=_plain(url))

    await copies.drop(url)
    assert (
        sentence
        == "Le registre n'est pas à la dernière étape : `habilitations migrate`."
    )
    missing = await asyncio.to_thread(run, "serve", DATABASE_URL=_plain(url))
    assert missing.startswith("Le registre ne répond pas (3D000)")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hôte:port/base",
        "sqlite://register.db",
        "postgresql://127.0.0.1/base?sslmode=require",
    ],
)
def test_an_address_of_the_register_that_is_badly_written_is_told_in_a_sentence(
    run: Run, url: str
) -> None:
    assert run("migrate", DATABASE_URL=url).startswith(
        "La variable DATABASE_URL est mal écrite"
    )


def test_migrating_asks_for_the_register_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run is not None
    for name in ("OIDC_ISSUER", "OIDC_JWKS_URL", "NIR_KEYS"):
        monkeypatch.delenv(name)

    done("migrate")
    done("seed")
    done(*ADA)


def test_a_second_first_administrator_is_refused_in_a_sentence(run: Run) -> None:
    done("migrate")
    assert run(*ADA) == "Le référentiel manque : `habilitations seed`."
    done("seed")
    done(*ADA)

    assert (
        run(*ADA) == "Cette identité, émetteur et sujet, est déjà celle de quelqu'un."
    )
    assert run(*GRACE).startswith("Un administrateur national est déjà nommé")
    assert (
        run(*ADA, "--again")
        == "Cette identité, émetteur et sujet, est déjà celle de quelqu'un."
    )
    done(*GRACE, "--again")


def test_an_administrator_whose_facts_are_wrong_is_refused_in_a_sentence(
    run: Run,
) -> None:
    done("migrate")
    done("seed")

    assert "@" not in run(*ADA[:-1], "ada.example.invalid")


@pytest.mark.parametrize(
    "content",
    [None, b"", b"{}", b'{"current": "k1", "keys": {}, "index": ""}', b"\xff"],
)
def test_keys_that_cannot_be_read_are_told_in_a_sentence(
    run: Run, tmp_path: Path, content: bytes | None
) -> None:
    done("migrate")
    keys = tmp_path / "other.json"
    if content is not None:
        keys.write_bytes(content)
        keys.chmod(0o600)

    for words in (("serve",), ("seed",)):
        assert (
            str(keys) in run(*words, NIR_KEYS=str(keys))
            or content == b'{"current": "k1", "keys": {}, "index": ""}'
        )
    assert str(tmp_path) in run("serve", NIR_KEYS=str(tmp_path))


@pytest.mark.parametrize("port", ["65536", "99999999999999999999", "huit"])
def test_a_port_that_is_none_is_told_in_a_sentence(run: Run, port: str) -> None:
    assert (
        run("serve", PORT=port)
        == "La variable PORT doit être un nombre entier, de 0 à 65535."
    )


def test_a_host_that_is_not_of_this_machine_is_told_in_a_sentence(run: Run) -> None:
    done("migrate")

    for host in ("192.0.2.1", "nom.invalid"):
        assert run("serve", HOST=host).startswith(
            f"L'adresse {host}, port 8000, ne peut pas être ouverte"
        )


def test_a_key_of_the_demonstration_that_is_none_is_told_in_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*IDENTITY, "NIR_KEYS"):
        monkeypatch.delenv(name)
    key = tmp_path / "issuer.jwk"
    key.write_text("ceci n'est pas une clé", encoding="utf-8")

    assert str(key) in run("token", "--as", "agent-paris", DEMO="1", DEMO_KEY=str(key))
    assert str(tmp_path) in run(
        "token", "--as", "agent-paris", DEMO="1", DEMO_KEY=str(tmp_path)
    )


def test_a_folder_in_the_place_of_a_file_is_told_in_a_sentence(
    run: Run, tmp_path: Path
) -> None:
    for words in (
        ("lines", str(tmp_path), "--campaign", "2026"),
        ("import", str(tmp_path), "--send", "http://x/"),
    ):
        assert str(tmp_path) in run(*words)
    assert str(tmp_path) in run("keys", str(tmp_path))


def test_a_library_that_corrupts_its_journal_is_told_in_a_sentence(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.touch()
    monkeypatch.setattr(pools, "SQLITE_FLOOR", (99, 0, 0))

    assert "corrompt parfois le journal WAL" in run("serve")


async def test_a_command_interrupted_from_the_keyboard_ends_without_a_trace(
    tmp_path: Path,
) -> None:
    """It waits for the answer of a server that says nothing."""
    request = asyncio.Event()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        request.set()
        await reader.read()  # until it goes
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/graphql"
    export = (
        tmp_path / PAYROLL.name
    )  # the key of an answer that never came stays beside it
    export.write_bytes(PAYROLL.read_bytes())
    words = ["lines", str(export), "--campaign", "2026", "--send", url]
    # a process started behind another ignores the keyboard: this one listens to it, wherever the tests run
    heeding = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"import runpy, signal; {heeding}; runpy.run_module('server.cli', run_name='__main__')"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *words, cwd=ROOT, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(60):
        await request.wait()
    process.send_signal(signal.SIGINT)
    _, output = await process.communicate()
    server.close()
    await asyncio.sleep(0.05)

    assert process.returncode == INTERRUPTED, output
    assert b"Traceback" not in output


def test_a_reader_that_has_read_enough_is_no_fault() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    command = [
        sys.executable,
        "-m",
        "server.cli",
        "lines",
        str(PAYROLL),
        "--campaign",
        "2026",
    ]

    ended = subprocess.run(  # noqa: S603 ourselves
        command,
        cwd=ROOT,
        stdout=ours.fileno(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    ours.close()

    assert ended.returncode == UNREAD
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
