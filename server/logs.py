"""What is logged, and how.

It is the same for a command, for a server and for each of its worker processes.
"""

import logging

CHATTY = ("alembic", "casbin", "httpx")


def configure() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
