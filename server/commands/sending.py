"""Files that a client sends to the graph."""

import argparse
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from persistence.intake.import_columns import ImportField
from server.client.counts import plural
from server.client.declaration import is_overtaken, report, send
from server.client.establishment_lines import EstablishmentLines, nothing
from server.client.extraction import Extraction, sheets
from server.client.payroll import MOST_PLACES, Export, ExportUnreadable
from server.client.payroll_columns import FIELDS
from server.client.pending import PendingKeys

from .tokens import token_for

DONE = 0
"""Everything is done."""
REJECTED = 1
"""A line or an establishment is rejected."""
REFUSED = 2
"""Nothing is received."""
OVERTAKEN = 3
"""The answer is that of a former sending, which is no longer in force."""


def lines(arguments: argparse.Namespace) -> int:
    """Declare the remunerations of a payroll export, or print them.

    Without --send, print the variables of the act as JSON, one text for each
    establishment. With it, send each and print its report.
    """
    parts = _parts(arguments)
    if arguments.key is not None and len(parts) > 1:
        raise ExportUnreadable(
            "Une clé vaut pour un seul établissement : donnez aussi --siret."
        )
    sirets = [part.siret for part in parts]
    removals = acknowledged_removals(arguments.acknowledge_removals, sirets)
    variables = [
        _variables(arguments, part, removals.get(part.siret)) for part in parts
    ]
    if arguments.send is not None:
        return _send(arguments, parts, variables)
    for one in variables:
        one["input"]["idempotencyKey"] = arguments.key or uuid4().hex
        print(json.dumps(one, ensure_ascii=False, indent=1))
    return DONE


def _send(
    arguments: argparse.Namespace,
    parts: Sequence[EstablishmentLines],
    variables: Sequence[dict[str, Any]],
) -> int:
    """Send each establishment, print its report, and return the exit code."""
    token = token_for(arguments)
    pending = None
    if arguments.file is not None and not arguments.dry_run:
        pending = PendingKeys.beside(arguments.file)
    codes = []
    for part, one in zip(parts, variables, strict=True):
        key = arguments.key
        if not key and pending is not None:
            key = pending.draw(arguments.send, one)
        one["input"]["idempotencyKey"] = key = key or uuid4().hex
        payload = send(arguments.send, token, one)
        if pending is not None:
            pending.forget(key)
        if len(parts) > 1:
            print(f"Établissement {part.siret}, {plural(len(part.lines), 'ligne')} :")
        print(report(payload, part), flush=True)
        accepts_rejected = arguments.accept_rejected
        codes.append(exit_code(payload, accepts_rejected=accepts_rejected))
    return _worst(codes)


def _worst(codes: Sequence[int]) -> int:
    """Return the exit code of several establishments.

    It is REFUSED only when nothing at all is received.
    """
    if OVERTAKEN in codes:
        return OVERTAKEN
    if min(codes) == REFUSED:
        return REFUSED
    return min(max(codes), REJECTED)


def _variables(
    arguments: argparse.Namespace, part: EstablishmentLines, removals: int | None
) -> dict[str, Any]:
    return part.variables(
        arguments.campaign,
        mode="ACCEPT_VALID" if arguments.accept_valid else "ALL_OR_NOTHING",
        deposit=not arguments.draft,
        dry_run=arguments.dry_run,
        intention=_intention(arguments, removals),
    )


def _parts(arguments: argparse.Namespace) -> list[EstablishmentLines]:
    """Return what to declare for each establishment: the lines of the file, or none."""
    if arguments.nothing_to_declare:
        if arguments.file is not None or arguments.siret is None:
            raise ExportUnreadable("Un néant se déclare sans fichier, avec --siret.")
        return [nothing(arguments.siret)]
    if arguments.file is None:
        raise ExportUnreadable(
            "Il manque le fichier des lignes, ou --nothing-to-declare."
        )
    _require_file(arguments.file)
    explained = columns(arguments.column, FIELDS)
    export = Export.read(arguments.file, explained, arguments.sheet)
    _print_reading(export)
    return export.parts(arguments.siret)


def _intention(arguments: argparse.Namespace, removals: int | None) -> dict[str, Any]:
    """Return the confirmations of the person; those that are absent are left out."""
    intention = {
        "nothingToDeclare": arguments.nothing_to_declare or None,
        "acknowledgeRemovals": removals,
        "reason": arguments.reason,
    }
    return {name: value for name, value in intention.items() if value is not None}


def acknowledged_removals(
    options: Sequence[str], sirets: Sequence[str]
) -> dict[str, int]:
    """Return the exact number of removed persons of each establishment.

    An option is `N`, or `SIRET=N` when there are several establishments.
    """
    removals = {}
    for option in options:
        siret, _, count = option.rpartition("=")
        if not siret and len(sirets) == 1:
            siret = sirets[0]
        if siret not in sirets or not (count.isascii() and count.isdigit()):
            raise ExportUnreadable(
                "--acknowledge-removals s'écrit N, ou SIRET=N quand le fichier "
                "porte plusieurs établissements."
            )
        removals[siret] = int(count)
    return removals


def exit_code(payload: Mapping[str, Any], *, accepts_rejected: bool) -> int:
    """Return the exit code of one establishment, from its answer."""
    errors = payload["errors"]
    if is_overtaken(payload):
        return OVERTAKEN
    if any(error["code"] == "NOTHING_ACCEPTED" for error in errors):
        return REJECTED
    if not errors:
        return DONE
    if payload["batch"] is None:
        return REFUSED
    is_of_lines = all(_is_of_a_line(error["path"]) for error in errors)
    return DONE if accepts_rejected and is_of_lines else REJECTED


def _is_of_a_line(path: Sequence[str]) -> bool:
    return path[:2] == ["input", "lines"] and len(path) > len(("input", "lines"))


def _print_reading(export: Export) -> None:
    """Print how the file was read on the error output, beside what is sent."""
    names = [f"{name} → {field}" for name, field in export.columns.items()]
    lines = ["Colonnes : " + ", ".join(names)]
    if export.ignored:
        lines.append("Colonnes ignorées : " + ", ".join(export.ignored))
    lines += sheets([sheet._asdict() for sheet in export.sheets])
    if export.computed:
        places = ", ".join(export.computed[:MOST_PLACES])
        more = ", …" if len(export.computed) > MOST_PLACES else ""
        lines.append(f"Formules ou erreurs de tableur, non calculées : {places}{more}.")
    print("\n".join(lines), file=sys.stderr)


def columns(options: Sequence[str], fields: Collection[str]) -> dict[str, str]:
    """Return the field of each header, from options `HEADER=FIELD`."""
    names = {field.casefold(): field for field in fields}
    columns = {}
    for option in options:
        header, _, text = option.rpartition("=")
        field = names.get(text.strip().casefold())
        if not header.strip() or field is None:
            raise ExportUnreadable(
                "--column s'écrit EN-TÊTE=CHAMP ; champs : "
                f"{', '.join(names.values())}."
            )
        columns[header.strip()] = field
    return columns


def extraction(arguments: argparse.Namespace) -> int:
    """Send an import, and print what each line of it means for the register."""
    file = arguments.file
    _require_file(file)
    explained = columns(arguments.column, list(ImportField))
    headers = {"Authorization": f"Bearer {token_for(arguments)}"}
    with httpx.Client(timeout=120, headers=headers) as client:
        sending = Extraction(client, arguments.send, PendingKeys.beside(file))
        organism, apply = arguments.organism, arguments.apply
        for line in sending.send(file, organism, explained, apply=apply):
            print(line)
    has_rejected = sending.rejected and not arguments.accept_rejected
    return REJECTED if has_rejected else DONE


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise ExportUnreadable(f"Le fichier {file} n'existe pas.")
