"""The commands of keys and of proofs, as an operator types them."""

import json
import stat
from pathlib import Path

import pytest

from persistence.receipts import signed_document
from persistence.signing import Signer, add_key, written
from persistence.vault import Vault, VaultError
from server.cli import main
from server.clock import SystemClock

STATEMENT = {
    "entry": "ab" * 32,
    "kind": "ACTIVITY_CHANGES",
    "lines": 0,
    "number": 1,
    "position": 1,
    "root": "cd" * 32,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of keys of a version before the receipts."""
    file = tmp_path / "nir.json"
    Vault.write(file)
    return file


def test_a_new_file_of_keys_has_one_that_signs(tmp_path: Path) -> None:
    file = tmp_path / "new.json"

    assert main(["keys", str(file)]) == 0

    (key,) = Signer.read(file).keys
    assert (key.since, key.until) == (SystemClock().today(), None)
    Vault.read(file)


def test_a_file_of_before_receipts_still_opens_and_the_command_adds_the_key_that_signs(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads(file.read_text(encoding="utf-8"))
    Vault.read(file)
    with pytest.raises(VaultError, match=r"`habilitations keys .*` l'ajoute"):
        Signer.read(file)

    assert main(["keys", str(file)]) == 0

    assert "ajoutée" in capsys.readouterr().out
    after = json.loads(file.read_text(encoding="utf-8"))
    assert {name: after[name] for name in before} == before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    Signer.read(file)
    content = file.read_bytes()
    assert main(["keys", str(file)]) == 2
    assert file.read_bytes() == content


def test_after_a_rotation_old_receipts_are_valid_and_their_seed_is_gone(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", str(file)]) == 0
    former = Signer.read(file)
    seed = json.loads(file.read_text(encoding="utf-8"))["signing"]["seed"]
    receipt = tmp_path / "recu.json"
    receipt.write_text(signed_document(STATEMENT, former), encoding="utf-8")

    assert main(["keys", str(file), "--sign-anew"]) == 0
    assert main(["keys", str(file), "--sign-anew"]) == 0

    keys = Signer.read(file).keys
    assert len(keys) == 3
    assert keys[2].public == former.keys[0].public
    assert [key.until is None for key in keys] == [True, False, False]
    assert seed not in file.read_text(encoding="utf-8")
    published = tmp_path / "keys.json"
    published.write_text(json.dumps({"keys": [key.words() for key in keys]}))
    assert main(["verify", str(receipt), "--key", str(published)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Ce document est authentique."
    assert main(["verify", str(receipt), "--key", written(keys[0].public)]) == 1
    assert "pas parmi celles" in capsys.readouterr().out


def test_an_altered_receipt_and_a_key_that_is_none_are_refused(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_key(file, SystemClock().today())
    signer = Signer.read(file)
    receipt = tmp_path / "recu.json"
    document = signed_document(STATEMENT, signer)
    receipt.write_text(document.replace('"lines":0', '"lines":1'), encoding="utf-8")
    key = written(signer.keys[0].public)

    assert main(["verify", str(receipt), "--key", key]) == 1
    assert "altéré" in capsys.readouterr().out
    assert main(["verify", str(receipt), "--key", key[:-2] + "x="]) == 2
    assert main(["verify", str(tmp_path / "absent.json"), "--key", key]) == 2


def test_a_file_that_cannot_be_replaced_is_left_as_it_was(file: Path) -> None:
    content = file.read_bytes()
    file.with_name(f"{file.name}.new").write_text("another process writes it")

    with pytest.raises(VaultError, match="ne peut pas être écrit"):
        add_key(file, SystemClock().today())

    assert file.read_bytes() == content
