"""Pages of the desk beside the same documents through `/graphql`: what the desk itself costs."""

import hashlib
import html
import re
import secrets
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from persistence.engine import Database
from persistence.records import SessionRecord

from .data import ISSUER

PAGES = {
    "mes actions": "/",
    "une page de partenaires": "/partenaires",
    "une fiche": "/partenaires/ptr_bench_1",
    "des utilisateurs": "/utilisateurs",
}


class Asked(NamedTuple):
    """A page, and what it asks the graph."""

    title: str
    path: str
    document: str
    variables: str


async def signed_in(url: str, subject: str) -> str:
    """The secret of a session made for somebody, without the provider."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    row = SessionRecord(
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        id=f"ses_{secrets.token_hex(16)}",
        issuer=ISSUER,
        subject=subject,
        name="",
        user_agent="",
        started_at=now,
        authenticated_at=now,
        seen_at=now,
    )
    database = Database(
        url.replace("postgresql://", "postgresql+asyncpg://").replace(
            "sqlite:", "sqlite+aiosqlite:"
        )
    )
    async with database.transaction() as session:
        session.add(row)
    await database.close()
    return secret


def pages(port: int, secret: str, partner: str) -> Iterator[Asked]:
    """Each page with its own document, as « Requête de cette page » tells it."""
    for title, path in PAGES.items():
        place = path.replace("ptr_bench_1", partner)
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}{place}?requete=1", headers=_cookie(secret)
        )
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 our loopback
            told = [
                html.unescape(part)
                for part in re.findall(
                    r"(?s)<pre[^>]*>(.*?)</pre>", answer.read().decode()
                )
            ]
        yield Asked(title, place, *told)


def request(port: int, path: str, secret: str) -> bytes:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {_cookie(secret)['Cookie']}\r\n\r\n"
    return head.encode()


def _cookie(secret: str) -> dict[str, str]:
    return {"Cookie": f"__Host-session={secret}"}
