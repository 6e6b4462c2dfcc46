"""What the process gives to the console: who is signed in, and the graph.

The console has no other way to either.
"""

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
        """Signed in, or confirmed, within fifteen minutes, as a sensitive act asks."""

    def token(self) -> str:
        """The token of a form, masked anew for each answer."""

    def accepts(self, token: str) -> bool: ...


class OpenSession(Protocol):
    """One of the sessions of a person, as they see it."""

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
    """The sessions of the process. A `session` is the process's own object."""

    async def of(self, request: Request) -> Session | None: ...
    async def expired(self, request: Request) -> bool:
        """Whether the cookie names a session that ran out."""

    async def keep(self, request: Request, path: str, typed: Typed) -> bool:
        """Seal what was typed, in a session that lives or has run out."""

    async def take_draft(self, session: Any, path: str) -> Typed | None:  # noqa: ANN401
        """What was sealed for this path, given back once, to the same person."""

    async def draft_paths(self, session: Any) -> Sequence[str]: ...  # noqa: ANN401
    async def mine(self, session: Any) -> Sequence[OpenSession]: ...  # noqa: ANN401
    async def end_others(self, session: Any) -> int:  # noqa: ANN401
        """How many were ended."""

    def seal(self, session: Any, text: str) -> str:  # noqa: ANN401
        """A text for an address, that this person alone reads for thirty days."""

    def unseal(self, session: Any, sealed: str) -> str | None: ...  # noqa: ANN401


class SavedEntries(Protocol):
    """What a person entered, saved by the server for thirty days.

    It is sealed, and theirs alone. A content is JSON.
    """

    async def begin(self, session: Any, content: Any) -> str:  # noqa: ANN401
        """The id of the new entry."""

    async def read(self, session: Any, entry_id: str) -> Any | None: ...  # noqa: ANN401
    async def write(
        self,
        session: Any,  # noqa: ANN401
        entry_id: str,
        content: Any,  # noqa: ANN401
    ) -> None: ...


Answer = Mapping[str, Any]
"""`{"data": …, "errors": [{message, path, extensions}]}`, as `/graphql` answers."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What the console may call.

    - `ask` runs a document with the rights of the person of a session.
    - `upload` is `PUT /imports/{id}`.
    - `form_origins`: where a form may end besides here, such as the provider of
      identity, at signing out.
    - `request_id`: the number of the request under way, which somebody tells the
      support, and which the log says.
    - `now`: the instant, by the clock that the graph goes by.
    - `needs`: the actions of which an act needs one, as `viewer.may` names them; none
      for an act that is open to all.
    """

    schema: GraphQLSchema
    sessions: Sessions
    entries: SavedEntries
    ask: Callable[[Any, str, Mapping[str, Any]], Awaitable[Answer]]
    upload: Callable[[Any, str, bytes], Awaitable[Answer]]
    same_origin: Callable[[Request], bool]
    today: Callable[[], date]
    demo: bool
    form_origins: Callable[[], Sequence[str]]
    request_id: Callable[[], str]
    needs: Callable[[str], frozenset[str]]
    now: Callable[[], datetime]
