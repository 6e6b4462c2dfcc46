"""What may be wrong with the database itself: it is busy, or does not answer.

That is told apart from a defect of ours.

Neither carries the driver's text, which may hold values: only the name of what the
driver met.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import TimeoutError as PoolTimeout

WAITED = {
    "55P03",
    "57014",
    "40P01",
    "40001",
}  # lock, statement, deadlock, serialisation
LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
AWAY = ("08", "28", "3D", "53", "57P", "58", "25006", "XX001", "XX002")
"""Beginnings of PostgreSQL's states: connection, login, no such database, resources,
shutdown, disk, a replica."""
REPLANNED = "InvalidCachedStatementError"
"""A newer process has changed a table: the statements of this connection are prepared
anew at the next transaction."""
LOST = ("connection is closed", "connection was closed", "connection is lost")
UNREADABLE = (
    "SQLITE_CANTOPEN",
    "SQLITE_CORRUPT",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_NOTADB",
    "SQLITE_PROTOCOL",
    "SQLITE_READONLY_",
)
"""What SQLite says of its file; `SQLITE_READONLY` alone would be a defect of ours, who
write where we read."""


class RegisterFault(Exception):
    """The register cannot serve for now, and nothing of the transaction was done."""


class Busy(RegisterFault):
    """It waited too long: for a connection, a lock, or its turn to write."""


class Unavailable(RegisterFault):
    """It does not answer."""


class OutcomeUnknown(Unavailable):
    """It went silent while it was asked to commit: the act is done, or it is not."""


@contextmanager
def register_faults(*, committing: bool = False) -> Iterator[None]:
    """Turn what the driver raises of the database itself into a `RegisterFault`.

    Anything else comes out as it is.
    """
    try:
        yield
    except RegisterFault:
        raise
    except Exception as met:
        fault = fault_of(met)
        if fault is None:
            raise
        if committing and isinstance(fault, Unavailable):
            fault = OutcomeUnknown(*fault.args)
        raise fault from None


def fault_of(met: BaseException) -> RegisterFault | None:
    driver = getattr(met, "orig", None) or met
    state, cause = state_of(driver), cause_of(driver)
    waited = (
        state in WAITED
        or state.startswith(LOCKED)
        or type(driver).__name__ == REPLANNED
    )
    if waited or isinstance(met, PoolTimeout | TimeoutError):
        return Busy(cause)
    lost = getattr(met, "connection_invalidated", False) or isinstance(driver, OSError)
    if (
        lost
        or state.startswith((*AWAY, *UNREADABLE))
        or any(words in str(driver) for words in LOST)
    ):
        return Unavailable(cause)
    return None


def state_of(driver: BaseException) -> str:
    return str(
        getattr(driver, "sqlstate", None)
        or getattr(driver, "sqlite_errorname", None)
        or ""
    )


def cause_of(driver: BaseException) -> str:
    """What the driver met, without its text."""
    return state_of(driver) or type(driver).__name__
