"""Counts, as the French of a report says them."""

from collections.abc import Mapping
from typing import Any


def plural(count: int, words: str) -> str:
    """Return `1 ligne reçue`, `2 lignes reçues`; in French, zero is singular.

    `words` are singular; those that begin with `en` never change.
    """
    is_singular = count <= 1 or words.startswith("en ")
    if is_singular:
        return f"{count} {words}"
    return " ".join([str(count), *(f"{word}s" for word in words.split())])


def counted(counts: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return each of the counts that `words` names, one after the other."""
    return ", ".join(plural(counts[name], each) for name, each in words.items())
