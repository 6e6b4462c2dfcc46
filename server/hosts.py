"""The name under which we are asked: one, and one of ours. An address made from another would leave the site."""

import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from . import request_ids
from .graph_edge import failed
from .media import JSON

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")


class Hosts:
    """`names` as in ALLOWED_HOSTS: a name, or `*.domain` for those under it, or `*` for any."""

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app, self._names = app, [name.lower() for name in names]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_ours([v for k, v in scope["headers"] if k == b"host"]):
            await self._app(scope, receive, send)
            return
        sentence = "Cette adresse n'est pas celle du service : la requête porte un seul en-tête Host, le sien."
        response = failed(JSON, "HOST", sentence, 400, request_ids.current())
        await response(scope, receive, send)

    def _is_ours(self, headers: Sequence[bytes]) -> bool:
        if len(headers) != 1:
            return False
        match = HOST.fullmatch(headers[0].decode("latin-1").lower())
        return match is not None and any(_covers(name, match[1]) for name in self._names)


def _covers(name: str, host: str) -> bool:
    return name in {"*", host} or (name.startswith("*.") and host.endswith(name[1:]))
