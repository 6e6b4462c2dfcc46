"""What is decided of a partner: its eligibility to a service, and its activity."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.orm import Mapped

from .base import table
from .decisions import ActivityAttestation, Decision, Eligibility
from .identifiers import sha256
from .periods import Day, exists, predicate
from .rules import Refused, Rule, require
from .services import Service
from .users import User


class WithDecisions:
    """The decisions on a partner, each dated and kept."""

    if TYPE_CHECKING:
        eligibilities: Mapped[list[Eligibility]]
        attestations: Mapped[list[ActivityAttestation]]

    def decide_eligibility(
        self,
        service: Service,
        decision: Decision,
        ground: str,
        form_digest: str | None,
        by: User,
        today: date,
    ) -> Eligibility:
        """R28: the legitimacy is decided before any opening.

        R50: the form comes with it where the service asks for one.
        """
        require(ground.strip(), Rule.VALUE_INVALID, "ground")
        form_needed = service.needs_eligibility_form and decision is Decision.ELIGIBLE
        require(
            form_digest or not form_needed, Rule.ELIGIBILITY_FORM_MISSING, "form_digest"
        )
        eligibility = Eligibility(
            service_id=service.id,
            decision=decision,
            ground=ground.strip(),
            form_digest=sha256(form_digest, "form_digest") if form_digest else None,
            decided_by_id=by.id,
            decided_on=today,
        )
        self.eligibilities.append(eligibility)
        return eligibility

    def _last_decision(self, service: Service, day: date) -> Eligibility | None:
        decisions = [
            e
            for e in self.eligibilities
            if e.service_id == service.id and e.decided_on <= day
        ]
        return max(decisions, key=lambda decision: decision.id, default=None)

    @predicate
    def has_eligibility_for(self, service: Service, day: date) -> bool:
        """R28: the last decision on the service is favourable.

        R50: it has its form where one is needed.
        """
        last = self._last_decision(service, day)
        return last is not None and last.is_favourable_for(service)

    @has_eligibility_for.in_sql
    @staticmethod
    def _(row: FromClause, service: FromClause, day: Day) -> ColumnElement[bool]:
        last, decision = table("eligibility").alias(), table("eligibility").alias()
        same = [
            last.c.partner_id == row.c.id,
            last.c.service_id == service.c.id,
            last.c.decided_on <= day,
        ]
        last_id = (
            select(func.max(last.c.id))
            .where(*same)
            .correlate_except(last)
            .scalar_subquery()
        )
        favourable = Eligibility.is_favourable_for.sql(decision, service)
        return exists(decision, where=[decision.c.id == last_id, favourable])

    def require_eligibility(self, service: Service, today: date) -> None:
        """R28, R50: see `has_eligibility_for`; the rule says what is wanting."""
        last = self._last_decision(service, today)
        if last is None:
            raise Refused(Rule.ELIGIBILITY_MISSING)
        require(last.decision is Decision.ELIGIBLE, Rule.ELIGIBILITY_REFUSED)
        require(last.is_favourable_for(service), Rule.ELIGIBILITY_FORM_MISSING)

    @predicate
    def is_attested_by(self, day: date) -> bool:
        """R53: somebody has attested that the partner is active, that day or before."""
        return any(attestation.attested_on <= day for attestation in self.attestations)

    @is_attested_by.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        attestation = table("activity_attestation").alias()
        mine = attestation.c.partner_id == row.c.id
        return exists(attestation, where=[mine, attestation.c.attested_on <= day])

    def attest_activity(
        self, evidence: str, by: User, today: date
    ) -> ActivityAttestation:
        require(evidence.strip(), Rule.VALUE_INVALID, "evidence")
        attestation = ActivityAttestation(
            attested_by_id=by.id, attested_on=today, evidence=evidence.strip()
        )
        self.attestations.append(attestation)
        return attestation
