"""The console's sessions: an opaque cookie in the browser, a row in the register.

Neither contains a right.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from persistence.facts.callers import Identity
from persistence.records import SessionRecord
from persistence.records.base import fresh_id
from persistence.sessions import SessionStore
from persistence.vault import Sealer

from .attempts import SignedIn
from .browser_session import BrowserSession
from .browsers import browser_of
from .seals import SessionSeals, Typed

COOKIE = "__Host-session"
SECRET_BYTES = 32
TOKEN_FIELD = "_jeton"  # noqa: S105 the name of the field
LARGEST_TYPED = 200_000


class SessionLookup(NamedTuple):
    """One of a person's sessions, as they see it."""

    id: str
    started_at: datetime
    seen_at: datetime
    user_agent: str
    current: bool


class BrowserSessions:
    """The sessions of the console.

    `now` reads the machine's clock: a session ends at its time, whatever day a
    demonstration shows.
    """

    def __init__(
        self, store: SessionStore, sealer: Sealer, now: Callable[[], datetime]
    ) -> None:
        self._store, self._now = store, now
        self._seals = SessionSeals(sealer, now)

    # who

    async def of(self, request: Request) -> BrowserSession | None:
        """Return the living session that the cookie names.

        It takes one statement, and a second one at most once a minute.
        """
        secret, now = _secret(request), self._now()
        match = await self._store.find(_digest(secret)) if secret else None
        if match is None:
            return None
        row, has_drafts = match
        if not row.lives(now):
            return None
        await self._store.see(row, now)
        return _session(row, secret, now, has_drafts=has_drafts)

    async def expired(self, request: Request) -> bool:
        """Return whether the cookie names a session that has run out.

        False for one that was revoked, or that the person ended.
        """
        secret = _secret(request)
        match = await self._store.find(_digest(secret)) if secret else None
        if match is None:
            return False
        row, _ = match
        return row.ended_at is None and row.has_run_out(self._now())

    async def mine(self, session: BrowserSession) -> Sequence[SessionLookup]:
        """Return the living sessions of this person."""
        rows = await self._store.living(*session.identity, self._now())
        return [
            SessionLookup(
                id=row.id,
                started_at=row.started_at,
                seen_at=row.seen_at,
                user_agent=row.user_agent,
                current=row.id == session.id,
            )
            for row in rows
        ]

    async def end_others(self, session: BrowserSession) -> int:
        """End this person's other sessions, and return how many there were.

        They end at their very next request.
        """
        now = self._now()
        return await self._store.end_others(*session.identity, session.digest, now)

    # what was typed

    async def keep(self, request: Request, path: str, typed: Typed) -> bool:
        """Seal what was typed for a path, in the row that the cookie names.

        The session may have run out. Return whether there was a row with enough room.
        """
        secret = _secret(request)
        if not secret:
            return False
        pairs = [pair for pair in typed if pair[0] != TOKEN_FIELD]
        has_room = False

        def with_draft(row: SessionRecord) -> bytes | None:
            nonlocal has_room
            drafts = self._seals.open_drafts(row) | {path: pairs}
            has_room = len(orjson.dumps(drafts)) <= LARGEST_TYPED
            return self._seals.seal_drafts(row, drafts) if has_room else row.typed

        await self._store.change_typed(_digest(secret), with_draft)
        return has_room

    async def take_draft(self, session: BrowserSession, path: str) -> Typed | None:
        """Return what was typed for this path, and forget it; None if there is none."""
        if path not in await self.draft_paths(session):
            return None
        draft: Typed | None = None

        def without_draft(row: SessionRecord) -> bytes | None:
            nonlocal draft
            drafts = self._seals.open_drafts(row)
            draft = drafts.pop(path, None)
            return self._seals.seal_drafts(row, drafts) if drafts else None

        await self._store.change_typed(session.digest, without_draft)
        return None if draft is None else [(name, value) for name, value in draft]

    async def draft_paths(self, session: BrowserSession) -> Sequence[str]:
        """Return the paths for which something typed is waiting, the oldest first."""
        row = await self._store.typed(session.digest) if session.has_drafts else None
        return list(self._seals.open_drafts(row)) if row else []

    # what an address may not say in clear

    def seal(self, session: BrowserSession, text: str) -> str:
        """Return a sealed text for an address.

        Only this person can read it again, for thirty days.
        """
        return self._seals.seal_text(session.identity, text)

    def unseal(self, session: BrowserSession, sealed: str) -> str | None:
        """Return the text of `seal`.

        None if it was sealed for another person, or too long ago.
        """
        return self._seals.open_text(session.identity, sealed)

    # beginning and ending

    async def begin(
        self, request: Request, person: SignedIn, response: Response
    ) -> None:
        """Begin a session in place of the browser's former one.

        Its cookie is set in the response.
        """
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._now()
        new = SessionRecord(
            digest=_digest(secret),
            id=fresh_id(SessionRecord.prefix),
            issuer=person.identity.issuer,
            subject=person.identity.subject,
            name=person.name,
            user_agent=browser_of(request.headers.get("user-agent", "")),
            started_at=now,
            authenticated_at=person.authenticated_at,
            seen_at=now,
            acr=person.acr,
            amr=person.amr,
        )
        new.id_token = self._seals.seal_id_token(new.id, person.id_token)
        former_secret = _secret(request)
        former_digest = _digest(former_secret) if former_secret else None
        await self._store.begin(new, former_digest, self._inherit)
        response.set_cookie(
            COOKIE, secret, path="/", secure=True, httponly=True, samesite="lax"
        )

    async def end(self, session: BrowserSession, response: Response) -> str | None:
        """End this session, and return its ID token for the provider to sign out too.

        None when there is no ID token, or when its key was withdrawn.
        """
        sealed = await self._store.end(session.digest, self._now())
        forget(response, COOKIE)
        return self._seals.open_id_token(session.id, sealed) if sealed else None

    def _inherit(self, old: SessionRecord, new: SessionRecord) -> None:
        """Give to a new session what its owner's former one leaves.

        What they typed follows them; the twelve hours of a session that still lives
        count from its first sign-in.
        """
        drafts = self._seals.open_drafts(old)
        if drafts:
            new.typed = self._seals.seal_drafts(new, drafts)
        if old.lives(new.seen_at):
            new.started_at = old.started_at


def forget(response: Response, cookie: str) -> None:
    response.delete_cookie(cookie, path="/", secure=True, httponly=True, samesite="lax")


def _session(
    row: SessionRecord, secret: str, now: datetime, *, has_drafts: bool
) -> BrowserSession:
    return BrowserSession(
        identity=Identity(row.issuer, row.subject),
        name=row.name,
        id=row.id,
        idle_ends_at=row.idle_ends_at,
        ends_at=row.ends_at,
        is_fresh=row.is_fresh(now),
        has_drafts=has_drafts,
        digest=row.digest,
        form_key=hmac.digest(secret.encode(), b"habilitations|form", "sha256"),
    )


def _secret(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
