"""The static files of the console: kept for ever by a browser, and sent compressed."""

import gzip
from pathlib import PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .rendering import STATIC, asset, static_files

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


def asset_routes() -> list[Route]:
    endpoint = _static()
    return [Route(place, endpoint) for place in ("/favicon.ico", "/static/{digest}/{name:path}", "/static/{name:path}")]


def _static() -> Any:  # noqa: ANN401 a handler
    """Files with the digest of their content in their address: they are kept for ever, and sent compressed."""
    known = {str(file.relative_to(STATIC)): file.read_bytes() for file in static_files()}
    packed = {name: gzip.compress(content, mtime=0) for name, content in known.items()}

    async def endpoint(request: Request) -> Response:
        name = request.path_params.get("name", "icon.svg")
        if name not in known:
            return Response("Il n'y a rien à cette adresse.", 404, media_type="text/plain; charset=utf-8")
        kept = "public, max-age=31536000, immutable" if request.url.path == asset(name) else "no-cache"
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
        body = known[name]
        if "gzip" in request.headers.get("accept-encoding", "") and len(packed[name]) < len(body):
            body, headers["Content-Encoding"] = packed[name], "gzip"
        media = TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
        return Response(body, 200, headers, f"{media}; charset=utf-8")

    return endpoint
