"""The token of a caller: a persona of the demonstration, or the environment's."""

import argparse
import os
from datetime import timedelta

from persistence.seeds.stories import personas
from server.demo.issuer import DemoIssuer
from server.settings import Settings
from server.variables import SettingsError

from .environment import demo_environ


def token(arguments: argparse.Namespace) -> int:
    """Print a persona's token, which lasts an hour."""
    print(_demo_token(arguments.subject))
    return 0


def token_for(arguments: argparse.Namespace) -> str:
    """Return the token of the command: a persona's, or that of the environment."""
    if arguments.subject:
        return _demo_token(arguments.subject)
    return os.environ.get("HABILITATIONS_TOKEN", "")


def _demo_token(subject: str) -> str:
    settings = Settings.from_environ(demo_environ(os.environ))
    assert settings.demo_key is not None
    subjects = [persona.subject for persona in personas()]
    if subject not in subjects:
        raise SettingsError(f"Personnage inconnu. Connus : {', '.join(subjects)}.")
    settings.demo_key.parent.mkdir(exist_ok=True)
    issuer = DemoIssuer(settings.demo_key, settings.audience)
    return issuer.issue(subject, timedelta(hours=1))
