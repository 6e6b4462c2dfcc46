"""What is known of a worker in one establishment before a batch.

A line of the certificate, or a change, must agree with it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from persistence.records.histories import History
from persistence.records.life import Life
from persistence.records.rules import Rule
from persistence.records.workers import Card

from .certified_lives import (
    CertifiedLife,
    certified_life,
    has_left_before,
    known_rate,
)
from .november import Certificate
from .remuneration_lines import Remuneration


class PreviousLine(NamedTuple):
    """What the declaration that is replaced says of a worker."""

    paying_id: str
    changed_sequence: int
    words_digest: str | None
    not_beneficiary: bool
    rate: int
    dual_activity_since: date | None


@dataclass(slots=True)
class KnownWorker:
    """A worker's card, and their history in this establishment.

    `is_declared`: something is in force of the worker in some establishment of the
    partner. `certified`: what the line of the certificate makes of the life.
    """

    card: Card
    history: History = field(default_factory=History)
    is_declared: bool = False
    certified: CertifiedLife | None = None

    @property
    def is_known_here(self) -> bool:
        return bool(self.history.events)

    def has_left_before(self, certificate: Certificate) -> bool:
        """Whether nothing is to be declared for this November (A21)."""
        return has_left_before(self.history.life(), certificate)

    def meet(self, line: Remuneration, certificate: Certificate) -> None:
        """A line of November, against what is known of its worker (R16, R24, R26)."""
        self._meet_payer(line)
        if line.entered_on is None or line.rate is None:
            return
        before = self.history.life()
        if self._has_left(line, before, certificate):
            line.reject(Rule.WORKER_LEFT_BEFORE, "entered_on")
            return
        after = certified_life(self.history.events, line, certificate)
        self.certified = after
        if len(after.life.stays) > 1 and after.life.stays[-1].starts_on == (
            line.entered_on
        ):
            line.warn(Rule.WORKER_RETURNED, "entered_on")
        if known_rate(after.life, certificate) not in (None, line.rate):
            line.warn(Rule.RATE_DIFFERS, "rate")
        self._meet_dual_activity(line, after)

    def _has_left(
        self, line: Remuneration, lived: Life, certificate: Certificate
    ) -> bool:
        """Gone by 1 November, and no return is stated."""
        if not has_left_before(lived, certificate):
            return False
        left = lived.stays[-1].ends_on
        return left is None or line.entered_on is None or line.entered_on < left

    def _meet_payer(self, line: Remuneration) -> None:
        """One wrong column must not send a person's number to another Caf."""
        if not self.is_declared or line.paying_id in (None, self.card.paying_id):
            return
        if not line.paying_organism_changed:
            line.reject(Rule.PAYER_CHANGE_UNCONFIRMED, "paying_organism")

    def _meet_dual_activity(self, line: Remuneration, after: CertifiedLife) -> None:
        if line.dual_activity is not False:
            return
        until = line.dual_activity_until
        if until is None:
            if after.life.running_dual_activity is not None:
                line.reject(Rule.DUAL_ACTIVITY_RUNNING, "dual_activity")
            return
        if not any(span.ends_on == until for span in after.life.dual_activities):
            line.reject(Rule.DUAL_ACTIVITY_NONE, "dual_activity_until")
