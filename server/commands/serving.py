"""Serving: a production's register, or a demonstration that is prepared first."""

import argparse
import asyncio
import os

from persistence.engine import Database
from persistence.keys import keep_canary
from persistence.migrations import require_step
from server.app import create_signer, create_vault
from server.demo.welcome import welcome
from server.processes import run
from server.settings import Settings

from .environment import DEMO_FOLDER, demo_environ
from .register import prepare


def demo(_: argparse.Namespace) -> int:
    """Prepare the fictional world, say what to try, and serve it."""
    DEMO_FOLDER.mkdir(exist_ok=True)
    os.environ.update(demo_environ(os.environ))
    settings = Settings.from_environ(os.environ)
    asyncio.run(prepare(settings, reference=True, demo=True))
    print(welcome(settings))
    return _serve(settings)


def serve(_: argparse.Namespace) -> int:
    """Serve the register that the environment names."""
    return _serve(Settings.from_environ(os.environ))


def _serve(settings: Settings) -> int:
    asyncio.run(_require_register(settings))
    run(settings)
    return 0


async def _require_register(settings: Settings) -> None:
    """Refuse to start without a register that can serve.

    It must answer, be at the last migration, and be sealed by our keys, which must have
    one that signs.
    """
    database = Database(settings.database_url)
    try:
        await require_step(database)
        await keep_canary(database, create_vault(settings))
        create_signer(settings)
    finally:
        await database.close()
