"""Files sent to the graph by one of its clients, and the token of a persona of the demonstration."""

import argparse
import json
import os
import sys
from datetime import timedelta

import httpx

from persistence.seeds.demo import personas
from server.demo_issuer import DemoIssuer
from server.extraction import Extraction
from server.payroll import Export, ExportUnreadable, report, send
from server.settings import Settings, SettingsError

from .environment import demo_environ


def lines(asked: argparse.Namespace) -> int:
    """Without --send, the variables as JSON. With it, the report; 1 when a line is rejected, 2 when all is refused."""
    if not asked.file.is_file():
        raise ExportUnreadable(f"Le fichier {asked.file} n'existe pas.")
    export = Export.read(asked.file)
    variables = export.variables(
        asked.campaign,
        siret=asked.siret,
        mode="ACCEPT_VALID" if asked.accept_valid else "ALL_OR_NOTHING",
        deposit=not asked.draft,
        dry_run=asked.dry_run,
        key=asked.key,
    )
    print("Colonnes : " + ", ".join(f"{name} → {field}" for name, field in export.columns.items()), file=sys.stderr)
    if export.ignored:
        print("Colonnes ignorées : " + ", ".join(export.ignored), file=sys.stderr)
    if asked.send is None:
        print(json.dumps(variables, ensure_ascii=False, indent=1))
        return 0
    token = _token_of(asked.subject) if asked.subject else os.environ.get("HABILITATIONS_TOKEN", "")
    payload = send(asked.send, token, variables)
    print(report(payload, export.lines))
    return 0 if not payload["errors"] else 1 if payload["batch"] is not None else 2


def extraction(asked: argparse.Namespace) -> int:
    if not asked.file.is_file():
        raise ExportUnreadable(f"Le fichier {asked.file} n'existe pas.")
    token = _token_of(asked.subject) if asked.subject else os.environ.get("HABILITATIONS_TOKEN", "")
    with httpx.Client(timeout=120, headers={"Authorization": f"Bearer {token}"}) as client:
        for line in Extraction(client, asked.send).send(asked.file, asked.organism, apply=asked.apply):
            print(line)
    return 0


def token(asked: argparse.Namespace) -> int:
    print(_token_of(asked.subject))
    return 0


def _token_of(subject: str) -> str:
    settings = Settings.from_environ(demo_environ(os.environ))
    assert settings.demo_key is not None
    known = [persona.subject for persona in personas()]
    if subject not in known:
        raise SettingsError(f"Personnage inconnu. Connus : {', '.join(known)}.")
    settings.demo_key.parent.mkdir(exist_ok=True)
    return DemoIssuer(settings.demo_key, settings.audience).issue(subject, timedelta(hours=1))
