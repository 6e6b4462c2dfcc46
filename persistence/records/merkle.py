"""The tree over the lines of what was received (RFC 6962), and a line's path in it.

A leaf is SHA-256(00 ‖ salt ‖ words), a node SHA-256(01 ‖ left ‖ right): 32 bytes each.
Who knows the root can check one line by its path, without the other lines. Without its
salt, nobody guesses the words of a leaf.
"""

from collections.abc import Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"
EMPTY = sha256(b"").digest()
"""The root of a tree without a leaf."""


def leaf(salt: bytes, words: bytes) -> bytes:
    return sha256(LEAF + salt + words).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaves, in their order."""
    level = list(leaves) or [EMPTY]
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], rank: int) -> list[bytes]:
    """The nodes beside the way from the leaf of this rank up to the root."""
    level, beside = list(leaves), []
    while len(level) > 1:
        neighbour = rank ^ 1
        if neighbour < len(level):
            beside.append(level[neighbour])
        level, rank = _above(level), rank // 2
    return beside


def root_of_path(line: bytes, rank: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf of this rank leads to, in a tree of `size` leaves.

    Raises ValueError where the path is not one of such a leaf.
    """
    if not 0 <= rank < size:
        raise ValueError("rank")
    beside = list(path)
    while size > 1:
        neighbour = rank ^ 1
        if neighbour < size:
            if not beside:
                raise ValueError("path")
            node = beside.pop(0)
            line = _node(line, node) if rank < neighbour else _node(node, line)
        size, rank = (size + 1) // 2, rank // 2
    if beside:
        raise ValueError("path")
    return line


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The nodes over a level; the last one, when it is alone, goes up as it is."""
    nodes = [_node(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
    alone = level[len(level) // 2 * 2 :]
    return [*nodes, *alone]


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()
