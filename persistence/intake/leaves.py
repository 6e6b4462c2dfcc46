"""The leaves of the tree that a receipt signs, one for each line."""

import base64
from os import urandom
from typing import NamedTuple

from persistence.records import merkle

SALT = 16


class SaltedWords(NamedTuple):
    """The columns of a line: its words, their salt in base64, their digest."""

    words: str
    salt: str
    leaf: str


def fresh_leaf(words: bytes) -> SaltedWords:
    """The leaf of these words, under a salt of its own."""
    salt = urandom(SALT)
    digest = merkle.leaf(salt, words)
    return SaltedWords(words.decode(), base64.b64encode(salt).decode(), digest.hex())


def lines_root(leaves: list[SaltedWords]) -> str:
    """The root of the tree over these lines, in hexadecimal."""
    return merkle.root([bytes.fromhex(each.leaf) for each in leaves]).hex()
