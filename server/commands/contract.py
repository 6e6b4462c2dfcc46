"""The published contract."""

import argparse
import sys
from pathlib import Path

from schema.contract import contract

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"


def schema(arguments: argparse.Namespace) -> int:
    """Write the schema of the graph; with --check, only compare the file with it."""
    text = contract().as_str().rstrip() + "\n"
    if not arguments.check:
        SDL.write_text(text, encoding="utf-8")
    elif not SDL.exists() or SDL.read_text(encoding="utf-8") != text:
        print(
            "schema/schema.graphql n'est pas à jour : `make schema`.", file=sys.stderr
        )
        return 1
    return 0
