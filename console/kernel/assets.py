"""The static files of the console: cached for ever by browsers, and sent compressed."""

import gzip
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .library import FOLDER

STATIC = FOLDER / "layout" / "static"
DIGITS = 12
"""Of the digest of a file, in its address."""
FOR_EVER = "public, max-age=31536000, immutable"
ADDRESSES = ("/favicon.ico", "/static/{digest}/{name:path}", "/static/{name:path}")
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


def static_files() -> Iterator[Path]:
    return (file for file in STATIC.rglob("*") if file.is_file())


@cache
def asset(name: str) -> str:
    """The address of a static file, with the digest of its content."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{digest[:DIGITS]}/{name}"


def asset_routes() -> list[Route]:
    endpoint = _endpoint()
    return [Route(address, endpoint) for address in ADDRESSES]


def _endpoint() -> Any:  # noqa: ANN401 a handler
    contents = {
        str(file.relative_to(STATIC)): file.read_bytes() for file in static_files()
    }
    compressed = {
        name: gzip.compress(content, mtime=0) for name, content in contents.items()
    }

    async def endpoint(request: Request) -> Response:
        name = request.path_params.get("name", "icon.svg")
        if name not in contents:
            sentence = "Il n'y a rien à cette adresse."
            return Response(sentence, 404, media_type="text/plain; charset=utf-8")

        is_current = request.url.path == asset(name)
        headers = {
            "Cache-Control": FOR_EVER if is_current else "no-cache",
            "Vary": "Accept-Encoding",
        }
        body = contents[name]
        takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
        if takes_gzip and len(compressed[name]) < len(body):
            body = compressed[name]
            headers["Content-Encoding"] = "gzip"
        suffix = PurePosixPath(name).suffix
        media_type = MEDIA_TYPES.get(suffix, "application/octet-stream")
        return Response(body, 200, headers, f"{media_type}; charset=utf-8")

    return endpoint
