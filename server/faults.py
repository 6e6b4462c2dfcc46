"""What is answered, and logged, while the register cannot serve: 503, when to come back, and one line a minute."""

import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from persistence.faults import Busy, OutcomeUnknown, RegisterFault, Unavailable
from persistence.migrations import OtherStep
from persistence.vault import VaultError

PERIOD_SECONDS = 60
TELLING = (RegisterFault, OtherStep, VaultError)
"""What they say is ours: a name of the driver's, or a sentence without a value."""
logger = logging.getLogger(__name__)


class Answer(NamedTuple):
    """A code, a sentence, and the headers that say when to come back: none where the act may be done already."""

    code: str
    sentence: str
    headers: dict[str, str]


ANSWERS = {
    Busy: Answer("BUSY", "Le service est très sollicité : recommencez dans un instant.", {"Retry-After": "2"}),
    Unavailable: Answer(
        "UNAVAILABLE",
        "Le registre ne répond pas : rien n'a été fait. Recommencez dans un instant.",
        {"Retry-After": "10"},
    ),
    OutcomeUnknown: Answer(
        "OUTCOME_UNKNOWN",
        "Le registre s'est tu au moment d'enregistrer : l'acte est peut-être fait. Rejouez-le avec la même clé "
        "d'idempotence, ou relisez avant de recommencer.",
        {},
    ),
}


class Outage:
    """One for a process: it tells the log that the register does not serve, once a minute, and how often it was met."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._silent_until: dict[str, float] = {}
        self._met: dict[str, int] = {}

    def tell(self, fault: BaseException) -> None:
        """The kind of the fault and what the driver met, by its name or its state: never its text."""
        kind, now = type(fault).__name__, self._seconds()
        self._met[kind] = self._met.get(kind, 0) + 1
        if now < self._silent_until.get(kind, now):
            return
        cause = f" ({fault.args[0]})" if isinstance(fault, TELLING) and fault.args else ""
        logger.error("the register does not serve: %s%s, met %d times since last told", kind, cause, self._met[kind])
        self._silent_until[kind], self._met[kind] = now + PERIOD_SECONDS, 0

    def answer(self, fault: RegisterFault) -> Answer:
        self.tell(fault)
        return ANSWERS[type(fault)]
