"""Check a receipt without the product: `python verify_receipt.py FILE KEY`.

KEY is the public key in base64, as `/keys` publishes it. Needs the standard library and
one function of `cryptography`.
"""

import base64
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH = 32
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
REFUSALS = (*MALFORMED, InvalidSignature)


def canonical(value: Any) -> bytes:  # noqa: ANN401 a JSON value
    """The one text of a JSON value: sorted members, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def strict_base64(text: str) -> bytes:
    """The bytes of a text; a text that is not the one way to write them is refused."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError("base64")
    return content


def root_of_line(line: dict[str, Any], size: int) -> str:
    """The root of the tree of RFC 6962 that the line leads to by its path."""
    rank, path = line["rank"], strict_base64(line["path"])
    if type(rank) is not int or not 0 <= rank < size:
        raise ValueError("rank")
    words = canonical(line["words"])
    node = sha256(b"\x00" + strict_base64(line["salt"]) + words).digest()
    while size > 1:
        neighbour = rank ^ 1
        if neighbour < size:
            beside, path = path[:HASH], path[HASH:]
            if len(beside) < HASH:
                raise ValueError("path")
            pair = node + beside if rank < neighbour else beside + node
            node = sha256(b"\x01" + pair).digest()
        size, rank = (size + 1) // 2, rank // 2
    if path:
        raise ValueError("path")
    return node.hex()


def verify(text: bytes, public_key: bytes) -> Any:  # noqa: ANN401 a JSON value
    """The content of the receipt; one of REFUSALS is raised if it is not authentic."""
    document = json.loads(text.decode())
    if canonical(document) != text:
        raise ValueError("another text than the one that was written")
    if document["key"] != sha256(public_key).hexdigest()[:16]:
        raise ValueError("signed by another key")
    statement, signature = document["statement"], strict_base64(document["signature"])
    key = Ed25519PublicKey.from_public_bytes(public_key)
    key.verify(signature, canonical(statement))
    if document.keys() - {"line"} != {"key", "signature", "statement"}:
        raise ValueError("other members")
    if "line" in document:
        line = document["line"]
        if line.keys() != {"path", "rank", "salt", "words"}:
            raise ValueError("other members")
        if root_of_line(line, statement["lines"]) != statement["root"]:
            raise ValueError("the line is not one of the certificate")
    return document


def main() -> int:
    file, key = sys.argv[1:]
    text = Path(file).read_bytes().removesuffix(b"\n")
    try:
        document = verify(text, strict_base64(key))
    except REFUSALS as refusal:
        print(f"NOT AUTHENTIC: {type(refusal).__name__} {refusal}")
        return 1
    print(json.dumps(document, ensure_ascii=False, indent=1))
    print("AUTHENTIC")
    return 0


if __name__ == "__main__":
    sys.exit(main())
