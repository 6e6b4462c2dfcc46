"""What the console is given by the process: who is signed in, and the graph. It has no other door."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from graphql import GraphQLSchema
from starlette.requests import Request

Typed = Sequence[tuple[str, str]]
"""What was typed in a form: names and values, in the order of the fields."""


class Session(Protocol):
    """Somebody signed in. The instants are the machine's, with their zone."""

    @property
    def name(self) -> str: ...
    @property
    def idle_ends_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def is_fresh(self) -> bool:
        """Signed in, or confirmed, within fifteen minutes: what a sensitive act asks for."""

    def token(self) -> str:
        """The token of a form, masked anew for each answer."""

    def accepts(self, token: str) -> bool: ...


class OpenSession(Protocol):
    """One of the sessions of a person, as it is shown to them."""

    @property
    def started_at(self) -> datetime: ...
    @property
    def seen_at(self) -> datetime: ...
    @property
    def user_agent(self) -> str:
        """Its browser and system, in short."""

    @property
    def current(self) -> bool: ...


class Sessions(Protocol):
    async def of(self, request: Request) -> Session | None: ...
    async def expired(self, request: Request) -> bool:
        """Whether the cookie names a session that ran out."""

    async def keep(self, request: Request, path: str, typed: Typed) -> bool:
        """Seal what was typed, in a session that lives or has run out."""

    async def take_draft(self, session: Any, path: str) -> Typed | None:  # noqa: ANN401 the process's own session
        """What was kept for this path, given back once, to the same person."""

    async def draft_paths(self, session: Any) -> Sequence[str]: ...  # noqa: ANN401 the process's own session
    async def mine(self, session: Any) -> Sequence[OpenSession]: ...  # noqa: ANN401 the process's own session
    async def end_others(self, session: Any) -> int: ...  # noqa: ANN401 the process's own session
    def seal(self, session: Any, text: str) -> str:  # noqa: ANN401 the process's own session
        """A text for an address, that this person alone reads for thirty days: no name is in a URL."""

    def unseal(self, session: Any, sealed: str) -> str | None: ...  # noqa: ANN401 the process's own session


class SavedEntries(Protocol):
    """What a person entered, kept by the server for thirty days: sealed, and theirs alone. A content is JSON."""

    async def begin(self, session: Any, content: Any) -> str: ...  # noqa: ANN401 the process's own session; JSON
    async def read(self, session: Any, entry_id: str) -> Any | None: ...  # noqa: ANN401 the same
    async def write(self, session: Any, entry_id: str, content: Any) -> None: ...  # noqa: ANN401 the same


Answer = Mapping[str, Any]
"""`{"data": …, "errors": [{message, path, extensions}]}`, as `/graphql` would answer."""


@dataclass(frozen=True, slots=True)
class Ports:
    """`ask` runs a document with the rights of the session's person; `upload` is `PUT /imports/{id}`."""

    schema: GraphQLSchema
    sessions: Sessions
    entries: SavedEntries
    ask: Callable[[Any, str, Mapping[str, Any]], Awaitable[Answer]]
    upload: Callable[[Any, str, bytes], Awaitable[Answer]]
    same_origin: Callable[[Request], bool]
    today: Callable[[], date]
    demo: bool
    form_origins: Callable[[], Sequence[str]]
    """Where a form may end besides here: the provider of identity, at signing out."""
    request_id: Callable[[], str]
    """The number of the request under way: what somebody tells the support, and what the log says."""
    needs: Callable[[str], frozenset[str]]
    """The actions of which an act needs one, as `viewer.may` names them; none for an act that is open to all."""
