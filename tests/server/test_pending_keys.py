"""A key is drawn for what is sent, and kept beside the file until its answer comes; then it is another sending."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from persistence.engine import Database
from server.cli import main
from server.client.payroll import ExportUnreadable
from server.client.pending import PendingKeys
from tests.acting.ledger import rows
from tests.imports.sending import a_file, a_line

HEAD = (
    "Référence;Numéro sécurité sociale;Nom de naissance;Prénom;Date de naissance;Matricule;Caf;SIRET;Entrée;Taux;"
    "Rémunération nette;Aide nette;Part;Cumul"
)
CANAL = "99990001200025"


def a_payroll(folder: Path, amount: str) -> Path:
    """One person's November, at this amount; always under the same name."""
    file = folder / "paie.csv"
    person = (
        f"P1;185057599904209;Abélia;Ariel;27/05/1985;1000001;921;{CANAL};28/06/2015;100"
    )
    file.write_text(f"{HEAD}\n{person};{amount};833,01;17;N\n", encoding="utf-8")
    return file


# the keys themselves


def test_a_call_has_the_same_key_until_its_answer_comes_and_another_afterwards(
    tmp_path: Path,
) -> None:
    pending, call = PendingKeys.beside(tmp_path / "paie.csv"), {"input": {"lines": [1]}}
    key = pending.draw("http://a", call)

    assert (
        pending.draw("http://a", call)
        == key
        == PendingKeys.beside(tmp_path / "paie.csv").draw("http://a", call)
    )
    assert pending.draw("http://b", call) != key
    others = [
        pending.draw("http://a", {"input": {"lines": lines}})
        for lines in ([2], [1, 1], [])
    ]
    assert len({key, *others}) == 4
    pending.forget(key)

    assert pending.draw("http://a", call) not in {key, *others}


def test_the_keys_are_their_owner_s_alone_hold_nothing_of_the_file_and_leave_nothing(
    tmp_path: Path,
) -> None:
    pending = PendingKeys.beside(tmp_path / "paie.csv")
    key = pending.draw("http://a", {"input": {"lines": [{"nir": "185057599904209"}]}})

    assert pending.file.name == "paie.csv.key"
    assert pending.file.stat().st_mode & 0o777 == 0o600
    assert "185057599904209" not in pending.file.read_text(encoding="utf-8")
    pending.forget(key)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["{", "[]", "\x00"])
def test_a_file_of_keys_that_does_not_read_stops_the_sending(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "paie.csv.key").write_text(content, encoding="utf-8")

    with pytest.raises(ExportUnreadable, match=r"paie\.csv\.key"):
        PendingKeys.beside(tmp_path / "paie.csv").draw("http://a", {})


# at a real server


@pytest.fixture
async def run(serve: Any, issuer_file: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 a starter
    monkeypatch.setenv("DEMO_KEY", str(issuer_file))
    running = await serve()

    async def send(
        file: Path, *options: str, command: str = "lines", who: str = "declarante-canal"
    ) -> int:
        words = [
            command,
            str(file),
            "--as",
            who,
            "--send",
            f"{running.url}/graphql",
            *options,
        ]
        campaign = ["--campaign", "2026"] if command == "lines" else []
        return await asyncio.to_thread(main, [*words, *campaign])

    return send


async def amounts(database: Database) -> list[int]:
    """What is in force, the latest first."""
    # the world has campaigns of before
    live = "SELECT l.net_remuneration AS amount FROM declaration_line l JOIN declaration d ON d.id = l.declaration_id"
    of_canal = f"{live} WHERE d.superseded_at IS NULL AND d.received_at IS NOT NULL AND d.siret = :siret"
    of_canal += " AND d.campaign_id = 'cmp_2026'"
    return [
        row["amount"]
        for row in await rows(
            database, f"{of_canal} ORDER BY d.sequence DESC", siret=CANAL
        )
    ]


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_file_then_another_then_the_first_again_ends_with_the_first(
    run: Any,  # noqa: ANN401 a command
    database: Database,
    tmp_path: Path,
) -> None:
    for amount, cents in (
        ("1112,32", 111232),
        ("1112,33", 111233),
        ("1112,32", 111232),
    ):
        assert await run(a_payroll(tmp_path, amount)) == 0

        assert await amounts(database) == [cents]
        assert not (tmp_path / "paie.csv.key").exists()


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The graph is asked, and no answer comes."""
    with monkeypatch.context() as patch:
        posted = httpx.Client.request

        def loses(*arguments: Any, **more: Any) -> httpx.Response:  # noqa: ANN401 the client's own
            answer = posted(*arguments, **more)
            if b"importApply" in (
                answer.request.content or b""
            ) or b"remunerations" in (answer.request.content or b""):
                raise httpx.ReadTimeout("lost")
            return answer

        patch.setattr(httpx.Client, "request", loses)
        yield patch


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_lost_answer_is_asked_for_again_and_happens_once(
    run: Any,  # noqa: ANN401 a command
    database: Database,
    tmp_path: Path,
    lost: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = a_payroll(tmp_path, "1112,32")
    assert await run(file) == 2
    assert (tmp_path / "paie.csv.key").exists()
    lost.undo()

    assert await run(file) == 0

    assert "rien n'a été refait" in capsys.readouterr().out
    assert await amounts(database) == [111232]
    (count,) = await rows(
        database, "SELECT count(*) AS n FROM journal WHERE act = 'remunerationsDeclare'"
    )
    assert count["n"] == 1
    assert not (tmp_path / "paie.csv.key").exists()


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_replay_that_a_later_deposit_has_replaced_ends_in_3_and_is_sent_anew_the_next_time(
    run: Any,  # noqa: ANN401 a command
    database: Database,
    tmp_path: Path,
    lost: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await run(a_payroll(tmp_path, "1112,32")) == 2
    lost.undo()
    assert await run(a_payroll(tmp_path, "1112,33")) == 0

    assert await run(a_payroll(tmp_path, "1112,32")) == 3

    assert "n'est pas en vigueur" in capsys.readouterr().out
    assert await amounts(database) == [111233]
    assert await run(a_payroll(tmp_path, "1112,32")) == 0
    assert await amounts(database) == [111232]


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_dry_run_keeps_no_key(run: Any, tmp_path: Path) -> None:  # noqa: ANN401 a command
    assert await run(a_payroll(tmp_path, "1112,32"), "--dry-run") == 0

    assert not (tmp_path / "paie.csv.key").exists()


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_an_extraction_whose_taking_was_not_answered_is_told_what_was_taken(
    run: Any,  # noqa: ANN401 a command
    tmp_path: Path,
    lost: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "extraction.csv"
    file.write_bytes(a_file(a_line()))
    assert await run(file, "--apply", command="import", who="agent-paris") == 2
    lost.undo()
    capsys.readouterr()

    assert await run(file, "--apply", command="import", who="agent-paris") == 0

    assert "1 ligne prise, 1 partenaire enregistré" in capsys.readouterr().out
    assert not (tmp_path / "extraction.csv.key").exists()
