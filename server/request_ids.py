"""The number of the request under way: in its answer, in the log, in the journal, and on the page of a failure."""

from contextvars import ContextVar
from uuid import uuid4

_CURRENT: ContextVar[str] = ContextVar("request_id")


def begin() -> str:
    """A number for a request that comes in."""
    number = uuid4().hex
    _CURRENT.set(number)
    return number


def current() -> str:
    """The number of this request, or a new one where none came in."""
    return _CURRENT.get("") or uuid4().hex
