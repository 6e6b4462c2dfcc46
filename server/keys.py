"""The public keys of receipts, which anybody may read and keep: `GET /keys`."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from persistence.signing import PublicKey

CACHED = {
    "Cache-Control": "public, max-age=3600",
}
ALGORITHM = "Ed25519"


class PublicKeys:
    """Serves the keys that check receipts: the current one first, then the former."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        self._body: dict[str, Any] = {"keys": [_words(key) for key in keys]}

    def routes(self) -> list[Route]:
        return [Route("/keys", self._keys)]

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(self._body, headers=CACHED)


def _words(key: PublicKey) -> dict[str, str]:
    return {"id": key.id, "algorithm": ALGORITHM, **key.words()}
