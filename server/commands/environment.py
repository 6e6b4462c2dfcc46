"""The environment of a demonstration."""

from collections.abc import Mapping
from pathlib import Path

DEMO_FOLDER = Path(".demo")


def demo_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a demonstration, completed.

    It is in its own folder, unless a database is named.
    """
    defaults = {
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{DEMO_FOLDER}/habilitations.db",
        "DEMO_KEY": str(DEMO_FOLDER / "issuer.jwk"),
    }
    return defaults | dict(environ)
