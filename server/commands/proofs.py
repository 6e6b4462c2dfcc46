"""Proofs: whether a receipt is authentic, and whether the journal is whole."""

import argparse
import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path

from persistence.chain_check import ChainCheck, check_journal
from persistence.engine import Database
from persistence.migrations import require_step
from persistence.receipts import NotAuthentic, verified
from persistence.signing import PublicKey, strict_base64
from server.app import create_signer
from server.settings import RegisterSettings
from server.variables import SettingsError

AUTHENTIC, FAULTY = 0, 1
KEY_UNREADABLE = (
    "La clé publique ne se lit pas : donnez son texte en base64, ou un fichier tel que "
    "/keys le publie."
)


def verify(arguments: argparse.Namespace) -> int:
    """Check a receipt offline, and print what it says."""
    try:
        content = verified(_text(arguments.file), public_keys(arguments.key))
    except NotAuthentic as refusal:
        print(refusal)
        return FAULTY
    print(json.dumps(content, ensure_ascii=False, indent=1))
    print("Ce document est authentique.")
    return AUTHENTIC


def _text(file: Path) -> bytes:
    """A document, without the end of line that an editor may have added."""
    return file.read_bytes().removesuffix(b"\n")


def journal(arguments: argparse.Namespace) -> int:
    """Check the chain of the journal against all that was signed."""
    settings = RegisterSettings.from_environ(os.environ)
    keys: Sequence[PublicKey]
    if arguments.key is None:
        keys = create_signer(settings).keys
    else:
        keys = public_keys(arguments.key)
    documents = [_receipt(file, keys) for file in arguments.receipt]
    check = asyncio.run(_check(settings, keys, documents))
    for fault in check.faults:
        print(fault)
    print(
        f"Écritures enchaînées : {check.entries} ; en attente : {check.waiting} ; "
        f"signatures : {check.signatures} ; anomalies : {len(check.faults)}."
    )
    print(f"Dernière position : {check.position}, empreinte {check.hash}.")
    return FAULTY if check.faults else AUTHENTIC


async def _check(
    settings: RegisterSettings,
    keys: Sequence[PublicKey],
    documents: Sequence[tuple[int, str]],
) -> ChainCheck:
    database = Database(settings.database_url)
    try:
        await require_step(database)
        return await check_journal(database, keys, documents)
    finally:
        await database.close()


def _receipt(file: Path, keys: Sequence[PublicKey]) -> tuple[int, str]:
    """The position and the text of a receipt that was kept elsewhere."""
    text = _text(file)
    try:
        content = verified(text, keys)
    except NotAuthentic as refusal:
        raise SettingsError(f"{file} : {refusal}") from None
    return content["statement"]["position"], text.decode()


def public_keys(words: str) -> list[PublicKey]:
    """The keys of an option: one in base64, or a file as `/keys` publishes it."""
    try:
        file = Path(words)
        if not file.is_file():
            return [PublicKey(strict_base64(words))]
        content = json.loads(file.read_text(encoding="utf-8"))
        return [PublicKey.read(key) for key in content["keys"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(KEY_UNREADABLE) from None
