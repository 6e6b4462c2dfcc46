"""What a line of an import changes, in words."""

from collections.abc import Mapping
from typing import Any

from console.kernel.rendering import printed


def changes_of(said: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What a line of an import changes: the name of the fact, what the register says, what the file says."""
    made = []
    for name, pair in said.items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)  # noqa: PLR2004 a pair
        made.append((name, str(printed(before)), str(printed(after))))
    return made
