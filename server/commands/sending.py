"""Files sent to the graph by one of its clients, and the token of a persona of the demonstration."""

import argparse
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from persistence.records.extract_columns import ImportField
from persistence.seeds.demo import personas
from server.demo_issuer import DemoIssuer
from server.extraction import Extraction, counted, sheets
from server.payroll import FIELDS, SHOWN, Export, ExportUnreadable, Part, is_overtaken, nothing, report, send
from server.pending import PendingKeys
from server.settings import Settings
from server.variables import SettingsError

from .environment import demo_environ


def lines(asked: argparse.Namespace) -> int:
    """Without --send, the variables as JSON, one text for each establishment. With it, the report of each."""
    parts = _parts(asked)
    if asked.key is not None and len(parts) > 1:
        raise ExportUnreadable("Une clé vaut pour un seul établissement : donnez aussi --siret.")
    removals = acknowledged(asked.acknowledge_removals, [part.siret for part in parts])
    token = _token(asked) if asked.send is not None else ""
    pending = PendingKeys.beside(asked.file) if asked.file is not None and not asked.dry_run else None
    codes = []
    for part in parts:
        variables = part.variables(
            asked.campaign,
            mode="ACCEPT_VALID" if asked.accept_valid else "ALL_OR_NOTHING",
            deposit=not asked.draft,
            dry_run=asked.dry_run,
            intention=_intention(asked, removals.get(part.siret)),
        )
        if asked.send is None:
            variables["input"]["idempotencyKey"] = asked.key or uuid4().hex
            print(json.dumps(variables, ensure_ascii=False, indent=1))
            continue
        key = asked.key or (pending.draw(asked.send, variables) if pending is not None else uuid4().hex)
        variables["input"]["idempotencyKey"] = key
        payload = send(asked.send, token, variables)
        if pending is not None:
            pending.forget(key)
        if len(parts) > 1:
            print(f"Établissement {part.siret}, {counted(len(part.lines))} :")
        print(report(payload, part), flush=True)
        codes.append(outcome(payload, accepts_rejected=asked.accept_rejected))
    if OVERTAKEN in codes:
        return OVERTAKEN
    return REFUSED if codes and min(codes) == REFUSED else min(max(codes, default=DONE), REJECTED)


def _parts(asked: argparse.Namespace) -> list[Part]:
    """What is declared for each establishment: the lines of the file, or nothing."""
    if asked.nothing_to_declare:
        if asked.file is not None or asked.siret is None:
            raise ExportUnreadable("Un néant se déclare sans fichier, avec --siret.")
        return [nothing(asked.siret)]
    if asked.file is None:
        raise ExportUnreadable("Il manque le fichier des lignes, ou --nothing-to-declare.")
    _require_file(asked.file)
    export = Export.read(asked.file, columns(asked.column, FIELDS), asked.sheet)
    _tell(export)
    return export.parts(asked.siret)


def _intention(asked: argparse.Namespace, removals: int | None) -> dict[str, Any]:
    """What the act wants to be told, when it is."""
    intention = {
        "nothingToDeclare": asked.nothing_to_declare or None,
        "acknowledgeRemovals": removals,
        "reason": asked.reason,
    }
    return {name: value for name, value in intention.items() if value is not None}


def acknowledged(written: Sequence[str], sirets: Sequence[str]) -> dict[str, int]:
    """How many persons of each establishment are known to be removed: `N`, or `SIRET=N` among several."""
    removals = {}
    for text in written:
        siret, _, count = text.rpartition("=")
        known = siret or (sirets[0] if len(sirets) == 1 else "")
        if known not in sirets or not (count.isascii() and count.isdigit()):
            raise ExportUnreadable(
                "--acknowledge-removals s'écrit N, ou SIRET=N quand le fichier porte plusieurs établissements."
            )
        removals[known] = int(count)
    return removals


DONE, REJECTED, REFUSED, OVERTAKEN = 0, 1, 2, 3
"""The exit codes: all is done; a line or an establishment is rejected; nothing is received; the answer is that of a
sending of before, which is no longer in force."""


def outcome(payload: Mapping[str, Any], *, accepts_rejected: bool) -> int:
    """What the answer of an establishment makes of the command."""
    errors = payload["errors"]
    if is_overtaken(payload):
        return OVERTAKEN
    if any(error["code"] == "NOTHING_ACCEPTED" for error in errors):
        return REJECTED
    if not errors:
        return DONE
    if payload["batch"] is None:
        return REFUSED
    is_of_lines = all(error["path"][:2] == ["input", "lines"] and error["path"][2:] for error in errors)
    return DONE if accepts_rejected and is_of_lines else REJECTED


def _tell(export: Export) -> None:
    """How the file was read, beside what is sent."""
    told = ["Colonnes : " + ", ".join(f"{name} → {field}" for name, field in export.columns.items())]
    if export.ignored:
        told.append("Colonnes ignorées : " + ", ".join(export.ignored))
    told += sheets([report._asdict() for report in export.sheets])
    if export.computed:
        more = ", …" if len(export.computed) > SHOWN else ""
        told.append(f"Formules ou erreurs de tableur, non calculées : {', '.join(export.computed[:SHOWN])}{more}.")
    print("\n".join(told), file=sys.stderr)


def columns(written: Sequence[str], fields: Collection[str]) -> dict[str, str]:
    """`HEADER=FIELD`, as often as there are columns to explain."""
    known = {field.casefold(): field for field in fields}
    meant = {}
    for text in written:
        header, _, field = text.rpartition("=")
        if not header.strip() or field.strip().casefold() not in known:
            raise ExportUnreadable(f"--column s'écrit EN-TÊTE=CHAMP ; champs : {', '.join(known.values())}.")
        meant[header.strip()] = known[field.strip().casefold()]
    return meant


def extraction(asked: argparse.Namespace) -> int:
    _require_file(asked.file)
    meant = columns(asked.column, list(ImportField))
    with httpx.Client(timeout=120, headers={"Authorization": f"Bearer {_token(asked)}"}) as client:
        sending = Extraction(client, asked.send, PendingKeys.beside(asked.file))
        for line in sending.send(asked.file, asked.organism, meant, apply=asked.apply):
            print(line)
    return REJECTED if sending.rejected and not asked.accept_rejected else DONE


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise ExportUnreadable(f"Le fichier {file} n'existe pas.")


def _token(asked: argparse.Namespace) -> str:
    return _token_of(asked.subject) if asked.subject else os.environ.get("HABILITATIONS_TOKEN", "")


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
