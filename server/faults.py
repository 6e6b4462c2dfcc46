"""What is answered and logged while the register cannot serve.

The answer is 503 and says when to come back; the log has one line a minute.
"""

import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from persistence.faults import Busy, OutcomeUnknown, RegisterFault, Unavailable
from persistence.migrations import OtherStep
from persistence.vault import VaultError

PERIOD_SECONDS = 60
SAFE_TO_LOG = (RegisterFault, OtherStep, VaultError)
"""Faults whose text is safe: the name of a driver's error, or a sentence of ours."""
logger = logging.getLogger(__name__)


class Answer(NamedTuple):
    """A code, a sentence, and the headers that say when to come back.

    There is no such header where the act may be done already.
    """

    code: str
    sentence: str
    headers: dict[str, str]


ANSWERS = {
    Busy: Answer(
        code="BUSY",
        sentence="Le service est très sollicité : recommencez dans un instant.",
        headers={"Retry-After": "2"},
    ),
    Unavailable: Answer(
        code="UNAVAILABLE",
        sentence="Le registre ne répond pas : rien n'a été fait. Recommencez dans un "
        "instant.",
        headers={"Retry-After": "10"},
    ),
    OutcomeUnknown: Answer(
        code="OUTCOME_UNKNOWN",
        sentence="Le registre s'est tu au moment d'enregistrer : l'acte est peut-être "
        "fait. Rejouez-le avec la même clé d'idempotence, ou relisez avant de "
        "recommencer.",
        headers={},
    ),
}


class Outage:
    """The faults of the register that this process has met.

    The log has one line a minute for each kind of fault, with the number of times.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._silent_until: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def log(self, fault: BaseException) -> None:
        """Log the kind of the fault and the name of its cause, never its text."""
        kind, now = type(fault).__name__, self._seconds()
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if now < self._silent_until.get(kind, now):
            return
        is_safe = isinstance(fault, SAFE_TO_LOG) and fault.args
        logger.error(
            "the register does not serve: %s%s, met %d times since last told",
            kind,
            f" ({fault.args[0]})" if is_safe else "",
            self._counts[kind],
        )
        self._silent_until[kind] = now + PERIOD_SECONDS
        self._counts[kind] = 0

    def answer(self, fault: RegisterFault) -> Answer:
        """Log the fault, and return what to answer."""
        self.log(fault)
        return ANSWERS[type(fault)]
