"""The number of the current request.

It is in its answer, in the log, in the journal, and on the page of a failure.
"""

from contextvars import ContextVar
from uuid import uuid4

_CURRENT: ContextVar[str] = ContextVar("request_id")


def begin() -> str:
    """Number a request that comes in, and return the number."""
    number = uuid4().hex
    _CURRENT.set(number)
    return number


def current() -> str:
    """Return the number of the current request, or a new one outside of any."""
    return _CURRENT.get("") or uuid4().hex
