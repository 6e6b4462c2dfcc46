"""The name under which a request reaches us: exactly one, and one of ours.

An address that we would build from another name would lead away from the site.
"""

import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from . import request_ids
from .graph_answers import failed
from .media import JSON

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")


class Hosts:
    """Refuses a request under another name than ours.

    `names`, as in ALLOWED_HOSTS: a name, `*.domain` for those under it, or `*` for any.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app, self._names = app, [name.lower() for name in names]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_ours(_host_headers(scope)):
            await self._app(scope, receive, send)
            return
        sentence = (
            "Cette adresse n'est pas celle du service : la requête porte un seul "
            "en-tête Host, le sien."
        )
        response = failed(JSON, "HOST", sentence, 400, request_ids.current())
        await response(scope, receive, send)

    def _is_ours(self, headers: Sequence[bytes]) -> bool:
        if len(headers) != 1:
            return False
        match = HOST.fullmatch(headers[0].decode("latin-1").lower())
        if match is None:
            return False
        return any(_is_under(name, match[1]) for name in self._names)


def _host_headers(scope: Scope) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == b"host"]


def _is_under(name: str, host: str) -> bool:
    if name in {"*", host}:
        return True
    return name.startswith("*.") and host.endswith(name[1:])
