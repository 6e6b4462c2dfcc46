"""The vault: what is sealed opens in its own row alone, with any known key; a keyed index finds a number again."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.records.nir import Nir
from persistence.vault import Vault, VaultError

NIR = Nir.read("185057599904209")
OTHER = Nir.read("291077899901729")
KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}
INDEX = b"i" * 32
VAULT = Vault(KEYS, "k1", INDEX)


def _written(folder: Path, content: object) -> Path:
    file = folder / "keys.json"
    file.write_text(
        content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
    )
    return file


def _said(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 what JSON may hold
    """A key file with these members changed."""
    keys = {name: base64.b64encode(key).decode() for name, key in KEYS.items()}
    return {
        "current": "k1",
        "keys": keys,
        "index": base64.b64encode(INDEX).decode(),
        **changed,
    }


# sealing


def test_what_is_sealed_opens_in_its_row() -> None:
    sealed = VAULT.seal(NIR, "wrk_1")

    assert VAULT.open(sealed, "wrk_1") == NIR


def test_a_sealed_number_never_reads_the_same_and_shows_no_digit() -> None:
    one, again = VAULT.seal(NIR, "wrk_1"), VAULT.seal(NIR, "wrk_1")

    assert one != again
    assert b"5990" not in one


@pytest.mark.parametrize("row", ["wrk_2", "", "wrk_1 ", "WRK_1"])
def test_a_value_moved_to_another_row_does_not_open(row: str) -> None:
    sealed = VAULT.seal(NIR, "wrk_1")

    with pytest.raises(VaultError, match="n'est pas celle de sa ligne"):
        VAULT.open(sealed, row)


@pytest.mark.parametrize("key", ["k1", "k2", "clé de 2026"])
def test_a_value_touched_anywhere_does_not_open(key: str) -> None:
    vault = Vault({**KEYS, "clé de 2026": b"3" * 32}, key, INDEX)
    sealed = vault.seal(NIR, "wrk_1")

    for place in range(len(sealed)):
        touched = bytearray(sealed)
        touched[place] ^= 1
        with pytest.raises(VaultError):
            vault.open(bytes(touched), "wrk_1")


def test_a_value_cut_anywhere_does_not_open() -> None:
    sealed = VAULT.seal(NIR, "wrk_1")

    for length in range(len(sealed)):
        with pytest.raises(VaultError):
            VAULT.open(sealed[:length], "wrk_1")


@given(st.binary(max_size=60))
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        VAULT.open(sealed, "wrk_1")
    with pytest.raises(VaultError):
        VAULT.open(b"\x01\x02k1" + sealed, "wrk_1")


# keys that follow one another


def test_a_former_key_still_opens_and_the_current_one_seals() -> None:
    before, after = Vault({"k1": KEYS["k1"]}, "k1", INDEX), Vault(KEYS, "k2", INDEX)
    old = before.seal(NIR, "wrk_1")

    new = after.seal(NIR, "wrk_1")

    assert after.open(old, "wrk_1") == after.open(new, "wrk_1") == NIR
    assert (old[:4], new[:4]) == (b"\x01\x02k1", b"\x01\x02k2")
    with pytest.raises(VaultError, match="Une clé manque"):
        before.open(new, "wrk_1")


def test_a_key_may_have_any_name() -> None:
    vault = Vault({"clé d'été": KEYS["k1"]}, "clé d'été", INDEX)

    assert vault.open(vault.seal(NIR, "wrk_1"), "wrk_1") == NIR


def test_another_key_of_the_same_name_does_not_open() -> None:
    other = Vault({"k1": KEYS["k2"]}, "k1", INDEX)

    with pytest.raises(VaultError):
        other.open(VAULT.seal(NIR, "wrk_1"), "wrk_1")


@pytest.mark.parametrize(
    ("keys", "current", "index"),
    [
        (KEYS, "k3", INDEX),
        ({}, "k1", INDEX),
        ({"k1": b"1" * 31}, "k1", INDEX),
        ({"k1": b"1" * 32, "k2": b"2" * 16}, "k1", INDEX),
        (KEYS, "k1", b""),
        (KEYS, "k1", b"i" * 33),
    ],
)
def test_keys_are_of_32_bytes_and_the_current_one_is_among_them(
    keys: dict[str, bytes], current: str, index: bytes
) -> None:
    with pytest.raises(VaultError, match="32 octets"):
        Vault(keys, current, index)


@pytest.mark.parametrize("key", KEYS.values())
def test_the_key_of_the_index_seals_nothing(key: bytes) -> None:
    with pytest.raises(
        VaultError, match="La clé de l'index n'est pas une clé de chiffrement"
    ):
        Vault(KEYS, "k1", key)


# the index


def test_a_number_is_found_again_whoever_seals() -> None:
    rotated = Vault(KEYS, "k2", INDEX)

    assert VAULT.index(NIR) == rotated.index(Nir.read("1 85 05 75 999 042"))
    assert len(VAULT.index(NIR)) == 32


def test_an_index_is_another_for_another_number_or_another_key() -> None:
    elsewhere = Vault(KEYS, "k1", b"j" * 32)

    assert len({VAULT.index(NIR), VAULT.index(OTHER), elsewhere.index(NIR)}) == 3


# the file


def test_new_keys_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    Vault.write(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    vault = Vault.read(file)
    assert vault.open(vault.seal(NIR, "wrk_1"), "wrk_1") == NIR


def test_two_files_of_keys_have_nothing_in_common(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one", "two")]
    for file in files:
        Vault.write(file)

    one, two = (Vault.read(file) for file in files)

    assert one.index(NIR) != two.index(NIR)
    with pytest.raises(VaultError):
        two.open(one.seal(NIR, "wrk_1"), "wrk_1")


def test_a_file_of_keys_is_never_overwritten(tmp_path: Path) -> None:
    file = _written(tmp_path, "des clés")

    with pytest.raises(VaultError, match="existe"):
        Vault.write(file)

    assert file.read_text(encoding="utf-8") == "des clés"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="ne peut pas être écrit"):
        Vault.write(tmp_path / "nowhere" / "keys.json")


def test_a_file_of_several_keys_is_read(tmp_path: Path) -> None:
    vault = Vault.read(_written(tmp_path, _said(current="k2")))

    assert vault.open(VAULT.seal(NIR, "wrk_1"), "wrk_1") == NIR
    assert vault.seal(NIR, "wrk_1")[2:4] == b"k2"
    assert vault.index(NIR) == VAULT.index(NIR)


SECRET = base64.b64encode(b"s" * 32).decode()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        SECRET,
        f'{{"current": "k1", "keys": {{"k1": "{SECRET}"',
        {"current": "k1", "keys": {"k1": SECRET}},
        {"keys": {"k1": SECRET}, "index": SECRET},
        _said(keys=[SECRET]),
        _said(keys={"k1": SECRET + "*"}),
        _said(keys={"k1": "é" + SECRET}),
        _said(keys={"k1": 12}),
        _said(keys={"k1": None}),
        _said(index=None),
        _said(index=f" {SECRET}"),
        _said(current=["k1"]),
    ],
)
def test_a_file_that_is_no_key_file_is_refused_without_its_content(
    tmp_path: Path, content: object
) -> None:
    file = _written(tmp_path, content)

    with pytest.raises(VaultError, match="absent ou mal formé") as refused:
        Vault.read(file)

    assert str(file) in str(refused.value)
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    "content",
    [
        _said(current="k3"),
        _said(current=1),
        _said(keys={"k1": SECRET[:20]}),
        _said(keys={"k1": SECRET}, index=SECRET),
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_their_values(
    tmp_path: Path, content: object
) -> None:
    with pytest.raises(VaultError, match="clé") as refused:
        Vault.read(_written(tmp_path, content))

    assert SECRET[:20] not in str(refused.value)


def test_a_file_that_is_absent_or_unreadable_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")

    for file in (tmp_path / "nowhere", tmp_path, binary):
        with pytest.raises(VaultError, match="absent ou mal formé"):
            Vault.read(file)


# apart


def test_what_is_sealed_for_a_purpose_opens_for_that_purpose_and_at_its_place_alone() -> (
    None
):
    sealed = VAULT.apart("console").seal(b"texte", "ligne 1")

    assert VAULT.apart("console").open(sealed, "ligne 1") == b"texte"
    assert b"texte" not in sealed
    for purpose, place in (
        ("autre", "ligne 1"),
        ("console", "ligne 2"),
        ("", "ligne 1"),
    ):
        with pytest.raises(VaultError, match="n'est pas celle de sa ligne"):
            VAULT.apart(purpose).open(sealed, place)


def test_no_purpose_opens_a_number() -> None:
    sealed = VAULT.seal(NIR, "wrk_1")

    with pytest.raises(VaultError):
        VAULT.apart("console").open(sealed, "worker.nir_cipher|wrk_1")


def test_a_purpose_follows_the_rotation_of_the_keys() -> None:
    sealed = VAULT.apart("console").seal(b"texte", "ligne 1")
    rotated, without = Vault(KEYS, "k2", INDEX), Vault({"k2": KEYS["k2"]}, "k2", INDEX)

    assert rotated.apart("console").open(sealed, "ligne 1") == b"texte"
    assert rotated.apart("console").seal(b"texte", "ligne 1")[2:4] == b"k2"
    with pytest.raises(VaultError, match="Une clé manque"):
        without.apart("console").open(sealed, "ligne 1")
