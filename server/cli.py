"""The command line: try, serve, migrate, seed, print the schema, make a token.

Nothing heavy is imported here: `--help` answers at once, and each command imports what
it needs.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from .arguments import command_line
from .logs import configure

COMMANDS = {
    "demo": "serving:demo",
    "serve": "serving:serve",
    "migrate": "register:migrate",
    "seed": "register:seed",
    "appoint-national": "register:appoint_national",
    "keys": "register:keys",
    "purge": "register:purge",
    "verify": "proofs:verify",
    "journal": "proofs:journal",
    "schema": "contract:schema",
    "lines": "sending:lines",
    "import": "sending:extraction",
    "token": "tokens:token",
    "sql": "statement:sql",
}
"""The function of each command, in `server/commands/`."""
INTERRUPTED, UNREAD = 130, 141
"""128 and the number of the signal, as a shell reports it."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command of these words, and return its exit code."""
    arguments = command_line().parse_args(words)
    configure()
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads our output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


def _run(arguments: argparse.Namespace) -> int:
    module, _, function = COMMANDS[arguments.command].partition(":")
    try:
        command = getattr(import_module(f"server.commands.{module}"), function)
        code: int = command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except Exception as error:
        refusals = import_module("server.commands.refusals")
        sentence = refusals.sentence_of(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
