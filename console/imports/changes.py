"""What a line of an import changes, in words."""

from collections.abc import Mapping
from typing import Any

from console.kernel.rendering import print_value

BEFORE_AND_AFTER = 2


def changes_of(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The name of each fact, what the register says of it, and what the file says.

    A fact is a pair, or what the file says alone.
    """
    lines = []
    for name, value in facts.items():
        is_pair = isinstance(value, list) and len(value) == BEFORE_AND_AFTER
        before, after = value if is_pair else (None, value)
        lines.append((name, str(print_value(before)), str(print_value(after))))
    return lines
