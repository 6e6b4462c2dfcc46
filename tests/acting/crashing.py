"""The server, killed by SIGKILL right before or right after a commit: what remains is what the disk was told.

`CRASH` is `before:N` or `after:N`; commits are counted from the moment the file `CRASH_ARMED` exists. Acts alone commit
here: the task that numbers the journal does not run.
"""

import os
import signal
from itertools import count
from pathlib import Path
from typing import Any

from persistence.engine import Database
from persistence.sealing import JournalSealer
from server.cli import main


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(when: str, number: int, armed: Path) -> None:
    """Every engine made from now on commits through this."""
    made, counted = Database.__init__, count(1)

    def spoiled(self: Database, url: str, **options: Any) -> None:  # noqa: ANN401 passed through
        made(self, url, **options)
        dialect = self.writer.sync_engine.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:  # noqa: ANN401 the driver's connection
            mine = armed.exists() and next(counted) == number
            if mine and when == "before":
                _die()
            commit(connection)
            if mine:
                _die()

        dialect.do_commit = do_commit  # type: ignore[assignment, method-assign]

    Database.__init__ = spoiled  # type: ignore[method-assign]
    JournalSealer.run = _nothing  # type: ignore[assignment, method-assign]


async def _nothing(_: JournalSealer) -> None:
    return


def serve() -> int:
    """A server that dies at the commit that its environment names."""
    moment, _, ordinal = os.environ["CRASH"].partition(":")
    arm(moment, int(ordinal), Path(os.environ["CRASH_ARMED"]))
    return main(["serve"])
