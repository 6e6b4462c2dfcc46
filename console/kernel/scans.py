"""Scanned papers: the register holds their digests, and never the scans."""

import hashlib

from starlette.datastructures import FormData, UploadFile

from .page_errors import PageError
from .requests import files

LARGEST_SCAN = 20_000_000
"""In bytes."""
CHUNK = 1 << 16


async def digests(form: FormData) -> dict[str, list[str]]:
    """The digests of the scans that were chosen in a form, by field."""
    return {name: [await _digest(file)] for name, file in files(form).items()}


async def _digest(file: UploadFile) -> str:
    """The SHA-256 of a file. Raises `PageError` for one that is too large."""
    digest = hashlib.sha256()
    size = 0
    while chunk := await file.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
        if size > LARGEST_SCAN:
            raise PageError(400, "Un document numérisé compte au plus 20 Mo.")
    return digest.hexdigest()
