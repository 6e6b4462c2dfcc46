"""What is known of a worker in one establishment before a batch.

A line or a change must agree with it. Until changes have a life of their own, three
rules keep the history true (R24, R26):

- a departure prevails over what was only planned after it;
- any other contradiction is refused, and the other change is named;
- a certificate never overwrites a rate.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from persistence.records.activity_changes import ChangeKind
from persistence.records.rules import Rule

from .change_lines import ActivityChangeLine
from .declared_changes import DeclaredChange, is_same_kind, naming
from .november import Certificate
from .remuneration_lines import Remuneration
from .worker_histories import WorkerHistory


class PreviousLine(NamedTuple):
    """What the declaration that is replaced says of a worker."""

    paying_id: str
    changed_sequence: int
    words_digest: str | None
    not_beneficiary: bool
    rate: int
    dual_activity_since: date | None


@dataclass(slots=True)
class KnownWorker(WorkerHistory):
    """A worker, against whom a change or a line of the certificate is judged.

    `ended`: the changes that a departure of the same batch has ended, and which.
    """

    ended: list[tuple[DeclaredChange, ActivityChangeLine]] = field(default_factory=list)

    # an activity change

    def judge(self, change: ActivityChangeLine, today: date) -> None:
        """R24, R26: whether the change agrees with the history.

        It comes after the entry, before the departure, once a day, and is true beside
        all the others.
        """
        on, kind = change.effective_on, change.kind
        if on is None or kind is None:
            return
        if on < min(self.first_entry or self.card.entered_on, self.card.entered_on):
            change.reject(Rule.CHANGE_BEFORE_ENTRY, "effective_on")
        if any(
            c.effective_on == on and is_same_kind(c.kind, kind) for c in self.changes
        ):
            change.reject(Rule.CHANGE_DUPLICATE, "effective_on")
            return
        if self.departure_by(on) is not None:
            change.reject(Rule.WORKER_DEPARTED, "effective_on")
        elif kind is ChangeKind.DEPARTURE:
            self._judge_departure(change, on, today)
        if kind is not ChangeKind.DEPARTURE and change.rate is not None:
            self._judge_rate(change, change.rate, on, kind)

    def _judge_departure(
        self, change: ActivityChangeLine, on: date, today: date
    ) -> None:
        """It ends what was only planned after it.

        What has already taken effect contradicts it.
        """
        after = [c for c in self.changes_from(on) if not self.is_after_a_return(c, on)]
        past = [c for c in after if c.effective_on <= today]
        if any(c.kind is ChangeKind.DEPARTURE for c in past):
            change.reject(Rule.WORKER_DEPARTED, "effective_on")
        elif past:
            change.reject(Rule.CHANGE_BREAKS_LATER, "effective_on", naming(past))
        elif after:
            change.warn(Rule.LATER_CHANGES_ENDED, "effective_on", naming(after))

    def _judge_rate(
        self, change: ActivityChangeLine, rate: int, on: date, kind: ChangeKind
    ) -> None:
        before = self.rate_on(on)
        if before is None:
            change.reject(Rule.RATE_UNKNOWN, "rate")
            return
        if not DeclaredChange(kind, on, rate, "").agrees_with(before):
            change.reject(Rule.RATE_DIRECTION, "rate")
            return
        follower = self.next_rate_change(on)
        if follower is not None and not follower.agrees_with(rate):
            change.reject(Rule.CHANGE_BREAKS_LATER, "rate", naming([follower]))

    def apply(self, change: ActivityChangeLine) -> None:
        """A good change takes effect.

        Later lines of the same batch are judged after it.
        """
        on, kind = change.effective_on, change.kind
        assert on is not None
        assert kind is not None
        if kind is ChangeKind.DEPARTURE:
            for later in self.changes_from(on):
                if not self.is_after_a_return(later, on):
                    self._end(later, change)
        elif change.rate is not None:
            self.rates[on] = change.rate
        self.changes.append(
            DeclaredChange(
                kind, on, change.rate, change.reference or f"au rang {change.index}"
            )
        )

    def _end(self, later: DeclaredChange, change: ActivityChangeLine) -> None:
        self.changes.remove(later)
        self.ended.append((later, change))
        if later.rate is not None:
            self.rates.pop(later.effective_on, None)

    # a line of the certificate

    def meet(
        self,
        line: Remuneration,
        previous: PreviousLine | None,
        certificate: Certificate,
    ) -> None:
        """A line of November, against what is known of its worker (R16, R24, R26)."""
        self._meet_departure(line, certificate)
        self._meet_payer(line)
        self._meet_rate(line, previous, certificate)
        self._meet_dual_activity(line, previous)

    def has_left_before(self, certificate: Certificate) -> bool:
        """Whether nothing is to be declared for this November (A21)."""
        return self.departure_by(certificate.first_day) is not None

    def _meet_departure(self, line: Remuneration, certificate: Certificate) -> None:
        left = self.departure_by(certificate.first_day)
        if left is None or line.entered_on is None:
            return
        if line.entered_on >= left:
            line.warn(Rule.WORKER_RETURNED, "entered_on")
        else:
            line.reject(Rule.WORKER_LEFT_BEFORE, "entered_on")

    def _meet_payer(self, line: Remuneration) -> None:
        """One wrong column must not send a person's number to another Caf."""
        if not self.is_declared or line.paying_id in (None, self.card.paying_id):
            return
        if not line.paying_organism_changed:
            line.reject(Rule.PAYER_CHANGE_UNCONFIRMED, "paying_organism")

    def _meet_rate(
        self,
        line: Remuneration,
        previous: PreviousLine | None,
        certificate: Certificate,
    ) -> None:
        last_rate = self.rate_on(self._last_day_present(certificate))
        if (
            line.rate is None
            or last_rate in (None, line.rate)
            or self.has_left_before(certificate)
        ):
            return
        if self.rate_of_the_replaced(previous, certificate) is None:
            line.warn(Rule.RATE_DIFFERS, "rate")

    def _last_day_present(self, certificate: Certificate) -> date:
        left = self.departure_by(certificate.last_day)
        if left is None or left <= certificate.first_day:
            return certificate.last_day
        return left.replace(day=left.day - 1)

    def rate_of_the_replaced(
        self, previous: PreviousLine | None, certificate: Certificate
    ) -> date | None:
        """The first day of the known rate where only the replaced certificate says it.

        Its successor may correct it.

        A rate that somebody declared, or on which a later rate depends, is never a
        certificate's to change.
        """
        days = [d for d in self.rates if d <= certificate.last_day]
        if previous is None or not days:
            return None
        day = max(days)
        is_declared = any(
            c.effective_on == day and c.rate is not None for c in self.changes
        )
        is_last = day == max(self.rates)
        is_found = day >= certificate.first_day and self.rates[day] == previous.rate
        return day if is_found and is_last and not is_declared else None

    def _meet_dual_activity(
        self, line: Remuneration, previous: PreviousLine | None
    ) -> None:
        if line.dual_activity is not False:
            return
        if line.dual_activity_until is not None:
            if not any(
                day < line.dual_activity_until for day in self.running_dual_activities
            ):
                line.reject(Rule.DUAL_ACTIVITY_NONE, "dual_activity_until")
            return
        of_the_replaced = {previous.dual_activity_since} if previous else set()
        if self.running_dual_activities - of_the_replaced:
            line.reject(Rule.DUAL_ACTIVITY_RUNNING, "dual_activity")
