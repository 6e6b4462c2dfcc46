"""The console's sessions: an opaque cookie in the browser, a row in the register. No right is kept in either."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from persistence.callers import Identity
from persistence.records import SessionRecord
from persistence.records.base import fresh_id
from persistence.sessions import SessionStore
from persistence.vault import Sealer, VaultError

from .browsers import browser_of

COOKIE = "__Host-session"
SECRET_BYTES = 32
TOKEN_FIELD = "_jeton"  # noqa: S105 the name of the field
LARGEST_TYPED = 200_000
SEALED_FOR = timedelta(days=30)
SAFE = {"GET", "HEAD", "OPTIONS"}
Typed = Sequence[tuple[str, str]]


class SignedIn(NamedTuple):
    """Who the provider says has come, how they proved it, and when (None: it did not say)."""

    identity: Identity
    name: str
    authenticated_at: datetime | None
    acr: str | None
    amr: str | None
    id_token: str


class Seen(NamedTuple):
    """A session of mine, as its owner is shown it."""

    id: str
    started_at: datetime
    seen_at: datetime
    user_agent: str
    current: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A living session: whose, until when (aware UTC, the machine's clock), and the token of its forms."""

    identity: Identity
    name: str
    id: str
    idle_ends_at: datetime
    ends_at: datetime
    is_fresh: bool
    keeps: bool
    """Whether something that was typed waited for this person when the request came."""
    digest: str = field(repr=False)
    form_key: bytes = field(repr=False)

    def token(self) -> str:
        """The token of a form, masked anew: what a compressed page repeats cannot be guessed byte by byte (BREACH)."""
        mask = secrets.token_bytes(len(self.form_key))
        return base64.urlsafe_b64encode(mask + _xor(mask, self.form_key)).decode()

    def accepts(self, token: str) -> bool:
        try:
            told = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            return False
        half = len(self.form_key)
        return len(told) == 2 * half and hmac.compare_digest(_xor(told[:half], told[half:]), self.form_key)


class Sessions:
    """`now` reads the machine's clock: a session ends when it ends, whatever day a demonstration tells."""

    def __init__(self, store: SessionStore, sealer: Sealer, now: Callable[[], datetime]) -> None:
        self._store, self._sealer, self._now = store, sealer, now

    # who

    async def of(self, request: Request) -> Session | None:
        """The living session that the cookie names: one statement, and a second one at most once a minute."""
        secret, now = _secret(request), self._now()
        found = await self._store.find(_digest(secret)) if secret else None
        if found is None or not found[0].lives(now):
            return None
        known, keeps = found
        await self._store.see(known, now)
        return _session(known, secret, now, keeps=keeps)

    async def expired(self, request: Request) -> bool:
        """Whether the cookie names a session of ours that time ended; one that was revoked or left is not told of."""
        secret = _secret(request)
        found = await self._store.find(_digest(secret)) if secret else None
        return found is not None and found[0].ended_at is None and found[0].has_run_out(self._now())

    async def mine(self, session: Session) -> Sequence[Seen]:
        rows = await self._store.living(*session.identity, self._now())
        return [Seen(r.id, r.started_at, r.seen_at, r.user_agent, r.id == session.id) for r in rows]

    async def end_others(self, session: Session) -> int:
        """End my other sessions, at their very next request; how many there were."""
        return await self._store.end_others(*session.identity, session.digest, self._now())

    # what was typed

    async def keep(self, request: Request, path: str, typed: Typed) -> bool:
        """Seal what was typed for a path in the row that the cookie names, be it run out; whether it could be kept."""
        secret = _secret(request)
        if not secret:
            return False
        pairs = [pair for pair in typed if pair[0] != TOKEN_FIELD]
        kept = False

        def with_typed(row: SessionRecord) -> bytes | None:
            nonlocal kept
            every = orjson.dumps(self._opened(row) | {path: pairs})
            kept = len(every) <= LARGEST_TYPED
            return self._sealer.seal(every, _typed_of(row)) if kept else row.typed

        await self._store.change_typed(_digest(secret), with_typed)
        return kept

    async def kept(self, session: Session, path: str) -> Typed | None:
        """What was kept for this path, once."""
        if path not in await self.kept_paths(session):
            return None
        found: Typed | None = None

        def without_typed(row: SessionRecord) -> bytes | None:
            nonlocal found
            every = self._opened(row)
            found = every.pop(path, None)
            return self._sealer.seal(orjson.dumps(every), _typed_of(row)) if every else None

        await self._store.change_typed(session.digest, without_typed)
        return None if found is None else [(name, value) for name, value in found]

    async def kept_paths(self, session: Session) -> Sequence[str]:
        """For what something is kept, in the order it was."""
        row = await self._store.typed(session.digest) if session.keeps else None
        return list(self._opened(row)) if row else []

    # what an address may not say in clear

    def seal(self, session: Session, text: str) -> str:
        """A text for an address, that this person alone reads again, for thirty days."""
        dated = f"{int(self._now().timestamp())} {text}"
        return self._sealer.seal(dated.encode(), _address_of(session)).hex()

    def unseal(self, session: Session, sealed: str) -> str | None:
        """None for what was not sealed for this person, or too long ago."""
        try:
            dated = self._sealer.open(bytes.fromhex(sealed), _address_of(session)).decode()
        except (VaultError, ValueError):
            return None
        instant, _, text = dated.partition(" ")
        return text if self._now().timestamp() - int(instant) < SEALED_FOR.total_seconds() else None

    # beginning and ending

    async def begin(self, request: Request, who: SignedIn, response: Response) -> None:
        """A new session in place of the browser's former one, its cookie in the answer."""
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._now()
        new = SessionRecord(
            digest=_digest(secret),
            id=fresh_id(SessionRecord.prefix),
            issuer=who.identity.issuer,
            subject=who.identity.subject,
            name=who.name,
            user_agent=browser_of(request.headers.get("user-agent", "")),
            started_at=now,
            authenticated_at=who.authenticated_at,
            seen_at=now,
            acr=who.acr,
            amr=who.amr,
        )
        new.id_token = self._sealer.seal(who.id_token.encode(), f"session.id_token|{new.id}")
        former = _secret(request)
        await self._store.begin(new, _digest(former) if former else None, self._carry)
        response.set_cookie(COOKIE, secret, path="/", secure=True, httponly=True, samesite="lax")

    async def end(self, session: Session, response: Response) -> str | None:
        """Sign out here; answers the ID token, for the provider to sign out too."""
        held = await self._store.end(session.digest, self._now())
        forget(response, COOKIE)
        try:
            return self._sealer.open(held, f"session.id_token|{session.id}").decode() if held else None
        except VaultError:  # its key was withdrawn: signing out here needs none
            return None

    def _carry(self, old: SessionRecord, new: SessionRecord) -> None:
        """The same person comes back: what they typed follows them, and twelve hours count from the first sign-in."""
        every = self._opened(old)
        if every:
            new.typed = self._sealer.seal(orjson.dumps(every), _typed_of(new))
        if old.lives(new.seen_at):
            new.started_at = old.started_at

    def _opened(self, row: SessionRecord) -> dict[str, Typed]:
        """What is kept, by path; nothing when its key was withdrawn."""
        try:
            return orjson.loads(self._sealer.open(row.typed, _typed_of(row))) if row.typed else {}
        except VaultError:
            return {}


def same_origin(request: Request, origin: str) -> bool:
    """Whether an unsafe request comes from our own pages: as the browser tells, else by its Origin, else not."""
    if request.method in SAFE:
        return True
    site = request.headers.get("sec-fetch-site")
    return site == "same-origin" if site is not None else request.headers.get("origin") == origin


def forget(response: Response, cookie: str) -> None:
    response.delete_cookie(cookie, path="/", secure=True, httponly=True, samesite="lax")


def _session(known: SessionRecord, secret: str, now: datetime, *, keeps: bool) -> Session:
    return Session(
        identity=Identity(known.issuer, known.subject),
        name=known.name,
        id=known.id,
        idle_ends_at=known.idle_ends_at,
        ends_at=known.ends_at,
        is_fresh=known.is_fresh(now),
        keeps=keeps,
        digest=known.digest,
        form_key=hmac.digest(secret.encode(), b"habilitations|form", "sha256"),
    )


def _secret(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _address_of(session: Session) -> str:
    return f"address|{session.identity.issuer}|{session.identity.subject}"


def _typed_of(row: SessionRecord) -> str:
    return f"session.typed|{row.id}"


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
