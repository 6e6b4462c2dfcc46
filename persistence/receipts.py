"""Receipts: signed statements of what was received, and how anybody checks them.

A document is canonical JSON: `{key, signature, statement}`, and `line` for that of one
worker: `{path, rank, salt, words}`. The signature is over the canonical text of the
statement. Why: docs/decisions/0094.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from persistence.records.canonical import canonical, read_canonical
from persistence.records.merkle import leaf, path, root_of_path

from .signing import PublicKey, Signer, strict_base64, written

HASH = 32
UNKNOWN_KEY = "La clé qui a signé ce document n'est pas parmi celles qui sont données."
ALTERED = "Ce document n'est pas celui qui a été signé : il a été altéré."


class NotAuthentic(Exception):
    """A document that was not signed as it is. The sentence says why."""


def signed_document(statement: Mapping[str, Any], signer: Signer) -> str:
    """The document of a statement."""
    document = {
        "key": signer.key_id,
        "signature": written(signer.sign(canonical(statement))),
        "statement": statement,
    }
    return canonical(document).decode()


def line_document(document: str, words: str, salt: str, leaves: Sequence[str]) -> str:
    """The document of one line, from that of its certificate.

    `leaves`: those of the whole certificate, in hexadecimal and in their order.
    """
    content = read_canonical(document.encode())
    own = leaf(strict_base64(salt), words.encode())
    rank = leaves.index(own.hex())
    beside = path([bytes.fromhex(each) for each in leaves], rank)
    content["line"] = {
        "path": written(b"".join(beside)),
        "rank": rank,
        "salt": salt,
        "words": read_canonical(words.encode()),
    }
    return canonical(content).decode()


def verified(document: bytes, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """The content of a document that one of these keys has signed.

    Raises `NotAuthentic` for a document of which one bit is another.
    """
    by_id = {key.id: key for key in keys}
    try:
        content = read_canonical(document)
        key = by_id.get(content["key"])
        if key is None:
            raise NotAuthentic(UNKNOWN_KEY)
        if not _is_authentic(content, key):
            raise NotAuthentic(ALTERED)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotAuthentic(ALTERED) from None
    return content  # type: ignore[no-any-return]


def _is_authentic(content: Mapping[str, Any], key: PublicKey) -> bool:
    statement = content["statement"]
    names = {"key", "signature", "statement"}
    signature = strict_base64(content["signature"])
    if not key.has_signed(canonical(statement), signature):
        return False
    if "line" in content:
        names.add("line")
        if not _is_in_tree(content["line"], statement):
            return False
    return content.keys() == names


def _is_in_tree(line: Mapping[str, Any], statement: Mapping[str, Any]) -> bool:
    own = leaf(strict_base64(line["salt"]), canonical(line["words"]))
    rank, nodes = line["rank"], strict_base64(line["path"])
    if line.keys() != {"path", "rank", "salt", "words"} or len(nodes) % HASH:
        return False
    if isinstance(rank, bool):  # Python counts with it
        return False
    beside = [nodes[start : start + HASH] for start in range(0, len(nodes), HASH)]
    root = root_of_path(own, rank, statement["lines"], beside)
    return bool(root.hex() == statement["root"])
