"""A receipt is a signed statement over a tree: anybody checks it offline, and no altered copy of it is accepted."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.receipts import (
    NotAuthentic,
    line_document,
    signed_document,
    verified,
)
from persistence.records import merkle
from persistence.records.canonical import canonical, read_canonical
from persistence.signing import PublicKey, Signer, strict_base64, written

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_receipt.py"
SIGNER = Signer.of(b"s" * 32, date(2026, 11, 28))
KEY = SIGNER.keys[0]
JSON_VALUES = st.dictionaries(
    st.sampled_from(["birthName", "rate", "nir", "Zz", "a"]),
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
)


# the tree


def slow_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def slow_path(leaves: Sequence[bytes], m: int) -> list[bytes]:
    """The same, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*slow_path(leaves[:k], m), slow_root(leaves[k:])]
    return [*slow_path(leaves[k:], m - k), slow_root(leaves[:k])]


def some_leaves(count: int) -> list[bytes]:
    return [merkle.leaf(b"salt" * 4, str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(1, 70))
def test_a_root_and_its_paths_are_those_of_the_definition(size: int) -> None:
    leaves = some_leaves(size)
    root = merkle.root(leaves)

    assert root == slow_root(leaves)
    for rank, line in enumerate(leaves):
        path = merkle.path(leaves, rank)
        assert path == slow_path(leaves, rank)
        assert merkle.root_of_path(line, rank, size, path) == root


def test_the_root_of_nothing_is_that_of_the_rfc() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert merkle.root([]).hex() == empty


def test_a_leaf_is_no_node() -> None:
    """A line that repeats two hashes is no node over them."""
    one, other = some_leaves(2)

    assert merkle.leaf(one, other) != merkle.root([one, other])


@pytest.mark.parametrize("size", range(1, 20))
def test_a_path_leads_to_the_root_from_its_own_rank_alone(size: int) -> None:
    """In a tree of this size, which is signed with the root."""
    leaves = some_leaves(size)
    root = merkle.root(leaves)
    for rank, line in enumerate(leaves):
        path = merkle.path(leaves, rank)
        others = [other for other in range(-1, size + 2) if other != rank]
        assert not any(leads(line, other, size, path, root) for other in others)
        for altered in (path[:-1], [*path, root], path[::-1]):
            assert altered == path or not leads(line, rank, size, altered, root)


def leads(
    line: bytes, rank: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    try:
        return merkle.root_of_path(line, rank, size, path) == root
    except ValueError:
        return False


# the one text of a value


@given(JSON_VALUES)
def test_the_one_text_is_that_of_the_standard_library(value: Any) -> None:  # noqa: ANN401 JSON
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert canonical(value).decode() == text
    assert read_canonical(text.encode()) == value


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '"\\u0041"', "1.0e0", "-0", " 1", "NaN", "[" * 2000, "", '"' + "a" * 70_000 + '"'],
)  # fmt: skip
def test_another_text_of_a_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 whichever
        read_canonical(text.encode())


# documents

WORDS = {
    "birth_date": "1985-05-11",
    "birth_name": "ÉXEMPLE-D’ESSAI",
    "dual_activity": False,
    "entered_on": "2019-09-01",
    "esat_share": "8.50",
    "given_names": "Zoé Marie",
    "matricule": "1234567",
    "net_aid": "652.40",
    "net_remuneration": "812.55",
    "nir": "2 85 05 ** *** *** **",
    "paying_organism": "921",
    "rate": "100.00",
    "used_name": "ESSAI",
}


def a_certificate(lines: int = 1_000) -> tuple[str, list[str], str, str]:
    """Its document, its leaves, the words and the salt of its line 421."""
    salt, words = written(b"0123456789abcdef"), canonical(WORDS).decode()
    leaves = some_leaves(lines)
    leaves[421 % lines] = merkle.leaf(strict_base64(salt), words.encode())
    statement = {
        "campaign": 2026,
        "entry": "ab" * 32,
        "establishment": "99990001200025",
        "kind": "REMUNERATIONS",
        "lines": lines,
        "number": 123456,
        "position": 1234567,
        "reception": "2026-12-10T08:00:00.123456Z",
        "root": merkle.root(leaves).hex(),
        "sequence": 3,
    }
    document = signed_document(statement, SIGNER)
    return document, [each.hex() for each in leaves], words, salt


@pytest.fixture(scope="module")
def documents() -> tuple[bytes, bytes]:
    """The document of a certificate of 1,000 lines, and that of one of its workers."""
    document, leaves, words, salt = a_certificate()
    return document.encode(), line_document(document, words, salt, leaves).encode()


def by_the_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_receipt", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


Verifier = Callable[[bytes], Any]
VERIFIERS: dict[str, Verifier] = {
    "product": lambda text: verified(text, [KEY]),
    "script": lambda text: by_the_script_once.verify(text, KEY.public),
}
by_the_script_once: Any = by_the_script()
REFUSALS = (NotAuthentic, *by_the_script_once.REFUSALS)
"""Nothing else may be raised, whatever is read."""


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_a_document_is_accepted_as_it_was_signed(
    verifier: str, documents: tuple[bytes, bytes]
) -> None:
    certificate, worker = (VERIFIERS[verifier](document) for document in documents)

    assert certificate["statement"] == worker["statement"]
    assert worker["line"]["words"] == WORDS


def test_the_receipt_of_a_worker_is_two_kilobytes_at_most(
    documents: tuple[bytes, bytes],
) -> None:
    assert len(documents[1]) <= 2_000


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_of_ten_thousand_flipped_bits_none_is_accepted(
    verifier: str, documents: tuple[bytes, bytes]
) -> None:
    """Each bit of a worker's document, which holds all that a certificate's does, and some of that."""
    verify, flipped, accepted = VERIFIERS[verifier], 0, []
    for document, step in zip(documents, (11, 1), strict=True):
        for place in range(0, len(document) * 8, step):
            altered = bytearray(document)
            altered[place // 8] ^= 1 << place % 8
            flipped += 1
            try:
                verify(bytes(altered))
            except REFUSALS:
                continue
            accepted.append(place)

    assert flipped > 10_000
    assert accepted == []


@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize(
    "change",
    [
        lambda d: d | {"more": 1},
        lambda d: d | {"line": d["line"] | {"more": 1}},
        lambda d: d | {"line": d["line"] | {"rank": True}},
        lambda d: d | {"line": d["line"] | {"rank": 422}},
        lambda d: d | {"line": d["line"] | {"path": ""}},
        lambda d: d | {"line": d["line"] | {"words": d["line"]["words"] | {"rate": "10.00"}}},
        lambda d: d | {"statement": d["statement"] | {"lines": 1_001}},
        lambda d: d | {"signature": d["signature"].rstrip("=")},
        lambda d: d | {"key": "0" * 16},
        lambda d: {"statement": d["statement"]},
        lambda d: [d],
    ],
)  # fmt: skip
def test_a_document_written_anew_with_something_else_is_refused(
    verifier: str, documents: tuple[bytes, bytes], change: Callable[[Any], Any]
) -> None:
    altered = canonical(change(json.loads(documents[1])))

    with pytest.raises(REFUSALS):
        VERIFIERS[verifier](altered)


def test_a_rank_that_is_a_boolean_is_none() -> None:
    document, leaves, words, salt = a_certificate(2)
    content = json.loads(line_document(document, words, salt, leaves))
    assert content["line"]["rank"] == 1
    content["line"]["rank"] = True

    for verify in VERIFIERS.values():
        with pytest.raises(REFUSALS):
            verify(canonical(content))


def test_a_lax_reading_of_base64_is_what_would_accept_an_altered_copy(
    documents: tuple[bytes, bytes],
) -> None:
    """The last letter of a signature has four bits that a lax reader leaves out."""
    signature = json.loads(documents[0])["signature"]
    other = signature[:-3] + chr(ord(signature[-3]) + 1) + "=="
    assert other != signature

    with pytest.raises(ValueError, match="base64"):
        strict_base64(other)


def test_a_receipt_of_a_former_key_stays_valid_and_one_of_a_stranger_is_not() -> None:
    document = a_certificate()[0].encode()
    newer = Signer.of(
        b"n" * 32, date(2027, 2, 1), [KEY._replace(until=date(2027, 2, 1))]
    )
    stranger = Signer.of(b"x" * 32, date(2026, 1, 1))

    assert verified(document, newer.keys)["statement"]["number"] == 123456
    with pytest.raises(NotAuthentic, match="pas parmi celles"):
        verified(document, stranger.keys)
    with pytest.raises(NotAuthentic, match="altéré"):
        verified(document.replace(KEY.id.encode(), stranger.key_id.encode()), stranger.keys)  # fmt: skip


def test_the_script_of_the_docs_runs_alone(
    tmp_path: Path, documents: tuple[bytes, bytes]
) -> None:
    """In an empty folder, without our packages on its path."""
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) < 100
    file = tmp_path / "recu.json"
    file.write_bytes(documents[1] + b"\n")

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(SCRIPT), str(file), written(KEY.public)]  # fmt: skip
        return subprocess.run(  # noqa: S603 our own script
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    done = run()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "AUTHENTIC")

    file.write_bytes(documents[1].replace(b"812.55", b"912.55"))
    done = run()
    assert done.returncode == 1
    assert done.stdout.startswith("NOT AUTHENTIC")


def test_a_key_is_published_as_it_is_read() -> None:
    key = PublicKey(b"p" * 32, date(2026, 11, 28), date(2027, 1, 1))

    assert PublicKey.read(key.words()) == key
    assert PublicKey.read(KEY.words()) == KEY
